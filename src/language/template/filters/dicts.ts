import { fail } from '../fail.ts'
import { ignoringCase } from '../attribute-path.ts'
import { sorted, equal } from '../python/compare.ts'
import { dictionaryOf, textOf } from '../python/convert.ts'
import { getItem, setItem } from '../python/dictionary.ts'
import { repr, str } from '../python/text.ts'
import { truth } from '../python/truth.ts'
import { typeName } from '../python/type.ts'
import { orElse, present, type Thing, type Things, tuple, Undefined } from '../thing.ts'
import { filter, type Filters, tolerantFilter } from './filter.ts'
import { flatten } from './lists.ts'

/** Filters on dictionaries. */
export const dictFilters: Filters = {
  combine: filter('*others recursive? list_merge? **options', (value, { others, recursive = false, list_merge = 'replace', options }) => {
    if (options.size > 0) fail("'recursive' and 'list_merge' are the only valid keyword arguments")
    const dictionaries = flatten([value, ...others], 1, true).map(each => {
      const it = present(each)
      return it instanceof Map ? it : fail(`failed to combine variables, expected dicts but got a ${typeName(it)}`)
    })
    const lists = textOf(list_merge, 'list_merge')
    if (!(lists in listMerges)) fail(`list_merge cannot be '${lists}'`, `It can be ${Object.keys(listMerges).join(', ')}.`)
    if (dictionaries.length === 0) return new Map()
    return dictionaries.reduceRight((high, low) => merge(low, high, truth(recursive), listMerges[lists]!))
  }),
  dict2items: filter('key_name? value_name?', (value, { key_name = 'key', value_name = 'value' }) => {
    const it = present(value)
    if (!(it instanceof Map)) return fail(`dict2items requires a dictionary, got ${typeName(it)} instead`)
    return Array.from(it, ([key, member]) => new Map([[key_name, key], [value_name, member]]))
  }),
  dictsort: filter('case_sensitive? by? reverse?', (value, { case_sensitive = false, by = 'key', reverse = false }) => {
    if (by !== 'key' && by !== 'value') fail("dictsort sorts by 'key' or by 'value'")
    const at = by === 'key' ? 0 : 1
    const pairs = Array.from(dictionaryOf(value, 'what dictsort sorts'), pair => tuple(pair))
    return sorted(pairs, pair => (truth(case_sensitive) ? present(pair[at]!) : ignoringCase(present(pair[at]!))), truth(reverse))
  }),
  items: tolerantFilter('', value => (value instanceof Undefined ? [] : Array.from(dictionaryOf(value, 'what items lists'), pair => tuple(pair)))),
  items2dict: filter('key_name? value_name?', (value, { key_name = 'key', value_name = 'value' }) => {
    const it = present(value)
    if (!Array.isArray(it)) return fail(`items2dict requires a list, got ${typeName(it)} instead`)
    const result: Things = new Map()
    for (const item of it) {
      const pair = present(item)
      if (!(pair instanceof Map)) return fail(`items2dict requires a list of dictionaries, got ${repr(it)} instead`)
      const [key, member] = [getItem(pair, key_name), getItem(pair, value_name)]
      if (key === undefined || member === undefined) return fail(`items2dict requires each dictionary in the list to contain the keys '${str(key_name)}' and '${str(value_name)}', got ${repr(item)}`, 'Other names are given as key_name and value_name.')
      setItem(result, present(key), member)
    }
    return result
  }),
  rekey_on_member: filter('key duplicates?', (value, { key, duplicates = 'error' }) => {
    if (duplicates !== 'error' && duplicates !== 'overwrite') fail(`duplicates parameter to rekey_on_member has unknown value: ${str(duplicates)}`, "It can be 'error' or 'overwrite'.")
    const it = present(value)
    if (!(it instanceof Map) && !Array.isArray(it)) return fail('Type is not a valid list, set, or dict')
    const result: Things = new Map()
    for (const item of it instanceof Map ? it.values() : it) {
      const of = present(item)
      if (!(of instanceof Map)) return fail('List item is not a valid dict')
      const member = orElse(getItem(of, key), () => fail(`Key ${str(key)} was not found`))
      if (getItem(result, present(member)) !== undefined && duplicates === 'error') fail(`Key ${str(member)} is not unique, cannot correctly turn into dict`)
      setItem(result, member, item)
    }
    return result
  }),
}

type ListMerge = (low: Thing[], high: Thing[]) => Thing[]

const without = (items: Thing[], others: Thing[]): Thing[] => items.filter(item => !others.some(other => equal(item, other)))

const listMerges: Readonly<Record<string, ListMerge>> = {
  replace: (_, high) => high,
  keep: low => low,
  append: (low, high) => [...low, ...high],
  prepend: (low, high) => [...high, ...low],
  append_rp: (low, high) => [...without(low, high), ...high],
  prepend_rp: (low, high) => [...high, ...without(low, high)],
}

/** A dictionary with another's members in front of its own. */
function merge(low: Things, high: Things, recursive: boolean, lists: ListMerge): Things {
  if (equal(low, high)) return new Map(high)
  const result: Things = new Map(low)
  for (const [key, value] of high) {
    const before = getItem(result, key)
    if (before instanceof Map && value instanceof Map) setItem(result, key, recursive ? merge(before, value, recursive, lists) : value)
    else if (Array.isArray(before) && Array.isArray(value)) setItem(result, key, lists(before, value))
    else setItem(result, key, value)
  }
  return result
}

