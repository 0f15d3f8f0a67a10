import { fail } from '../fail.ts'
import { bounded } from '../fuel.ts'
import { present, type Thing, Tuple, tuple } from '../thing.ts'
import { isInteger } from './number.ts'
import { str } from './text.ts'
import { characters, textLength, typeName } from './type.ts'

/** What a `for` goes through: items, keys, characters. */
export function iterate(thing: Thing): readonly Thing[] {
  const it = present(thing)
  if (Array.isArray(it)) return it
  if (it instanceof Map) return [...it.keys()]
  if (typeof it === 'string') return characters(it)
  if (it instanceof Uint8Array) return [...it]
  return fail(`'${typeName(it)}' object is not iterable: a list, a dictionary or text is needed here`)
}

/** Python's `len(thing)`. */
export function length(thing: Thing): number {
  const it = present(thing)
  if (typeof it === 'string') return textLength(it)
  if (Array.isArray(it) || it instanceof Uint8Array) return it.length
  if (it instanceof Map) return it.size
  return fail(`${typeName(it)} has no length`)
}

/** The item at an index, negative ones counted from the end; `undefined` outside. */
export function itemAt(sequence: readonly Thing[] | string | Uint8Array, index: number): Thing | undefined {
  const items = typeof sequence === 'string' ? characters(sequence) : sequence
  return items[index < 0 ? index + items.length : index]
}

/** Python's `sequence[start:stop:step]`. */
export function slice(thing: Thing, start: Thing, stop: Thing, step: Thing): Thing {
  const it = present(thing)
  const items = typeof it === 'string' ? characters(it) : Array.isArray(it) || it instanceof Uint8Array ? it : undefined
  if (!items) return fail(`${typeName(it)} cannot be sliced`)
  const by = bound(step) ?? 1
  if (by === 0) fail('the step of a slice cannot be zero')
  const clamp = (index: number, low: number, high: number) => Math.min(Math.max(index < 0 ? index + items.length : index, low), high)
  const [low, high] = by > 0 ? [0, items.length] : [-1, items.length - 1]
  const [first, last] = [bound(start), bound(stop)]
  const from = first === undefined ? (by > 0 ? low : high) : clamp(first, low, high)
  const to = last === undefined ? (by > 0 ? high : low) : clamp(last, low, high)
  const picked: Thing[] = []
  for (let at = from; by > 0 ? at < to : at > to; at += by) picked.push(items[at]!)
  if (typeof it === 'string') return picked.join('')
  if (it instanceof Uint8Array) return Uint8Array.from(picked as number[])
  return it instanceof Tuple ? tuple(picked) : picked
}

function bound(thing: Thing): number | undefined {
  const it = present(thing)
  if (it === null) return undefined
  return isInteger(it) ? Number(it) : fail(`the bounds of a slice must be integers, and this is ${typeName(it)}`)
}

/** `sequence * times`. */
export function repeat(sequence: Thing[] | string, times: number): Thing {
  const count = sequence.length === 0 ? 0 : Math.max(0, times)
  bounded(sequence.length * count)
  if (typeof sequence === 'string') return sequence.repeat(count)
  const result: Thing[] = []
  for (let round = 0; round < count; round++) for (const item of sequence) result.push(item)
  return sequence instanceof Tuple ? tuple(result) : result
}

/** Texts of the items with a separator between. */
export function joinText(separator: string, items: readonly Thing[]): string {
  const parts = items.map(str)
  bounded(parts.reduce((size, part) => size + part.length + separator.length, 0))
  return parts.join(separator)
}
