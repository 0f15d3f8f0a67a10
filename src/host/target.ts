import type { Become } from '../connection/connection.ts'
import type { Change, Outcome } from './change.ts'
import type { FactFailure, FactKey, FactKind, FactKinds, FactRequest } from './fact.ts'

/** A managed host that can be looked at and changed: a real one through its shell, or one in memory. */
export interface Target {
  /** Begins to connect ahead of the first question, which then tells what went wrong. Absent where there is nothing to connect to. */
  connect?(): void
  /**
   * Reads facts, all in one round trip. Answers in the order of the requests.
   *
   * @throws ConnectionFailure when the host gives no answer
   */
  read(requests: readonly FactRequest[]): Promise<readonly Observation[]>
  /**
   * Makes changes, in order, in one round trip; stops at the first that fails.
   *
   * @throws ConnectionFailure when the host gives no answer
   */
  perform(work: Work): Promise<Performed>
}

export interface Observation<K extends FactKind = FactKind> {
  readonly value: FactKinds[K] | FactFailure
  /** Equal for equal states, so that a change can be refused when its subject is no longer what was seen. */
  readonly fingerprint: string
}

export interface Work {
  readonly become?: Become
  /** Facts that must still be as they were seen; otherwise nothing is done. */
  readonly guards: readonly Guard[]
  readonly changes: readonly Change[]
  /** Handlers to write down as notified before anything is changed, or to cross out after all is done. */
  readonly journal?: { readonly name: string; readonly notify: readonly string[]; readonly done: readonly string[] }
  /** Facts to read afterwards in the same round trip. */
  readonly reread: readonly FactRequest[]
  /** Milliseconds for all of it. */
  readonly deadline: number
  /** Nothing of it is shown, however much the user wants to see. */
  readonly noLog?: boolean
}

export interface Guard extends FactRequest {
  readonly fingerprint: string
}

export type Performed =
  | { readonly result: 'done'; readonly outcomes: readonly Outcome[]; readonly reread: readonly Observation[] }
  /** A guarded fact differs: nothing was done. */
  | { readonly result: 'stale'; readonly fact: FactKey }
  /** A change failed: those before it are made, those behind it are not. */
  | {
      readonly result: 'failed'
      readonly change: number
      readonly outcomes: readonly Outcome[]
      /** What the step's program printed, or why it could not be started. */
      readonly message: string
      readonly status: number
      readonly stdout: string
      readonly stderr: string
      readonly reread: readonly Observation[]
    }
