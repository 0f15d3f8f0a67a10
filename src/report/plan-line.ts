import type { Position } from '../core/position.ts'
import { entriesOf, type Entry } from './entry.ts'
import { shortMessage } from './failure.ts'
import type { Outcome } from './outcome.ts'
import { printableLine } from './printable.ts'
import type { ResultOptions } from './result-lines.ts'
import { listed } from './words.ts'

/** One line of a plan: a change, or why there is none where one would expect it. */
export interface PlanLine extends Omit<Entry, 'mark'> {
  /** `✖` fails, `!` fails and the play goes on, `·` is not done. */
  readonly mark: Entry['mark'] | '✖' | '!' | '·'
  /** What stands beside it: the task's name. */
  readonly title: string
  readonly at: Position
  readonly task: number
}

/**
 * What a task means for one host's plan. Tasks that change nothing have no line; skipped ones have one with `-v`.
 *
 * @param notifiedBy names of the tasks that notify this handler
 */
export function planLinesOf(outcome: Outcome, notifiedBy: readonly string[], options: ResultOptions): PlanLine[] {
  const { task, status } = outcome
  const name = printableLine(task.name)
  const place = { at: task.at, task: task.task }
  const why = outcome.why && options.verbosity > 0 ? [printableLine(outcome.why)] : []
  const single = (line: Pick<PlanLine, 'mark' | 'title'> & Partial<PlanLine>): PlanLine =>
    ({ kind: moduleKind(outcome), names: [name], attributes: '', notes: why, diff: [], done: false, ...place, ...line })

  if (status === 'failed' || status === 'unreachable') {
    return outcome.ignored
      ? [single({ mark: '!', title: 'fails, and is ignored', notes: [printableLine(shortMessage(outcome)), ...why] })]
      : [single({ mark: '✖', title: status === 'failed' ? 'fails' : 'unreachable', notes: [] })]
  }
  if (inMemory.has(moduleKind(outcome)) && status === 'changed') return []
  if (status === 'skipped') return options.verbosity > 0 ? [single({ mark: '·', title: 'skipped' })] : []

  const entries = entriesOf(outcome, options.showDiff)
  if (task.kind === 'handler' && entries.every(({ mark }) => mark === '>') && (status === 'changed' || status === 'unknown')) {
    const title = notifiedBy.length > 0 ? `notified by ${printableLine(listed(notifiedBy))}` : ''
    return [single({ mark: status === 'unknown' ? '?' : '>', kind: 'handler', title, done: entries.length > 0 && entries.every(({ done }) => done), notes: [...new Set(entries.filter(({ done }) => done).flatMap(({ notes }) => notes)), ...why] })]
  }
  if (entries.length > 0)
    return entries.map((entry, index) => ({ ...entry, notes: index === 0 ? [...entry.notes, ...why] : entry.notes, title: entry.mark === '?' ? 'known after apply' : name, ...place }))
  if (status === 'unknown') return [single({ mark: '?', title: 'known after apply' })]
  return status === 'changed' ? [single({ mark: '~', title: '' })] : []
}

/** What these change is known to this run alone: no host is another for it. */
const inMemory: ReadonlySet<string> = new Set(['add_host', 'group_by'])

/** `ansible.builtin.uri` is called `uri`. */
const moduleKind = ({ task }: Outcome): string => printableLine(task.module.split('.').at(-1)!)
