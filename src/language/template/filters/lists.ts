import { ProvisionError } from '../../../core/error.ts'
import { getter, getters, ignoringCase } from '../attribute-path.ts'
import { fail } from '../fail.ts'
import { arithmetic } from '../python/arithmetic.ts'
import { order, sorted } from '../python/compare.ts'
import { integerOf, itemsOf } from '../python/convert.ts'
import { Distinct } from '../python/distinct.ts'
import { iterate, joinText, length } from '../python/sequence.ts'
import { repr, str } from '../python/text.ts'
import { truth } from '../python/truth.ts'
import { characters, typeName } from '../python/type.ts'
import { orElse, present, type Thing, tuple, Undefined } from '../thing.ts'
import { filter, type Filters } from './filter.ts'

const empty = (which: string): Undefined => new Undefined(() => new ProvisionError('undefined-variable', `there is no ${which} item: the list is empty`))
const size = filter('', length)

/** The least or greatest item; `sign` is -1 for the least. */
const extreme = (sign: number, which: string) => filter('case_sensitive? attribute?', (value, { case_sensitive = false, attribute }) => {
  const get = getter(attribute)
  const key = (item: Thing) => (truth(case_sensitive) ? get(item) : ignoringCase(get(item)))
  const [first, ...others] = itemsOf(value).map(item => ({ item, key: key(item) }))
  return first ? others.reduce((best, each) => (order(each.key, best.key) * sign > 0 ? each : best), first).item : empty(which)
})

/** Filters on lists and whatever else a `for` goes through. */
export const listFilters: Filters = {
  batch: filter('linecount fill_with?', (value, { linecount, fill_with = null }, { fuel }) => {
    const count = integerOf(linecount, 'linecount')
    if (count < 1) fail('batch needs at least one item a batch')
    const items = itemsOf(value)
    const batches: Thing[][] = []
    for (let at = 0; at < items.length; at += count) batches.push(items.slice(at, at + count))
    const last = batches.at(-1)
    if (last && fill_with !== null) {
      fuel.spend(count - last.length)
      while (last.length < count) last.push(fill_with)
    }
    return batches
  }),
  count: size,
  first: filter('', value => orElse(iterate(value)[0], () => empty('first'))),
  flatten: filter('levels? skip_nulls?', (value, { levels = null, skip_nulls = true }) =>
    flatten(itemsOf(value), levels === null ? Infinity : integerOf(levels, 'levels'), truth(skip_nulls))),
  join: filter('d? attribute?', (value, { d = '', attribute }) => joinText(str(d), iterate(value).map(getter(attribute)))),
  last: filter('', value => orElse(iterate(value).at(-1), () => empty('last'))),
  length: size,
  list: filter('', value => itemsOf(value)),
  max: extreme(1, 'greatest'),
  min: extreme(-1, 'least'),
  reverse: filter('', value => {
    const it = present(value)
    return typeof it === 'string' ? characters(it).toReversed().join('') : itemsOf(it).reverse()
  }),
  slice: filter('slices fill_with?', (value, { slices, fill_with = null }, { fuel }) => {
    const count = integerOf(slices, 'slices')
    if (count < 1) fail('slice needs at least one slice')
    fuel.spend(count)
    const items = itemsOf(value)
    const each = Math.floor(items.length / count)
    const longer = items.length % count
    return Array.from({ length: count }, (_, at) => {
      const start = at * each + Math.min(at, longer)
      const part = items.slice(start, start + each + (at < longer ? 1 : 0))
      return fill_with !== null && at >= longer ? [...part, fill_with] : part
    })
  }),
  sort: filter('reverse? case_sensitive? attribute?', (value, { reverse = false, case_sensitive = false, attribute }) => {
    const gets = getters(attribute)
    const minding = truth(case_sensitive)
    return sorted(itemsOf(value), item => tuple(gets.map(get => (minding ? present(get(item)) : ignoringCase(present(get(item)))))), truth(reverse))
  }),
  subelements: filter('subelements skip_missing?', (value, { subelements, skip_missing = false }) => subElements(present(value), present(subelements), truth(skip_missing))),
  sum: filter('attribute? start?', (value, { attribute, start = 0 }) => iterate(value).map(getter(attribute)).reduce((total, item) => arithmetic('+', total, item), start)),
  unique: filter('case_sensitive? attribute?', (value, { case_sensitive = false, attribute }) => {
    const get = getter(attribute)
    const seen = new Distinct()
    return itemsOf(value).filter(item => seen.add(truth(case_sensitive) ? get(item) : ignoringCase(get(item))))
  }),
}

/** The items of lists within a list, so many levels deep; lookups such as `items` flatten in the same way. */
export function flatten(items: readonly Thing[], levels: number, skipNulls: boolean): Thing[] {
  return items.flatMap(item => {
    if (skipNulls && (item === null || item === 'None' || item === 'null')) return []
    return Array.isArray(item) && levels >= 1 ? flatten(item, levels - 1, skipNulls) : [item]
  })
}

/** Every element with each item of the list that a path leads to in it. */
function subElements(of: Thing, path: Thing, skipMissing: boolean): Thing {
  const elements = of instanceof Map ? [...of.values()] : Array.isArray(of) ? of : fail('obj must be a list of dicts or a nested dict')
  const parts = Array.isArray(path) ? path.map(str) : typeof path === 'string' ? path.split('.') : fail('subelements must be a list or a string')
  return elements.flatMap(element => {
    let value: Thing = element
    for (const part of parts) {
      const it: Thing = present(value)
      if (!(it instanceof Map)) return fail(`the key ${part} should point to a dictionary, and it is looked for in ${typeName(it)}`)
      const next = it.get(part)
      if (next === undefined) return skipMissing ? [] : fail(`could not find '${part}' key in iterated item ${repr(it)}`, 'skip_missing=True leaves such elements out.')
      value = next
    }
    const items = present(value)
    return Array.isArray(items) ? items.map(item => tuple([element, item])) : fail(`the key '${parts.join('.')}' should point to a list, and it is ${typeName(items)}`)
  })
}

