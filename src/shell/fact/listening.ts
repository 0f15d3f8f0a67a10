import type { ListeningSocket } from '../../host/fact.ts'
import { observed, type FactReader } from './reader.ts'

/** State 0A is LISTEN. */
export const listening: FactReader<'listening'> = {
  kind: 'listening',
  program:
    () => `mp_section listening; grep -hE '^ *[0-9]+: [0-9A-F]+:[0-9A-F]{4} [0-9A-F]+:0000 0A ' /proc/net/tcp /proc/net/tcp6 2>/dev/null
`,
  parse: sections => [observed<'listening'>(sections.text('listening').split('\n').flatMap(socketOf))],
}

function socketOf(line: string): readonly ListeningSocket[] {
  const [, address, port] = /^ *\d+: ([0-9A-F]{8}|[0-9A-F]{32}):([0-9A-F]{4}) /.exec(line) ?? []
  return address && port ? [{ address: addressOf(address), port: parseInt(port, 16) }] : []
}

/** The kernel prints words of 32 bits in its own byte order, which is little-endian on all machines that we know of. */
function addressOf(hexadecimal: string): string {
  const bytes = [...hexadecimal.matchAll(/[0-9A-F]{8}/g)].flatMap(([word]) =>
    [6, 4, 2, 0].map(at => parseInt(word.slice(at, at + 2), 16)),
  )
  if (bytes.length === 4) return bytes.join('.')
  const groups = Array.from({ length: 8 }, (_, index) => ((bytes[2 * index]! << 8) | bytes[2 * index + 1]!).toString(16))
  return new URL(`http://[${groups.join(':')}]`).hostname.slice(1, -1)
}
