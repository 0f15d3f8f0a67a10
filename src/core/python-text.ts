import { floatText } from './python-float.ts'
import { Float, type Value } from './value.ts'

/** A value as Python's `str` writes it. */
export const pythonText = (value: Value): string => (typeof value === 'string' ? value : pythonLiteral(value))

/** A value as Python's `repr` writes it: `[1, 'a', True, None, 2.0]`. */
export function pythonLiteral(value: Value): string {
  if (value === null) return 'None'
  if (typeof value === 'boolean') return value ? 'True' : 'False'
  if (typeof value === 'string') return quoted(value)
  if (typeof value === 'bigint') return String(value)
  if (typeof value === 'number') return Number.isInteger(value) ? BigInt(value).toString() : floatText(value)
  if (value instanceof Float) return floatText(value.value)
  if (Array.isArray(value)) return `[${value.map(pythonLiteral).join(', ')}]`
  if (value instanceof Map) return `{${[...value].map(([key, member]) => `${pythonLiteral(key)}: ${pythonLiteral(member)}`).join(', ')}}`
  if (value instanceof Uint8Array) return `b${quoted(String.fromCharCode(...value))}`
  return String(value)
}

/** The name of a value's type in Python: `<class 'str'>`. */
export function pythonClass(value: Value): string {
  const name =
    value === null ? 'NoneType'
    : typeof value === 'boolean' ? 'bool'
    : typeof value === 'string' ? 'str'
    : typeof value === 'bigint' ? 'int'
    : typeof value === 'number' ? (Number.isInteger(value) ? 'int' : 'float')
    : value instanceof Float ? 'float'
    : Array.isArray(value) ? 'list'
    : value instanceof Map ? 'dict'
    : value instanceof Uint8Array ? 'bytes'
    : 'object'
  return `<class '${name}'>`
}

const escapes: { readonly [character: string]: string } = { '\\': '\\\\', '\n': '\\n', '\r': '\\r', '\t': '\\t' }

function quoted(text: string): string {
  const mark = text.includes("'") && !text.includes('"') ? '"' : "'"
  return mark + text.replaceAll(/[\\\n\r\t]/g, character => escapes[character]!).replaceAll(mark, `\\${mark}`) + mark
}
