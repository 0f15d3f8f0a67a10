import type { FileDetails } from '../../host/fact.ts'
import { quoteAll } from '../quote.ts'
import { observed, type FactReader } from './reader.ts'

/** GNU and BusyBox `stat -c`, the BSDs' `stat -f`; `lsattr` where the host has it and the file system knows such flags. */
export const details: FactReader<'details'> = {
  kind: 'details',
  program: paths => `mp_section details
for mp_f in ${quoteAll(paths)}; do
stat -c '%o %b 0x%t 0x%T' "$mp_f" 2>/dev/null || stat -f '%k %b %Hr %Lr' "$mp_f" 2>/dev/null || echo none
lsattr -vd "$mp_f" 2>/dev/null || echo none
done
`,
  parse(sections, paths) {
    const lines = sections.text('details').split('\n')
    return paths.map((_, index) => {
      const [blockSize, blocks, major, minor] = (lines[2 * index] ?? '').split(' ').map(Number)
      if (minor === undefined) return observed<'details'>(null)
      const [, version, flags] = /^\s*(\S+)\s+(\S+)\s/.exec(lines[2 * index + 1] ?? '') ?? []
      const value: FileDetails = { blockSize: blockSize!, blocks: blocks!, device: deviceNumber(major!, minor), ...(flags !== undefined && { version, flags: flags.replaceAll('-', '') }) }
      return observed<'details'>(value)
    })
  },
}

/** As Linux puts the two together (`makedev`). */
const deviceNumber = (major: number, minor: number): number => (minor % 256) + (major % 4096) * 256 + Math.floor(minor / 256) * 2 ** 20 + Math.floor(major / 4096) * 2 ** 44
