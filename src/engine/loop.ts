import { setTimeout as sleep } from 'node:timers/promises'
import type { Status } from '../core/event.ts'
import { ProvisionError } from '../core/error.ts'
import { isUnknown, Unknown } from '../core/unknown.ts'
import { toPlain, toValue, type Raw, type Value } from '../core/value.ts'
import type { Evaluation } from '../language/template/evaluation.ts'
import { levelsOf } from './context.ts'
import { condition } from './condition.ts'
import { runItem } from './item.ts'
import { ignoresErrors } from './keyword.ts'
import { loopVariables, type LoopVariables } from './loop-variables.ts'
import { failureFrom, skipped, undecided, type Done, type TaskRun } from './outcome.ts'
import { viewChanges, viewResult } from './view.ts'
import { evaluationFor } from './place.ts'

/** Goes through the items of a loop, one after the other. */
export async function runLoop(run: TaskRun, base: Evaluation): Promise<Done> {
  const { world, task, context, host, id } = run
  const loop = task.loop!
  const levels = levelsOf(task, context)
  let items: Value[] | Unknown
  let control: LoopVariables
  try {
    items = base.loop(loop.plugin, loop.terms, loop.at)
    control = loopVariables(loop.control, base)
  } catch (error) {
    // A list that is not defined is no mistake when a condition without the item says that the task is skipped.
    return conditionFails(base, levels) ?? { status: 'failed', result: failureFrom(error, run), changes: [], noLog: false, ignored: ignoresErrors(base, levels), notified: [] }
  }
  if (items instanceof Unknown) return undecided(run, items, false)
  if (items.length === 0) return { status: 'skipped', result: { changed: false, skipped: true, skipped_reason: 'No items in the list', results: [] }, changes: [], noLog: false, ignored: false, notified: [], why: 'there are no items' }
  const { loopVar, pause } = control
  if (base.has(loopVar)) world.emit({ type: 'warning', message: `The loop variable '${loopVar}' is in use already: set loop_control.loop_var to another name, or what it meant cannot be seen in this task`, at: loop.at })
  const results: Record<string, unknown>[] = []
  let registered: readonly (readonly [string, Raw])[] = []
  const done: Done[] = []
  for (const [index, item] of items.entries()) {
    if (index > 0 && pause > 0 && !world.options.checkMode) await sleep(pause * 1000, undefined, { signal: world.options.signal }).catch(() => undefined)
    if (world.options.signal.aborted) break
    const variables = control.of(items, index)
    const round = { ...run, front: new Map([...variables, ...registered]), ...(!task.register && { round: index }) }
    const evaluation = evaluationFor(round)
    const finished = await runItem(round, evaluation)
    // Until the loop is done its register is what the last item made of the task.
    if (task.register && finished.status !== 'skipped') registered = [[task.register, finished.unknown ?? toValue(finished.registered ?? finished.result)]]
    const { label, ...one } = labelled(finished, evaluation.behind(new Map(registered)), loop.control.label ?? item)
    const result: Record<string, unknown> = { ...one.result, ...Object.fromEntries(variables) }
    results.push(one.unknown ? (one.unknown as unknown as Record<string, unknown>) : result)
    done.push(one)
    world.emit({
      type: 'item-result', host: host.name, task: id, item: one.noLog ? '(censored due to no_log)' : show(label), status: one.status, result: viewResult(result, one.noLog),
      changes: viewChanges(one.changes, one.noLog), ignored: one.ignored,
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

/** The result of a loop (ansible/executor/task_executor.py). */
function together(done: readonly Done[], results: readonly Record<string, unknown>[]): Done {
  const any = (status: Status) => done.some(one => one.status === status)
  const allSkipped = done.every(one => one.status === 'skipped')
  const failed = done.some(one => one.status === 'failed' && !one.ignored)
  const status: Status = any('unreachable') ? 'unreachable' : any('failed') ? 'failed' : any('unknown') ? 'unknown' : any('changed') ? 'changed' : allSkipped ? 'skipped' : 'ok'
  const changed = done.some(one => one.result.changed === true)
  const warnings = results.flatMap(result => (Array.isArray(result.warnings) ? result.warnings : []))
  const items = results.map(result => (isUnknown(result) ? result : withoutWarnings(result)))
  const result = {
    changed, results: items,
    msg: failed || any('failed') ? 'One or more items failed' : allSkipped ? 'All items skipped' : 'All items completed',
    ...(any('failed') && { failed: true }), skipped: allSkipped, ...(warnings.length > 0 && { warnings }),
  }
  return {
    status, result,
    ...(done.some(one => one.registered) && { registered: { ...result, results: items.map((item, index) => (done[index]!.registered ? { ...item, diff: done[index]!.registered!.diff } : item)) } }),
    changes: [], noLog: done.some(one => one.noLog), ignored: any('failed') && !failed, notified: notifiedBy(done),
    ...(any('unknown') && { why: done.find(one => one.status === 'unknown')!.why! }),
    ...(done[0]?.delegatedTo !== undefined && { delegatedTo: done[0].delegatedTo }),
  }
}

/** When one item has changed, all that were done notify, as in Ansible; of a loop that failed those that have changed. */
function notifiedBy(done: readonly Done[]): string[] {
  const changed = done.filter(one => one.status === 'changed' || one.status === 'unknown')
  const failed = done.some(one => one.status === 'failed' || one.status === 'unreachable')
  return [...new Set((failed || changed.length === 0 ? changed : done).flatMap(one => one.notified))]
}

const withoutWarnings = ({ warnings: _, ...result }: Record<string, unknown>) => result

/** An item's outcome with how it is called. One whose label cannot be rendered has failed, though it was done. */
function labelled(one: Done, evaluation: Evaluation, label: Raw): Done & { readonly label: Value } {
  try {
    return { ...one, label: evaluation.evaluate(label) }
  } catch (error) {
    if (!(error instanceof ProvisionError)) throw error
    return { ...one, status: 'failed', result: { ...one.result, failed: true, msg: `Failed to template loop_control.label: ${error.message}` }, label: '(no label)' }
  }
}

const show = (value: Value): string => {
  if (isUnknown(value)) return String(value)
  const plain = toPlain(value)
  return typeof plain === 'string' ? plain : JSON.stringify(plain)
}
