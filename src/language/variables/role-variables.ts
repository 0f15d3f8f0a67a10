import type { RawDict } from '../../core/value.ts'
import type { RoleUse } from '../playbook.ts'

/** A role with all that it depends on, dependencies first. */
export function withDependencies(use: RoleUse, seen = new Set<RoleUse>()): RoleUse[] {
  if (seen.has(use)) return []
  seen.add(use)
  return [...use.role.dependencies.flatMap(dependency => withDependencies(dependency, seen)), use]
}

/** `defaults/` or `vars/` of all roles of a play, and then once more those of the task's own role with its dependencies. */
export function roleLayers(what: 'defaults' | 'vars', playRoles: readonly RoleUse[], own: RoleUse | undefined, parents: readonly RoleUse[]): RawDict[] {
  const chain = own ? [...parents.toReversed(), own] : []
  return [...playRoles, ...chain].flatMap(use => withDependencies(use)).map(use => use.role[what])
}
