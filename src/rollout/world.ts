import { ConnectionFailure, type Become, type Connection, type Endpoint } from '../connection/connection.ts'
import type { ConnectionPool } from '../connection/pool.ts'
import type { Listener } from '../core/event.ts'
import { Secrets } from '../core/secret.ts'
import type { Raw } from '../core/value.ts'
import type { Context } from '../engine/context.ts'
import { HostState } from '../engine/host-state.ts'
import type { EngineOptions, RoleFiles, ScopeRequest, World } from '../engine/world.ts'
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
  loadRole(name: string, task: Task, context: Context, from: RoleFiles): Promise<RoleUse>
  /** A task has added hosts or groups. */
  inventoryChanged(): void
}

const readDeadline = 60_000

/** Everything that lasts for the whole run: connections, facts, hosts, secrets. */
export class RunWorld implements World {
  readonly options: EngineOptions
  readonly secrets = new Secrets()
  readonly emit: Listener
  readonly hosts = new Map<string, HostState>()
  readonly store = new FactStore()
  readonly #run: RunOptions
  readonly #pool: ConnectionPool
  readonly #inventory: Inventory
  readonly #sources: Sources
  readonly #connections = new Map<string, Promise<Connection>>()
  readonly #endpoints = new Map<string, Endpoint>()
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

  factsOf(host: string, evaluation: Evaluation, levels: Context['levels']): HostFacts {
    return this.store.of(host, () => {
      if (this.#targetFor) return this.#targetFor(host)
      this.#endpoints.set(host, this.#endpoint(host, evaluation, levels))
      const trace = this.options.verbosity >= 2 ? (program: string) => this.emit({ type: 'trace', level: 2, text: program, host }) : undefined
      return new ShellTarget(() => this.#connect(host), { readDeadline, readers: this.#readers, ...(trace && { trace }) })
    })
  }

  async disconnect(host: string): Promise<void> {
    const connection = this.#connections.get(host)
    this.#connections.delete(host)
    await connection?.then(open => open.close(), () => undefined)
  }

  /** The host may have come up since; a login that was refused is not tried again: some hosts lock accounts for that. */
  tellUnreachable(host: string): void {
    const tried = this.#connections.get(host)
    tried?.catch((error: unknown) => {
      if (error instanceof ConnectionFailure && error.kind === 'unreachable' && this.#connections.get(host) === tried) this.#connections.delete(host)
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

  loadRole(name: string, task: Task, context: Context, from: RoleFiles): Promise<RoleUse> {
    return this.#sources.loadRole(name, task, context, from)
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

  /** Each host is connected to once: whoever asks later has the same attempt, also one that failed and has not been told yet. */
  #connect(host: string): Promise<Connection> {
    let connection = this.#connections.get(host)
    if (!connection) this.#connections.set(host, (connection = this.#pool.connect(this.#endpoints.get(host)!)))
    return connection
  }

  /** A delegate is reached by its own variables, `localhost` by none. */
  #endpoint(host: string, evaluation: Evaluation, levels: Context['levels']): Endpoint {
    const own = evaluation.value('inventory_hostname')
    const endpoint = own === host ? endpointOf(host, evaluation, levels, this.#run) : this.#delegateEndpoint(host, evaluation)
    for (const secret of [endpoint.password, endpoint.privateKeyPassphrase]) if (secret) this.secrets.add(secret)
    return endpoint.connection === 'local' ? { ...endpoint, directory: this.#context!.play.directory } : endpoint
  }

  #delegateEndpoint(host: string, evaluation: Evaluation): Endpoint {
    const known = this.#inventory.host(host)
    if (!known) return { name: host, connection: 'ssh', hostKeys: this.#run.hostKeys, connectTimeout: (this.#run.timeout ?? 10) * 1000, ...(this.#run.user && { user: this.#run.user }) }
    return endpointOf(host, this.#evaluationOf(host, evaluation), [], this.#run)
  }

  #evaluationOf(host: string, like: Evaluation): Evaluation {
    const Evaluate = like.constructor as new (variables: Variables, environment: Environment) => Evaluation
    return new Evaluate(this.#sources.variables({ host: this.host(host), context: this.#context!, playHosts: [], batch: [] }), like.environment)
  }

  /** The play that is being run. */
  #context: Context | undefined

  enter(context: Context): void {
    this.#context = context
    for (const [host, endpoint] of this.#endpoints) if (endpoint.connection === 'local' && endpoint.directory !== context.play.directory) this.#relocate(host, endpoint)
  }

  /** What runs on this machine begins where the playbook is. */
  #relocate(host: string, endpoint: Endpoint): void {
    this.#endpoints.set(host, { ...endpoint, directory: this.#context!.play.directory })
    void this.#connections.get(host)?.then(connection => connection.close(), () => {})
    this.#connections.delete(host)
    this.store.known(host)?.forgetPlatform()
  }
}
