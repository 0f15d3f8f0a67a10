import type { RawDict } from '../../core/value.ts'
import type { Play, RoleUse } from '../playbook.ts'

/** A role with all that it depends on, dependencies first. */
export const withDependencies = (use: RoleUse): RoleUse[] => [...use.role.dependencies.flatMap(withDependencies), use]

/** Roles whose defaults and variables the whole play sees. */
const rolesOf = (play: Play, others: readonly RoleUse[]): readonly RoleUse[] =>
  [...new Set([...play.roles, ...(play.importedRoles ?? []), ...others].filter(use => !use.isPrivate).flatMap(withDependencies))]

/**
 * `defaults/` of all roles of a play, and on top those that a role sees for itself: of its dependencies, of the roles
 * that led to it, its own (`playbook/role/__init__.py`, `get_default_vars`).
 *
 * @param parents roles that led to the role, the outermost first
 * @param others roles that tasks have included so far
 */
export function defaultLayers(play: Play, role: RoleUse | undefined, parents: readonly RoleUse[], others: readonly RoleUse[] = []): RawDict[] {
  const own = role ? [...role.role.dependencies.flatMap(withDependencies), ...parents, role] : []
  return filled([...rolesOf(play, others), ...own].map(use => use.role.defaults))
}

/**
 * The same for `vars/`; here the roles that led to one count less than its dependencies. `vars:` of a role are for
 * itself and what it depends on, and count more than its `vars/` (`get_vars`).
 */
export function variableLayers(play: Play, role: RoleUse | undefined, parents: readonly RoleUse[], others: readonly RoleUse[] = []): RawDict[] {
  const shared = rolesOf(play, others).map(use => use.role.vars)
  if (!role) return filled(shared)
  return filled([...shared, ...parents.flatMap(use => [varsOf(use), use.role.vars]), ...role.role.dependencies.flatMap(withDependencies).map(use => use.role.vars), role.role.vars, varsOf(role)])
}

const varsOf = ({ keywords }: RoleUse): RawDict => keywords.vars ?? new Map()

const filled = (layers: readonly RawDict[]): RawDict[] => layers.filter(layer => layer.size > 0)
