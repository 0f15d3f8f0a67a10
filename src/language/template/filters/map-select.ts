import { Unknown, UnknownReached } from '../../../core/unknown.ts'
import { getter, ignoringCase } from '../attribute-path.ts'
import type { Context } from '../context.ts'
import { fail } from '../fail.ts'
import { attributeOf, itemOf } from '../python/member.ts'
import { missingMember } from '../missing-member.ts'
import { equal, sorted } from '../python/compare.ts'
import { itemsOf, textOf } from '../python/convert.ts'
import { iterate } from '../python/sequence.ts'
import { truth } from '../python/truth.ts'
import { orElse, present, type Thing, tuple, Undefined } from '../thing.ts'
import { filter, type Filters } from './filter.ts'

/** Filters that look at each item with another filter, a test or a path. */
export const mapSelectFilters: Filters = {
  attr: filter('name', (value, { name }) => orElse(attributeOf(value, textOf(name, 'the name of an attribute')), () => new Undefined(() => missingMember('the value', value, name)))),
  extract: filter('container morekeys?', (value, { container, morekeys = null }) => {
    const further = present(morekeys)
    const keys = further === null ? [value] : Array.isArray(further) ? [value, ...further] : [value, further]
    return keys.reduce<Thing>((of, key) => (of instanceof Undefined || of instanceof Unknown ? of : orElse(itemOf(of, present(key)), () => new Undefined(() => missingMember('the container', of, key)))), container)
  }),
  groupby: filter('attribute default? case_sensitive?', (value, { attribute, default: otherwise, case_sensitive = false }) => {
    const get = getter(attribute, otherwise)
    const key = (item: Thing) => (truth(case_sensitive) ? present(get(item)) : ignoringCase(present(get(item))))
    const groups: { readonly key: Thing; readonly items: Thing[] }[] = []
    for (const item of sorted(itemsOf(value), key)) {
      const last = groups.at(-1)
      if (last && equal(last.key, key(item))) last.items.push(item)
      else groups.push({ key: key(item), items: [item] })
    }
    return groups.map(({ items }) => tuple([get(items[0]!), items], ['grouper', 'list']))
  }),
  map: filter('name? *positional **named', (value, { name, positional, named }, context) => {
    if (name === undefined) {
      const { attribute, default: otherwise, ...others } = Object.fromEntries(named)
      if (attribute === undefined) return fail('map needs a filter to apply or an attribute to take', "For instance map('upper') or map(attribute='name').")
      for (const other of Object.keys(others)) fail(`map has no parameter ${other}`)
      return itemsOf(value).map(getter(attribute, otherwise))
    }
    const wanted = textOf(name, 'the name of the filter')
    return itemsOf(value).map(item => context.filter(wanted, item, { positional, named }))
  }),
  reject: choosing(false, false),
  rejectattr: choosing(false, true),
  select: choosing(true, false),
  selectattr: choosing(true, true),
}

/** @param wanted what the test must say of an item; @param byAttribute the first argument is a path to what is tested */
function choosing(wanted: boolean, byAttribute: boolean) {
  return filter('*positional **named', (value, { positional, named }, context) => {
    if (byAttribute && positional.length === 0) fail('the attribute to look at is missing')
    const get = byAttribute ? getter(positional[0]) : (item: Thing) => item
    const [name, ...others] = byAttribute ? positional.slice(1) : positional
    const holds = (item: Thing) => (name === undefined ? truth(get(item)) : test(textOf(name, 'the name of the test'), get(item), others, named, context))
    return iterate(value).filter(item => holds(item) === wanted)
  })
}

function test(name: string, value: Thing, positional: readonly Thing[], named: ReadonlyMap<string, Thing>, context: Context): boolean {
  const answer = context.test(name, value, { positional, named })
  if (answer instanceof Unknown) throw new UnknownReached(answer)
  return answer as boolean
}
