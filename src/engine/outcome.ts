import type { ConnectionFailure } from '../connection/connection.ts'
import { ProvisionError, renderError } from '../core/error.ts'
import type { ChangeView, Status, TaskId } from '../core/event.ts'
import { Unknown } from '../core/unknown.ts'
import type { ModuleResult } from '../modules/module.ts'
import type { Handler } from './handler.ts'
import type { Journal } from './journal.ts'
import type { Place } from './place.ts'

/** A task as one host is to run it. */
export interface TaskRun extends Place {
  readonly id: TaskId
  readonly name: string
  /** Where the host remembers what was notified. */
  readonly journal: Journal
  /** The handlers that a name means. @throws ProvisionError `unknown-handler` */
  readonly handlersNamed: (name: string) => readonly Handler[]
}

/** What came of a task on a host. */
export interface TaskOutcome {
  readonly status: Status
  readonly result: ModuleResult
  /** The same as it is registered, where that is more: events have it in their changes. */
  readonly registered?: ModuleResult
  readonly ignored: boolean
  /** Registered in place of the result: nobody can say what it will be. */
  readonly unknown?: Unknown
  /** Names and topics of handlers, since something changed or may change. Of one round: to be notified if something did. */
  readonly notified: readonly string[]
}

/** The same for one round, and what is shown of it. */
export interface Done extends TaskOutcome {
  readonly changes: readonly ChangeView[]
  readonly noLog: boolean
  readonly why?: string
  readonly delegatedTo?: string
}

export const skipped = (because: { readonly false: string }, noLog: boolean): Done => ({
  status: 'skipped', result: { changed: false, skipped: true, skip_reason: 'Conditional result was False', false_condition: because.false },
  changes: [], noLog, ignored: false, notified: [], why: `the condition ${because.false} is false`,
})

/** In a dry run: what this task will do hangs on something that has not run yet. */
export const undecided = (run: TaskRun, unknown: Unknown, noLog: boolean, notified: readonly string[] = []): Done => ({
  status: 'unknown', result: { msg: unknown }, unknown, changes: [unknownView(run)], noLog, ignored: false, notified, why: unknown.why,
})

const unknownView = ({ task, name }: TaskRun): ChangeView => ({
  subject: { kind: task.action.kind === 'module' ? task.action.module.name : 'task', name }, kind: 'unknown', observed: {}, desired: {}, undoable: false,
})

/** A task that took longer than its `timeout`. */
export class TimedOut extends Error {
  /** Seconds. */
  readonly period: number
  readonly hint: string | undefined

  constructor(period: number, { message, hint }: ConnectionFailure) {
    super(message)
    this.period = period
    this.hint = hint
  }
}

/** A mistake that only showed when the task ran is the task's failure; what the program itself did wrong is thrown on. */
export function failureFrom(error: unknown, run: Pick<TaskRun, 'task' | 'name' | 'host'>): ModuleResult {
  if (error instanceof ProvisionError && error.code !== 'unknown-handler' && error.code !== 'internal') {
    const located = error.within(`used by task '${run.name}' (${run.task.at.file}:${run.task.at.line}), host ${run.host.name}`)
    return { failed: true, changed: false, msg: error.said ?? error.message, error: error.code, rendered: renderError(located) }
  }
  if (error instanceof TimedOut) return { failed: true, changed: false, msg: `Task failed: Timed out after ${error.period} second(s). ${error.message}`, timedout: { period: error.period }, hint: error.hint }
  if (error instanceof Error && error.name === 'ConnectionFailure') return { failed: true, changed: false, msg: error.message, hint: (error as { hint?: string }).hint }
  throw error
}
