import type { ErrorCode } from './error.ts'
import type { Position } from './position.ts'

/**
 * What happens in a run, in order. Everything that is ever shown is derived from this stream: the terminal, NDJSON,
 * JUnit. Events are plain data; secrets have been removed and bytes have become text. Times are seconds since the
 * run began.
 */
export type Event =
  | { readonly type: 'run-start'; readonly command: string; readonly playbooks: readonly string[]; readonly checkMode: boolean; readonly diff: boolean; readonly time: string }
  | { readonly type: 'play-start'; readonly play: string; readonly at: Position; readonly hosts: readonly string[]; readonly checkMode: boolean }
  | TaskStart
  /** A host's turn at a task has come; not sent for those that begin at once (`atOnce` of the task's start). */
  | { readonly type: 'host-start'; readonly host: string; readonly task: TaskId; readonly elapsed: number }
  /** One round of a task with `until` has failed and is tried again. */
  | { readonly type: 'retry'; readonly host: string; readonly task: TaskId; readonly attempt: number; readonly attempts: number; readonly result: TaskResult }
  /** One item of a loop is done. */
  | { readonly type: 'item-result'; readonly host: string; readonly task: TaskId; readonly item: string; readonly status: Status; readonly result: TaskResult; readonly changes: readonly ChangeView[]; readonly ignored: boolean }
  | HostResult
  /** A host's failure was caught by `rescue`. */
  | { readonly type: 'rescued'; readonly host: string; readonly task: TaskId }
  | { readonly type: 'notify'; readonly host: string; readonly task: TaskId; readonly handler: string; readonly earlierRun: boolean }
  | { readonly type: 'included'; readonly file: string; readonly hosts: readonly string[]; readonly at: Position }
  | { readonly type: 'warning'; readonly message: string; readonly at?: Position; readonly host?: string }
  | { readonly type: 'no-hosts'; readonly play: string; readonly at: Position }
  | Listing
  /** What was sent or done beneath the tasks. Made only when the run is this verbose: 2 programs, 3 connections, 4 all. */
  | { readonly type: 'trace'; readonly level: 2 | 3 | 4; readonly text: string; readonly host?: string; readonly task?: TaskId }
  /** The user asked to stop: what runs is finished, nothing new begins. */
  | { readonly type: 'interrupt' }
  | RunEnd

export type EventType = Event['type']

/** Counts up over the run. */
export type TaskId = number

export interface TaskStart {
  readonly type: 'task-start'
  readonly task: TaskId
  /** As the user named it, or the module's name. Roles are put in front: `apache : Virtual host`. */
  readonly name: string
  readonly module: string
  readonly at: Position
  readonly kind: 'task' | 'handler' | 'gather-facts'
  readonly hosts: readonly string[]
  /** How many of the hosts, from the first on, begin at once; the others send `host-start` when their turn comes. Absent: all. */
  readonly atOnce?: number
  readonly tags: readonly string[]
}

/**
 * `unknown`: in a dry run, nobody can say yet what this task would do.
 * `changed` in a dry run means: would change.
 */
export type Status = 'ok' | 'changed' | 'failed' | 'skipped' | 'unreachable' | 'unknown'

export interface HostResult {
  readonly type: 'host-result'
  readonly host: string
  readonly task: TaskId
  readonly status: Status
  readonly result: TaskResult
  /** Empty for a task with a loop: its items carry them. */
  readonly changes: readonly ChangeView[]
  /** It failed, and `ignore_errors` says to go on. */
  readonly ignored: boolean
  /** Seconds that this host took for this task. */
  readonly duration: number
  readonly delegatedTo?: string
  /** Why it is skipped, unknown or changed, as a sentence. */
  readonly why?: string
  readonly looped: boolean
}

/** Ansible's return values as JSON; unknown values are the text `(known after apply)`. */
export interface TaskResult {
  readonly changed?: boolean
  readonly failed?: boolean
  readonly msg?: unknown
  /** Set on failures: what was found, what to do. */
  readonly hint?: string
  readonly [name: string]: unknown
}

export interface ChangeView {
  readonly subject: { readonly kind: string; readonly name: string }
  readonly kind: 'create' | 'update' | 'delete' | 'run' | 'unknown'
  readonly observed: { readonly [attribute: string]: unknown }
  readonly desired: { readonly [attribute: string]: unknown }
  /** Texts before and after; null for no file; `binary` where it is no text. */
  readonly diff?: { readonly path: string; readonly before: string | null; readonly after: string | null; readonly binary?: boolean }
  readonly undoable: boolean
  readonly note?: string
  /** In a dry run: it has been made, since the task says `check_mode: false`. */
  readonly done?: true
}

/** What a playbook holds, for `--list-hosts`, `--list-tasks`, `--list-tags` and `--syntax-check`; nothing is run. */
export interface Listing {
  readonly type: 'listing'
  readonly playbook: string
  readonly plays: readonly ListedPlay[]
}

export interface ListedPlay {
  readonly name: string
  readonly at: Position
  /** `hosts:` as written, one pattern a member. */
  readonly pattern: readonly string[]
  /** Tags of the play itself. */
  readonly tags: readonly string[]
  /** Only when hosts were asked for. */
  readonly hosts?: readonly string[]
  /** Only when tasks were asked for. Tags include those of the play, sorted. */
  readonly tasks?: readonly { readonly name: string; readonly at: Position; readonly tags: readonly string[] }[]
  /** Only when tags were asked for: all tags in the play, sorted. */
  readonly taskTags?: readonly string[]
}

export interface Recap {
  readonly ok: number
  readonly changed: number
  readonly unreachable: number
  readonly failed: number
  readonly skipped: number
  readonly rescued: number
  readonly ignored: number
  /** Tasks of a dry run that nobody can foresee. */
  readonly unknown: number
}

export interface RunEnd {
  readonly type: 'run-end'
  readonly recap: { readonly [host: string]: Recap }
  /** The exit status of the command, as in the documentation. */
  readonly exit: number
  /** Seconds. */
  readonly duration: number
  readonly interrupted: boolean
  /** A mistake in the user's files that ended the run. */
  readonly error?: { readonly code: ErrorCode; readonly message: string; readonly at?: Position; readonly rendered: string }
}

/** Takes events as they happen. */
export type Listener = (event: Event) => void
