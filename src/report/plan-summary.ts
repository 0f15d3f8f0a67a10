import type { RunEnd } from '../core/event.ts'
import type { PlanLine } from './plan-line.ts'
import type { ResultOptions } from './result-lines.ts'
import { edges } from './width.ts'
import { count, grouped, seconds } from './words.ts'

interface Group {
  readonly hosts: readonly string[]
  readonly lines: readonly PlanLine[]
}

/**
 * How many hosts would change, and what, in one sentence each. The second counts what is to be seen above it: a line
 * that several groups of hosts have in common counts once.
 */
export function planSummary(groups: readonly Group[], end: RunEnd, { columns, paint }: ResultOptions): string {
  const hosts = (wanted: (group: Group) => boolean) => groups.filter(wanted).reduce((sum, group) => sum + group.hosts.length, 0)
  const all = hosts(() => true)
  const unreachable = hosts(({ lines }) => lines.some(({ mark, title }) => mark === '✖' && title === 'unreachable'))
  const failed = hosts(({ lines }) => lines.some(({ mark }) => mark === '✖')) - unreachable
  const open = hosts(({ lines }) => marked(lines, '?') && !marked(lines, '✖+~->'))
  const toChange = hosts(({ lines }) => marked(lines, '+~->') && !marked(lines, '✖'))
  const converged = all - unreachable - failed - open - toChange

  const verdicts = [
    `${grouped(converged)} converged`,
    `${grouped(toChange)} to change`,
    ...(open > 0 ? [`${grouped(open)} known after apply`] : []),
    ...(failed > 0 ? [paint.bad(`${grouped(failed)} failed`)] : []),
    ...(unreachable > 0 ? [paint.bad(`${grouped(unreachable)} unreachable`)] : []),
  ]
  const lines = distinct(groups).filter(({ done }) => !done)
  const done = distinct(groups).length - lines.length
  const total = (mark: string) => lines.filter(line => line.mark === mark).length
  const [runs, unknown] = [total('>'), total('?')]
  const changes = [
    `${total('+')} to create`,
    `${total('~')} to update`,
    `${total('-')} to delete`,
    ...(runs > 0 ? [`${count(runs, 'command')} to run`] : []),
    ...(unknown > 0 ? [`${unknown} known after apply`] : []),
    ...(done > 0 ? [`${done} done already`] : []),
  ]
  const sentences = `${count(all, 'host')}: ${verdicts.join(', ')}. ${changes.join(', ')}.`
  const touched = done > 0 ? 'Nothing else was touched.' : 'Nothing was touched.'
  const close = end.interrupted ? `Interrupted: this is not the whole plan. ${touched}` : touched
  return [sentences, edges(close, seconds(end.duration), columns)].join('\n')
}

const marked = (lines: readonly PlanLine[], marks: string): boolean => lines.some(({ mark, done }) => marks.includes(mark) && !done)

const distinct = (groups: readonly Group[]): PlanLine[] =>
  [...new Map(groups.flatMap(({ lines }) => lines).map(line => [JSON.stringify([line.task, line.mark, line.kind, line.names, line.done]), line])).values()]
