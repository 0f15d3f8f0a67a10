/** A place in a text that the user wrote. Lines and columns count from 1. */
export interface Position {
  readonly file: string
  readonly line: number
  readonly column: number
  /** Column just behind the last character, on the same line; absent where only the start is known. */
  readonly endColumn?: number
}

/** `site.yml:41:7`, as editors and terminals recognise it. */
export const formatPosition = (at: Position): string => `${at.file}:${at.line}:${at.column}`

/**
 * The lines around a position with the place underlined.
 *
 * @param text the whole text of the file that `at` points into
 * @param context how many lines to show before and after
 */
export function codeFrame(text: string, at: Position, context = 2): string {
  const lines = text.split('\n')
  const first = Math.max(1, at.line - context)
  const last = Math.min(lines.length, at.line + context)
  const width = String(last).length
  const frame: string[] = []
  for (let number = first; number <= last; number++) {
    const line = (lines[number - 1] ?? '').replaceAll('\t', ' ').slice(0, 200)
    frame.push(`${number === at.line ? '>' : ' '} ${String(number).padStart(width)} | ${line}`.trimEnd())
    if (number === at.line) {
      const length = Math.max(1, (at.endColumn ?? at.column + 1) - at.column)
      frame.push(`  ${' '.repeat(width)} | ${' '.repeat(at.column - 1)}${'^'.repeat(length)}`)
    }
  }
  return frame.join('\n')
}
