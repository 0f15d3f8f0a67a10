import { fail } from '../fail.ts'
import { flatten } from '../filters/lists.ts'
import { crypto } from '../digest.ts'
import { saysYes } from '../filters/values.ts'
import { iterate } from '../python/sequence.ts'
import { repr, str } from '../python/text.ts'
import { present, type Thing, type Things, tuple } from '../thing.ts'
import { lookup, type Lookups } from './lookup.ts'

const dictionaryOrFail = (term: Thing): Things => {
  const it = present(term)
  return it instanceof Map ? it : fail(`with_dict expects a dict, got '${str(it)}'`)
}

/** Every term as a list: text and single values are lists of one. */
const lists = (terms: readonly Thing[]): (readonly Thing[])[] => terms.map(term => (Array.isArray(term) || term instanceof Map ? iterate(term) : [present(term)]))

const flat = (terms: readonly Thing[]): Thing[] => flatten(terms, 1, false)

/** Lookups that make lists from lists; `with_items` and the like are these. */
export const listLookups: Lookups = {
  cartesian: lookup('', terms => combined(terms)),
  dict: lookup('', terms => terms.flatMap(term => Array.from(dictionaryOrFail(term), ([key, value]) => new Map<Thing, Thing>([['key', key], ['value', value]])))),
  flattened: lookup('', terms => flatten(terms, Infinity, true)),
  indexed_items: lookup('', terms => flat(terms).map((item, at) => tuple([at, item]))),
  items: lookup('', flat),
  list: lookup('', terms => [...terms]),
  nested: lookup('', terms => (terms.length === 0 ? fail('with_nested requires at least one element in the nested list') : combined(terms))),
  random_choice: lookup('', (terms, _, context) => {
    context.impure("the lookup 'random_choice'")
    return terms.length === 0 ? [] : [terms[crypto().randomInt(terms.length)]!]
  }),
  subelements: lookup('', terms => subElements(terms)),
  together: lookup('', (terms, _, { fuel }) => {
    if (terms.length === 0) fail('with_together requires at least one element in each list')
    const all = lists(terms)
    const longest = Math.max(...all.map(list => list.length))
    fuel.spend(longest)
    return Array.from({ length: longest }, (_, at) => flat(all.map(list => list[at] ?? null)))
  }),
}

/** Every combination of one item of each list. */
function combined(terms: readonly Thing[]): Thing[] {
  let rows: Thing[][] = [[]]
  for (const list of lists(terms)) {
    if (rows.length * list.length > 1_000_000) fail('there are more than a million combinations')
    rows = rows.flatMap(row => list.map(item => [...row, item]))
  }
  return rows.map(row => flat(row))
}

/** Each element, without its list, beside each item of that list. */
function subElements(terms: readonly Thing[]): Thing[] {
  const wrong = (what: string): never => fail(`subelements lookup expects a list of two or three items, ${what}`)
  const [of, path, flags = new Map<Thing, Thing>()] = terms.map(present)
  if (terms.length < 2 || terms.length > 3) return wrong(`and got ${terms.length}`)
  if (typeof path !== 'string' || !(Array.isArray(of) || of instanceof Map)) return wrong('first a dict or a list, second a string pointing to the subkey')
  const options = flags instanceof Map ? flags : wrong('the optional third item must be a dict with flags')
  for (const flag of options.keys()) if (flag !== 'skip_missing') wrong(`the optional third item must be a dict with flags skip_missing, and has ${str(flag)}`)
  const skipMissing = saysYes(options.get('skip_missing') ?? false) === true
  if (of instanceof Map && isSkipped(of)) return []
  const elements = of instanceof Map ? [...of.values()] : of
  return elements.flatMap(element => {
    const dictionary = present(element)
    if (!(dictionary instanceof Map)) return fail(`subelements lookup expects a dictionary, got '${str(dictionary)}'`)
    if (isSkipped(dictionary)) return []
    const [items, rest] = taken(dictionary, path.split('.'), skipMissing)
    return items.map(item => tuple([rest, item]))
  })
}

const isSkipped = (element: Things): boolean => (element.get('skipped') ?? false) !== false

/** The list at a path, and the dictionary without it. */
function taken(from: Things, [part, ...further]: readonly string[], skipMissing: boolean): [readonly Thing[], Things] {
  const value = from.get(part!)
  if (value === undefined) return skipMissing ? [[], from] : fail(`could not find '${part}' key in iterated item '${repr(from)}'`, 'The flag skip_missing leaves such elements out.')
  const it = present(value)
  if (further.length > 0) {
    if (!(it instanceof Map)) return skipMissing ? [[], from] : fail(`the key ${part} should point to a dictionary, got '${str(it)}'`)
    const [items, rest] = taken(it, further, skipMissing)
    return [items, new Map(from).set(part!, rest)]
  }
  if (!Array.isArray(it)) return fail(`the key ${part} should point to a list, got '${str(it)}'`)
  const rest = new Map(from)
  rest.delete(part!)
  return [it, rest]
}
