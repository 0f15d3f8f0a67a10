import type { Raw, RawDict, Value } from '../../core/value.ts'
import type { Inventory } from '../inventory/inventory.ts'
import type { Keywords, Play, RoleUse } from '../playbook.ts'
import { Evaluation } from '../template/evaluation.ts'
import { LazyDictionary } from '../template/lazy.ts'
import type { Environment, Variables } from '../template/scope.ts'
import type { Thing } from '../template/thing.ts'
import { groupsVariable, inventoryLayers, magicOf } from './host-variables.ts'
import { LayeredVariables, type Layer } from './layers.ts'
import { roleLayers } from './role-variables.ts'
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
  readonly parentRoles: readonly RoleUse[]
  readonly includeParameters: readonly RawDict[]
  /** `vars_prompt` and `vars_files` of the play. */
  readonly prompted: Layer
  readonly files: readonly Layer[]
  /** The loop's variables and what else stands before everything. */
  readonly front: ReadonlyMap<string, Raw> | undefined
  readonly magic: RawDict
}

/**
 * All variables of a run, in Ansible's 22 levels (`vars/manager.py`: `get_vars`), of which later ones win:
 *
 *  1 role defaults, 2–9 inventory, group_vars and host_vars, 10 facts, 11 play vars, 12 vars_prompt, 13 vars_files,
 *  14 role vars, 15 block vars, 16 task vars, 17 include_vars, 18 set_fact and register, 19 role parameters,
 *  20 include parameters, 21 extra vars; and then what Ansible itself defines.
 */
export class VariableStore {
  readonly #inventory: Inventory
  readonly #extra: RawDict
  readonly #directories: VarsDirectories
  readonly #static = new Map<string, { layers: Layer[]; magic: RawDict }>()
  #groups: RawDict | undefined

  constructor(inventory: Inventory, extra: RawDict, directories = new VarsDirectories()) {
    this.#inventory = inventory
    this.#extra = extra
    this.#directories = directories
  }

  /** What was read of the inventory is read anew: a task has added to it. */
  inventoryChanged(): void {
    this.#static.clear()
    this.#groups = undefined
  }

  variables(scope: Scope, hostvars: RawDict): Variables {
    const { host, play, levels, role, parentRoles } = scope
    const known = this.#staticOf(host.name, play.directory)
    const inner = levels.slice(1).flatMap(level => (level.vars ? [level.vars] : []))
    const parameters = [...parentRoles.toReversed(), ...(role ? [role] : [])].map(use => use.parameters)
    return new LayeredVariables([
      ...roleLayers('defaults', play.roles, role, parentRoles),
      ...known.layers,
      ...factLayers(host.facts),
      ...(play.keywords.vars ? [play.keywords.vars] : []),
      scope.prompted,
      ...scope.files,
      ...roleLayers('vars', play.roles, role, parentRoles),
      ...inner,
      host.included,
      host.made,
      ...parameters,
      ...scope.includeParameters,
      this.#extra,
      known.magic,
      new Map<Value, Raw>([['groups', this.groups()], ['hostvars', hostvars]]),
      scope.magic,
      ...(scope.front ? [scope.front] : []),
    ])
  }

  /** What `hostvars` shows of a host: no variables of plays and roles. */
  outside(host: MutableVariables, playbookDirectory: string, hostvars: RawDict): Variables {
    const known = this.#staticOf(host.name, playbookDirectory)
    return new LayeredVariables([
      ...known.layers, ...factLayers(host.facts), host.included, host.made, this.#extra, known.magic,
      new Map<Value, Raw>([['groups', this.groups()], ['hostvars', hostvars]]),
    ])
  }

  /** `hostvars`: rendered for each host with that host's own variables, when a member is looked at. */
  hostvars(hostOf: (name: string) => MutableVariables, playbookDirectory: string, environment: Environment): RawDict {
    const names = () => [...this.#inventory.hosts.keys()]
    const all: RawDict = new LazyDictionary({
      keys: names,
      has: name => typeof name === 'string' && this.#inventory.host(name) !== undefined,
      get size() {
        return names().length
      },
      get: name => {
        const variables = this.outside(hostOf(String(name)), playbookDirectory, all)
        const evaluation = new Evaluation(variables, environment)
        return new LazyDictionary({
          keys: () => variables.names(),
          has: key => typeof key === 'string' && variables.get(key) !== undefined,
          get size() {
            return [...variables.names()].length
          },
          get: key => evaluation.value(String(key)) as Thing,
        })
      },
    }) as unknown as RawDict
    return all
  }

  groups(): RawDict {
    return (this.#groups ??= groupsVariable(this.#inventory))
  }

  #staticOf(name: string, playbookDirectory: string): { layers: Layer[]; magic: RawDict } {
    const key = `${playbookDirectory}\0${name}`
    let known = this.#static.get(key)
    if (!known) {
      const host = this.#inventory.host(name)
      known = {
        layers: inventoryLayers(this.#inventory, name, playbookDirectory, this.#directories),
        magic: host ? magicOf(this.#inventory, host) : new Map<Value, Raw>([['inventory_hostname', name], ['inventory_hostname_short', name.split('.')[0]!], ['group_names', []]]),
      }
      this.#static.set(key, known)
    }
    return known
  }
}

/** Facts under their own dictionary, and each with the prefix as a variable of its own. */
function factLayers(facts: ReadonlyMap<string, Value>): Layer[] {
  if (facts.size === 0) return [new Map<Value, Raw>([['ansible_facts', new Map()]])]
  const injected = new Map<Value, Raw>([['ansible_facts', new Map<Value, Value>(facts)]])
  for (const [name, value] of facts) if (!dangerous.test(name)) injected.set(`ansible_${name}`, value)
  return [injected]
}

/** What a host says must not change how it is reached (`vars/clean.py`). */
const dangerous = /^(connection|host|port|user|password|become|become_.*|ssh_(?!host_key_).*|shell_.*|.*_interpreter|sudo_.*|su_.*)$/
