import { crypto } from '../digest.ts'
import { fail } from '../fail.ts'
import { integerOf } from '../python/convert.ts'
import { isInteger } from '../python/number.ts'
import { SeededRandom } from '../python/random.ts'
import { iterate } from '../python/sequence.ts'
import { truth } from '../python/truth.ts'
import { present, type Thing } from '../thing.ts'
import type { Context } from '../context.ts'
import { filter, type Filters } from './filter.ts'

const below = (limit: number, seed: Thing, context: Context, what: string): number => {
  if (seed !== null) return new SeededRandom(seed).below(limit)
  context.impure(what)
  return crypto().randomInt(limit)
}

/** Filters that choose at random; with a seed always the same, and the same as Ansible does. */
export const randomFilters: Filters = {
  random: filter('start? step? seed?', (value, { start = null, step = null, seed = null }, context) => {
    const it = present(value)
    if (isInteger(it)) {
      const from = start === null ? 0 : integerOf(start, 'the start')
      const by = step === null ? 1 : integerOf(step, 'the step') || 1
      const count = Math.ceil((Number(it) - from) / by)
      return count > 0 ? from + by * below(count, seed, context, 'random without a seed') : fail('there is no number to choose')
    }
    if (typeof it !== 'string' && !Array.isArray(it) && !(it instanceof Map)) return fail('random can only be used on sequences and integers')
    const items = iterate(it)
    if (start !== null || step !== null) fail('start and step can only be used with integer values')
    return items[below(items.length || fail('there is nothing to choose from'), seed, context, 'random without a seed')]!
  }),
  /** What cannot be shuffled stays as it is, as in Ansible. */
  shuffle: filter('seed?', (value, { seed = null }, context) => {
    const it = present(value)
    if (typeof it !== 'string' && !Array.isArray(it) && !(it instanceof Map)) return it
    const items = [...iterate(it)]
    if (truth(seed)) return new SeededRandom(seed).shuffle(items)
    context.impure('shuffle without a seed')
    for (let at = items.length - 1; at > 0; at--) {
      const other = crypto().randomInt(at + 1)
      ;[items[at], items[other]] = [items[other]!, items[at]!]
    }
    return items
  }),
}
