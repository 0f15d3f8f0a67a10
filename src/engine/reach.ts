import type { Become } from '../connection/connection.ts'
import type { HostFacts } from '../host/store.ts'
import type { Evaluation } from '../language/template/evaluation.ts'
import { levelsOf } from './context.ts'
import { evaluationFor, type Place } from './place.ts'

/** A host as a task works on it, and with whose rights. */
export interface Reached {
  readonly facts: HostFacts
  readonly become: Become | undefined
}

/**
 * The host that a task works on: its own, or the one that it is delegated to. That one is reached by its own
 * variables; all else of the task stays that of its host.
 *
 * @throws ProvisionError, UnknownReached
 */
export function reach(place: Place, evaluation: Evaluation, delegate: string | undefined): Reached {
  const { world, host, task, context } = place
  const there = delegate === undefined ? evaluation : evaluationFor({ ...place, host: world.host(delegate) })
  return { facts: world.factsOf(delegate ?? host.name, there), become: world.become(there, levelsOf(task, context)) }
}
