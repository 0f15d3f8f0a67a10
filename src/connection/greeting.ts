import { randomBytes } from 'node:crypto'

/**
 * Text to wait for in a stream. It is given on the command line in two halves and printed as one, so that an echo of the
 * command line (a login file with `set -x`) is not mistaken for it.
 */
export interface Sign {
  readonly halves: readonly [string, string]
  readonly text: string
}

export function newSign(): Sign {
  const halves = [`mp${randomBytes(8).toString('hex')}`, randomBytes(8).toString('hex')] as const
  return { halves, text: halves.join('') }
}

/**
 * Reads a stream up to the line with `sign`, and hands on everything behind it.
 *
 * @param noise what came instead: banners, a lecture, what login files print
 * @param greeted the rest of the line
 */
export function afterSign(
  sign: Sign,
  { noise, greeted, rest }: { noise: (text: string) => void; greeted: (line: string) => void; rest: (chunk: Buffer) => void },
): (chunk: Buffer) => void {
  let before: Buffer | undefined = Buffer.alloc(0)
  return chunk => {
    if (!before) return rest(chunk)
    before = Buffer.concat([before, chunk])
    const at = before.indexOf(sign.text)
    const end = at === -1 ? -1 : before.indexOf(10, at)
    if (end === -1) {
      noise(chunk.toString('utf8'))
      // A sign that is only half here is still found: it is much shorter than what is kept.
      if (at === -1) before = before.subarray(-4096)
      return
    }
    const line = before.toString('latin1', at + sign.text.length, end).trim()
    const behind = before.subarray(end + 1)
    before = undefined
    greeted(line)
    if (behind.length > 0) rest(behind)
  }
}
