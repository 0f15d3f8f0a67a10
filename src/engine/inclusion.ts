import { isUnknown, Unknown } from '../core/unknown.ts'
import { ProvisionError } from '../core/error.ts'
import type { Raw, Value } from '../core/value.ts'
import { levelsOf } from './context.ts'
import { evaluationFor } from './item.ts'
import { conditionsOf } from './keyword.ts'
import type { Place } from './outcome.ts'

/** A file or role that one host includes, with the loop's variables. */
export interface Inclusion {
  readonly what: string
  readonly front: ReadonlyMap<string, Raw>
}

/** Finds out what a host includes, and sends the include's own event, as for any task. */
export async function runInclusion(
  place: Place, id: number, name: string, written: Raw,
): Promise<{ readonly failed: boolean; readonly inclusions: Inclusion[] }> {
  const { world, host, task, context } = place
  const levels = levelsOf(task, context)
  const emit = (status: 'ok' | 'skipped' | 'failed' | 'unknown', result: Record<string, unknown>, why?: string) =>
    world.emit({ type: 'host-result', host: host.name, task: id, status, result, changes: [], ignored: false, duration: 0, looped: task.loop !== undefined, ...(why !== undefined && { why }) })
  world.emit({ type: 'task-start', task: id, name, module: task.action.kind === 'include-role' ? 'include_role' : 'include_tasks', at: task.at, kind: 'task', hosts: [host.name], tags: [] })
  try {
    const base = evaluationFor(place)
    const items: Value[] | Unknown | undefined = task.loop && base.loop(task.loop.plugin, task.loop.terms, task.loop.at)
    if (isUnknown(items)) {
      emit('unknown', {}, items.why)
      host.count('unknown')
      return { failed: false, inclusions: [] }
    }
    const variable = task.loop?.control.loopVar === undefined ? 'item' : String(base.evaluate(task.loop.control.loopVar))
    const fronts: ReadonlyMap<string, Raw>[] = items ? items.map(item => new Map<string, Raw>([[variable, item]])) : [new Map()]
    const inclusions: Inclusion[] = []
    for (const front of fronts) {
      const evaluation = evaluationFor(place, front)
      const holds = conditionsOf(levels).map(({ raw, at }) => evaluation.condition(raw, at))
      const unknown = holds.find(isUnknown)
      if (holds.includes(false)) continue
      const what = evaluation.evaluate(written)
      if (unknown || isUnknown(what)) {
        emit('unknown', {}, (unknown ?? (what as Unknown)).why)
        host.count('unknown')
        return { failed: false, inclusions: [] }
      }
      inclusions.push({ what: String(what), front })
    }
    if (inclusions.length === 0) {
      emit('skipped', { changed: false, skipped: true, skip_reason: 'Conditional result was False' })
      host.count('skipped')
    } else {
      emit('ok', { changed: false, include: inclusions.map(inclusion => inclusion.what) })
      host.count('ok')
    }
    return { failed: false, inclusions }
  } catch (error) {
    if (!(error instanceof ProvisionError)) throw error
    emit('failed', { failed: true, changed: false, msg: error.message })
    host.count('failed')
    return { failed: true, inclusions: [] }
  }
}
