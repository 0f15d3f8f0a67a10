import { floatText } from '../../../core/python-float.ts'
import { Float } from '../../../core/value.ts'
import { bounded, shallow } from '../fuel.ts'
import { Opaque, present, type Thing, Tuple } from '../thing.ts'

/** Python's `str(thing)`. */
export function str(thing: Thing): string {
  return typeof thing === 'string' ? thing : thing instanceof Opaque ? thing.text() : repr(thing)
}

/** Python's `repr(thing)`. */
export function repr(thing: Thing, level = 0): string {
  shallow(level)
  const it = present(thing)
  if (it === null) return 'None'
  switch (typeof it) {
    case 'boolean': return it ? 'True' : 'False'
    case 'string': return quote(it)
    case 'bigint': return it.toString()
    case 'number': return Number.isSafeInteger(it) ? String(it) : Number.isInteger(it) ? BigInt(it).toString() : floatText(it)
  }
  if (it instanceof Float) return floatText(it.value)
  if (Array.isArray(it)) {
    const items = join(it.map(item => repr(item, level + 1)))
    if (!(it instanceof Tuple)) return `[${items}]`
    return it.length === 1 ? `(${items},)` : `(${items})`
  }
  if (it instanceof Map) return `{${join(Array.from(it, ([key, value]) => `${repr(key, level + 1)}: ${repr(value, level + 1)}`))}}`
  if (it instanceof Uint8Array) return quoteBytes(it)
  if (it instanceof Opaque) return it.repr()
  return it.toString()
}

function join(parts: readonly string[]): string {
  bounded(parts.reduce((size, part) => size + part.length + 2, 0))
  return parts.join(', ')
}

const escapes: Readonly<Record<string, string>> = { '\\': '\\\\', '\n': '\\n', '\r': '\\r', '\t': '\\t' }

/** Python's text literal: single quotes unless that would need escapes, everything unprintable escaped. */
function quote(text: string): string {
  if (/^[\w +,./:;=@-]*$/.test(text)) return `'${text}'`
  const mark = text.includes("'") && !text.includes('"') ? '"' : "'"
  const body = text.replaceAll(/[\\\n\r\t'"]|\p{C}|(?! )\p{Z}/gu, character => {
    if (character === "'" || character === '"') return character === mark ? `\\${character}` : character
    return escapes[character] ?? escapeCode(character.codePointAt(0)!)
  })
  return mark + body + mark
}

const escapeCode = (code: number): string =>
  code <= 0xff ? `\\x${code.toString(16).padStart(2, '0')}` : code <= 0xffff ? `\\u${code.toString(16).padStart(4, '0')}` : `\\U${code.toString(16).padStart(8, '0')}`

function quoteBytes(bytes: Uint8Array): string {
  const text = Array.from(bytes, byte => String.fromCharCode(byte)).join('')
  const mark = text.includes("'") && !text.includes('"') ? '"' : "'"
  const body = text.replaceAll(/[\\\n\r\t'"]|[^\x20-\x7e]/g, character => {
    if (character === "'" || character === '"') return character === mark ? `\\${character}` : character
    return escapes[character] ?? escapeCode(character.charCodeAt(0))
  })
  return `b${mark}${body}${mark}`
}
