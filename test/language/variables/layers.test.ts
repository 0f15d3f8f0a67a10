import { expect, test } from 'vitest'
import type { Raw, Value } from '../../../src/core/value.ts'
import { LayeredVariables } from '../../../src/language/variables/layers.ts'

const layer = (members: Record<string, Raw>) => new Map<Value, Raw>(Object.entries(members))

test('the variable that is set last wins, and nothing else hides it', () => {
  const variables = new LayeredVariables([layer({ a: 1, b: 1 }), layer({ b: 2, c: null }), layer({})])
  expect([variables.get('a'), variables.get('b'), variables.get('c'), variables.get('d')]).toEqual([1, 2, null, undefined])
  expect([...variables.names()]).toEqual(['a', 'b', 'c'])
})
