import { Float } from '../../../core/value.ts'
import { fail } from '../fail.ts'
import { bounded } from '../fuel.ts'
import { Opaque, present, type Thing, Tuple, tuple } from '../thing.ts'
import { float, integer, isInteger, isNumber, numberOf, whole } from './number.ts'
import { repeat } from './sequence.ts'
import { typeName } from './type.ts'
import { percentFormat } from './percent-format.ts'

export type Operator = '+' | '-' | '*' | '/' | '//' | '%' | '**'

/** Python's arithmetic, on text and lists too where Python has it. */
export function arithmetic(operator: Operator, left: Thing, right: Thing): Thing {
  const a = present(left)
  if (operator === '%' && typeof a === 'string') return percentFormat(a, right)
  const b = present(right)
  if (isInteger(a) && isInteger(b)) return integers(operator, a, b)
  if (isNumber(a) && isNumber(b)) return floats(operator, numberOf(a), numberOf(b))
  if (operator === '+') {
    if (typeof a === 'string' && typeof b === 'string') {
      bounded(a.length + b.length)
      return a + b
    }
    if (Array.isArray(a) && Array.isArray(b) && a instanceof Tuple === b instanceof Tuple) {
      bounded(a.length + b.length)
      return a instanceof Tuple ? tuple([...a, ...b]) : [...a, ...b]
    }
  }
  if (operator === '*') {
    if ((typeof a === 'string' || Array.isArray(a)) && isInteger(b)) return repeat(a, Number(b))
    if (isInteger(a) && (typeof b === 'string' || Array.isArray(b))) return repeat(b, Number(a))
  }
  const result = a instanceof Opaque ? a.operate(operator, b) : b instanceof Opaque ? b.operateFromRight(operator, a) : undefined
  return result ?? fail(`${typeName(a)} ${operator} ${typeName(b)} has no meaning`, advice(operator, a, b))
}

function advice(operator: Operator, a: Thing, b: Thing): string | undefined {
  const mixed = (typeof a === 'string' && isNumber(b)) || (isNumber(a) && typeof b === 'string')
  if (mixed) return operator === '+' ? 'Join text with ~, or turn the text into a number with | int.' : 'Turn the text into a number first: | int, or | float.'
  if (operator === '+' && (typeof a === 'string' || typeof b === 'string')) return 'Join text with ~.'
  return operator === '+' && (a instanceof Map || b instanceof Map) ? 'Merge dictionaries with | combine.' : undefined
}

function integers(operator: Operator, a: number | bigint | boolean, b: number | bigint | boolean): Thing {
  if (operator === '/') return quotient(BigInt(a), BigInt(b))
  if (operator === '**') return power(a, b)
  if (typeof a !== 'bigint' && typeof b !== 'bigint') {
    const result = small(operator, Number(a), Number(b))
    if (Number.isSafeInteger(result)) return result + 0
  }
  return integer(large(operator, BigInt(a), BigInt(b)))
}

function small(operator: Operator, a: number, b: number): number {
  switch (operator) {
    case '+': return a + b
    case '-': return a - b
    case '*': return a * b
    case '//': return (a - modulo(a, nonZero(b))) / b
    default: return modulo(a, nonZero(b))
  }
}

function large(operator: Operator, a: bigint, b: bigint): bigint {
  switch (operator) {
    case '+': return a + b
    case '-': return a - b
    case '*': {
      bounded((bits(a) + bits(b)) / 4)
      return a * b
    }
  }
  if (b === 0n) return fail('division by zero')
  const rest = ((a % b) + b) % b
  return operator === '%' ? rest : (a - rest) / b
}

function power(base: number | bigint | boolean, exponent: number | bigint | boolean): Thing {
  if (Number(exponent) < 0) {
    if (Number(base) === 0) fail('zero cannot be raised to a negative power')
    return float(Number(base) ** Number(exponent))
  }
  const result = Number(base) ** Number(exponent)
  if (Number.isSafeInteger(result)) return result + 0
  bounded(bits(BigInt(base)) * Number(exponent))
  return integer(BigInt(base) ** BigInt(exponent))
}

/** The float nearest to `a / b`. */
function quotient(a: bigint, b: bigint): Thing {
  if (b === 0n) return fail('division by zero')
  const [near, safe] = [Number(a), Number(b)]
  if (Number.isSafeInteger(near) && Number.isSafeInteger(safe)) return float(near / safe + 0)
  const negative = a < 0n !== b < 0n
  const [size, by] = [a < 0n ? -a : a, b < 0n ? -b : b]
  const shift = Math.max(0, bits(by) - bits(size) + 70)
  const scaled = size << BigInt(shift)
  const exact = scaled / by
  const sticky = scaled % by === 0n ? exact : exact | 1n
  const result = Number(sticky) / 2 ** shift
  return Number.isFinite(result) ? float(negative ? -result : result) : fail('the quotient is too large for a float')
}

const bits = (value: bigint): number => value.toString(16).length * 4

function floats(operator: Operator, a: number, b: number): Thing {
  switch (operator) {
    case '+': return float(a + b)
    case '-': return float(a - b)
    case '*': return float(a * b)
    case '/': return float(a / nonZero(b))
    case '//': return float(Math.floor(a / nonZero(b)))
    case '%': return float(modulo(a, nonZero(b)))
    case '**': return a < 0 && !Number.isInteger(b) ? fail('a negative number cannot be raised to a fraction') : float(a ** b)
  }
}

const nonZero = (divisor: number): number => (divisor === 0 ? fail('division by zero') : divisor)

/** With the sign of the divisor, as Python has it. */
function modulo(a: number, b: number): number {
  if (!Number.isFinite(b) && Number.isFinite(a)) return a === 0 || a < 0 === b < 0 ? a : b
  const rest = a % b
  if (rest === 0) return b < 0 ? -0 : 0
  return rest < 0 !== b < 0 ? rest + b : rest
}

/** `-thing` and `+thing`. */
export function signed(sign: '-' | '+', thing: Thing): Thing {
  const it = present(thing)
  if (!isNumber(it)) return fail(`${sign} needs a number, and this is ${typeName(it)}`)
  if (typeof it === 'bigint') return integer(sign === '-' ? -it : it)
  if (it instanceof Float || !Number.isInteger(Number(it))) return float(sign === '-' ? -numberOf(it) : numberOf(it))
  return whole(sign === '-' ? -Number(it) : Number(it))
}
