import { Float } from '../../../core/value.ts'
import type { Thing } from '../thing.ts'

/**
 * Python's numbers: an integer is a safe integral number, a bigint beyond that, or a boolean; a float is a `Float`
 * where it is whole, else a number.
 */
export type Integer = number | bigint

export const isInteger = (thing: Thing | undefined): thing is Integer | boolean =>
  typeof thing === 'boolean' || typeof thing === 'bigint' || (typeof thing === 'number' && Number.isInteger(thing))

export const isFloat = (thing: Thing | undefined): thing is Float | number =>
  thing instanceof Float || (typeof thing === 'number' && !Number.isInteger(thing))

export const isNumber = (thing: Thing | undefined): thing is Float | Integer | boolean =>
  thing instanceof Float || typeof thing === 'number' || typeof thing === 'bigint' || typeof thing === 'boolean'

/** A float as a thing. */
export const float = (value: number): number | Float => (Number.isInteger(value) ? new Float(value) : value)

/** An integer as a thing. */
export const integer = (value: bigint): Integer =>
  value >= BigInt(Number.MIN_SAFE_INTEGER) && value <= BigInt(Number.MAX_SAFE_INTEGER) ? Number(value) : value

/** A number of either kind as a JavaScript number; precision beyond 2^53 is lost. */
export const numberOf = (thing: Float | Integer | boolean): number => (thing instanceof Float ? thing.value : Number(thing))

/** An integral JavaScript number of any size as an integer. */
export const whole = (value: number): Integer => (Number.isSafeInteger(value) ? value + 0 : integer(BigInt(value)))

const integerForms: readonly (readonly [number, RegExp])[] = [
  [16, /^0x_?([0-9a-f]+(?:_[0-9a-f]+)*)$/i],
  [8, /^0o_?([0-7]+(?:_[0-7]+)*)$/i],
  [2, /^0b_?([01]+(?:_[01]+)*)$/i],
]

/** Python's `int(text, base)`; `undefined` where that is an error. Base 0 reads the prefix. */
export function parseInteger(text: string, base = 10): Integer | undefined {
  const match = /^([+-]?)(.*)$/s.exec(text.trim())!
  let digits = match[2]!
  for (const [form, pattern] of integerForms) {
    const found = pattern.exec(digits)
    if (found && (base === form || base === 0)) {
      base = form
      digits = found[1]!
      break
    }
  }
  if (base === 0) {
    if (/^0[0-9_]*[1-9]/.test(digits)) return undefined
    base = 10
  }
  if (base < 2 || base > 36 || !/^[0-9a-z]+(?:_[0-9a-z]+)*$/i.test(digits)) return undefined
  let value = 0n
  const wide = BigInt(base)
  for (const digit of digits.replaceAll('_', '')) {
    const worth = Number.parseInt(digit, 36)
    if (worth >= base) return undefined
    value = value * wide + BigInt(worth)
  }
  return integer(match[1] === '-' ? -value : value)
}

/** Python's `float(text)`; `undefined` where that is an error. */
export function parseFloat(text: string): number | undefined {
  const trimmed = text.trim().toLowerCase()
  const named = /^([+-]?)(inf|infinity|nan)$/.exec(trimmed)
  if (named) return named[2] === 'nan' ? Number.NaN : named[1] === '-' ? -Infinity : Infinity
  if (!/^[+-]?(?:\d+(?:_\d+)*\.?(?:\d+(?:_\d+)*)?|\.\d+(?:_\d+)*)(?:e[+-]?\d+(?:_\d+)*)?$/.test(trimmed)) return undefined
  return Number(trimmed.replaceAll('_', ''))
}

/** Rounds half to even on the exact decimal value, as Python's `round(value, digits)`. */
export function roundFloat(value: number, digits: number): number {
  if (!Number.isFinite(value) || digits > 22 + 300) return value
  if (digits >= 0) return Number(fixed(value, Math.min(digits, 340)))
  const power = 10n ** BigInt(-digits)
  const exact = BigInt(Math.trunc(value))
  const rest = exact % power
  const down = exact - rest
  const half = power / 2n
  const size = rest < 0n ? -rest : rest
  const odd = (down / power) % 2n !== 0n
  const up = size > half || (size === half && (odd || Math.abs(value - Math.trunc(value)) > 0))
  const result = Number(up ? down + (value < 0 ? -power : power) : down)
  return result === 0 && value < 0 ? -0 : result
}

/** A finite float with so many decimals, exactly rounded, half to even (JavaScript's toFixed stops at 1e21 and 100 digits). */
export function fixed(value: number, digits: number): string {
  const negative = value < 0 || Object.is(value, -0)
  const [mantissa, exponent] = exactFraction(Math.abs(value))
  const scaled = mantissa * 10n ** BigInt(digits)
  const divisor = exponent < 0 ? 1n << BigInt(-exponent) : 1n
  const product = exponent > 0 ? scaled << BigInt(exponent) : scaled
  let quotient = product / divisor
  const twice = (product % divisor) * 2n
  if (twice > divisor || (twice === divisor && quotient % 2n === 1n)) quotient += 1n
  const text = quotient.toString().padStart(digits + 1, '0')
  const body = digits === 0 ? text : `${text.slice(0, -digits)}.${text.slice(-digits)}`
  return negative ? `-${body}` : body
}

/** A float as mantissa · 2^exponent. */
function exactFraction(value: number): readonly [bigint, number] {
  const view = new DataView(new ArrayBuffer(8))
  view.setFloat64(0, value)
  const bits = view.getBigUint64(0)
  const exponent = Number((bits >> 52n) & 0x7ffn)
  const fraction = bits & 0xfffffffffffffn
  return exponent === 0 ? [fraction, -1074] : [fraction | 0x10000000000000n, exponent - 1075]
}
