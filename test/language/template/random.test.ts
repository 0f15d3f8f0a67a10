import { describe, expect, test } from 'vitest'
import { shown } from './given.ts'

// What ansible-core 2.18 gives for the same expressions, printed as the item of a list, with the variables of given.ts.
const results = [
  ["[1, 2, 3] | random(seed='x')", '3'],
  ["['a', 'b', 'c', 'd'] | random(seed='host1')", "'d'"],
  ["59 | random(seed='matrix.example.org')", '31'],
  ["100 | random(start=10, step=10, seed='s')", '80'],
  ['60 | random(seed=42)', '40'],
  ["1000000 | random(seed='abc')", '809526'],
  ["[1, 2, 3, 4, 5, 6] | shuffle(seed='x')", '[5, 2, 1, 4, 3, 6]'],
  ["['a', 'b', 'c'] | shuffle(seed='host')", "['c', 'b', 'a']"],
  ["10 | random(seed='')", '7'],
  ["4294967296 | random(seed='big')", '2904262553'],
  ["['x'] | random(seed=1)", "'x'"],
  ["22 | shuffle", '22'],
] as const

describe("random choices with a seed are Ansible's", () => {
  test.each(results)('%s is %s', (expression, text) => expect(shown(expression)).toBe(text))
})
