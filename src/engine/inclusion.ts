import { pythonText } from '../core/python-text.ts'
import { isUnknown, type Unknown } from '../core/unknown.ts'
import type { Raw } from '../core/value.ts'
import { levelsOf } from './context.ts'
import { condition } from './condition.ts'
import { loopVariables } from './loop-variables.ts'
import { evaluationFor, type Place } from './place.ts'

/** A file or role that one host includes, with the loop's variables. */
export interface Inclusion {
  readonly what: string
  readonly front: ReadonlyMap<string, Raw>
}

/** What is not included, in one round of the loop, and the condition that says so. */
export interface Omission {
  readonly because: { readonly false: string }
  readonly front: ReadonlyMap<string, Raw>
}

export const isInclusion = (one: Inclusion | Omission): one is Inclusion => 'what' in one

/**
 * What a host includes: one thing or one for each item of a loop, and nothing where conditions say so; unknown where
 * that hangs on something that has not run yet.
 *
 * @param written the name of the file or role
 * @throws ProvisionError
 */
export function inclusionsOf(place: Place, written: Raw): (Inclusion | Omission)[] | Unknown {
  const inclusions: (Inclusion | Omission)[] = []
  const fronts = frontsOf(place)
  if (isUnknown(fronts)) return fronts
  for (const front of fronts) {
    const evaluation = evaluationFor({ ...place, front })
    const holds = condition(evaluation, levelsOf(place.task, place.context))
    if (holds !== true && !isUnknown(holds)) {
      inclusions.push({ because: holds, front })
      continue
    }
    const what = evaluation.evaluate(written)
    const unknown = [holds, what].find(isUnknown)
    if (unknown) return unknown
    inclusions.push({ what: pythonText(what), front })
  }
  return inclusions
}

/** The loop's variables for each of its items; none once where there is no loop. */
function frontsOf(place: Place): ReadonlyMap<string, Raw>[] | Unknown {
  const { loop } = place.task
  if (!loop) return [new Map()]
  const base = evaluationFor(place)
  const items = base.loop(loop.plugin, loop.terms, loop.at)
  if (isUnknown(items)) return items
  const variables = loopVariables(loop.control, base)
  return items.map((_, index) => variables.of(items, index))
}
