import type { ChangeView } from '../core/event.ts'
import { printableContent } from './printable.ts'
import { fit, width } from './width.ts'
import { count, grouped } from './words.ts'

type Diff = NonNullable<ChangeView['diff']>

/** The lines of a diff as they are shown, without colours: each begins with `+`, `-`, a blank, `@@` or `\`. */
export type ShowDiff = (diff: Diff) => string[]

export interface DiffOptions {
  /** The most lines that are shown of one diff; what is left out is counted. */
  readonly lines: number
  /** The most columns that are shown of one line. */
  readonly columns: number
}

/**
 * Loads the diff library (only runs that show diffs pay for it). The same pair of texts is compared once, however
 * many hosts it comes from.
 */
export async function loadDiff(options: DiffOptions): Promise<ShowDiff> {
  const { structuredPatch } = await import('diff')
  const known = new Map<string, string[]>()

  const compare = (before: string, after: string): string[] => {
    const patch = structuredPatch('', '', before, after, '', '', { context: 3, maxEditLength: 1500 })
    if (!patch) return [`(rewritten: ${lineCount(before)} before, ${lineCount(after)} after)`]
    return patch.hunks.flatMap(({ oldStart, oldLines, newStart, newLines, lines }) =>
      [`@@ -${oldStart},${oldLines} +${newStart},${newLines} @@`, ...lines])
  }

  return ({ before, after, binary }) => {
    if (binary) return ['(binary content)']
    const key = JSON.stringify([before, after])
    let lines = known.get(key)
    if (!lines) {
      lines = shorten(before === null ? whole('+', after ?? '') : after === null ? whole('-', before) : compare(before, after), options)
      known.set(key, lines)
    }
    return lines
  }
}

/** A file that comes or goes: every line with its sign. */
function whole(sign: '+' | '-', text: string): string[] {
  if (text === '') return []
  const complete = text.endsWith('\n')
  const lines = (complete ? text.slice(0, -1) : text).split('\n').map(line => `${sign}${line}`)
  return complete ? lines : [...lines, noNewline]
}

function shorten(lines: readonly string[], options: DiffOptions): string[] {
  const shown = lines.slice(0, options.lines).map(drawn)
  const hidden = lines.length - shown.length
  const cutLines = shown.map((line, index) => cut(line, firstDifference(shown, index), options.columns))
  return hidden > 0 ? [...cutLines, `… ${count(hidden, 'more line')}, shown with -v`] : cutLines
}

/** As it is shown: nothing invisible, tabs to the next multiple of eight. */
function drawn(line: string): string {
  const [sign = '', text] = [line.slice(0, 1), line.slice(1)]
  const [first = '', ...more] = printableContent(text).split('\t')
  return sign + more.reduce((left, right) => `${left}${' '.repeat(8 - (left.length % 8))}${right}`, first)
}

/** Where a removed line and the added one that stands in its place begin to differ; 0 for all other lines. */
function firstDifference(lines: readonly string[], index: number): number {
  const sign = lines[index]![0]
  const other = sign === '-' ? lines[index + 1] : lines[index - 1]
  if (other === undefined || other[0] !== (sign === '-' ? '+' : '-') || (sign !== '-' && sign !== '+')) return 0
  const line = lines[index]!
  let at = 1
  while (at < line.length && line[at] === other[at]) at++
  return at
}

/** A line that is too long keeps its beginning, or what is around the first difference, and says how long it is. */
function cut(line: string, difference: number, columns: number): string {
  if (width(line) <= columns) return line
  const length = ` (${grouped(line.length - 1)} characters)`
  const room = columns - length.length
  const begin = difference > room - 20 ? difference - 20 : 1
  return `${line[0]}${begin > 1 ? '…' : ''}${fit(line.slice(begin), room - 2)}${length}`
}

function lineCount(text: string): string {
  const lines = text.split('\n').length - (text.endsWith('\n') ? 1 : 0)
  return count(lines, 'line')
}

const noNewline = '\\ No newline at end of file'
