import { fail } from '../fail.ts'
import { flatten } from '../filters/lists.ts'
import { crypto } from '../digest.ts'
import { saysYes } from '../filters/values.ts'
import { dictionaryOf } from '../python/convert.ts'
import { iterate } from '../python/sequence.ts'
import { repr, str } from '../python/text.ts'
import { present, type Thing, type Things, tuple } from '../thing.ts'
import { lookup, type Lookups } from './lookup.ts'

/** Every term as a list: text and single values are lists of one. */
const lists = (terms: readonly Thing[]): (readonly Thing[])[] => terms.map(term => (Array.isArray(term) || term instanceof Map ? iterate(term) : [present(term)]))

const flat = (terms: readonly Thing[]): Thing[] => flatten(terms, 1, false)

/** Lookups that make lists from lists; `with_items` and the like are these. */
export const listLookups: Lookups = {
  cartesian: lookup('', terms => combined(terms)),
  dict: lookup('', terms => terms.flatMap(term => Array.from(dictionaryOf(term, 'what the lookup dict takes'), ([key, value]) => new Map<Thing, Thing>([['key', key], ['value', value]])))),
  flattened: lookup('', terms => flatten(terms, Infinity, true)),
  indexed_items: lookup('', terms => flat(terms).map((item, at) => tuple([at, item]))),
  items: lookup('', flat),
  list: lookup('', terms => [...terms]),
  nested: lookup('', terms => (terms.length === 0 ? fail('nested needs at least one list') : combined(terms))),
  random_choice: lookup('', (terms, _, context) => {
    context.impure("the lookup 'random_choice'")
    return terms.length === 0 ? [] : [terms[crypto().randomInt(terms.length)]!]
  }),
  subelements: lookup('', terms => subElements(terms)),
  together: lookup('', (terms, _, { fuel }) => {
    if (terms.length === 0) fail('together needs at least one list')
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
  const [of, path, flags = new Map<Thing, Thing>()] = terms.map(present)
  if (terms.length < 2 || terms.length > 3 || typeof path !== 'string') return fail('subelements needs a list or dictionary, and a path in its elements as text')
  const options = dictionaryOf(flags!, 'the flags of subelements')
  for (const flag of options.keys()) if (flag !== 'skip_missing') fail(`subelements has no flag '${str(flag)}'`, 'Its only flag is skip_missing.')
  const skipMissing = saysYes(options.get('skip_missing') ?? false) === true
  if (of instanceof Map && isSkipped(of)) return []
  const elements = of instanceof Map ? [...of.values()] : Array.isArray(of) ? of : fail('subelements needs a list or a dictionary')
  return elements.flatMap(element => {
    const dictionary = dictionaryOf(element, 'every element of subelements')
    if (isSkipped(dictionary)) return []
    const [items, rest] = taken(dictionary, path.split('.'), skipMissing)
    return items.map(item => tuple([rest, item]))
  })
}

const isSkipped = (element: Things): boolean => (element.get('skipped') ?? false) !== false

/** The list at a path, and the dictionary without it. */
function taken(from: Things, [part, ...further]: readonly string[], skipMissing: boolean): [readonly Thing[], Things] {
  const value = from.get(part!)
  if (value === undefined) return skipMissing ? [[], from] : fail(`an element has no '${part}': ${repr(from)}`, 'The flag skip_missing leaves such elements out.')
  const it = present(value)
  if (further.length > 0) {
    if (!(it instanceof Map)) return skipMissing ? [[], from] : fail(`'${part}' of an element should be a dictionary`)
    const [items, rest] = taken(it, further, skipMissing)
    return [items, new Map(from).set(part!, rest)]
  }
  if (!Array.isArray(it)) return fail(`'${part}' of an element should be a list`)
  const rest = new Map(from)
  rest.delete(part!)
  return [it, rest]
}
