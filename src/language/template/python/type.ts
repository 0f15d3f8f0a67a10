import { Float, Omit } from '../../../core/value.ts'
import { Unknown } from '../../../core/unknown.ts'
import { Opaque, type Thing, Tuple, Undefined } from '../thing.ts'
import { isInteger } from './number.ts'

/** Python's name of a thing's type, for messages and `type_debug`. */
export function typeName(thing: Thing): string {
  if (thing === null) return 'NoneType'
  if (typeof thing === 'boolean') return 'bool'
  if (typeof thing === 'string') return 'str'
  if (isInteger(thing)) return 'int'
  if (typeof thing === 'number' || thing instanceof Float) return 'float'
  if (thing instanceof Tuple) return 'tuple'
  if (Array.isArray(thing)) return 'list'
  if (thing instanceof Map) return 'dict'
  if (thing instanceof Uint8Array) return 'bytes'
  if (thing instanceof Undefined) return 'Undefined'
  if (thing instanceof Unknown) return 'unknown'
  if (thing instanceof Omit) return 'str'
  return (thing as Opaque).type
}

/** Text by Python's code points: what `len`, indexes and slices count. */
export const characters = (text: string): readonly string[] => (/[\ud800-\udfff]/.test(text) ? Array.from(text) : text.split(''))

export const textLength = (text: string): number => (/[\ud800-\udfff]/.test(text) ? Array.from(text).length : text.length)

/** Python's whitespace (`str.isspace`), for character classes of patterns with the u flag. */
export const blank = '\\t-\\r\\x1c-\\x20\\x85\\xa0\\u1680\\u2000-\\u200a\\u2028\\u2029\\u202f\\u205f\\u3000'
