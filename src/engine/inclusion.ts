import { pythonText } from '../core/python-text.ts'
import { isUnknown, type Unknown } from '../core/unknown.ts'
import type { Raw, Value } from '../core/value.ts'
import { levelsOf } from './context.ts'
import { conditionsOf } from './keyword.ts'
import { loopVariables } from './loop-variables.ts'
import { evaluationFor, type Place } from './place.ts'

/** A file or role that one host includes, with the loop's variables. */
export interface Inclusion {
  readonly what: string
  readonly front: ReadonlyMap<string, Raw>
}

/**
 * What a host includes: one thing, one for each item of a loop, or nothing where conditions say so; unknown where that
 * hangs on something that has not run yet.
 *
 * @param written the name of the file or role
 * @throws ProvisionError
 */
export function inclusionsOf(place: Place, written: Raw): Inclusion[] | Unknown {
  const inclusions: Inclusion[] = []
  const fronts = frontsOf(place)
  if (isUnknown(fronts)) return fronts
  for (const front of fronts) {
    const evaluation = evaluationFor({ ...place, front })
    const holds = conditionsOf(levelsOf(place.task, place.context)).map(({ raw, at }) => evaluation.condition(raw, at))
    if (holds.includes(false)) continue
    const what = evaluation.evaluate(written)
    const unknown = [...holds, what].find(isUnknown)
    if (unknown) return unknown
    inclusions.push({ what: pythonText(what as Value), front })
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
