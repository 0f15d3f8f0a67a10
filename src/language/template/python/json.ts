import { floatText } from '../../../core/python-float.ts'
import { Float, Omit } from '../../../core/value.ts'
import { fail } from '../fail.ts'
import { bounded, shallow } from '../fuel.ts'
import { Opaque, present, type Thing, type Things } from '../thing.ts'
import { order } from './compare.ts'
import { float, integer } from './number.ts'
import { str } from './text.ts'
import { typeName } from './type.ts'

export interface JsonStyle {
  /** Blanks for each level, or the text to indent with; absent for one line. */
  readonly indent?: number | string
  readonly sortKeys?: boolean
  readonly ensureAscii?: boolean
  readonly itemSeparator?: string
  readonly keySeparator?: string
}

/** Python's `json.dumps`. */
export function dumpJson(thing: Thing, style: JsonStyle = {}): string {
  const { indent, sortKeys = false, ensureAscii = true } = style
  const itemSeparator = style.itemSeparator ?? (indent === undefined ? ', ' : ',')
  const keySeparator = style.keySeparator ?? ': '
  const unit = typeof indent === 'number' ? ' '.repeat(Math.max(0, Math.min(indent, 1000))) : indent
  const quote = (text: string): string => {
    const quoted = JSON.stringify(text).replaceAll('\x7f', '\\u007f')
    return ensureAscii ? quoted.replaceAll(/[\x80-\uffff]/g, character => `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`) : quoted.replaceAll('\\u007f', '\x7f')
  }
  const enclosed = (open: string, parts: readonly string[], close: string, level: number): string => {
    if (parts.length === 0) return open + close
    const line = unit === undefined ? '' : `\n${unit.repeat(level + 1)}`
    const text = open + line + parts.join(itemSeparator + line) + (unit === undefined ? '' : `\n${unit.repeat(level)}`) + close
    bounded(text.length)
    return text
  }
  const write = (value: Thing, level: number): string => {
    shallow(level)
    const it = present(value)
    if (it === null) return 'null'
    if (typeof it === 'boolean') return it ? 'true' : 'false'
    if (typeof it === 'string') return quote(it)
    if (typeof it === 'bigint') return it.toString()
    if (typeof it === 'number') return Number.isInteger(it) ? str(it) : jsonFloat(it)
    if (it instanceof Float) return jsonFloat(it.value)
    if (it instanceof Map) {
      const entries = sortKeys ? [...it].sort(([a], [b]) => order(a, b)) : [...it]
      return enclosed('{', entries.map(([key, member]) => quote(keyText(key)) + keySeparator + write(member, level + 1)), '}', level)
    }
    if (Array.isArray(it)) return enclosed('[', it.map(item => write(item, level + 1)), ']', level)
    if (it instanceof Omit) return quote(str(it))
    if (it instanceof Opaque && (it.type === 'datetime' || it.type === 'date')) return quote(it.text().replace(' ', 'T'))
    if (it instanceof Uint8Array) return quote(Buffer.from(it).toString('utf8'))
    return fail(`${typeName(it)} cannot be written as JSON`)
  }
  return write(thing, 0)
}

const jsonFloat = (value: number): string =>
  Number.isNaN(value) ? 'NaN' : value === Infinity ? 'Infinity' : value === -Infinity ? '-Infinity' : floatText(value)

function keyText(key: Thing): string {
  if (typeof key === 'string') return key
  if (key === null) return 'null'
  if (typeof key === 'boolean') return key ? 'true' : 'false'
  return key instanceof Float || typeof key === 'number' || typeof key === 'bigint' ? str(key) : fail(`${typeName(key)} cannot be a key in JSON`)
}

const deepest = 400

/** Python's `json.loads`: integers of any size, floats told from integers, NaN and Infinity. */
export function loadJson(text: string): Thing {
  let at = 0
  let depth = 0
  const bad = (what: string): never => {
    const before = text.slice(0, at)
    const line = before.split('\n').length
    return fail(`the text is not JSON: ${what} at line ${line} column ${at - before.lastIndexOf('\n')}`)
  }
  const match = (form: RegExp): string | undefined => {
    form.lastIndex = at
    const found = form.exec(text)?.[0]
    if (found !== undefined) at += found.length
    return found
  }
  const blanks = () => match(/[ \t\n\r]*/y)
  const next = (character: string): boolean => {
    blanks()
    const found = text[at] === character
    if (found) at++
    return found
  }
  const textLiteral = (): string => {
    const found = match(/"(?:[^"\\\x00-\x1f]|\\(?:["\\/bfnrt]|u[0-9a-fA-F]{4}))*"/y)
    return found === undefined ? bad(text[at] === '"' ? 'text that does not end or has a wrong escape' : 'text in double quotes is missing') : (JSON.parse(found) as string)
  }
  const members = (): Things => {
    const result: Things = new Map()
    if (next('}')) return result
    do {
      blanks()
      const key = textLiteral()
      if (!next(':')) bad("':' is missing")
      result.set(key, value())
    } while (next(','))
    return next('}') ? result : bad("',' or '}' is missing")
  }
  const items = (): Thing[] => {
    const result: Thing[] = []
    if (next(']')) return result
    do result.push(value())
    while (next(','))
    return next(']') ? result : bad("',' or ']' is missing")
  }
  const value = (): Thing => {
    blanks()
    if (++depth > deepest) bad('it nests too deep')
    const result = scalarOrCollection()
    depth--
    return result
  }
  const scalarOrCollection = (): Thing => {
    if (next('{')) return members()
    if (next('[')) return items()
    if (text[at] === '"') return textLiteral()
    const number = match(/-?(?:0|[1-9]\d*)(?:\.\d+)?(?:[eE][-+]?\d+)?/y)
    if (number !== undefined) return /[.eE]/.test(number) ? float(Number(number)) : integer(BigInt(number))
    const word = match(/true|false|null|NaN|-?Infinity/y)
    return word === undefined ? bad('a value is missing') : words.get(word)!
  }
  const result = value()
  blanks()
  return at < text.length ? bad('something follows the value') : result
}

const words = new Map<string, Thing>([['true', true], ['false', false], ['null', null], ['NaN', Number.NaN], ['Infinity', Infinity], ['-Infinity', -Infinity]])
