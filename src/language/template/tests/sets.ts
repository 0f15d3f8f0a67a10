import { Distinct } from '../python/distinct.ts'
import { iterate } from '../python/sequence.ts'
import type { Thing } from '../thing.ts'
import { test, type Tests } from './test.ts'

const within = (part: Thing, all: Thing): boolean => {
  const known = new Distinct(iterate(all))
  return iterate(part).every(item => known.has(item))
}

const subset = test('b', (value, { b }) => within(value, b))
const superset = test('b', (value, { b }) => within(b, value))

export const setTests: Tests = { issubset: subset, issuperset: superset, subset, superset }
