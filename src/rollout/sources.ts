import { readFileSync } from 'node:fs'
import { resolve } from 'node:path'
import { ProvisionError } from '../core/error.ts'
import { isUnknown } from '../core/unknown.ts'
import type { Raw, RawDict, Value } from '../core/value.ts'
import { levelsOf, type Context } from '../engine/context.ts'
import type { HostState } from '../engine/host-state.ts'
import type { RoleFiles, ScopeRequest } from '../engine/world.ts'
import type { Inventory } from '../language/inventory/inventory.ts'
import { resolvePattern } from '../language/inventory/pattern.ts'
import { loadRoleUse, loadTasksFile } from '../language/playbook/load.ts'
import type { Node, Play, RoleUse, Task } from '../language/playbook.ts'
import { Evaluation } from '../language/template/evaluation.ts'
import type { Environment, Variables } from '../language/template/scope.ts'
import { loadYaml } from '../language/text-file.ts'
import type { Layer } from '../language/variables/layers.ts'
import { VariableStore, type Scope } from '../language/variables/scope.ts'
import type { Sources } from './world.ts'
import type { RunOptions } from './options.ts'

/** The variables and files of a run, as the tasks of its plays see them. */
export class RunSources implements Sources {
  readonly #run: RunOptions
  readonly #inventory: Inventory
  readonly #store: VariableStore
  readonly #hostOf: (name: string) => HostState
  readonly #prompted: Layer
  readonly #files = new Map<string, readonly Layer[]>()
  readonly #warn: (message: string) => void

  constructor(run: RunOptions, inventory: Inventory, extra: RawDict, hostOf: (name: string) => HostState, warn: (message: string) => void, prompted: Layer = new Map()) {
    this.#run = run
    this.#inventory = inventory
    this.#store = new VariableStore(inventory, extra)
    this.#hostOf = hostOf
    this.#prompted = prompted
    this.#warn = warn
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
    const directories = [...(role ? [role.role.directory] : []), ...(task ? [task.directory] : []), play.directory]
    return {
      directory: play.directory,
      searchPath: [...new Set(directories)],
      shellVariables: process.env,
      pure,
      dryRun: this.#run.checkMode,
      hostsMatching: pattern => resolvePattern(this.#inventory, String(pattern), undefined, { onUnknown: () => undefined }).map(host => host.name),
      warn: this.#warn,
    }
  }

  async loadTasks(file: string, task: Task, context: Context): Promise<readonly Node[]> {
    return loadTasksFile(file, { at: task.at, directory: task.directory, play: context.play.directory, role: context.role })
  }

  async loadRole(name: string, task: Task, context: Context, from: RoleFiles): Promise<RoleUse> {
    return loadRoleUse(name, { at: task.at, directory: task.directory, play: context.play.directory, role: context.role }, from)
  }

  #scope(request: ScopeRequest, files: readonly Layer[]): Scope {
    const { host, context, task, front } = request
    return {
      host, play: context.play, levels: task ? levelsOf(task, context) : context.levels, role: context.role, parentRoles: context.parentRoles,
      includeParameters: context.includeParameters, prompted: this.#prompted, files, front, magic: this.#magic(request),
    }
  }

  /** What the run itself says, in front of whatever a user defines. */
  #magic({ context, playHosts, batch, task }: ScopeRequest): RawDict {
    const { play, role, parentRoles } = context
    const { checkMode, diff, verbosity, forks, tags, skipTags, limit } = this.#run
    const roleNames = play.roles.map(use => use.role.name)
    const magic = new Map<Value, Raw>([
      ['playbook_dir', play.directory], ['ansible_playbook_python', ''], ['ansible_check_mode', checkMode], ['ansible_diff_mode', diff], ['ansible_verbosity', verbosity],
      ['ansible_forks', forks], ['ansible_run_tags', tags.length > 0 ? [...tags] : ['all']], ['ansible_skip_tags', [...skipTags]],
      ['ansible_play_hosts_all', [...playHosts]], ['ansible_play_hosts', playHosts.filter(name => !this.#isOut(name))], ['play_hosts', playHosts.filter(name => !this.#isOut(name))],
      ['ansible_play_batch', batch.filter(name => !this.#isOut(name))], ['ansible_play_name', typeof play.name === 'string' ? play.name : ''],
      ['ansible_role_names', roleNames], ['ansible_play_role_names', roleNames], ['role_names', roleNames], ['ansible_dependent_role_names', []],
      ['ansible_version', new Map<Value, Raw>([['full', '2.18.0'], ['string', '2.18.0'], ['major', 2], ['minor', 18], ['revision', 0]])],
      ['ansible_search_path', [...(role ? [role.role.directory] : []), ...(task ? [task.directory] : []), play.directory]],
    ])
    if (limit !== undefined) magic.set('ansible_limit', limit)
    if (role) {
      magic.set('role_name', role.role.name)
      magic.set('ansible_role_name', role.role.name)
      magic.set('role_path', role.role.directory)
      magic.set('ansible_parent_role_names', parentRoles.map(use => use.role.name))
      magic.set('ansible_parent_role_paths', parentRoles.map(use => use.role.directory))
    }
    return magic
  }

  #isOut(name: string): boolean {
    const host = this.#hostOf(name)
    return host.failure !== undefined || host.unreachable
  }

  /** Made anew for each use: what a host has been given since must be seen. Nothing is rendered before it is looked at. */
  #hostvarsOf(play: Play): RawDict {
    const environment: Environment = { directory: play.directory, searchPath: [play.directory], shellVariables: process.env, dryRun: this.#run.checkMode }
    return this.#store.hostvars(name => this.#hostOf(name), play.directory, environment)
  }

  /** `vars_files` of a play: of each, the first candidate that exists. Their names may use what stands below them. */
  #filesOf(request: ScopeRequest): readonly Layer[] {
    const { context, host } = request
    const { play } = context
    if (play.varsFiles.length === 0) return []
    const key = `${play.at.file}:${play.at.line}\0${host.name}`
    const known = this.#files.get(key)
    if (known) return known
    this.#files.set(key, [])
    const variables = this.#store.variables(this.#scope({ ...request, task: undefined, front: undefined }, []), this.#hostvarsOf(play))
    const evaluation = new Evaluation(variables, this.environment({ context, pure: false }))
    const layers: Layer[] = []
    try {
      for (const { at, candidates } of play.varsFiles) {
        const names = candidates.map(candidate => evaluation.evaluate(candidate)).filter(name => !isUnknown(name)).map(String)
        const path = names.map(name => resolve(play.directory, name)).find(isFile)
        if (path === undefined) throw new ProvisionError('file-missing', `vars_files: ${names.join(', ')} is not found`, { at, hint: `Names are relative to ${play.directory}.` })
        const content = loadYaml(path, {}, at)
        if (content instanceof Map) layers.push(content)
        else if (content !== null) throw new ProvisionError('yaml-syntax', `${path} must hold a dictionary of variables`, { at })
      }
    } catch (error) {
      this.#files.delete(key)
      throw error
    }
    this.#files.set(key, layers)
    return layers
  }
}

function isFile(path: string): boolean {
  try {
    readFileSync(path)
    return true
  } catch {
    return false
  }
}
