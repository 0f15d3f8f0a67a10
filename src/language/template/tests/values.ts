import { isFilter } from '../filters/index.ts'
import { contains, equal, order } from '../python/compare.ts'
import { isLower, isUpper } from '../python/character.ts'
import { arithmetic } from '../python/arithmetic.ts'
import { isFloat, isInteger, isNumber, numberOf } from '../python/number.ts'
import { iterate } from '../python/sequence.ts'
import { str } from '../python/text.ts'
import { truth } from '../python/truth.ts'
import { Opaque, present, type Thing, Undefined } from '../thing.ts'
import { test, type Tests, tolerantTest } from './test.ts'

const comparing = (body: (order: number) => boolean, operator: string) => test('other', (value, { other }) => body(order(value, other, operator)))
const equals = test('other', (value, { other }) => equal(value, other))
const greater = comparing(order => order > 0, '>')
const less = comparing(order => order < 0, '<')
const atLeast = comparing(order => order >= 0, '>=')
const atMost = comparing(order => order <= 0, '<=')
const differs = test('other', (value, { other }) => !equal(value, other))
const rest = (value: Thing, divisor: Thing): boolean => equal(arithmetic('%', value, divisor), 0)
const isSequence = (value: Thing): boolean => typeof value === 'string' || Array.isArray(value) || value instanceof Map || value instanceof Uint8Array
const nan = test('', value => isNumber(value) && Number.isNaN(numberOf(value)))

/** What a boolean-like text means for `truthy(convert_bool=True)`; other values keep their truth. */
function converted(value: Thing): boolean {
  const text = typeof value === 'string' ? value.toLowerCase().trim() : undefined
  if (text === undefined) return truth(value)
  if (['y', 'yes', 'on', '1', 'true', 't'].includes(text)) return true
  return ['n', 'no', 'off', '0', 'false', 'f'].includes(text) ? false : truth(value)
}

const truthy = (value: Thing, convert: Thing): boolean => (truth(convert) ? converted(value) : truth(value))

/** Tests of what a value is and how it compares. */
export const valueTests: Tests = {
  all: test('', value => iterate(value).every(truth)),
  any: test('', value => iterate(value).some(truth)),
  boolean: test('', value => typeof value === 'boolean'),
  callable: test('', value => value instanceof Opaque && value.call !== undefined),
  contains: test('value', (value, { value: item }) => contains(value, present(item))),
  defined: tolerantTest(value => !(value instanceof Undefined)),
  divisibleby: test('num', (value, { num }) => rest(value, num)),
  eq: equals,
  equalto: equals,
  escaped: test('', () => false),
  even: test('', value => rest(value, 2)),
  false: test('', value => value === false),
  falsy: test('convert_bool?', (value, { convert_bool = false }) => !truthy(value, convert_bool)),
  filter: test('', value => isFilter(str(value))),
  float: test('', value => isFloat(value)),
  ge: atLeast,
  greaterthan: greater,
  gt: greater,
  in: test('seq', (value, { seq }) => contains(seq, value)),
  integer: test('', value => isInteger(value) && typeof value !== 'boolean'),
  isnan: nan,
  iterable: test('', isSequence),
  le: atMost,
  lessthan: less,
  lower: test('', value => isLower(str(value))),
  lt: less,
  mapping: test('', value => value instanceof Map),
  nan,
  ne: differs,
  none: test('', value => value === null),
  number: test('', value => isNumber(value)),
  odd: test('', value => equal(arithmetic('%', value, 2), 1)),
  sameas: test('other', (value, { other }) => value === other),
  sequence: test('', isSequence),
  string: test('', value => typeof value === 'string'),
  true: test('', value => value === true),
  truthy: test('convert_bool?', (value, { convert_bool = false }) => truthy(value, convert_bool)),
  undefined: tolerantTest(value => value instanceof Undefined),
  upper: test('', value => isUpper(str(value))),
}

