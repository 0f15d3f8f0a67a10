import type { Listener, RunEnd } from '../core/event.ts'
import { failureBlock } from './failure.ts'
import { Failures } from './failures.ts'
import { inOrder } from './hosts.ts'
import { isFailure, outcomes } from './outcome.ts'
import { groupLines } from './plan-group.ts'
import { planLinesOf, type PlanLine } from './plan-line.ts'
import { planSummary } from './plan-summary.ts'
import type { ResultOptions } from './result-lines.ts'
import type { Sink } from './sink.ts'

/**
 * What a run would do, said when all of it is known: hosts with equal plans together, a line a change, failures in
 * full, and the verdict last.
 */
export function createPlanView(sink: Sink, options: ResultOptions): Listener {
  const plans = new Map<string, PlanLine[]>()
  const failures = new Failures()
  const notified = new Notifications()
  const names = new Map<number, string>()

  const gather = outcomes(outcome => {
    if (isFailure(outcome)) failures.add(outcome)
    const lines = planLinesOf(outcome, notified.by(outcome.host, outcome.task.name), options)
    plans.set(outcome.host, [...(plans.get(outcome.host) ?? []), ...lines])
  })

  return event => {
    gather(event)
    if (event.type === 'task-start') names.set(event.task, event.name)
    else if (event.type === 'play-start') event.hosts.forEach(host => plans.has(host) || plans.set(host, []))
    else if (event.type === 'notify') notified.add(event.host, event.handler, event.earlierRun ? 'an earlier run' : (names.get(event.task) ?? ''))
    else if (event.type === 'rescued') {
      failures.rescued(event.host, event.task)
      const caught = (line: PlanLine): PlanLine => (line.task === event.task && line.mark === '✖' ? { ...line, mark: '!', title: 'fails, and is rescued' } : line)
      plans.set(event.host, (plans.get(event.host) ?? []).map(caught))
    } else if (event.type === 'run-end') {
      const text = planText(plans, failures, event, options)
      if (text !== '') sink.out(text)
    }
  }
}

/** Which tasks notify a handler on a host. */
class Notifications {
  readonly #tasks = new Map<string, Set<string>>()

  add(host: string, handler: string, task: string): void {
    const key = JSON.stringify([host, handler])
    this.#tasks.set(key, (this.#tasks.get(key) ?? new Set()).add(task))
  }

  /** @param handler as it is shown, perhaps with its role in front: `apache : Reload` */
  by(host: string, handler: string): string[] {
    const bare = handler.includes(' : ') ? handler.slice(handler.indexOf(' : ') + 3) : handler
    return [...(this.#tasks.get(JSON.stringify([host, handler])) ?? this.#tasks.get(JSON.stringify([host, bare])) ?? [])]
  }
}

function planText(plans: ReadonlyMap<string, PlanLine[]>, failures: Failures, end: RunEnd, options: ResultOptions): string {
  if (end.error && plans.size === 0) return ''
  const groups = [...Map.groupBy(inOrder(plans.keys()), host => JSON.stringify(plans.get(host)))].map(([, hosts]) => ({ hosts, lines: plans.get(hosts[0]!)! }))
  const rank = (lines: readonly PlanLine[]) => (lines.some(({ mark }) => mark === '✖') ? 2 : lines.length === 0 ? 1 : 0)
  const texts = groups.sort((one, other) => rank(one.lines) - rank(other.lines)).map(({ hosts, lines }) => groupLines(hosts, lines, options).join('\n'))
  const blocks = failures.all().map(({ outcome, hosts }) => failureBlock(outcome, inOrder(hosts), options))
  return [...texts, ...blocks, planSummary(groups, end, options)].join('\n\n')
}
