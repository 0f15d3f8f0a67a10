import { readFileSync } from 'node:fs'
import { describe, expect, test } from 'vitest'
import { TemplateText, type Raw, type RawDict } from '../../src/core/value.ts'
import { parseKeyValues } from '../../src/language/key-value.ts'
import { positionOf, valuePositionOf } from '../../src/language/positions.ts'
import { parseYaml } from '../../src/language/yaml.ts'

const plain = (raw: Raw | undefined) => (raw instanceof TemplateText ? raw.text : raw)

describe('one line of parameters is read as Ansible does', () => {
  // Made by ansible-core 2.14.18.
  const cases = JSON.parse(readFileSync(new URL('key-value.cases.json', import.meta.url), 'utf8')) as [string, boolean, [object, string | null] | null][]
  test.each(cases)('%j, as a command: %s', (text, command, wanted) => {
    if (wanted === null) {
      expect(() => parseKeyValues(text, command)).toThrow(expect.objectContaining({ code: 'playbook-syntax' }))
      return
    }
    const { named, free } = parseKeyValues(text, command)
    expect([Object.fromEntries([...named].map(([key, value]) => [key, plain(value)])), plain(free) ?? null]).toEqual(wanted)
  })
})

test('values know where they stand', () => {
  const text = 'copy: src=files/a dest="{{ directory }}/a"'
  const value = (parseYaml(text, 'f.yml') as RawDict).get('copy') as TemplateText
  const { named } = parseKeyValues(value)
  expect(positionOf(named, 'dest')?.column).toBe(text.indexOf('dest') + 1)
  expect(valuePositionOf(named, 'dest')?.column).toBe(text.indexOf('{{') + 1)
  expect((named.get('dest') as TemplateText).at?.column).toBe(text.indexOf('{{') + 1)
})
