import { type Arguments, Callable, noArguments, Opaque, orElse, present, type Thing, Tuple } from '../thing.ts'
import { fail } from '../fail.ts'
import { decode } from './codec.ts'
import { dictMethods } from './dict-methods.ts'
import { findKey } from './dictionary.ts'
import { listMethods, tupleMethods } from './list-methods.ts'
import { method, type Method } from './method.ts'
import { isInteger, isNumber } from './number.ts'
import { numberMethods } from './number-methods.ts'
import { itemAt } from './sequence.ts'
import { stringMethods } from './string-methods.ts'
import { str } from './text.ts'

/**
 * `thing.name`: the method or attribute, else the item of that name. `undefined` where there is neither. Members of
 * undefined and unknown things are the thing itself.
 */
export function attributeOf(thing: Thing, name: string): Thing | undefined {
  const found = methodOf(thing, name)
  return found === undefined && thing instanceof Map ? thing.get(name) : found
}

/** `thing[key]`: the item, else the method or attribute of that name. */
export function itemOf(thing: Thing, key: Thing): Thing | undefined {
  if (thing instanceof Map) {
    const found = findKey(thing, key)
    if (found) return thing.get(found.key)
  } else if ((Array.isArray(thing) || typeof thing === 'string' || thing instanceof Uint8Array) && isInteger(key)) {
    const found = itemAt(thing, Number(key))
    if (found !== undefined) return found
  }
  return typeof key === 'string' ? methodOf(thing, key) : undefined
}

function methodOf(thing: Thing, name: string): Thing | undefined {
  if (typeof thing === 'string') return bound(thing, name, stringMethods)
  if (thing instanceof Tuple) {
    const at = thing.names?.indexOf(name) ?? -1
    return at >= 0 ? thing[at] : bound<Thing[]>(thing, name, tupleMethods)
  }
  if (Array.isArray(thing)) return bound(thing, name, listMethods)
  if (thing instanceof Map) return bound(thing, name, dictMethods)
  if (isNumber(thing)) return bound(thing, name, numberMethods)
  if (thing instanceof Uint8Array) return bound(thing, name, bytesMethods)
  return thing instanceof Opaque ? thing.member(name) : undefined
}

const bytesMethods: Readonly<Record<string, Method<Uint8Array>>> = {
  __proto__: null as never,
  decode: method('decode', 'encoding? errors?', (self: Uint8Array, { encoding = 'utf-8' }) => decode(self, str(encoding))),
}

function bound<Self extends Thing>(self: Self, name: string, methods: Readonly<Record<string, Method<Self>>>): Thing | undefined {
  const found = methods[name]
  return found && new Callable(name, (given: Arguments = noArguments) => found(self, given))
}

/** Names for the message about a missing member. */
export function memberNames(thing: Thing): readonly string[] {
  if (thing instanceof Map) return Array.from(thing.keys(), key => str(key))
  return thing instanceof Opaque ? thing.members() : []
}

/** For formats and filters, where a missing member is an error at once. */
export const attribute = (thing: Thing, name: string): Thing => orElse(attributeOf(present(thing), name), () => fail(`there is no member '${name}'`))
export const item = (thing: Thing, key: Thing): Thing => orElse(itemOf(present(thing), key), () => fail(`there is no item '${str(key)}'`))

