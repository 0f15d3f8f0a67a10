import type { Listener, Status, TaskId, TaskStart } from '../core/event.ts'
import { printableLine } from './printable.ts'
import { hostList, inOrder } from './hosts.ts'
import { seconds } from './words.ts'

/** A host that is at work on a task. */
export interface Running {
  readonly host: string
  readonly task: TaskStart
  /** Milliseconds on the clock of `performance.now()`. */
  readonly since: number
  /** Which try of how many, for a task with `until`. */
  attempt?: string
}

/** What is known of a host when nothing runs on it. */
export interface HostState {
  changed: number
  status: Exclude<Status, 'skipped' | 'unknown' | 'changed'>
  /** The task that it failed at. */
  at?: string
}

/** Who is doing what right now. */
export class Activity {
  readonly hosts = new Map<string, HostState>()
  readonly #tasks = new Map<TaskId, TaskStart>()
  readonly #running = new Map<string, Running>()
  /** The task that was begun last. */
  task: TaskStart | undefined
  /** How many hosts are done with it. */
  done = 0

  readonly listener: Listener = event => {
    if (event.type === 'play-start') {
      this.#running.clear()
      for (const host of event.hosts) if (!this.hosts.has(host)) this.hosts.set(host, { changed: 0, status: 'ok' })
    } else if (event.type === 'task-start') {
      this.#tasks.set(event.task, event)
      this.task = event
      this.done = 0
      for (const host of event.hosts.slice(0, event.atOnce)) this.#running.set(host, { host, task: event, since: performance.now() })
    } else if (event.type === 'host-start') {
      // Its turn has come: the clock shows its own time, not that of the queue.
      const task = this.#tasks.get(event.task)
      if (task) this.#running.set(event.host, { host: event.host, task, since: performance.now() })
    } else if (event.type === 'retry') {
      const running = this.#running.get(event.host)
      if (running) running.attempt = `try ${event.attempt + 1} of ${event.attempts}`
    } else if (event.type === 'host-result') {
      this.#running.delete(event.host)
      if (event.task === this.task?.task) this.done++
      const state = this.hosts.get(event.host)
      if (!state) return
      if (event.status === 'changed') state.changed++
      if ((event.status === 'failed' || event.status === 'unreachable') && !event.ignored) {
        state.status = event.status
        state.at = this.#tasks.get(event.task)?.name
      }
    } else if (event.type === 'rescued') {
      const state = this.hosts.get(event.host)
      if (state) state.status = 'ok'
    } else if (event.type === 'run-end') {
      this.#running.clear()
    }
  }

  /** Longest first. */
  running(): Running[] {
    return [...this.#running.values()].sort((one, other) => one.since - other.since)
  }

  runningOn(host: string): Running | undefined {
    return this.#running.get(host)
  }
}

/** What a long run waits for: `waiting for lab2, lab3: Apache is installed (12 s)`; undefined when nothing runs. */
export function waitingFor(running: readonly Running[], columns: number): string | undefined {
  const [oldest] = running
  if (!oldest) return undefined
  const together = running.filter(({ task }) => task === oldest.task)
  const hosts = hostList(inOrder(together.map(({ host }) => host)), columns / 2)
  const attempt = oldest.attempt ? `, ${oldest.attempt}` : ''
  return `waiting for ${hosts}: ${printableLine(oldest.task.name)} (${seconds((performance.now() - oldest.since) / 1000)}${attempt})`
}
