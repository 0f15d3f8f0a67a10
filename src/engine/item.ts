import { setTimeout as sleep } from 'node:timers/promises'
import { Unknown, UnknownReached } from '../core/unknown.ts'
import { TemplateText, toPlain, toValue, type Dict, type Raw } from '../core/value.ts'
import type { Keywords } from '../language/playbook.ts'
import { Evaluation } from '../language/template/evaluation.ts'
import type { ModuleResult } from '../modules/module.ts'
import { attemptAction, type Tried } from './action.ts'
import { isUnreachable } from './attempt.ts'
import { levelsOf } from './context.ts'
import { notifiedNames, type Handler } from './handler.ts'
import { booleanKeyword, conditionsOf } from './keyword.ts'
import { failureFrom, skipped, undecided, type Done, type Place, type TaskRun } from './outcome.ts'
import { viewChange, viewResult } from './view.ts'

/** The loop variables that an evaluation has in front. */
const fronts = new WeakMap<Evaluation, ReadonlyMap<string, Raw>>()

/** What a task's texts are rendered with, with the loop's variables in front. */
export function evaluationFor(place: Place, front?: ReadonlyMap<string, Raw>, pure = false): Evaluation {
  const { world, host, task, context, playHosts, batch } = place
  const evaluation = new Evaluation(
    world.variables({ host, task, context, playHosts, batch, ...(front && { front }) }),
    world.environment({ context, task, pure }),
  )
  if (front) fronts.set(evaluation, front)
  return evaluation
}

/** One round of a task: all of it, or one item of its loop. */
export async function runItem(run: TaskRun, evaluation: Evaluation): Promise<Done> {
  const { world, task, context } = run
  const levels = levelsOf(task, context)
  let noLog = false
  let ignored = false
  try {
    noLog = booleanKeyword(evaluation, levels, 'noLog', false)
    const holds = condition(evaluation, levels)
    if (holds instanceof Unknown) return undecided(run, holds, noLog)
    if (holds !== true) return skipped(holds, noLog)
    ignored = booleanKeyword(evaluation, levels, 'ignoreErrors', false)
    const notified = [...new Set(notifiedNames(task, evaluation).flatMap(run.handlersNamed))]
    const tried = await tryUntil(run, evaluation, noLog, notified)
    if (tried.unknown !== undefined) return undecided(run, new Unknown(tried.unknown), noLog, notified)
    const { result } = tried
    const changes = tried.changes.filter(change => !change.incidental).map(change => viewChange(change, world.options.diff))
    const status = result.failed ? 'failed' : result.skipped ? 'skipped' : result.changed ? 'changed' : 'ok'
    return { status, result, changes, noLog, ignored: ignored && status === 'failed', notified: status === 'changed' ? notified : [], ...(tried.delegatedTo !== undefined && { delegatedTo: tried.delegatedTo }) }
  } catch (error) {
    if (error instanceof UnknownReached) return undecided(run, error.unknown, noLog)
    if (isUnreachable(error)) {
      const carryOn = booleanKeyword(evaluation, levels, 'ignoreUnreachable', false)
      const result = { unreachable: true, changed: false, msg: error.message, ...(error.hint && { hint: error.hint }) }
      return { status: 'unreachable', result, changes: [], noLog, ignored: carryOn, notified: [] }
    }
    const result = failureFrom(error, run)
    return { status: 'failed', result, changes: [], noLog, ignored, notified: [] }
  }
}

/** Whether a task is to be done: every condition of every level holds. */
export function condition(evaluation: Evaluation, levels: readonly Keywords[]): true | Unknown | { readonly false: string } {
  let unknown: Unknown | undefined
  for (const { raw, at } of conditionsOf(levels)) {
    const holds = evaluation.condition(raw, at)
    if (holds === false) return { false: raw instanceof TemplateText ? raw.text : String(raw) }
    if (holds instanceof Unknown) unknown ??= holds
  }
  return unknown ?? true
}

/** Tries once, or with `until` again and again. Retries add one to the tries, as in Ansible. */
async function tryUntil(run: TaskRun, evaluation: Evaluation, noLog: boolean, notified: readonly Handler[]): Promise<Tried> {
  const { world, task, host, id } = run
  if (task.until === undefined) return judged(run, evaluation, await attemptAction(run, evaluation, notified))
  const retries = integer(evaluation, task.retries, 3)
  const delay = integer(evaluation, task.delay, 5)
  for (let tries = 1; ; tries++) {
    const tried = await judged(run, evaluation, await attemptAction(run, evaluation, notified))
    if (tried.unknown !== undefined) return tried
    const result: ModuleResult = { ...tried.result, attempts: tries }
    const satisfied = withResult(run, evaluation, result).condition(task.until)
    if (satisfied instanceof Unknown || satisfied) return { ...tried, result }
    if (tries > retries || world.options.checkMode) return { ...tried, result: { ...result, attempts: Math.max(1, retries), failed: true } }
    world.emit({ type: 'retry', host: host.name, task: id, attempt: tries, attempts: retries + 1, result: viewResult(result, noLog) })
    await sleep(delay * 1000, undefined, { signal: world.options.signal }).catch(() => undefined)
    if (world.options.signal.aborted) return { ...tried, result: { ...result, failed: true } }
  }
}

const integer = (evaluation: Evaluation, raw: Raw | undefined, otherwise: number): number => {
  if (raw === undefined) return otherwise
  const value = Number(toPlain(evaluation.evaluate(raw)))
  return Number.isFinite(value) ? Math.max(0, value) : otherwise
}

/** `changed_when` and `failed_when`, which see the result under its registered name. */
function judged(run: TaskRun, evaluation: Evaluation, tried: Tried): Tried {
  const { task } = run
  if (tried.unknown !== undefined || tried.result.skipped || (task.changedWhen === undefined && task.failedWhen === undefined)) return tried
  const seeing = withResult(run, evaluation, tried.result)
  const result: Record<string, unknown> = { ...tried.result }
  if (task.changedWhen !== undefined) {
    const changed = seeing.condition(task.changedWhen)
    result.changed = changed instanceof Unknown ? true : changed
  }
  if (task.failedWhen !== undefined) {
    const failed = seeing.condition(task.failedWhen)
    if (failed instanceof Unknown) result.failed = false
    else Object.assign(result, { failed, failed_when_result: failed })
  }
  return { ...tried, result }
}

function withResult(run: TaskRun, evaluation: Evaluation, result: ModuleResult): Evaluation {
  const front = new Map<string, Raw>(fronts.get(evaluation) ?? [])
  const value = toValue(result) as Dict
  if (run.task.register) front.set(run.task.register, value)
  for (const [name, member] of value) if (typeof name === 'string' && !front.has(name)) front.set(name, member)
  return evaluationFor(run, front)
}

