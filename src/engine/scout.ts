import { isUnknown } from '../core/unknown.ts'
import { Reading } from '../host/store.ts'
import type { Node, Play, RoleUse, Task } from '../language/playbook.ts'
import { prepareModule, delegateOf } from './action.ts'
import { inside, insideRole, levelsOf, placeOf, playContext, type Context } from './context.ts'
import type { HostState } from './host-state.ts'
import { isSelected, tagsOf } from './keyword.ts'
import { condition } from './condition.ts'
import { loopVariables } from './loop-variables.ts'
import { evaluationFor, type Place } from './place.ts'
import { reach } from './reach.ts'
import type { World } from './world.ts'

export interface Scouting {
  readonly world: World
  readonly play: Play
  readonly playHosts: readonly string[]
  readonly batch: readonly string[]
  readonly includedRoles: readonly RoleUse[]
}

/**
 * Plans every task of a play that can already be rendered, all at once: what they asked of the host is in the store when
 * the tasks' turns come. Plans that change something are thrown away; the others are kept (`Scouted`). Nothing that goes
 * wrong here counts.
 */
export async function scout(scouting: Scouting, host: HostState): Promise<void> {
  const { play } = scouting
  const base = playContext(play)
  const plans: Promise<unknown>[] = []
  const walk = (nodes: readonly Node[], around: Context) => {
    for (const node of nodes) {
      const context = placeOf(node, around)
      if (node.type === 'block') walk([...node.block, ...node.always], inside(context, node.keywords))
      else if (isSelected(tagsOf(undefined, levelsOf(node, context)), scouting.world.options.tags, scouting.world.options.skipTags)) plans.push(...scoutTask(scouting, host, node, context))
    }
  }
  walk(play.preTasks, base)
  for (const use of play.roles) walk(use.role.tasks, insideRole(base, use))
  walk(play.tasks, base)
  walk(play.postTasks, base)
  await Promise.allSettled(plans)
}

function scoutTask(scouting: Scouting, host: HostState, task: Task, context: Context): Promise<unknown>[] {
  if (task.action.kind !== 'module') return []
  const run = { ...scouting, host, task, context }
  try {
    if (!task.loop) return [scoutItem(scouting, host, task, context)]
    const evaluation = evaluationFor(run, true)
    const items = evaluation.loop(task.loop.plugin, task.loop.terms, task.loop.at)
    if (isUnknown(items)) return []
    const variables = loopVariables(task.loop.control, evaluation)
    return items.map((_, index) => scoutItem(scouting, host, task, context, { front: variables.of(items, index), round: index }))
  } catch {
    return []
  }
}

async function scoutItem(scouting: Scouting, host: HostState, task: Task, context: Context, round: Pick<Place, 'front' | 'round'> = {}): Promise<void> {
  if (task.action.kind !== 'module') return
  const { scouted } = scouting.world
  const { sinceLastNews } = scouted
  const place: Place = { ...scouting, host, task, context, ...round }
  const evaluation = evaluationFor(place, true)
  const levels = levelsOf(task, context)
  if (condition(evaluation, levels) !== true) return
  const prepared = prepareModule(place, evaluation)
  if ('failed' in prepared || prepared.module.unscouted) return
  const delegate = delegateOf(task, evaluation)
  const { facts, become } = reach(place, evaluation, delegate)
  const reading = new Reading(facts, become)
  const plan = await prepared.module.plan(prepared.parameters, { ...prepared.context, facts: reading.facts })
  if (plan.changes.length > 0 || prepared.warnings.length > 0 || sinceLastNews !== scouted.sinceLastNews) return
  const { _ansible_verbose_always: _, ...result } = plan.result([])
  if (!result.failed && result.ansible_facts === undefined) scouted.keep(place, { result, changes: [], ...(delegate !== undefined && { delegatedTo: delegate }) })
}
