import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { faults } from './faults.ts'
import { healthySetups } from './healthy.ts'
import { withTables } from './table.ts'

test('docs/verify.md has a row for each fault that is injected (npm run docs writes them)', () => {
  const text = readFileSync(join(import.meta.dirname, '../../../docs/verify.md'), 'utf8')
  expect(withTables(text)).toBe(text)
})

test('every fault and every set-up has a name of its own', () => {
  const ids = [...faults, ...healthySetups].map(({ id }) => id)
  expect(ids.filter((id, index) => ids.indexOf(id) !== index)).toEqual([])
})

test('every finding that a fault expects has a line or a cause to show', () => {
  expect(faults.filter(({ line, cause }) => !line && !cause).map(({ id }) => id)).toEqual([])
})
