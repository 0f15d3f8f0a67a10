import { detailLines, entryLines, markColour } from './entry-lines.ts'
import type { Entry } from './entry.ts'
import { hostList } from './hosts.ts'
import type { Paint } from './paint.ts'
import { line } from './place.ts'
import type { PlanLine } from './plan-line.ts'
import { printableLine } from './printable.ts'
import type { ResultOptions } from './result-lines.ts'
import { edges, fit, pad, width } from './width.ts'

/** Hosts with one plan: who, then line by line what, why and where. */
export function groupLines(hosts: readonly string[], lines: readonly PlanLine[], options: ResultOptions): string[] {
  const { columns, paint, verbosity } = options
  const names = hostList(hosts, verbosity > 0 ? Infinity : columns - 30)
  const mark = groupMark(lines)
  const head = (right: string) => markColour(mark, paint)(edges(`${mark} ${names}`, right, columns))
  if (lines.length === 0) return [head('nothing to change')]

  const file = lines[0]!.at.file
  const layout = columnsOf(lines, file, columns)
  return [head(printableLine(file)), ...lines.flatMap(entry => [...arrange(entry, file, layout, paint), ...detailLines(entry as Entry, paint).map(text => `  ${text}`)])]
}

const groupMark = (lines: readonly PlanLine[]): string => {
  const has = (...marks: string[]) => lines.some(({ mark }) => marks.includes(mark))
  return has('✖') ? '✖' : has('+', '~', '-', '>') ? '~' : has('?') ? '?' : '='
}

interface Layout {
  readonly columns: number
  readonly kind: number
  readonly title: number
  readonly line: number
}

const columnsOf = (lines: readonly PlanLine[], file: string, columns: number): Layout => ({
  columns,
  kind: Math.min(12, Math.max(...lines.map(({ kind }) => width(kind)))),
  title: Math.min(Math.floor(columns / 3), Math.max(...lines.map(({ title }) => width(title)))),
  line: Math.max(...lines.map(({ at }) => width(line(at, file)))),
})

/** What is changed at the left, the task beside it, the line in its file at the right. What is too long takes a second line. */
function arrange(entry: PlanLine, file: string, layout: Layout, paint: Paint): string[] {
  const where = line(entry.at, file).padStart(layout.line)
  const title = pad(fit(entry.title, layout.title), layout.title)
  const right = `${title}  ${where}`
  const [first = '', ...more] = entryLines(entry as Entry, layout.kind, layout.columns - 4 - width(right))
  const colour = markColour(entry.mark, paint)
  const coloured = (text: string) => (text.startsWith(entry.mark) ? `  ${colour(entry.mark)}${text.slice(1)}` : `  ${text}`)
  const fits = width(first) + 4 + width(right) <= layout.columns
  const tail = [paint.dim(right.trimEnd())].map(text => ' '.repeat(Math.max(0, layout.columns - width(right))) + text)
  return fits
    ? [`${pad(coloured(first), layout.columns - width(right))}${paint.dim(right)}`, ...more.map(coloured)]
    : [coloured(first), ...more.map(coloured), ...tail]
}
