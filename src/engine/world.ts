import type { Become } from '../connection/connection.ts'
import type { Event, Listener } from '../core/event.ts'
import type { Secrets } from '../core/secret.ts'
import type { Raw, RawDict } from '../core/value.ts'
import type { HostFacts } from '../host/store.ts'
import type { Environment, Variables } from '../language/template/scope.ts'
import type { Context } from './context.ts'
import type { HostState } from './host-state.ts'
import type { Scouted } from './scouted.ts'
import type { StartAt } from './start-at.ts'
import type { Evaluation } from '../language/template/evaluation.ts'
import type { Node, RoleUse, Task } from '../language/playbook.ts'

/** What a play runs in: everything that lasts longer than it. */
export interface World {
  readonly options: EngineOptions
  readonly emit: Listener
  readonly secrets: Secrets
  /** Plans that were made ahead, and still hold. */
  readonly scouted: Scouted
  readonly startAt: StartAt
  /** Every host that was ever part of the run, `add_host` included. */
  host(name: string): HostState
  /**
   * Facts of a host. Asking makes no connection yet.
   *
   * @param evaluation with the host's own variables, which say how it is reached
   * @throws ProvisionError
   */
  factsOf(host: string, evaluation: Evaluation): HostFacts
  /** Ends all connections to a host; whoever needs one again makes a new one. */
  disconnect(host: string): Promise<void>
  /** It has been told that a host cannot be reached: whoever asks for it next may try again. */
  tellUnreachable(host: string): void
  /** Variables as a task of this place sees them on a host. */
  variables(request: ScopeRequest): Variables
  environment(request: { readonly context: Context; readonly task?: Task; readonly pure: boolean }): Environment
  /** How rights are raised for a task. @throws ProvisionError */
  become(evaluation: Evaluation, levels: Context['levels']): Become | undefined
  /** Tasks of a file named by `include_tasks`. @throws ProvisionError */
  loadTasks(file: string, task: Task, context: Context): Promise<readonly Node[]>
  /** A role named by `include_role`; @throws ProvisionError */
  loadRole(name: string, task: Task, context: Context, options: RoleOptions): Promise<RoleUse>
  /** Changes the inventory: `add_host` and `group_by`. */
  addHost(name: string, groups: readonly string[], variables: ReadonlyMap<string, Raw>): boolean
  addToGroup(host: string, group: string, parents: readonly string[]): boolean
  /** Counts up; a task's id in the events. */
  nextTask(): number
}

/** How `include_role` wants a role. */
export interface RoleOptions {
  /** Names of files beside `main`. */
  readonly tasksFrom?: string
  readonly varsFrom?: string
  readonly defaultsFrom?: string
  readonly handlersFrom?: string
  readonly isPublic?: boolean
  readonly allowDuplicates?: boolean
  readonly unchecked?: boolean
  /** Variables of the include. */
  readonly vars?: RawDict
}

export interface ScopeRequest {
  readonly host: HostState
  /** No host is meant: it is a value of the play itself. */
  readonly noHost?: boolean
  readonly context: Context
  readonly task?: Task
  /** Hosts of the play and of the batch. */
  readonly playHosts: readonly string[]
  readonly batch: readonly string[]
  /** Roles that tasks have included so far. */
  readonly includedRoles: readonly RoleUse[]
  /** `item` and the like; in front of everything. */
  readonly front?: ReadonlyMap<string, Raw>
}

export interface EngineOptions {
  readonly checkMode: boolean
  readonly diff: boolean
  readonly forks: number
  readonly verbosity: number
  readonly scout: boolean
  readonly forceHandlers: boolean
  readonly tags: readonly string[]
  readonly skipTags: readonly string[]
  /** Milliseconds; no limit of the task's own: this. */
  readonly taskDeadline: number
  readonly signal: AbortSignal
  /** When the run began, on the clock of `performance.now()`. */
  readonly began: number
  /** Names of the journals of all plays of the run. */
  readonly journals: ReadonlySet<string>
}

export type Emit = (event: Event) => void
