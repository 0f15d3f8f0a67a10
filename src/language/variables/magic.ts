import type { Raw, RawDict, Value } from '../../core/value.ts'
import type { Play, RoleUse } from '../playbook.ts'
import { LazyDictionary } from '../template/lazy.ts'
import type { Thing } from '../template/thing.ts'
import { withDependencies } from './role-variables.ts'

/** What the command line said of the run. */
export interface RunFacts {
  readonly checkMode: boolean
  readonly diff: boolean
  readonly verbosity: number
  readonly forks: number
  readonly tags: readonly string[]
  readonly skipTags: readonly string[]
  readonly limit?: string
  /** As given to `-i`. */
  readonly inventory: readonly string[]
}

/** The version that playbooks may ask for: the behaviour is that of this ansible-core. */
export const ansibleVersion = { major: 2, minor: 18, revision: 0 }

/** Names that are the same in the whole run (`vars/manager.py`, `utils/vars.py`: `load_options_vars`). Make them once. */
export function runVariables(run: RunFacts): RawDict {
  const { major, minor, revision } = ansibleVersion
  const full = `${major}.${minor}.${revision}`
  const variables = new Map<Value, Raw>([
    ['ansible_version', new Map<Value, Raw>([['string', full], ['full', full], ['major', major], ['minor', minor], ['revision', revision]])],
    ['ansible_check_mode', run.checkMode],
    ['ansible_diff_mode', run.diff],
    ['ansible_forks', run.forks],
    ['ansible_inventory_sources', [...run.inventory]],
    ['ansible_run_tags', run.tags.length > 0 ? [...run.tags] : ['all']],
    ['ansible_skip_tags', [...run.skipTags]],
    ['ansible_verbosity', run.verbosity],
    ['ansible_config_file', null],
  ])
  if (run.limit !== undefined) variables.set('ansible_limit', run.limit)
  return variables
}

/** Which hosts a play has. */
export interface PlayHosts {
  /** All hosts of the play. */
  readonly all: readonly string[]
  /** Those of the current batch. */
  readonly batch: readonly string[]
  /** Whether a host takes no further part: it has failed, cannot be reached, or was told to end. */
  readonly isOut: (name: string) => boolean
}

/**
 * Names that a play has, each made when it is looked at: lists of all hosts, for every task on every host, would cost more
 * than the tasks. Make them anew when a host drops out.
 *
 * @param included roles that tasks have included so far
 */
export function playVariables(play: Play, name: string, hosts: PlayHosts, included: readonly RoleUse[] = []): RawDict {
  const roles = () => [...play.roles.filter(use => (use.parents ?? []).length === 0), ...(play.importedRoles ?? []), ...included]
  const direct = () => roles().map(use => use.role.name)
  const dependencies = () => [...new Set(roles().flatMap(use => use.role.dependencies.flatMap(withDependencies)).map(use => use.role.name))]
  const left = (names: readonly string[]) => names.filter(host => !hosts.isOut(host))
  return whenLookedAt({
    playbook_dir: () => play.directory,
    ansible_play_name: () => name,
    ansible_play_hosts_all: () => [...hosts.all],
    ansible_play_hosts: () => left(hosts.all),
    ansible_play_batch: () => left(hosts.batch),
    play_hosts: () => left(hosts.batch),
    ansible_role_names: () => [...new Set([...dependencies(), ...direct()])],
    ansible_play_role_names: direct,
    ansible_dependent_role_names: dependencies,
    role_names: direct,
  })
}

const whenLookedAt = (members: { readonly [name: string]: () => Raw }): RawDict =>
  new LazyDictionary({
    keys: () => Object.keys(members),
    has: name => typeof name === 'string' && Object.hasOwn(members, name),
    get: name => members[name as string]!() as Thing,
    get size() {
      return Object.keys(members).length
    },
  }) as Map<Thing, Thing> as RawDict

/** Names that a task has by its role and its place. */
export function taskVariables(role: RoleUse | undefined, searchPath: readonly string[]): RawDict {
  const variables = new Map<Value, Raw>([['ansible_search_path', [...searchPath]]])
  if (!role) return variables
  variables.set('role_name', role.role.name).set('ansible_role_name', role.role.name).set('role_path', role.role.directory)
  const including: RoleUse[] = []
  for (let outer = role.within; outer; outer = outer.within) including.push(outer)
  if (including.length === 0) return variables
  return variables.set('ansible_parent_role_names', including.map(use => use.role.name)).set('ansible_parent_role_paths', including.map(use => use.role.directory))
}
