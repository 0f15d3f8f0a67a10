/**
 * A program's output in named parts. The program first prints its nonce, then `mp_section LABEL` before each part;
 * a part holds any bytes, since nobody else can foresee the nonce.
 */
export const sectionPrelude = `printf '%s\\n' "$MP_NONCE"
mp_section() { printf '\\n%s %s\\n' "$MP_NONCE" "$1"; }
`

export interface Sections {
  /** The bytes of a part; undefined where the program did not get there. */
  get(label: string): Buffer | undefined
  /** The text of a part, empty where the program did not get there. */
  text(label: string): string
  /** The labels of all parts, in order. */
  labels(): readonly string[]
}

export function readSections(stdout: Uint8Array): Sections {
  const output = Buffer.from(stdout.buffer, stdout.byteOffset, stdout.byteLength)
  const parts = new Map<string, Buffer>()
  const end = output.indexOf(10)
  const mark = Buffer.concat([Buffer.from('\n'), output.subarray(0, Math.max(end, 0)), Buffer.from(' ')])
  let at = end < 0 ? -1 : output.indexOf(mark, end)
  while (at >= 0) {
    const label = at + mark.length
    const start = output.indexOf(10, label)
    if (start < 0) break
    const next = output.indexOf(mark, start)
    parts.set(output.toString('utf8', label, start), output.subarray(start + 1, next < 0 ? output.length : next))
    at = next
  }
  return { get: label => parts.get(label), text: label => parts.get(label)?.toString() ?? '', labels: () => [...parts.keys()] }
}
