import type { Json } from '../core/value.ts'
import type { Unknown } from '../core/unknown.ts'
import type { FactKey, FactKind, FactKinds } from './fact.ts'
import type { Step } from './step.ts'

/** Something that would be done to a host. Plain data: it can be shown, applied, predicted, saved. */
export interface Change {
  /** What is changed, as it is shown: `{ kind: 'file', name: '/etc/hosts' }`. */
  readonly subject: Subject
  readonly kind: ChangeKind
  /** Attributes that differ, as they are and as they will be: `{ mode: '0644' }`. */
  readonly observed: { readonly [attribute: string]: Json }
  readonly desired: { readonly [attribute: string]: Json }
  /** Content that differs. `null`: no file. */
  readonly diff?: ContentDiff
  readonly steps: readonly Step[]
  /** What brings the former state back; null where nothing can. */
  readonly undo: readonly Step[] | null
  /** The facts that are different afterwards. `everything`: nobody can say. */
  readonly touches: readonly FactKey[] | 'everything'
  /** What those facts will be. Read again after the change, and must be so. */
  readonly predicts: readonly Prediction[]
  /** What an opaque change brings with it, for the preview of what follows. */
  readonly provides?: Provision
  /** Kinds of facts that a change which touches everything leaves as they are, except those it predicts. */
  readonly spares?: readonly FactKind[]
  /** A sentence for the plan: `brings account www-data, apache2.service`. */
  readonly note?: string
  /**
   * It is done on every run and leaves nothing different: waiting, `daemon-reload`. A plan does not list it and a dry run
   * does not apply it to the facts.
   */
  readonly incidental?: boolean
}

export interface Subject {
  readonly kind: string
  readonly name: string
}

export type ChangeKind = 'create' | 'update' | 'delete' | 'run'

export interface ContentDiff {
  readonly path: string
  readonly before: Uint8Array | null
  readonly after: Uint8Array | null
}

/** A fact as it will be. */
export type Prediction = { readonly [K in FactKind]: { readonly kind: K; readonly key: string; readonly value: FactKinds[K] | Unknown } }[FactKind]

export interface Provision {
  readonly facts: readonly Prediction[]
  /** Directories that are known whole: what is not among `facts` is not there. */
  readonly trees: readonly string[]
}

/** What came of a change. */
export interface Outcome {
  /** One a step that gives something back (exec, packages, http, wait), in order. */
  readonly answers: readonly StepAnswer[]
}

export type StepAnswer = ExecAnswer | PackagesAnswer | { readonly step: 'http'; readonly answer: import('./fact.ts').HttpAnswer } | WaitAnswer

/** What apt-get printed. Each `packages` step gives one. */
export interface PackagesAnswer {
  readonly step: 'packages'
  readonly stdout: Uint8Array
  readonly stderr: Uint8Array
  /**
   * For `update`: when the package lists last changed, in seconds since 1970, looked at afterwards: the time of
   * /var/lib/apt/periodic/update-success-stamp, or of /var/lib/apt/lists where that is missing.
   */
  readonly updated?: number
}

export interface ExecAnswer {
  readonly step: 'exec'
  readonly status: number
  /** It could not be started: its program or its directory is not there, or may not be used. */
  readonly notStarted?: 'program-missing' | 'program-denied' | 'directory-missing' | 'directory-denied'
  readonly stdout: Uint8Array
  readonly stderr: Uint8Array
  /** Seconds since 1970 on the host's clock. */
  readonly start: number
  readonly end: number
}

export interface WaitAnswer {
  readonly step: 'wait'
  readonly satisfied: boolean
  /** Seconds. */
  readonly elapsed: number
  /** Why it can never be so, in the host's words. */
  readonly error?: string
  /** The groups of `search`, first one first; null for a group that took no part. */
  readonly match?: readonly (string | null)[]
  /** The named ones among them. */
  readonly named?: { readonly [name: string]: string | null }
}
