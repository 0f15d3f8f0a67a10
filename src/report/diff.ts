import type { ChangeView } from '../core/event.ts'
import { printableContent } from './printable.ts'
import { fit } from './width.ts'
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
  const shown = lines.slice(0, options.lines).map(line => cut(printableContent(line), options.columns))
  const hidden = lines.length - shown.length
  return hidden > 0 ? [...shown, `… ${count(hidden, 'more line')}, shown with -v`] : shown
}

/** Tabs count as they are drawn, to the next multiple of eight. */
function cut(line: string, columns: number): string {
  const drawn = line.includes('\t') ? `${line[0]}${expandTabs(line.slice(1))}` : line
  const short = fit(drawn, columns)
  return short === drawn ? drawn : `${fit(drawn, Math.max(20, columns - 26))} (${grouped(line.length - 1)} characters)`
}

const expandTabs = (text: string) =>
  text.split('\t').reduce((line, part) => (line === undefined ? part : `${line}${' '.repeat(8 - (line.length % 8))}${part}`), undefined as string | undefined)!

function lineCount(text: string): string {
  const lines = text.split('\n').length - (text.endsWith('\n') ? 1 : 0)
  return count(lines, 'line')
}

const noNewline = '\\ No newline at end of file'
