import { setTimeout as sleep } from 'node:timers/promises'
import { ProvisionError } from '../core/error.ts'
import { Unknown, UnknownReached } from '../core/unknown.ts'
import { toPlain, toValue, type Raw } from '../core/value.ts'
import type { Task } from '../language/playbook.ts'
import type { Evaluation } from '../language/template/evaluation.ts'
import type { ModuleResult } from '../modules/module.ts'
import { attemptAction, type Tried } from './action.ts'
import { isUnreachable } from './attempt.ts'
import { condition } from './condition.ts'
import { levelsOf } from './context.ts'
import { notifiedNames, type Handler } from './handler.ts'
import { booleanKeyword, ignoresErrors } from './keyword.ts'
import { failureFrom, skipped, undecided, type Done, type TaskRun } from './outcome.ts'
import { textDiffs } from './text-diff.ts'
import { viewChange, viewResult } from './view.ts'

/** A try, and what it did to texts, which its result has as `diff`. */
interface Judged extends Tried {
  readonly diffs?: readonly unknown[]
}

/** One round of a task: all of it, or one item of its loop. */
export async function runItem(run: TaskRun, evaluation: Evaluation): Promise<Done> {
  const { world, task, context } = run
  const levels = levelsOf(task, context)
  let noLog = false
  try {
    noLog = booleanKeyword(evaluation, levels, 'noLog', false)
    const holds = condition(evaluation, levels)
    if (holds instanceof Unknown) return undecided(run, holds, noLog)
    if (holds !== true) return skipped(holds, noLog)
    const ignored = booleanKeyword(evaluation, levels, 'ignoreErrors', false)
    const notified = [...new Set(notifiedNames(task, evaluation))]
    const diff = booleanKeyword(evaluation, levels, 'diff', world.options.diff)
    const tried = await tryUntil(run, evaluation, { noLog, diff }, notified.flatMap(run.handlersNamed))
    if (tried.unknown !== undefined) return undecided(run, new Unknown(tried.unknown), noLog, notified)
    const result = withoutDiffs(tried)
    const changes = tried.changes.filter(change => !change.incidental && !(change.kind === 'run' && isHarmless(task, result))).map(change => viewChange(change, { diff, done: tried.done === true }))
    const status = result.failed ? 'failed' : result.skipped ? 'skipped' : result.changed ? 'changed' : 'ok'
    return { status, result, ...(tried.diffs && { registered: tried.result }), changes, noLog, ignored: ignored && status === 'failed', notified, ...(tried.delegatedTo !== undefined && { delegatedTo: tried.delegatedTo }) }
  } catch (error) {
    if (error instanceof UnknownReached) return undecided(run, error.unknown, noLog)
    if (isUnreachable(error)) {
      const carryOn = booleanKeyword(evaluation, levels, 'ignoreUnreachable', false)
      const result = { unreachable: true, changed: false, msg: error.message, ...(error.hint && { hint: error.hint }) }
      return { status: 'unreachable', result, changes: [], noLog, ignored: carryOn, notified: [] }
    }
    const result = failureFrom(error, run)
    return { status: 'failed', result, changes: [], noLog, ignored: ignoresErrors(evaluation, levels), notified: [] }
  }
}

const withoutDiffs = ({ result, diffs }: Judged): ModuleResult => (diffs ? Object.fromEntries(Object.entries(result).filter(([name]) => name !== 'diff')) : result)

/** What has run and, as `changed_when` says, has changed nothing is no change. */
const isHarmless = ({ changedWhen }: Task, { changed, failed }: ModuleResult): boolean => changedWhen !== undefined && changed !== true && failed !== true

/**
 * Tries once, or with `until` or `retries` again and again. Retries add one to the tries; without any, `until` is not
 * asked. Without `until` a try will do that has not failed (`executor/task_executor.py`, `_execute_internal`).
 */
async function tryUntil(run: TaskRun, evaluation: Evaluation, { noLog, diff }: { readonly noLog: boolean; readonly diff: boolean }, notified: readonly Handler[]): Promise<Judged> {
  const { world, task, host, id } = run
  const retries = integer(evaluation, task.retries, task.until === undefined ? 0 : 3)
  const delay = integer(evaluation, task.delay, 5)
  for (let tries = 1; ; tries++) {
    const attempted = await attemptAction(run, evaluation, notified, tries > 1)
    const diffs = diff && attempted.result.diff === undefined ? textDiffs(attempted.changes, attempted.result, noLog) : undefined
    const tried = { ...judged(run, evaluation, attempted, { ...(retries > 0 && { attempts: tries }), ...(diffs && { diff: diffs }) }), ...(diffs && { diffs }) }
    if (tried.unknown !== undefined || retries <= 0) return tried
    const { result } = tried
    if (task.until === undefined ? !result.failed : withResult(run, evaluation, result).condition(task.until) !== false) return tried
    // What a dry run foresees will be no other the next time.
    if (tries > retries || (world.options.checkMode && tried.changes.length > 0)) return { ...tried, result: { ...result, attempts: retries, failed: true } }
    world.emit({ type: 'retry', host: host.name, task: id, attempt: tries, attempts: retries + 1, result: viewResult(withoutDiffs(tried), noLog) })
    await sleep((delay < 0 ? 1 : delay) * 1000, undefined, { signal: world.options.signal }).catch(() => undefined)
    if (world.options.signal.aborted) return { ...tried, result: { ...result, failed: true } }
  }
}

const integer = (evaluation: Evaluation, raw: Raw | undefined, otherwise: number): number => {
  if (raw === undefined) return otherwise
  const value = Number(toPlain(evaluation.evaluate(raw)))
  return Number.isFinite(value) ? value : otherwise
}

/** A try with what `changed_when` and `failed_when` say of it. @param more what they may look at beside the module's result */
function judged(run: TaskRun, evaluation: Evaluation, tried: Tried, more: ModuleResult): Tried {
  const { changedWhen, failedWhen } = run.task
  let result: ModuleResult = { changed: false, failed: false, ...tried.result, ...more }
  if (tried.unknown !== undefined || result.skipped) return { ...tried, result }
  let which = 'changed'
  try {
    if (changedWhen !== undefined) result = { ...result, changed: withResult(run, evaluation, result).condition(changedWhen) !== false }
    which = 'failed'
    if (failedWhen === undefined) return { ...tried, result }
    const failed = withResult(run, evaluation, result).condition(failedWhen)
    return { ...tried, result: failed instanceof Unknown ? { ...result, failed: false } : { ...result, failed, failed_when_result: failed } }
  } catch (error) {
    if (!(error instanceof ProvisionError)) throw error
    return { ...tried, result: { ...result, ...failureFrom(error, run), changed: result.changed === true, [`${which}_when_result`]: error.message } }
  }
}

/** Conditions of the result see it under its registered name. */
const withResult = ({ task }: TaskRun, evaluation: Evaluation, result: ModuleResult): Evaluation =>
  task.register === undefined ? evaluation : evaluation.behind(new Map([[task.register, toValue(result)]]))
