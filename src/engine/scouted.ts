import type { Task } from '../language/playbook.ts'
import type { Tried } from './action.ts'
import type { HostState } from './host-state.ts'
import type { Place } from './place.ts'

/** A task on a host, and of its loop which round. */
type Round = Pick<Place, 'host' | 'task' | 'round'>

/**
 * What scouting has made of tasks that have nothing to change. A plan is made of variables and facts alone, so it is what the
 * task would plan again in its turn, for as long as nothing has happened in the run. Whoever makes something happen says so.
 */
export class Scouted {
  #plans = new Map<HostState, Map<Task, Map<number, Tried>>>()

  /** For plans that are under way: they may be kept only if this is still so when they are made. */
  get sinceLastNews(): object {
    return this.#plans
  }

  keep({ host, task, round = 0 }: Round, tried: Tried): void {
    const tasks = this.#plans.get(host) ?? new Map<Task, Map<number, Tried>>()
    const rounds = tasks.get(task) ?? new Map<number, Tried>()
    this.#plans.set(host, tasks.set(task, rounds.set(round, tried)))
  }

  find({ host, task, round = 0 }: Round): Tried | undefined {
    return this.#plans.get(host)?.get(task)?.get(round)
  }

  /** Something has happened that plans may hang on: a change, made or foreseen, a variable, a host that has dropped out. */
  news(): void {
    this.#plans = new Map()
  }
}
