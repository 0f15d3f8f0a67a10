import { Float } from '../../../core/value.ts'
import { fail } from '../fail.ts'
import { signed } from '../python/arithmetic.ts'
import { floatOf, integerOf } from '../python/convert.ts'
import { fixed, float, integer, isInteger, isNumber, numberOf, parseFloat, parseInteger, roundFloat, whole } from '../python/number.ts'
import { repr, str } from '../python/text.ts'
import { truth } from '../python/truth.ts'
import { typeName } from '../python/type.ts'
import { present, type Thing } from '../thing.ts'
import { filter, type Filters } from './filter.ts'

const toFloat = (thing: Thing): number | undefined => (isNumber(thing) ? numberOf(thing) : typeof thing === 'string' ? parseFloat(thing) : undefined)

/** Filters on numbers. */
export const numberFilters: Filters = {
  abs: filter('', value => {
    const it = present(value)
    if (!isNumber(it)) return fail(`abs needs a number, and this is ${typeName(it)}`)
    return numberOf(it) < 0 || Object.is(numberOf(it), -0) ? signed('-', it) : signed('+', it)
  }),
  filesizeformat: filter('binary?', (value, { binary = false }) => fileSize(toFloat(present(value)) ?? fail('filesizeformat needs a number'), truth(binary))),
  float: filter('default?', (value, { default: otherwise = new Float(0) }) => {
    const number = toFloat(present(value))
    return number === undefined ? otherwise : float(number)
  }),
  human_readable: filter('isbits? unit?', (value, { isbits = false, unit = null }) =>
    humanReadable(toFloat(present(value)) ?? fail(`human_readable() failed on bad input: ${repr(value)} is no number`), truth(isbits), unit === null ? undefined : str(unit))),
  human_to_bytes: filter('default_unit? isbits?', (value, { default_unit = null, isbits = false }) => bytesOf(str(value), default_unit === null ? undefined : str(default_unit), truth(isbits))),
  int: filter('default? base?', (value, { default: otherwise = 0, base = 10 }) => {
    const it = present(value)
    if (isInteger(it)) return typeof it === 'boolean' ? Number(it) : it
    const exact = typeof it === 'string' ? parseInteger(it, integerOf(base, 'the base')) : undefined
    if (exact !== undefined) return exact
    const number = toFloat(it)
    return number === undefined || !Number.isFinite(number) ? otherwise : integer(BigInt(Math.trunc(number)))
  }),
  log: filter('base?', (value, { base = Math.E }) => {
    const number = positive(numeric(value, 'log'))
    const by = floatOf(base, 'the base')
    return float(by === 10 ? Math.log10(number) : by === Math.E ? Math.log(number) : Math.log(number) / Math.log(positive(by)))
  }),
  pow: filter('y', (value, { y }) => {
    const result = numeric(value, 'pow') ** numeric(y, 'pow')
    return Number.isNaN(result) ? fail('a negative number cannot be raised to a fraction') : float(result)
  }),
  root: filter('base?', (value, { base = 2 }) => {
    const number = numeric(value, 'root')
    const by = floatOf(base, 'the base')
    if (by === 0) fail('there is no zeroth root')
    return float(by === 2 ? Math.sqrt(number >= 0 ? number : fail('a negative number has no root')) : number ** (1 / by))
  }),
  round: filter('precision? method?', (value, { precision = 0, method = 'common' }) => {
    const it = present(value)
    if (!isNumber(it)) return fail(`round needs a number, and this is ${typeName(it)}`, 'Turn text into a number first: | float.')
    const digits = integerOf(precision, 'the precision')
    if (method === 'common') return isInteger(it) ? (digits >= 0 ? whole(Number(it)) : whole(roundFloat(Number(it), digits))) : float(roundFloat(numberOf(it), digits))
    if (method !== 'ceil' && method !== 'floor') return fail("the method of round is 'common', 'ceil' or 'floor'")
    const power = 10 ** digits
    return float((method === 'ceil' ? Math.ceil : Math.floor)(numberOf(it) * power) / power)
  }),
}

const numeric = (thing: Thing, name: string): number => {
  const it = present(thing)
  return isNumber(it) ? numberOf(it) : fail(`${name}() can only be used on numbers, and this is ${typeName(it)}`)
}

const positive = (number: number): number => (number > 0 ? number : fail('only positive numbers have a logarithm'))

function fileSize(bytes: number, binary: boolean): string {
  const base = binary ? 1024 : 1000
  if (bytes === 1) return '1 Byte'
  if (bytes < base) return `${Math.trunc(bytes)} Bytes`
  const units = ['k', 'M', 'G', 'T', 'P', 'E', 'Z', 'Y'].map(letter => (binary ? `${letter.toUpperCase()}iB` : `${letter}B`))
  const at = units.findIndex((_, step) => bytes < base ** (step + 2))
  const step = at < 0 ? units.length - 1 : at
  return `${fixed((base * bytes) / base ** (step + 2), 1)} ${units[step]}`
}

const sizes = new Map([['Y', 2 ** 80], ['Z', 2 ** 70], ['E', 2 ** 60], ['P', 2 ** 50], ['T', 2 ** 40], ['G', 2 ** 30], ['M', 2 ** 20], ['K', 2 ** 10], ['B', 1]])

const unitPrefixes: Readonly<Record<string, string>> = { K: 'kilo', M: 'mega', G: 'giga', T: 'tera', P: 'peta', E: 'exa', Z: 'zeta', Y: 'yotta' }

/** Ansible's `human_readable`: two decimals and the largest unit that fits, or the unit that is asked for. */
function humanReadable(size: number, bits: boolean, unit: string | undefined): string {
  const base = bits ? 'bits' : 'Bytes'
  for (const [suffix, limit] of sizes) {
    if (unit === undefined ? size >= limit : unit.toUpperCase() === suffix)
      return `${fixed(size / limit, 2)} ${limit === 1 ? base : suffix + base[0]!}`
  }
  return `${fixed(size, 2)} ${base}`
}

/** Ansible's `human_to_bytes`: `1.5 GB`, `2Ki`, `10` with a default unit; in bits `1Mb`. */
function bytesOf(text: string, defaultUnit: string | undefined, bits: boolean): Thing {
  const [, digits, written] = /^([0-9]*\.?[0-9]+)(?:\s*([A-Za-z]+))?\s*$/.exec(text.trim()) ?? fail(`'${text}' is no size`, 'A size is a number and a unit, as in 1.5GB.')
  const unit = written ?? defaultUnit
  const number = Number(digits)
  if (unit === undefined || unit === '') return whole(Math.round(number))
  const letter = unit[0]!.toUpperCase()
  const limit = sizes.get(letter) ?? fail(`'${text}' has no known unit`, `The units are ${[...sizes.keys()].join(', ')}.`)
  const [symbol, name] = bits ? ['b', 'bit'] : ['B', 'byte']
  const names = letter === 'B' ? [symbol, name] : [letter + symbol, unitPrefixes[letter] + name]
  if (unit.length > 1 && unit !== names[0] && unit.toLowerCase() !== names[1]) fail(`'${text}' does not count ${name}s`, `Its unit can be ${names.join(' or ')}.`)
  return whole(roundFloat(number * limit, 0))
}
