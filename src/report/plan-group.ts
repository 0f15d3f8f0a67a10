import { detailLines, entryLines, markColour } from './entry-lines.ts'
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
  return [head(mark === '=' ? 'nothing to change' : printableLine(file)), ...lines.flatMap(entry => [...arrange(entry, file, layout, paint), ...detailLines(entry, paint).map(text => `  ${text}`)])]
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

/** What is changed at the left, the task beside it, the line in its file at the right. What does not fit takes a second line. */
function arrange(entry: PlanLine, file: string, layout: Layout, paint: Paint): string[] {
  const where = line(entry.at, file).padStart(layout.line)
  const title = fit(entry.title, layout.title)
  const room = layout.columns - layout.title - 2 - layout.line
  const [first = '', ...more] = entryLines(entry, layout.kind, room - 4)
  const left = `  ${markColour(entry.mark, paint)(entry.mark)}${first.slice(entry.mark.length)}`
  const rest = more.map(text => `  ${text}`)
  const right = width(left) + 2 <= room ? `${pad(title, layout.title)}  ${where}` : `${title}  ${where}`
  const together = width(left) + 2 + width(right) <= layout.columns
  return together ? [edges(left, paint.dim(right), layout.columns), ...rest] : [left, ...rest, edges('', paint.dim(right), layout.columns)]
}
