import { fail } from '../fail.ts'
import { bounded } from '../fuel.ts'
import { type Arguments, orElse, present, type Thing, type Things, tuple } from '../thing.ts'
import { type Bound, bind } from '../signature.ts'
import { findKey, getItem, setItem } from './dictionary.ts'
import { iterate } from './sequence.ts'
import { type Method, method } from './method.ts'
import { repr } from './text.ts'

const define = <const Words extends string>(name: string, words: Words, body: (self: Things, values: Bound<Words>) => Thing): Method<Things> => method(name, words, body)

/** Views of a dictionary are lists here. */
export const dictMethods: Readonly<Record<string, Method<Things>>> = {
  __proto__: null as never,
  clear: define('clear', '', self => (self.clear(), null)),
  copy: define('copy', '', self => new Map(self)),
  fromkeys: define('fromkeys', 'iterable value?', (_, { iterable, value = null }) => {
    const result: Things = new Map()
    for (const key of iterate(iterable)) setItem(result, key, value)
    return result
  }),
  get: define('get', 'key default?', (self, { key, default: otherwise = null }) => orElse(getItem(self, key), () => otherwise)),
  items: define('items', '', self => Array.from(self, pair => tuple(pair))),
  keys: define('keys', '', self => [...self.keys()]),
  pop: define('pop', 'key default?', (self, { key, default: otherwise }) => {
    const found = findKey(self, key)
    if (!found) return orElse(otherwise, () => fail(`the dictionary has no key ${repr(key)}`))
    const value = self.get(found.key)!
    self.delete(found.key)
    return value
  }),
  popitem: define('popitem', '', self => {
    const last = [...self].at(-1) ?? fail('popitem() of an empty dictionary')
    self.delete(last[0])
    return tuple(last)
  }),
  setdefault: define('setdefault', 'key default?', (self, { key, default: otherwise = null }) => {
    const value = getItem(self, key)
    if (value !== undefined) return value
    setItem(self, key, otherwise)
    return otherwise
  }),
  update: (self, given) => {
    for (const [key, value] of entriesOf(given, 'update')) setItem(self, key, value)
    bounded(self.size)
    return null
  },
  values: define('values', '', self => [...self.values()]),
}

/** What `dict(…)` and `update(…)` take: a dictionary or pairs, and named members. */
export function entriesOf(given: Arguments, name: string): [Thing, Thing][] {
  const { source, members } = bind('source? **members', given, `${name}()`)
  const entries: [Thing, Thing][] = []
  const it = source === undefined ? undefined : present(source)
  if (it instanceof Map) entries.push(...it)
  else if (it !== undefined)
    for (const pair of iterate(it)) {
      const two = iterate(pair)
      if (two.length !== 2) fail(`${name}() needs pairs of a key and a value`)
      entries.push([two[0]!, two[1]!])
    }
  for (const [key, value] of members) entries.push([key, value])
  return entries
}
