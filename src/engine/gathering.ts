import type { Raw, Value } from '../core/value.ts'
import type { Play, Task } from '../language/playbook.ts'
import { plainTask } from '../language/playbook/plain-task.ts'
import setup from '../modules/setup.ts'
import type { HostState } from './host-state.ts'
import { asBoolean, isSelected, tagsOf } from './keyword.ts'
import { reach } from './reach.ts'
import type { Stage } from './stage.ts'
import { evaluationFor } from './place.ts'

/** Whether a play gathers facts at its beginning. Its task is tagged `always` unless the play has tags of its own. */
export function gathers({ play, world }: Stage): boolean {
  if (play.gatherFacts !== undefined && asBoolean(play.gatherFacts as never) === false) return false
  const own = tagsOf(undefined, [play.keywords])
  return isSelected(own.size > 0 ? own : new Set(['always']), world.options.tags, world.options.skipTags)
}

/** The task that Ansible puts before all others. */
export const setupTask = ({ at, directory, gatherSubset }: Play): Task =>
  plainTask(at, directory, 'Gathering Facts', {
    kind: 'module', module: setup as never, parameters: new Map<Value, Raw>(gatherSubset === undefined ? [] : [['gather_subset', gatherSubset]]), parametersAt: at, freeForm: undefined,
  })

/** Asks for the facts ahead of their task, so that they ride in the first batch. */
export async function gatherAhead(stage: Stage, host: HostState): Promise<void> {
  const place = stage.place(setupTask(stage.play), stage.base, host)
  const { facts, become } = reach(place, evaluationFor(place), undefined)
  await facts.observe({ kind: 'gathered', key: '', ...(become && { become }) })
}
