import { toValue } from '../core/value.ts'
import type { HostState } from './host-state.ts'
import { runItem } from './item.ts'
import { runLoop } from './loop.ts'
import { type Done, type TaskOutcome, type TaskRun } from './outcome.ts'
import { viewChanges, viewResult } from './view.ts'
import { evaluationFor } from './place.ts'

/** Runs a task on a host, sends its events, and registers its result. Never throws for what a host or a user did. */
export async function runTask(run: TaskRun): Promise<TaskOutcome> {
  const { world, host, task, id } = run
  const started = performance.now()
  const base = evaluationFor(run)
  const outcome = task.loop ? await runLoop(run, base) : onlyIfChanged(await runItem(run, base))
  const noLog = outcome.noLog
  if (task.register) host.made.set(task.register, outcome.unknown ?? toValue(outcome.registered ?? outcome.result))
  count(host, outcome)
  world.emit({
    type: 'host-result', host: host.name, task: id, status: outcome.status, result: viewResult(outcome.result, noLog),
    changes: task.loop ? [] : viewChanges(outcome.changes, noLog), ignored: outcome.ignored,
    duration: (performance.now() - started) / 1000, looped: task.loop !== undefined,
    ...(outcome.why !== undefined && { why: outcome.why }), ...(outcome.delegatedTo !== undefined && { delegatedTo: outcome.delegatedTo }),
  })
  return outcome
}

const onlyIfChanged = (done: Done): Done => (done.status === 'changed' || done.status === 'unknown' ? done : { ...done, notified: [] })

function count(host: HostState, { status, ignored, result }: TaskOutcome): void {
  if (status === 'unknown') return host.count('unknown')
  if (status === 'skipped') return host.count('skipped')
  const wentWrong = status === 'failed' || status === 'unreachable'
  if (wentWrong && !ignored) return host.count(status)
  host.count('ok')
  if (status === 'changed' || result.changed === true) host.count('changed')
  if (wentWrong) host.count('ignored')
}
