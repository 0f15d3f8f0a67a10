import { fail } from '../fail.ts'
import { present, type Thing, type Things, Tuple } from '../thing.ts'
import { equal } from './compare.ts'
import { typeName } from './type.ts'

/** The key of a dictionary that equals `key` as Python sees it: `1`, `1.0` and `True` are one key. */
export function findKey(dictionary: Things, key: Thing): { readonly key: Thing } | undefined {
  if (typeof key === 'string') return dictionary.has(key) ? { key } : undefined
  hashable(present(key))
  if (dictionary.has(key)) return { key }
  if (key === null) return undefined
  for (const candidate of dictionary.keys()) if (typeof candidate !== 'string' && equal(candidate, key)) return { key: candidate }
  return undefined
}

export function getItem(dictionary: Things, key: Thing): Thing | undefined {
  const found = findKey(dictionary, key)
  return found && dictionary.get(found.key)
}

export function setItem(dictionary: Things, key: Thing, value: Thing): void {
  dictionary.set(findKey(dictionary, key)?.key ?? key, value)
}

/** Lists and dictionaries cannot be keys. */
function hashable(key: Thing): void {
  if (key instanceof Map || (Array.isArray(key) && !(key instanceof Tuple))) fail(`a ${typeName(key)} cannot be the key of a dictionary`)
}

/** A dictionary of things; of two equal keys the first keeps its place and the last gives the value. */
export function dictionary(entries: Iterable<readonly [Thing, Thing]>): Things {
  const result: Things = new Map()
  for (const [key, value] of entries) setItem(result, key, value)
  return result
}
