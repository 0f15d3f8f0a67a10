import { ConnectionFailure, type Become, type Connection, type Endpoint } from '../connection/connection.ts'
import type { ConnectionPool } from '../connection/pool.ts'
import type { Listener } from '../core/event.ts'
import { Secrets } from '../core/secret.ts'
import type { Raw } from '../core/value.ts'
import type { Context } from '../engine/context.ts'
import { HostState } from '../engine/host-state.ts'
import { Scouted } from '../engine/scouted.ts'
import { StartAt } from '../engine/start-at.ts'
import type { EngineOptions, RoleOptions, ScopeRequest, World } from '../engine/world.ts'
import { FactStore, type HostFacts } from '../host/store.ts'
import type { Target } from '../host/target.ts'
import type { Inventory } from '../language/inventory/inventory.ts'
import type { Node, RoleUse, Task } from '../language/playbook.ts'
import type { Evaluation } from '../language/template/evaluation.ts'
import type { Environment, Variables } from '../language/template/scope.ts'
import { ShellTarget, type ControllerReaders } from '../shell/shell-target.ts'
import { becomeOf, endpointOf } from './endpoint.ts'
import type { RunOptions } from './options.ts'

/** What the world needs of the language to find variables and files. */
export interface Sources {
  variables(request: ScopeRequest): Variables
  environment(request: { readonly context: Context; readonly task?: Task; readonly pure: boolean }): Environment
  loadTasks(file: string, task: Task, context: Context): Promise<readonly Node[]>
  loadRole(name: string, task: Task, context: Context, options: RoleOptions): Promise<RoleUse>
  /** A task has added hosts or groups. */
  inventoryChanged(): void
}

const readDeadline = 60_000

/** Everything that lasts for the whole run: connections, facts, hosts, secrets. */
export class RunWorld implements World {
  readonly options: EngineOptions
  readonly secrets = new Secrets()
  readonly scouted = new Scouted()
  readonly startAt: StartAt
  readonly emit: Listener
  readonly hosts = new Map<string, HostState>()
  readonly store = new FactStore()
  readonly #run: RunOptions
  readonly #pool: ConnectionPool
  readonly #inventory: Inventory
  readonly #sources: Sources
  /** By host, and then by the way in which it is reached. */
  readonly #connections = new Map<string, Map<string, Promise<Connection>>>()
  readonly #readers: ControllerReaders
  readonly #targetFor: ((host: string) => Target) | undefined
  #tasks = 0

  /**
   * @param readers facts that this machine finds out without the host
   * @param targetFor hosts that are not real, for tests
   */
  constructor(run: RunOptions, options: EngineOptions, inventory: Inventory, sources: Sources, pool: ConnectionPool, listener: Listener, readers: ControllerReaders, targetFor?: (host: string) => Target) {
    this.#readers = readers
    this.#run = run
    this.options = options
    this.startAt = new StartAt(run.startAtTask)
    this.#inventory = inventory
    this.#sources = sources
    this.#pool = pool
    this.#targetFor = targetFor
    this.emit = event => listener(this.secrets.redactData(event))
    for (const password of [run.passwords.become, run.passwords.connection]) if (password) this.secrets.add(password)
  }

  host(name: string): HostState {
    let host = this.hosts.get(name)
    if (!host) this.hosts.set(name, (host = new HostState(name)))
    return host
  }

  factsOf(host: string, evaluation: Evaluation): HostFacts {
    if (this.#targetFor) return this.store.of(host, '', () => this.#targetFor!(host))
    const endpoint = endpointOf(host, evaluation, this.#run)
    for (const secret of [endpoint.password, endpoint.privateKeyPassphrase]) if (secret) this.secrets.add(secret)
    const way = JSON.stringify(endpoint)
    const trace = this.options.verbosity >= 2 ? (program: string) => this.emit({ type: 'trace', level: 2, text: program, host }) : undefined
    return this.store.of(host, way, () => new ShellTarget(() => this.#connect(host, way, endpoint), { readDeadline, readers: this.#readers, ...(trace && { trace }) }))
  }

  async disconnect(host: string): Promise<void> {
    const open = this.#connections.get(host) ?? new Map<string, Promise<Connection>>()
    this.#connections.delete(host)
    for (const connection of open.values()) await connection.then(one => one.close(), () => undefined)
  }

  /** The host may have come up since; a login that was refused is not tried again: some hosts lock accounts for that. */
  tellUnreachable(host: string): void {
    const ways = this.#connections.get(host) ?? new Map<string, Promise<Connection>>()
    for (const [way, tried] of ways)
      tried.catch((error: unknown) => {
        if (error instanceof ConnectionFailure && error.kind === 'unreachable' && ways.get(way) === tried) ways.delete(way)
      })
  }

  variables(request: ScopeRequest): Variables {
    return this.#sources.variables(request)
  }

  environment(request: { readonly context: Context; readonly task?: Task; readonly pure: boolean }): Environment {
    return this.#sources.environment(request)
  }

  become(evaluation: Evaluation, levels: Context['levels']): Become | undefined {
    const become = becomeOf(evaluation, levels, this.#run)
    if (become?.password) this.secrets.add(become.password)
    return become
  }

  loadTasks(file: string, task: Task, context: Context): Promise<readonly Node[]> {
    return this.#sources.loadTasks(file, task, context)
  }

  loadRole(name: string, task: Task, context: Context, options: RoleOptions): Promise<RoleUse> {
    return this.#sources.loadRole(name, task, context, options)
  }

  addHost(name: string, groups: readonly string[], variables: ReadonlyMap<string, Raw>): boolean {
    this.#sources.inventoryChanged()
    return this.#inventory.addDynamicHost(name, groups, variables)
  }

  addToGroup(host: string, group: string, parents: readonly string[]): boolean {
    this.#sources.inventoryChanged()
    return this.#inventory.addDynamicGroup(host, group, parents)
  }

  nextTask(): number {
    return ++this.#tasks
  }

  /** A host is connected to once in each way: whoever asks later has the same attempt, also one that failed and has not been told yet. */
  #connect(host: string, way: string, endpoint: Endpoint): Promise<Connection> {
    let ways = this.#connections.get(host)
    if (!ways) this.#connections.set(host, (ways = new Map()))
    let connection = ways.get(way)
    if (!connection) ways.set(way, (connection = this.#pool.connect(endpoint)))
    return connection
  }
}
