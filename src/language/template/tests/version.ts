import { fail } from '../fail.ts'
import { str } from '../python/text.ts'
import { truth } from '../python/truth.ts'
import { versionOrders } from '../version.ts'
import { test, type Tests } from './test.ts'

type Holds = (order: number) => boolean

const equals: Holds = order => order === 0
const differs: Holds = order => order !== 0
const less: Holds = order => order < 0
const atMost: Holds = order => order <= 0
const greater: Holds = order => order > 0
const atLeast: Holds = order => order >= 0

const operators: Readonly<Record<string, Holds>> = {
  '==': equals, '=': equals, eq: equals, '!=': differs, '<>': differs, ne: differs,
  '<': less, lt: less, '<=': atMost, le: atMost, '>': greater, gt: greater, '>=': atLeast, ge: atLeast,
}

const version = test('version operator? strict? version_type?', (value, { version: other, operator = 'eq', strict = null, version_type = null }) => {
  if (strict !== null && version_type !== null) fail('strict and version_type cannot both be given')
  if (!truth(value)) fail('the version value cannot be empty')
  if (!truth(other)) fail('the version to compare against cannot be empty')
  const kind = truth(strict) ? 'strict' : version_type === null ? 'loose' : str(version_type)
  const order = versionOrders[kind] ?? fail(`there is no kind of version '${kind}'`, `The kinds are ${Object.keys(versionOrders).join(', ')}.`)
  const holds = operators[str(operator)] ?? fail(`versions cannot be compared with '${str(operator)}'`, `The operators are ${Object.keys(operators).join(', ')}.`)
  return holds(order(str(value), str(other)))
})

export const versionTests: Tests = { version, version_compare: version }
