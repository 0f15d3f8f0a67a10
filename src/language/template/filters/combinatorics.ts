import type { Context } from '../context.ts'
import { fail } from '../fail.ts'
import { integerOf } from '../python/convert.ts'
import { iterate } from '../python/sequence.ts'
import { orElse, type Thing, tuple } from '../thing.ts'
import { filter, type Filters } from './filter.ts'

/** Lists from lists, as Python's itertools make them. */
export const combinatoricFilters: Filters = {
  combinations: filter('r', (value, { r }, context) => chosen(iterate(value), integerOf(r, 'the size'), context, (picked, at) => picked.every(index => index < at))),
  permutations: filter('r?', (value, { r = null }, context) => {
    const items = iterate(value)
    return chosen(items, r === null ? items.length : integerOf(r, 'the size'), context, (picked, at) => !picked.includes(at))
  }),
  product: filter('*others repeat?', (value, { others, repeat = 1 }, context) => {
    const times = integerOf(repeat, 'repeat')
    context.fuel.spend(times)
    const pools = Array.from({ length: times }, () => [value, ...others].map(iterate)).flat()
    let rows: Thing[][] = [[]]
    for (const pool of pools) {
      context.fuel.spend(rows.length * pool.length)
      rows = rows.flatMap(row => pool.map(item => [...row, item]))
    }
    return rows.map(row => tuple(row))
  }),
  zip: filter('*others', (value, { others }) => zip([value, ...others].map(iterate), lists => Math.min(...lists), null)),
  zip_longest: filter('*others fillvalue?', (value, { others, fillvalue = null }) => zip([value, ...others].map(iterate), lists => Math.max(...lists), fillvalue)),
}

const zip = (lists: readonly (readonly Thing[])[], length: (lengths: number[]) => number, fill: Thing): Thing =>
  Array.from({ length: length(lists.map(list => list.length)) }, (_, at) => tuple(lists.map(list => orElse(list[at], () => fill))))

/** Every way to pick so many items in order, where `allowed` says which item may follow those that are picked. */
function chosen(items: readonly Thing[], size: number, { fuel }: Context, allowed: (picked: readonly number[], at: number) => boolean): Thing {
  if (size < 0) fail('the size must not be negative')
  const results: Thing[] = []
  const picked: number[] = []
  const extend = () => {
    fuel.spend()
    if (picked.length === size) return void results.push(tuple(picked.map(at => items[at]!)))
    for (let at = 0; at < items.length; at++) {
      if (!allowed(picked, at)) continue
      picked.push(at)
      extend()
      picked.pop()
    }
  }
  if (size <= items.length) extend()
  return results
}
