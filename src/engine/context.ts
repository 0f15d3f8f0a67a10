import type { RawDict } from '../core/value.ts'
import type { Keywords, Node, Play, RoleUse, Task } from '../language/playbook.ts'

/** Where in a play a task stands: what it inherits, from the outside in. */
export interface Context {
  readonly play: Play
  /** Keywords of the play, the roles, the blocks and the includes around it. */
  readonly levels: readonly Keywords[]
  readonly role: RoleUse | undefined
  /** Roles that named this one as a dependency or included it, nearest first. */
  readonly parentRoles: readonly RoleUse[]
  /** `vars` of the includes around it and the parameters of included roles, outermost first. */
  readonly includeParameters: readonly RawDict[]
  /** It is a handler, or what one includes: it runs because it was notified, whatever its tags and its role's. */
  readonly handling?: boolean
}

export const playContext = (play: Play): Context => ({ play, levels: [play.keywords], role: undefined, parentRoles: [], includeParameters: [] })

/** The same place one level further in. */
export const inside = (context: Context, keywords: Keywords): Context => ({ ...context, levels: [...context.levels, keywords] })

export function insideRole(context: Context, use: RoleUse): Context {
  if (context.role === use) return context
  return {
    ...inside(context, use.keywords),
    role: use,
    parentRoles: context.role ? [context.role, ...context.parentRoles] : context.parentRoles,
  }
}

/** Where a node stands: what a static import has brought in stands in its own role. */
export const placeOf = (node: Node, context: Context): Context => (node.role ? insideRole(context, node.role) : context)

/** All keywords that bear on a task, the outermost first, its own last. */
export const levelsOf = (task: Task, context: Context): readonly Keywords[] => [...context.levels, task.keywords]

/** The value of a keyword that the nearest level gives. */
export function nearestLevel<K extends keyof Keywords>(levels: readonly Keywords[], key: K): Keywords[K] | undefined {
  return levels.findLast(level => level[key] !== undefined)?.[key]
}
