import { ProvisionError } from '../core/error.ts'
import { isUnknown } from '../core/unknown.ts'
import type { RawDict } from '../core/value.ts'
import { levelsOf, type Context } from '../engine/context.ts'
import type { HostState } from '../engine/host-state.ts'
import type { RoleOptions, ScopeRequest } from '../engine/world.ts'
import type { Inventory } from '../language/inventory/inventory.ts'
import { resolvePattern } from '../language/inventory/pattern.ts'
import { loadRoleUse, loadTasksFile, type IncludeFrom, type LoadOptions } from '../language/playbook/load.ts'
import type { Node, Play, RoleUse, Task, VarsFile } from '../language/playbook.ts'
import { Evaluation } from '../language/template/evaluation.ts'
import { searchPath } from '../language/search-path.ts'
import type { Environment, Variables } from '../language/template/scope.ts'
import type { Layer } from '../language/variables/layers.ts'
import { playVariables, runVariables, taskVariables } from '../language/variables/magic.ts'
import { VariableStore, type Scope } from '../language/variables/scope.ts'
import { readVarsFile } from '../language/variables/vars-file.ts'
import { reachedBy } from './endpoint.ts'
import type { Sources } from './world.ts'
import type { RunOptions } from './options.ts'

/** The variables and files of a run, as the tasks of its plays see them. */
export class RunSources implements Sources {
  readonly #run: RunOptions
  readonly #inventory: Inventory
  readonly #store: VariableStore
  readonly #hostOf: (name: string) => HostState
  readonly #load: LoadOptions
  readonly #files = new Map<string, readonly Layer[]>()
  readonly #reading = new Set<string>()
  readonly #warn: (message: string) => void
  readonly #names = new Map<Play, string>()
  readonly #answers = new Map<Play, RawDict>()

  constructor(run: RunOptions, inventory: Inventory, extra: RawDict, hostOf: (name: string) => HostState, warn: (message: string) => void, load: LoadOptions) {
    this.#run = run
    this.#inventory = inventory
    this.#store = new VariableStore(inventory, extra, runVariables(run))
    this.#hostOf = hostOf
    this.#load = load
    this.#warn = warn
  }

  /** What the user has answered to `vars_prompt` of a play. */
  answer(play: Play, variables: RawDict): void {
    this.#answers.set(play, variables)
  }

  /** A play begins. @param name rendered */
  enter(play: Play, name: string): void {
    this.#names.set(play, name)
  }

  /** A task has added hosts or groups. */
  inventoryChanged(): void {
    this.#store.inventoryChanged()
  }

  variables(request: ScopeRequest): Variables {
    const { context } = request
    return this.#store.variables(this.#scope(request, this.#filesOf(request)), this.#hostvarsOf(context.play))
  }

  environment({ context, task, pure }: { readonly context: Context; readonly task?: Task; readonly pure: boolean }): Environment {
    const { play, role } = context
    return {
      directory: play.directory,
      searchPath: searchPath(play, role, task?.directory),
      shellVariables: this.#load.shellVariables,
      pure,
      dryRun: this.#run.checkMode,
      hostsMatching: pattern => resolvePattern(this.#inventory, String(pattern), undefined, { onUnknown: () => undefined }).map(host => host.name),
      warn: this.#warn,
    }
  }

  async loadTasks(file: string, task: Task, context: Context): Promise<readonly Node[]> {
    return loadTasksFile(file, this.#includeFrom(task, context))
  }

  async loadRole(name: string, task: Task, context: Context, options: RoleOptions): Promise<RoleUse> {
    return loadRoleUse(name, this.#includeFrom(task, context), options)
  }

  #includeFrom(task: Task, { play, role }: Context): IncludeFrom {
    const apply = task.action.kind === 'include-tasks' || task.action.kind === 'include-role' ? task.action.apply : undefined
    return { at: task.at, directory: task.directory, play: play.directory, role, options: this.#load, ...(apply && { apply }) }
  }

  #scope(request: ScopeRequest, files: readonly Layer[]): Scope {
    const { host, context, task, front } = request
    const levels = task ? levelsOf(task, context) : context.levels
    const known = this.#inventory.host(host.name) ?? { name: host.name, implicit: false }
    return {
      host, play: context.play, levels, reached: reachedBy(known, levels, this.#run), role: context.role, parentRoles: context.parentRoles,
      includeParameters: context.includeParameters, includedRoles: request.includedRoles, prompted: this.#answers.get(context.play) ?? new Map(), files, front, magic: this.#magic(request),
    }
  }

  /** What the run itself says, in front of whatever a user defines. */
  #magic({ context, playHosts, batch, task, includedRoles }: ScopeRequest): readonly Layer[] {
    const { play, role } = context
    const name = this.#names.get(play) ?? ''
    const hosts = { all: playHosts, batch, isOut: (host: string) => this.#isOut(host) }
    return [playVariables(play, name, hosts, includedRoles), taskVariables(role, searchPath(play, role, task?.directory))]
  }

  #isOut(name: string): boolean {
    const host = this.#hostOf(name)
    return host.failure !== undefined || host.unreachable || host.removed
  }

  /** Made anew for each use: what a host has been given since must be seen. Nothing is rendered before it is looked at. */
  #hostvarsOf(play: Play): RawDict {
    const environment: Environment = { directory: play.directory, searchPath: [play.directory], shellVariables: this.#load.shellVariables, dryRun: this.#run.checkMode }
    return this.#store.hostvars(name => this.#hostOf(name), play.directory, environment)
  }

  /**
   * `vars_files` of a play: of each, the first candidate that exists. Their names may use what stands below them; one
   * that hangs on facts is left out until there are any (`vars/manager.py`, `get_vars`).
   */
  #filesOf(request: ScopeRequest): readonly Layer[] {
    const { context, host, noHost } = request
    const { play } = context
    if (play.varsFiles.length === 0) return []
    const key = `${play.at.file}:${play.at.line}\0${noHost ? '' : host.name}`
    const known = this.#files.get(key)
    if (known) return known
    // Their own names may not use what is in them.
    if (this.#reading.has(key)) return []
    this.#reading.add(key)
    const variables = this.#store.variables(this.#scope({ ...request, task: undefined, front: undefined }, []), this.#hostvarsOf(play))
    const evaluation = new Evaluation(variables, this.environment({ context, pure: false }))
    let complete = true
    try {
      const layers = play.varsFiles.flatMap(file => {
        const read = this.#readFile(file, play, evaluation, noHost === true, host.facts.size > 0)
        complete &&= read !== undefined
        return read ?? []
      })
      if (complete) this.#files.set(key, layers)
      return layers
    } finally {
      this.#reading.delete(key)
    }
  }

  /** @returns undefined where it cannot be read yet */
  #readFile({ at, candidates }: VarsFile, play: Play, evaluation: Evaluation, noHost: boolean, hasFacts: boolean): readonly Layer[] | undefined {
    try {
      const names = candidates.map(candidate => evaluation.evaluate(candidate)).filter(name => !isUnknown(name)).map(String)
      return readVarsFile(names, play, at, { shellVariables: this.#load.shellVariables })
    } catch (error) {
      const early = error instanceof ProvisionError && ((error.code === 'undefined-variable' && !hasFacts) || (error.code === 'file-missing' && noHost))
      if (early) return undefined
      throw error
    }
  }
}
