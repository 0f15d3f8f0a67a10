import type { Raw, RawDict, Value } from '../../core/value.ts'
import type { Inventory } from '../inventory/inventory.ts'
import type { Keywords, Play, RoleUse } from '../playbook.ts'
import { Evaluation } from '../template/evaluation.ts'
import { LazyDictionary } from '../template/lazy.ts'
import type { Environment, Variables } from '../template/scope.ts'
import { factLayers } from './facts.ts'
import { groupsVariable, hostMagic, inventoryLevels } from './host-variables.ts'
import { LayeredVariables, type Layer } from './layers.ts'
import { inOrder, type Levels } from './precedence.ts'
import { defaultLayers, variableLayers } from './role-variables.ts'
import { VarsDirectories } from './vars-directory.ts'

/** Variables of a host that change while a run goes on; the engine holds them. */
export interface MutableVariables {
  readonly name: string
  /** Ansible facts without the prefix `ansible_`. */
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
  /** `vars_prompt` and `vars_files` of the play. */
  readonly prompted: Layer
  readonly files: readonly Layer[]
  /** The loop's variables and what else stands before everything. */
  readonly front: ReadonlyMap<string, Raw> | undefined
  readonly magic: RawDict
  /** Roles that `include_role` with `public` has shown to the play. */
  readonly publicRoles?: readonly RoleUse[]
}

/** All variables of a run, by Ansible's order of precedence (`precedence.ts`; `vars/manager.py`, `get_vars`). */
export class VariableStore {
  readonly #inventory: Inventory
  readonly #extra: RawDict
  readonly #directories: VarsDirectories
  readonly #known = new Map<string, { readonly levels: Levels; readonly magic: RawDict }>()
  #groups: RawDict | undefined

  constructor(inventory: Inventory, extra: RawDict, directories = new VarsDirectories()) {
    this.#inventory = inventory
    this.#extra = extra
    this.#directories = directories
  }

  /** What was read of the inventory is read anew: a task has added to it. */
  inventoryChanged(): void {
    this.#known.clear()
    this.#groups = undefined
  }

  variables(scope: Scope, hostvars: RawDict): Variables {
    const { host, play, levels, role, publicRoles, front } = scope
    const known = this.#ofHost(host.name, play.directory)
    const parents = role?.parents ?? scope.parentRoles.toReversed()
    // What `vars:` says on a role is among the role's variables.
    const roles = new Set([...parents, ...(role ? [role] : [])].map(use => use.keywords))
    const inner = levels.slice(1).flatMap(level => (level.vars && !roles.has(level) ? [level.vars] : []))
    return new LayeredVariables(inOrder({
      ...known.levels,
      'role defaults': defaultLayers(play, role, parents, publicRoles),
      facts: factLayers(host.facts),
      'play variables': play.keywords.vars ? [play.keywords.vars] : [],
      'prompted variables': [scope.prompted],
      'variable files of the play': scope.files,
      'role variables': variableLayers(play, role, parents, publicRoles),
      // The nearest wins, and nothing is nearer than the task itself.
      'block variables': inner,
      'included variables': [host.included],
      'facts that were set and registered results': [host.made],
      'role parameters': [...parents, ...(role ? [role] : [])].map(use => use.parameters),
      'include parameters': scope.includeParameters,
      'extra variables': [this.#extra],
      'what Ansible defines': [known.magic, this.#everywhere(hostvars), scope.magic],
      'the loop': front ? [front] : [],
    }))
  }

  /** What `hostvars` shows of a host: no variables of plays and roles. */
  outside(host: MutableVariables, playbookDirectory: string, hostvars: RawDict): Variables {
    const known = this.#ofHost(host.name, playbookDirectory)
    return new LayeredVariables(inOrder({
      ...known.levels,
      facts: factLayers(host.facts),
      'included variables': [host.included],
      'facts that were set and registered results': [host.made],
      'extra variables': [this.#extra],
      'what Ansible defines': [new Map<Value, Raw>([['playbook_dir', playbookDirectory]]), known.magic, this.#everywhere(hostvars)],
    }))
  }

  /** `hostvars`: rendered for each host with that host's own variables, when a member is looked at. */
  hostvars(hostOf: (name: string) => MutableVariables, playbookDirectory: string, environment: Environment): RawDict {
    const { hosts } = this.#inventory
    const all: RawDict = new LazyDictionary({
      keys: () => hosts.keys(),
      has: name => typeof name === 'string' && this.#inventory.host(name) !== undefined,
      get size() {
        return hosts.size
      },
      get: name => {
        const variables = this.outside(hostOf(this.#inventory.host(String(name))!.name), playbookDirectory, all)
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
    return all
  }

  groups(): RawDict {
    return (this.#groups ??= groupsVariable(this.#inventory))
  }

  #everywhere(hostvars: RawDict): Layer {
    return new Map<Value, Raw>([['groups', this.groups()], ['hostvars', hostvars]])
  }

  #ofHost(name: string, playbookDirectory: string): { readonly levels: Levels; readonly magic: RawDict } {
    const key = `${playbookDirectory}\0${name}`
    let known = this.#known.get(key)
    if (!known) {
      known = { levels: inventoryLevels(this.#inventory, name, playbookDirectory, this.#directories), magic: hostMagic(this.#inventory, name, this.#inventory.host(name)) }
      this.#known.set(key, known)
    }
    return known
  }
}
