import { ProvisionError } from '../core/error.ts'
import { toPlain } from '../core/value.ts'
import type { Task } from '../language/playbook.ts'
import { levelsOf, type Context } from './context.ts'
import type { HostState } from './host-state.ts'
import { condition } from './condition.ts'
import type { Stage } from './stage.ts'

type Meta = (stage: Stage, hosts: readonly HostState[], meant: readonly HostState[]) => void | Promise<void>

/** What `meta` can do beside `flush_handlers`. `meant`: the hosts for which the task's conditions hold. */
const metas: { readonly [name: string]: Meta } = {
  noop: () => undefined,
  end_play: (stage, _, meant) => {
    if (meant.length === 0) return
    for (const host of stage.active()) host.excused = true
    stage.over = true
  },
  end_batch: (_, hosts, meant) => (meant.length > 0 ? hosts : []).forEach(host => (host.excused = host.ended = true)),
  end_host: (_, __, meant) =>
    meant.forEach(host => {
      host.excused = true
      host.leave()
    }),
  clear_facts: (_, __, meant) => meant.forEach(host => host.facts.clear()),
  clear_host_errors: stage => stage.batch.forEach(host => host.forgive()),
  reset_connection: async ({ world }, _, meant) => {
    for (const host of meant) await world.disconnect(host.name)
  },
}

export const metaName = (task: Task): string => (task.action.kind === 'verb' ? String(toPlain((task.action.freeForm ?? '') as never)) : '')

/** @throws ProvisionError `unsupported` */
export async function runMeta(stage: Stage, task: Task, hosts: readonly HostState[], context: Context): Promise<void> {
  const meta = metas[metaName(task)]
  if (!meta) throw new ProvisionError('unsupported', `meta: ${metaName(task)} is not supported`, { at: task.at, hint: `Supported: flush_handlers, ${Object.keys(metas).join(', ')}.` })
  const levels = levelsOf(task, context)
  await meta(stage, hosts, hosts.filter(host => condition(stage.evaluation(task, context, host), levels) === true))
}
