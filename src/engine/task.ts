import { setTimeout as sleep } from 'node:timers/promises'
import { ProvisionError, renderError } from '../core/error.ts'
import type { ChangeView, Status, TaskId, TaskResult } from '../core/event.ts'
import { isUnknown, Unknown, UnknownReached } from '../core/unknown.ts'
import { toPlain, toValue, type Dict, type Raw, type Value } from '../core/value.ts'
import type { Change } from '../host/change.ts'
import type { Task } from '../language/playbook.ts'
import { Evaluation } from '../language/template/evaluation.ts'
import type { ModuleResult } from '../modules/module.ts'
import { isUnreachable } from './attempt.ts'
import { levelsOf, type Context } from './context.ts'
import type { HostState } from './host-state.ts'
import { booleanKeyword } from './keyword.ts'
import { attemptAction } from './action.ts'
import { viewChange, viewResult } from './view.ts'
import type { World } from './world.ts'

/** A task as one host is to run it. */
export interface TaskRun {
  readonly world: World
  readonly host: HostState
  readonly task: Task
  readonly context: Context
  readonly id: TaskId
  readonly name: string
  readonly playHosts: readonly string[]
  readonly batch: readonly string[]
  /** Handlers that are notified if the task changes something. */
  readonly journal: { readonly name: string; readonly notify: readonly string[] } | undefined
}

/** What came of a task on a host. */
export interface TaskOutcome {
  readonly status: Status
  /** As it is registered. */
  readonly result: ModuleResult
  readonly ignored: boolean
  /** Registered in place of the result: nobody can say what it will be. */
  readonly unknown?: Unknown
}

/** Runs a task on a host, sends its events, and registers its result. Never throws for what a host or a user did. */
export async function runTask(run: TaskRun): Promise<TaskOutcome> {
  const { world, host, task, id } = run
  const started = performance.now()
  const base = evaluationFor(run)
  const outcome = task.loop ? await runLoop(run, base) : await runItem(run, base)
  const noLog = outcome.noLog
  if (task.register) host.made.set(task.register, outcome.unknown ?? toValue(outcome.result))
  count(host, outcome)
  world.emit({
    type: 'host-result', host: host.name, task: id, status: outcome.status, result: viewResult(outcome.result, noLog),
    changes: task.loop ? [] : noLog ? outcome.changes.map(withoutDiff) : outcome.changes, ignored: outcome.ignored,
    duration: (performance.now() - started) / 1000, looped: task.loop !== undefined,
    ...(outcome.why !== undefined && { why: outcome.why }), ...(outcome.delegatedTo !== undefined && { delegatedTo: outcome.delegatedTo }),
  })
  return outcome
}

interface Done extends TaskOutcome {
  readonly changes: readonly ChangeView[]
  readonly noLog: boolean
  readonly why?: string
  readonly delegatedTo?: string
}

const withoutDiff = ({ diff: _, ...view }: ChangeView): ChangeView => view

export const evaluationFor = (run: Omit<TaskRun, 'id' | 'name' | 'journal'>, front?: ReadonlyMap<string, Raw>, pure = false): Evaluation => {
  const { world, host, task, context, playHosts, batch } = run
  return new Evaluation(
    world.variables({ host, task, context, playHosts, batch, ...(front && { front }) }),
    world.environment({ context, task, pure }),
  )
}

/** One round of a task: all of it, or one item of its loop. */
async function runItem(run: TaskRun, evaluation: Evaluation): Promise<Done> {
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
    const tried = await tryUntil(run, evaluation, noLog)
    if (tried.unknown !== undefined) return undecided(run, new Unknown(tried.unknown), noLog)
    const { result } = tried
    const changes = tried.changes.filter(change => !change.incidental).map(change => viewChange(change, world.options.diff))
    const status = result.failed ? 'failed' : result.skipped ? 'skipped' : result.changed ? 'changed' : 'ok'
    return { status, result, changes, noLog, ignored: ignored && status === 'failed', ...(tried.delegatedTo !== undefined && { delegatedTo: tried.delegatedTo }) }
  } catch (error) {
    if (error instanceof UnknownReached) return undecided(run, error.unknown, noLog)
    if (isUnreachable(error)) {
      const carryOn = booleanKeyword(evaluation, levels, 'ignoreUnreachable', false)
      const result = { unreachable: true, changed: false, msg: error.message, ...(error.hint && { hint: error.hint }) }
      return { status: 'unreachable', result, changes: [], noLog, ignored: carryOn }
    }
    const result = failureFrom(error, run)
    return { status: 'failed', result, changes: [], noLog, ignored }
  }
}

/** A mistake that only showed when the task ran is the task's failure. */
function failureFrom(error: unknown, run: TaskRun): ModuleResult {
  if (error instanceof ProvisionError) {
    const located = error.within(`used by task '${run.name}' (${run.task.at.file}:${run.task.at.line}), host ${run.host.name}`)
    return { failed: true, changed: false, msg: error.message, error: error.code, rendered: renderError(located) }
  }
  if (error instanceof Error && error.name === 'ConnectionFailure') return { failed: true, changed: false, msg: error.message, hint: (error as { hint?: string }).hint }
  throw error
}

function condition(evaluation: Evaluation, levels: readonly { readonly when?: readonly Raw[] }[]): true | Unknown | { readonly false: string } {
  let unknown: Unknown | undefined
  for (const raw of levels.flatMap(level => level.when ?? [])) {
    const holds = evaluation.condition(raw)
    if (holds === false) return { false: typeof raw === 'object' && raw !== null && 'text' in raw ? raw.text : String(raw) }
    if (holds instanceof Unknown) unknown ??= holds
  }
  return unknown ?? true
}

const skipped = (because: { readonly false: string }, noLog: boolean): Done => ({
  status: 'skipped', result: { changed: false, skipped: true, skip_reason: 'Conditional result was False', false_condition: because.false },
  changes: [], noLog, ignored: false, why: `the condition ${because.false} is false`,
})

/** In a dry run: what this task will do hangs on something that has not run yet. */
function undecided(run: TaskRun, unknown: Unknown, noLog: boolean): Done {
  return { status: 'unknown', result: { msg: unknown }, unknown, changes: [unknownView(run)], noLog, ignored: false, why: unknown.why }
}

const unknownView = (run: TaskRun): ChangeView => ({
  subject: { kind: run.task.action.kind === 'module' ? run.task.action.module.name : 'task', name: run.name }, kind: 'unknown', observed: {}, desired: {}, undoable: false,
})

interface Tried {
  readonly result: ModuleResult
  readonly changes: readonly Change[]
  readonly unknown?: string
  readonly delegatedTo?: string
}

/** Tries once, or with `until` again and again. Retries add one to the tries, as in Ansible. */
async function tryUntil(run: TaskRun, evaluation: Evaluation, noLog: boolean): Promise<Tried> {
  const { world, task, host, id } = run
  if (task.until === undefined) return judged(run, evaluation, await attemptAction(run, evaluation))
  const retries = integer(evaluation, task.retries, 3)
  const delay = integer(evaluation, task.delay, 5)
  for (let tries = 1; ; tries++) {
    const tried = await judged(run, evaluation, await attemptAction(run, evaluation))
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
  return remember(evaluationFor(run, front), front)
}

/** The loop variables that an evaluation has in front. */
const fronts = new WeakMap<Evaluation, ReadonlyMap<string, Raw>>()

function remember(evaluation: Evaluation, front: ReadonlyMap<string, Raw>): Evaluation {
  fronts.set(evaluation, front)
  return evaluation
}

async function runLoop(run: TaskRun, base: Evaluation): Promise<Done> {
  const { world, task, context, host, id } = run
  const loop = task.loop!
  const levels = levelsOf(task, context)
  let items: Value[] | Unknown
  try {
    items = base.loop(loop.plugin, loop.terms, loop.at)
  } catch (error) {
    // A list that is not defined is no mistake when a condition without the item says that the task is skipped.
    return conditionFails(base, levels) ?? { status: 'failed', result: failureFrom(error, run), changes: [], noLog: false, ignored: ignoresErrors(base, levels) }
  }
  if (items instanceof Unknown) return undecided(run, items, false)
  if (items.length === 0) return { status: 'skipped', result: { changed: false, skipped: true, skipped_reason: 'No items in the list', results: [] }, changes: [], noLog: false, ignored: false, why: 'there are no items' }
  const control = loop.control
  const loopVar = (control.loopVar && String(base.evaluate(control.loopVar))) || 'item'
  const indexVar = control.indexVar && String(base.evaluate(control.indexVar))
  const pause = control.pause === undefined ? 0 : Number(toPlain(base.evaluate(control.pause)))
  const extended = control.extended !== undefined && base.evaluate(control.extended) === true
  const results: Record<string, unknown>[] = []
  const done: Done[] = []
  for (const [index, item] of items.entries()) {
    if (index > 0 && pause > 0 && !world.options.checkMode) await sleep(pause * 1000, undefined, { signal: world.options.signal }).catch(() => undefined)
    if (world.options.signal.aborted) break
    const front = new Map<string, Raw>([[loopVar, item], ['ansible_loop_var', loopVar]])
    if (indexVar) front.set(indexVar, index)
    if (indexVar) front.set('ansible_index_var', indexVar)
    if (extended) front.set('ansible_loop', loopFacts(items, index))
    const evaluation = remember(evaluationFor(run, front), front)
    const one = await runItem(run, evaluation)
    const label = control.label === undefined ? item : labelOf(evaluation, control.label)
    const result: Record<string, unknown> = { ...one.result, [loopVar]: item, ansible_loop_var: loopVar, ...(indexVar && { [indexVar]: index, ansible_index_var: indexVar }), ...(extended && { ansible_loop: front.get('ansible_loop') }) }
    results.push(one.unknown ? (one.unknown as unknown as Record<string, unknown>) : result)
    done.push(one)
    world.emit({
      type: 'item-result', host: host.name, task: id, item: one.noLog ? '(censored due to no_log)' : show(label), status: one.status, result: viewResult(result, one.noLog),
      changes: one.noLog ? one.changes.map(withoutDiff) : one.changes, ignored: one.ignored,
    })
    if (one.status === 'unreachable') break
  }
  return together(done, results)
}

const conditionFails = (evaluation: Evaluation, levels: ReturnType<typeof levelsOf>): Done | undefined => {
  try {
    const holds = condition(evaluation, levels)
    return holds !== true && !(holds instanceof Unknown) ? skipped(holds, false) : undefined
  } catch {
    return undefined
  }
}

const ignoresErrors = (evaluation: Evaluation, levels: ReturnType<typeof levelsOf>): boolean => {
  try {
    return booleanKeyword(evaluation, levels, 'ignoreErrors', false)
  } catch {
    return false
  }
}

/** The result of a loop (ansible/executor/task_executor.py). */
function together(done: readonly Done[], results: readonly Record<string, unknown>[]): Done {
  const any = (status: Status) => done.some(one => one.status === status)
  const allSkipped = done.every(one => one.status === 'skipped')
  const failed = done.some(one => one.status === 'failed' && !one.ignored)
  const status: Status = any('unreachable') ? 'unreachable' : any('failed') ? 'failed' : any('unknown') ? 'unknown' : any('changed') ? 'changed' : allSkipped ? 'skipped' : 'ok'
  const changed = any('changed')
  const warnings = results.flatMap(result => (Array.isArray(result.warnings) ? result.warnings : []))
  return {
    status,
    result: {
      changed, results: results.map(result => (isUnknown(result) ? result : withoutWarnings(result))),
      msg: failed || any('failed') ? 'One or more items failed' : allSkipped ? 'All items skipped' : 'All items completed',
      ...(any('failed') && { failed: true }), ...(allSkipped && { skipped: true }), ...(warnings.length > 0 && { warnings }),
    },
    changes: [], noLog: done.some(one => one.noLog), ignored: any('failed') && !failed,
    ...(any('unknown') && { why: done.find(one => one.status === 'unknown')!.why! }),
    ...(done[0]?.delegatedTo !== undefined && { delegatedTo: done[0].delegatedTo }),
  }
}

const withoutWarnings = ({ warnings: _, ...result }: Record<string, unknown>) => result

const loopFacts = (items: readonly Value[], index: number): Dict =>
  toValue({
    allitems: items, index: index + 1, index0: index, first: index === 0, last: index === items.length - 1, length: items.length,
    revindex: items.length - index, revindex0: items.length - index - 1, ...(index > 0 && { previtem: items[index - 1] }), ...(index < items.length - 1 && { nextitem: items[index + 1] }),
  }) as Dict

function labelOf(evaluation: Evaluation, label: Raw): Value {
  try {
    return evaluation.evaluate(label)
  } catch {
    return '(label cannot be rendered)'
  }
}

const show = (value: Value): string => {
  if (isUnknown(value)) return String(value)
  const plain = toPlain(value)
  return typeof plain === 'string' ? plain : JSON.stringify(plain)
}

function count(host: HostState, { status, ignored }: TaskOutcome): void {
  if (status === 'unknown') return host.count('unknown')
  if (status === 'skipped') return host.count('skipped')
  if (status === 'unreachable') {
    host.count('unreachable')
    if (ignored) host.count('ignored')
    return
  }
  if (status === 'failed' && !ignored) return host.count('failed')
  host.count('ok')
  if (status === 'changed') host.count('changed')
  if (status === 'failed') host.count('ignored')
}

export type { TaskResult }
