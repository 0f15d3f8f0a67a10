import { toValue, type Raw } from '../core/value.ts'
import { isUnknown } from '../core/unknown.ts'
import { Reading } from '../host/store.ts'
import type { Node, Play, Task } from '../language/playbook.ts'
import { prepareModule, delegateOf } from './action.ts'
import { inside, insideRole, levelsOf, placeOf, playContext, type Context } from './context.ts'
import type { HostState } from './host-state.ts'
import { isSelected, tagsOf } from './keyword.ts'
import { condition, evaluationFor } from './item.ts'
import type { World } from './world.ts'

export interface Scouting {
  readonly world: World
  readonly play: Play
  readonly playHosts: readonly string[]
  readonly batch: readonly string[]
}

/**
 * Plans every task of a play that can already be rendered, all at once, and throws the plans away: what they asked of
 * the host is in the store when the tasks' turns come. Nothing that goes wrong here counts.
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
    const items = evaluationFor(run, undefined, true).loop(task.loop.plugin, task.loop.terms, task.loop.at)
    if (isUnknown(items)) return []
    const name = task.loop.control.loopVar === undefined ? 'item' : String(task.loop.control.loopVar)
    return items.map(item => scoutItem(scouting, host, task, context, new Map<string, Raw>([[name, toValue(item)]])))
  } catch {
    return []
  }
}

async function scoutItem(scouting: Scouting, host: HostState, task: Task, context: Context, front?: ReadonlyMap<string, Raw>): Promise<void> {
  const { world } = scouting
  if (task.action.kind !== 'module') return
  const evaluation = evaluationFor({ ...scouting, host, task, context }, front, true)
  const levels = levelsOf(task, context)
  if (condition(evaluation, levels) !== true) return
  const prepared = prepareModule({ world, host, task, context }, evaluation)
  if ('failed' in prepared || prepared.module.unscouted) return
  const facts = world.factsOf(delegateOf(task, evaluation) ?? host.name, evaluation, levels)
  const reading = new Reading(facts, world.become(evaluation, levels))
  await prepared.module.plan(prepared.parameters, { ...prepared.context, facts: reading.facts })
}
