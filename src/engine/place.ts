import type { Raw } from '../core/value.ts'
import type { RoleUse, Task } from '../language/playbook.ts'
import { Evaluation } from '../language/template/evaluation.ts'
import type { Context } from './context.ts'
import type { HostState } from './host-state.ts'
import type { World } from './world.ts'

/** A task in its place on a host: what its variables hang on. */
export interface Place {
  readonly world: World
  readonly host: HostState
  readonly task: Task
  readonly context: Context
  readonly playHosts: readonly string[]
  readonly batch: readonly string[]
  /** Roles that tasks of the play have included so far. */
  readonly includedRoles: readonly RoleUse[]
  /** The loop's variables; before everything. */
  readonly front?: ReadonlyMap<string, Raw>
  /** Which round of a loop it is, from 0, where its variables are the item's alone. */
  readonly round?: number
}

/** What a task's texts are rendered with. @param pure nothing may act or come out different each time: for scouting */
export function evaluationFor(place: Place, pure = false): Evaluation {
  const { world, task, context } = place
  return new Evaluation(world.variables(place), world.environment({ context, task, pure }))
}
