import { Float } from '../../../core/value.ts'
import { fail } from '../fail.ts'
import { bounded } from '../fuel.ts'
import { type Arguments, Opaque, present, type Thing } from '../thing.ts'
import { attribute, item } from './member.ts'
import { isInteger, isNumber, numberOf } from './number.ts'
import { formatFloat, formatInteger } from './number-format.ts'
import { repr, str } from './text.ts'
import { characters, typeName } from './type.ts'

/** Python's `'…{}…'.format(…)`: positions, names, members, conversions and format specifications. */
export function braceFormat(text: string, given: Arguments): string {
  let automatic = 0
  const field = (written: string): Thing => {
    const [, first, path] = /^([^.[]*)(.*)$/s.exec(written)!
    const at = first === '' ? automatic++ : /^\d+$/.test(first!) ? Number(first) : undefined
    const start = at === undefined ? given.named.get(first!) : given.positional[at]
    if (start === undefined) return fail(at === undefined ? `the format asks for '${first}', which is not given` : `the format asks for argument ${at}, which is not given`)
    let value: Thing = start
    for (const [, name, key] of path!.matchAll(/\.([^.[]+)|\[([^\]]*)\]/g))
      value = name === undefined ? item(value, /^\d+$/.test(key!) ? Number(key) : key!) : attribute(value, name)
    return value
  }
  const expand = (part: string, depth: number): string => {
    let result = ''
    for (let at = 0; at < part.length; at++) {
      const character = part[at]!
      if ((character === '{' || character === '}') && part[at + 1] === character) {
        result += character
        at++
      } else if (character === '{') {
        const end = closing(part, at)
        const inner = part.slice(at + 1, end)
        const [, name, conversion, specification] = /^([^!:]*)(?:!([rsa]))?(?::(.*))?$/s.exec(inner) ?? fail(`'{${inner}}' is no replacement field`)
        const value = present(field(name!))
        const spec = specification?.includes('{') && depth < 2 ? expand(specification, depth + 1) : (specification ?? '')
        result += formatted(conversion === 'r' || conversion === 'a' ? repr(value) : conversion === 's' ? str(value) : value, spec)
        at = end
      } else if (character === '}') fail("a single '}' in the format")
      else result += character
    }
    return result
  }
  const result = expand(text, 0)
  bounded(result.length)
  return result
}

function closing(text: string, open: number): number {
  let depth = 0
  for (let at = open; at < text.length; at++) {
    if (text[at] === '{') depth++
    else if (text[at] === '}' && --depth === 0) return at
  }
  return fail("a '{' of the format is not closed")
}

/** Python's `format(value, specification)`. */
export function formatted(value: Thing, specification: string): string {
  if (value instanceof Opaque && specification !== '') return value.format(specification)
  if (specification === '') return str(value)
  const match = /^(?:(.)?([<>=^]))?([-+ ])?(#)?(0)?(\d+)?([,_])?(?:\.(\d+))?([bcdeEfFgGnosxX%])?$/su.exec(specification)
  if (!match) return fail(`'${specification}' is no format for ${typeName(value)}`)
  const [, fill, align, signs = '-', alternate, zero, width = '0', group, precision, form] = match
  bounded(Number(width) + Number(precision ?? 0))
  const numeric = isNumber(value) && form !== 's' && form !== 'c'
  const [head, body] = numeric
    ? number(value, form, alternate !== undefined, precision === undefined ? undefined : Number(precision), group, signs)
    : ['', characterOr(value, form, precision === undefined ? undefined : Number(precision))]
  const missing = Number(width) - characters(head + body).length
  if (missing <= 0) return head + body
  const filler = fill ?? (zero ? '0' : ' ')
  const side = align ?? (zero && numeric ? '=' : numeric ? '>' : '<')
  if (side === '=') return head + filler.repeat(missing) + body
  if (side === '<') return head + body + filler.repeat(missing)
  if (side === '>') return filler.repeat(missing) + head + body
  const left = Math.floor(missing / 2)
  return filler.repeat(left) + head + body + filler.repeat(missing - left)
}

function characterOr(value: Thing, form: string | undefined, precision: number | undefined): string {
  if (form === 'c' && isInteger(value)) return String.fromCodePoint(Number(value))
  if (form !== undefined && form !== 's') return fail(`the format '${form}' is not for ${typeName(value)}`)
  const text = str(value)
  return precision === undefined ? text : characters(text).slice(0, precision).join('')
}

function number(value: Float | number | bigint | boolean, form: string | undefined, alternate: boolean, precision: number | undefined, group: string | undefined, signs: string): [string, string] {
  const negative = isInteger(value) ? Number(value) < 0 : numberOf(value) < 0 || Object.is(numberOf(value), -0)
  const head = negative ? '-' : signs === '-' ? '' : signs
  if (isInteger(value) && !'eEfFgG%'.includes(form ?? 'd')) {
    const exact = BigInt(value)
    const digits = formatInteger(exact < 0n ? -exact : exact, form ?? 'd', alternate)
    const [, prefix, rest] = /^(0[box])?(.*)$/i.exec(digits)!
    return [head + (prefix ?? ''), grouped(rest!, group, form !== undefined && 'boxX'.includes(form) ? 4 : 3)]
  }
  const size = Math.abs(numberOf(value))
  if (form === undefined && precision === undefined) return [head, grouped(str(new Float(size)), group, 3)]
  if (form === '%') return [head, `${grouped(formatFloat(size * 100, 'f', precision ?? 6, alternate), group, 3)}%`]
  if (form !== undefined && !'eEfFgGn'.includes(form)) fail(`the format '${form}' is not for a float`)
  return [head, grouped(formatFloat(size, form === undefined ? 'r' : form === 'n' ? 'g' : form, precision ?? 6, alternate), group, 3)]
}

function grouped(digits: string, mark: string | undefined, every: number): string {
  if (mark === undefined) return digits
  const [, whole, rest] = /^([0-9a-f]*)(.*)$/is.exec(digits)!
  return whole!.replaceAll(new RegExp(`\\B(?=(?:.{${every}})+$)`, 'g'), mark) + rest!
}

