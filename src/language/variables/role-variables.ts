import type { RawDict } from '../../core/value.ts'
import type { Play, RoleUse } from '../playbook.ts'

/** A role with all that it depends on, dependencies first. */
export const withDependencies = (use: RoleUse): RoleUse[] => [...use.role.dependencies.flatMap(withDependencies), use]

/** Roles whose defaults and variables the whole play sees. */
const rolesOf = (play: Play, others: readonly RoleUse[]): readonly RoleUse[] => [...new Set([...play.roles, ...(play.importedRoles ?? []), ...others].flatMap(withDependencies))]

/**
 * `defaults/` of all roles of a play, and on top those that a role sees for itself: of its dependencies, of the roles
 * that led to it, its own (`playbook/role/__init__.py`, `get_default_vars`).
 *
 * @param parents roles that led to the role, the outermost first
 * @param others roles that became public while the play ran
 */
export function defaultLayers(play: Play, role: RoleUse | undefined, parents: readonly RoleUse[], others: readonly RoleUse[] = []): RawDict[] {
  const own = role ? [...role.role.dependencies.flatMap(withDependencies), ...parents, role] : []
  return filled([...rolesOf(play, others), ...own].map(use => use.role.defaults))
}

/** The same for `vars/` and for `vars:` of roles; here the roles that led to one count less than its dependencies (`get_vars`). */
export function variableLayers(play: Play, role: RoleUse | undefined, parents: readonly RoleUse[], others: readonly RoleUse[] = []): RawDict[] {
  const own = role ? [...parents, role, ...withDependencies(role)] : []
  return filled([...rolesOf(play, others), ...own].flatMap(use => [...(use.keywords.vars ? [use.keywords.vars] : []), use.role.vars]))
}

const filled = (layers: readonly RawDict[]): RawDict[] => layers.filter(layer => layer.size > 0)
