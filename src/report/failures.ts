import type { TaskId, TaskStart } from '../core/event.ts'
import { failureKey } from './failure.ts'
import type { Outcome } from './outcome.ts'

/** A failure and all hosts that have it. */
export interface SharedFailure {
  readonly outcome: Outcome
  readonly hosts: string[]
}

/** The failures of a run, each said once, with its hosts. */
export class Failures {
  readonly #byKey = new Map<string, SharedFailure>()

  /** Whether it is the first of its kind. */
  add(outcome: Outcome): boolean {
    const key = failureKey(outcome)
    const known = this.#byKey.get(key)
    if (known) known.hosts.push(outcome.host)
    else this.#byKey.set(key, { outcome, hosts: [outcome.host] })
    return known === undefined
  }

  /** A rescue took care of it: it is not a failure of the run. Gives back what had failed. */
  rescued(host: string, id: TaskId): TaskStart | undefined {
    for (const [key, { outcome: { task }, hosts }] of this.#byKey) {
      if (task.task !== id || !hosts.includes(host)) continue
      hosts.splice(hosts.indexOf(host), 1)
      if (hosts.length === 0) this.#byKey.delete(key)
      return task
    }
  }

  /** In the order in which they happened. */
  all(): readonly SharedFailure[] {
    return [...this.#byKey.values()]
  }
}
