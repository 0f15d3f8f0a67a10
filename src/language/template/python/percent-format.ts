import { Float } from '../../../core/value.ts'
import { fail } from '../fail.ts'
import { bounded } from '../fuel.ts'
import { orElse, present, type Thing, Tuple } from '../thing.ts'
import { getItem } from './dictionary.ts'
import { isInteger, isNumber, numberOf } from './number.ts'
import { formatFloat, formatInteger } from './number-format.ts'
import { repr, str } from './text.ts'
import { characters, typeName } from './type.ts'

const directive = /%(?:\(([^)]*)\))?([#0\- +]*)(\*|\d+)?(\.(?:\*|\d+)?)?[hlL]?(.)?/gs

/** Python's `text % arguments`: a tuple gives them in order, a dictionary by name, anything else is the only one. */
export function percentFormat(text: string, given: Thing): string {
  const arguments_ = given instanceof Tuple ? given : [given]
  let used = 0
  let named = false
  const next = (): Thing => (used < arguments_.length ? arguments_[used++]! : fail('not enough arguments for the format'))
  const size = (written: string | undefined): number | undefined => {
    if (written === undefined) return undefined
    if (written !== '*') return Number(written)
    const value = next()
    return isInteger(value) ? Number(value) : fail('* in a format needs an integer')
  }
  const result = text.replaceAll(directive, (_, name: string | undefined, flags: string, width: string | undefined, precision: string | undefined, form: string | undefined) => {
    if (form === undefined) return fail('the format ends within a %')
    if (form === '%' && name === undefined && flags === '' && width === undefined) return '%'
    if (name !== undefined) named = true
    const wide = size(width) ?? 0
    const exact = precision === '.' ? 0 : size(precision?.slice(1))
    const value = name === undefined ? next() : member(given, name)
    return pad(convert(present(value), form, flags, exact), wide, flags, form)
  })
  if (!named && used < arguments_.length && (given instanceof Tuple || !(given instanceof Map || Array.isArray(given)))) fail('not all arguments were used by the format')
  bounded(result.length)
  return result
}

function member(given: Thing, name: string): Thing {
  const it = present(given)
  if (!(it instanceof Map)) return fail(`%(${name}) needs a dictionary, and got ${typeName(it)}`)
  return orElse(getItem(it, name), () => fail(`the dictionary has no '${name}', which the format asks for`))
}

function convert(value: Thing, form: string, flags: string, precision: number | undefined): string {
  const cut = (text: string) => (precision === undefined ? text : characters(text).slice(0, precision).join(''))
  switch (form) {
    case 's': return cut(str(value))
    case 'r': case 'a': return cut(repr(value))
    case 'c': return isInteger(value) ? String.fromCodePoint(Number(value)) : typeof value === 'string' && characters(value).length === 1 ? value : fail('%c needs an integer or one character')
    case 'd': case 'i': case 'u': case 'o': case 'x': case 'X': {
      if (!isNumber(value) || (!isInteger(value) && !'diu'.includes(form))) return fail(`%${form} needs a number, and got ${typeName(value)}`, 'Turn the text into a number first: | int.')
      const exact = value instanceof Float || !isInteger(value) ? BigInt(Math.trunc(numberOf(value))) : BigInt(value)
      const digits = formatInteger(exact < 0n ? -exact : exact, form, flags.includes('#')).padStart(precision ?? 0, '0')
      return sign(exact < 0n, flags) + digits
    }
    case 'e': case 'E': case 'f': case 'F': case 'g': case 'G': {
      if (!isNumber(value)) return fail(`%${form} needs a number, and got ${typeName(value)}`, 'Turn the text into a number first: | float.')
      const number = numberOf(value)
      bounded(precision ?? 0)
      return sign(number < 0 || Object.is(number, -0), flags) + formatFloat(number, form, precision ?? 6, flags.includes('#'))
    }
  }
  return fail(`a format has no %${form}`)
}

const sign = (negative: boolean, flags: string): string => (negative ? '-' : flags.includes('+') ? '+' : flags.includes(' ') ? ' ' : '')

function pad(text: string, width: number, flags: string, form: string): string {
  bounded(width)
  const missing = width - characters(text).length
  if (missing <= 0) return text
  if (flags.includes('-')) return text + ' '.repeat(missing)
  if (!flags.includes('0') || 'srac'.includes(form)) return ' '.repeat(missing) + text
  const head = /^[+\- ]?(?:0[xXo])?/.exec(text)![0]
  return head + '0'.repeat(missing) + text.slice(head.length)
}
