import { Float } from '../../../core/value.ts'
import { fail } from '../fail.ts'
import { Opaque, present, type Thing, type Things, Tuple } from '../thing.ts'
import { findKey } from './dictionary.ts'
import { isNumber } from './number.ts'
import { typeName } from './type.ts'

/** Python's `left == right`. */
export function equal(left: Thing, right: Thing): boolean {
  const a = present(left)
  const b = present(right)
  if (a === b) return true
  if (isNumber(a)) return isNumber(b) && comparable(a) == comparable(b)
  if (Array.isArray(a))
    return Array.isArray(b) && a.length === b.length && a instanceof Tuple === b instanceof Tuple && a.every((item, at) => equal(item, b[at]!))
  if (a instanceof Map) return b instanceof Map && equalDictionaries(a, b)
  if (a instanceof Uint8Array) return b instanceof Uint8Array && Buffer.compare(a, b) === 0
  return a instanceof Opaque && b instanceof Opaque && a.compare(b) === 0
}

function equalDictionaries(a: Things, b: Things): boolean {
  if (a.size !== b.size) return false
  for (const [key, value] of a) {
    const other = findKey(b, key)
    if (!other || !equal(value, b.get(other.key)!)) return false
  }
  return true
}

/** A number as JavaScript compares it exactly, bigints with numbers included. */
const comparable = (number: Float | number | bigint | boolean): number | bigint =>
  number instanceof Float ? number.value : typeof number === 'boolean' ? Number(number) : number

/**
 * Which of two things comes first: negative, zero or positive, NaN where neither does (Python's nan).
 *
 * @param operator the comparison as it was written, for the message about types that have no order
 */
export function order(left: Thing, right: Thing, operator = '<'): number {
  const a = present(left)
  const b = present(right)
  if (isNumber(a) && isNumber(b)) {
    const [first, second] = [comparable(a), comparable(b)]
    return first < second ? -1 : first > second ? 1 : first == second ? 0 : Number.NaN
  }
  if (typeof a === 'string' && typeof b === 'string') return orderText(a, b)
  if (Array.isArray(a) && Array.isArray(b) && a instanceof Tuple === b instanceof Tuple) {
    for (let at = 0; at < Math.min(a.length, b.length); at++) if (!equal(a[at]!, b[at]!)) return order(a[at]!, b[at]!, operator)
    return a.length - b.length
  }
  if (a instanceof Uint8Array && b instanceof Uint8Array) return Buffer.compare(a, b)
  if (a instanceof Opaque && b instanceof Opaque) {
    const result = a.compare(b)
    if (result !== undefined) return result
  }
  return fail(`'${operator}' cannot compare ${typeName(a)} with ${typeName(b)}`, numberHint(a, b))
}

function numberHint(a: Thing, b: Thing): string | undefined {
  if ((typeof a === 'string' && isNumber(b)) || (isNumber(a) && typeof b === 'string')) return 'Turn the text into a number first: | int, or | float.'
  return undefined
}

/** By code points, as Python orders text. */
function orderText(a: string, b: string): number {
  if (a === b) return 0
  const length = Math.min(a.length, b.length)
  for (let at = 0; at < length; at++) {
    const [one, other] = [a.charCodeAt(at), b.charCodeAt(at)]
    if (one === other) continue
    const surrogates = (one & 0xf800) === 0xd800 || (other & 0xf800) === 0xd800
    return surrogates ? a.codePointAt(at)! - b.codePointAt(at)! || one - other : one - other
  }
  return a.length - b.length
}

/** Python's `item in container`. */
export function contains(container: Thing, item: Thing): boolean {
  const it = present(container)
  if (typeof it === 'string') {
    const part = present(item)
    return typeof part === 'string' ? it.includes(part) : fail(`text can contain only text, and the left side of 'in' is ${typeName(part)}`)
  }
  if (Array.isArray(it)) return it.some(member => member === item || equal(member, item))
  if (it instanceof Map) return findKey(it, item) !== undefined
  if (it instanceof Uint8Array && typeof item === 'number') return it.includes(item)
  return fail(`'in' needs a list, a dictionary or text on its right side, and got ${typeName(it)}`)
}

/** A sort that keeps the order of equals, by keys that are made once. */
export function sorted<T>(items: readonly T[], key: (item: T) => Thing, reverse = false): T[] {
  const keyed = items.map(item => ({ item, key: key(item) }))
  if (reverse) keyed.reverse()
  keyed.sort((a, b) => order(a.key, b.key) || 0)
  if (reverse) keyed.reverse()
  return keyed.map(({ item }) => item)
}
