import type { Raw, RawDict, Value } from '../../core/value.ts'
import type { Inventory } from '../inventory/inventory.ts'
import type { Keywords, Play, RoleUse } from '../playbook.ts'
import { Evaluation } from '../template/evaluation.ts'
import { LazyDictionary } from '../template/lazy.ts'
import type { Environment, Variables } from '../template/scope.ts'
import { factLayers } from './facts.ts'
import { groupsVariable, inventoryLevels } from './host-variables.ts'
import { LayeredVariables, type Layer } from './layers.ts'
import { inOrder, type Levels } from './precedence.ts'
import { defaultLayers, variableLayers } from './role-variables.ts'
import { VarsDirectories } from './vars-directory.ts'

/** Variables of a host that change while a run goes on; the engine holds them. */
export interface MutableVariables {
  readonly name: string
  /** Ansible facts, by their names in `ansible_facts`. */
  readonly facts: ReadonlyMap<string, Value>
  /** From `set_fact` and `register`. */
  readonly made: ReadonlyMap<string, Value>
  /** From `include_vars`. */
  readonly included: ReadonlyMap<string, Value>
}

/** For whom and where variables are looked up. */
export interface Scope {
  readonly host: MutableVariables
  readonly play: Play
  /** Keywords of the play, and then of what stands in it around the task, the task's own last. */
  readonly levels: readonly Keywords[]
  readonly role: RoleUse | undefined
  /** Roles that led to the role, nearest first; what the role itself says of that counts more. */
  readonly parentRoles: readonly RoleUse[]
  readonly includeParameters: readonly RawDict[]
  /** `ansible_host` and the like, where nobody says otherwise. */
  readonly reached?: Layer
  /** `vars_prompt` and `vars_files` of the play. */
  readonly prompted: Layer
  readonly files: readonly Layer[]
  /** The loop's variables and what else stands before everything. */
  readonly front: ReadonlyMap<string, Raw> | undefined
  /** What the run, the play and the task say of themselves. */
  readonly magic: readonly Layer[]
  /** Roles that tasks have included so far. */
  readonly includedRoles?: readonly RoleUse[]
}

/** All variables of a run, by Ansible's order of precedence (`precedence.ts`; `vars/manager.py`, `get_vars`). */
export class VariableStore {
  readonly #inventory: Inventory
  readonly #extra: RawDict
  readonly #run: RawDict
  readonly #directories: VarsDirectories
  readonly #known = new Map<string, Levels>()
  #groups: RawDict | undefined
  #everywhere: RawDict | undefined

  /** @param run what the command line says of the run (`runVariables`) */
  constructor(inventory: Inventory, extra: RawDict, run: RawDict = new Map(), directories = new VarsDirectories()) {
    this.#inventory = inventory
    this.#extra = extra
    this.#run = run
    this.#directories = directories
  }

  /** What was read of the inventory is read anew: a task has added to it. */
  inventoryChanged(): void {
    this.#known.clear()
    this.#groups = this.#everywhere = undefined
  }

  variables(scope: Scope, hostvars: RawDict): Variables {
    const { host, play, levels, role, includedRoles, front } = scope
    const known = this.#ofHost(host.name, play.directory)
    const parents = role?.parents ?? scope.parentRoles.toReversed()
    // What `vars:` says on a role is among the role's variables.
    const roles = new Set([...parents, ...(role ? [role] : [])].map(use => use.keywords))
    const inner = levels.slice(1).flatMap(level => (level.vars && !roles.has(level) ? [level.vars] : []))
    return new LayeredVariables(inOrder({
      ...known,
      'how the host is reached': scope.reached ? [scope.reached] : [],
      'role defaults': defaultLayers(play, role, parents, includedRoles),
      facts: factLayers(host.facts),
      'play variables': play.keywords.vars ? [play.keywords.vars] : [],
      'prompted variables': [scope.prompted],
      'variable files of the play': scope.files,
      'role variables': variableLayers(play, role, parents, includedRoles),
      // The nearest wins, and nothing is nearer than the task itself.
      'block variables': inner,
      'included variables': [host.included],
      'facts that were set and registered results': [host.made],
      'role parameters': [...parents, ...(role ? [role] : [])].map(use => use.parameters),
      'include parameters': scope.includeParameters,
      'extra variables': [this.#extra],
      'what Ansible defines': [this.#sameForAll(), new Map<Value, Raw>([['hostvars', hostvars]]), ...scope.magic],
      'the loop': front ? [front] : [],
    }))
  }

  /** What `hostvars` shows of a host: no variables of plays and roles. */
  #outside(host: MutableVariables, playbookDirectory: string): Variables {
    return new LayeredVariables(inOrder({
      ...this.#ofHost(host.name, playbookDirectory),
      facts: factLayers(host.facts),
      'included variables': [host.included],
      'facts that were set and registered results': [host.made],
      'extra variables': [this.#extra],
      'what Ansible defines': [this.#sameForAll(), new Map<Value, Raw>([['playbook_dir', playbookDirectory]])],
    }))
  }

  /** `hostvars`: rendered for each host with that host's own variables, when a member is looked at. */
  hostvars(hostOf: (name: string) => MutableVariables, playbookDirectory: string, environment: Environment): RawDict {
    const { hosts } = this.#inventory
    return new LazyDictionary({
      keys: () => hosts.keys(),
      has: name => typeof name === 'string' && this.#inventory.host(name) !== undefined,
      get size() {
        return hosts.size
      },
      get: name => {
        const variables = this.#outside(hostOf(this.#inventory.host(String(name))!.name), playbookDirectory)
        const evaluation = new Evaluation(variables, environment)
        return new LazyDictionary({
          keys: () => variables.names(),
          has: key => typeof key === 'string' && variables.get(key) !== undefined,
          get size() {
            return [...variables.names()].length
          },
          get: key => evaluation.variable(String(key)),
        })
      },
    }) as unknown as RawDict
  }

  groups(): RawDict {
    return (this.#groups ??= groupsVariable(this.#inventory))
  }

  /** What is the same for all hosts and plays. */
  #sameForAll(): Layer {
    return (this.#everywhere ??= new Map<Value, Raw>([...this.#run, ['groups', this.groups()]]))
  }

  #ofHost(name: string, playbookDirectory: string): Levels {
    const key = `${playbookDirectory}\0${name}`
    let known = this.#known.get(key)
    if (!known) this.#known.set(key, (known = inventoryLevels(this.#inventory, name, playbookDirectory, this.#directories)))
    return known
  }
}
