import type { Recap } from '../core/event.ts'
import type { Value } from '../core/value.ts'
import type { ModuleResult } from '../modules/module.ts'
import type { Context } from './context.ts'
import type { Task } from '../language/playbook.ts'

/** What a run knows of one host beside its facts: variables that tasks made, and how it is doing. */
export class HostState {
  readonly name: string
  /** Ansible facts, by their names in `ansible_facts`. */
  readonly facts = new Map<string, Value>()
  /** `set_fact` and registered results: the variables that survive their play. */
  readonly made = new Map<string, Value>()
  /** From `include_vars`. */
  readonly included = new Map<string, Value>()
  /** Names and topics of handlers that were notified: which handlers they mean is decided when handlers run. */
  readonly notified = new Set<string>()
  recap: Recap = { ok: 0, changed: 0, unreachable: 0, failed: 0, skipped: 0, rescued: 0, ignored: 0, unknown: 0 }
  /** The failure that ended it; a `rescue` clears it. */
  failure: Failure | undefined
  unreachable = false
  readonly #setAside: (Failure | undefined)[] = []
  /** It takes no further part in this play (`meta: end_batch`). */
  ended = false
  /** And it is no longer counted among its hosts (`meta: end_host`). */
  removed = false
  /** The play itself has ended for it: handlers that have not run are meant not to. */
  excused = false

  constructor(name: string) {
    this.name = name
  }

  get usable(): boolean {
    return !this.failure && !this.unreachable && !this.ended
  }

  /** It goes through an `always`, or handlers that are forced, as if it had not failed. */
  setFailureAside(): void {
    this.#setAside.push(this.failure)
    this.failure = undefined
  }

  takeFailureBack(): void {
    const former = this.#setAside.pop()
    this.failure ??= former
  }

  /** `meta: clear_host_errors`: it goes on where it is; one that has dropped out of the play is well again for those to come. */
  forgive(): void {
    const droppedOut = this.failure !== undefined || this.unreachable
    this.failure = undefined
    this.unreachable = false
    this.#setAside.fill(undefined)
    if (droppedOut) this.leave()
  }

  /** It leaves the play as if it had never been in it. */
  leave(): void {
    this.ended = this.removed = true
  }

  /** A play begins. */
  enter(): void {
    this.notified.clear()
    this.ended = this.removed = this.excused = false
  }

  count(what: keyof Recap, by = 1): void {
    this.recap = { ...this.recap, [what]: this.recap[what] + by }
  }
}

export interface Failure {
  readonly task: Task
  readonly context: Context
  readonly name: string
  readonly result: ModuleResult
  /** Another host's failure ended it (`run_once`, `any_errors_fatal`): it counts for none here. */
  readonly inherited?: boolean
}
