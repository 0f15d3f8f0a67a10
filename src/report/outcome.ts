import type { Event, HostResult, Listener, TaskId, TaskStart } from '../core/event.ts'

type ItemResult = Extract<Event, { type: 'item-result' }>

/** All that came of one task on one host. */
export interface Outcome extends Omit<HostResult, 'type' | 'task'> {
  readonly task: TaskStart
  /** In order; empty without a loop. */
  readonly items: readonly ItemResult[]
}

/**
 * Puts together what belongs together: items wait for their host's result, results get their task.
 *
 * @param take is called once for each task and host, when its result is there
 */
export function outcomes(take: (outcome: Outcome) => void): Listener {
  const tasks = new Map<TaskId, TaskStart>()
  const items = new Map<string, ItemResult[]>()

  return event => {
    if (event.type === 'task-start') tasks.set(event.task, event)
    else if (event.type === 'item-result') {
      const key = `${event.task} ${event.host}`
      const known = items.get(key)
      if (known) known.push(event)
      else items.set(key, [event])
    } else if (event.type === 'host-result') {
      const key = `${event.task} ${event.host}`
      const task = tasks.get(event.task)
      if (task) take({ ...event, task, items: items.get(key) ?? [] })
      items.delete(key)
    }
  }
}

/** It ended badly for the host, and nothing said to go on. Whether a rescue follows is not known yet. */
export const isFailure = (outcome: Outcome): boolean =>
  (outcome.status === 'failed' || outcome.status === 'unreachable') && !outcome.ignored
