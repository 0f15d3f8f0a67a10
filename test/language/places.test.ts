import { describe, expect, test } from 'vitest'
import { ProvisionError } from '../../src/core/error.ts'
import type { RawDict } from '../../src/core/value.ts'
import { textPositionOf } from '../../src/language/positions.ts'
import { Evaluation } from '../../src/language/template/evaluation.ts'
import { parseYaml } from '../../src/language/yaml.ts'

const evaluation = () => new Evaluation({ get: () => undefined, names: () => [] }, { directory: '/' })

let count = 0

/** Where the error of a value points: the text that is underlined. */
function underlined(text: string, body: (value: RawDict) => unknown): string {
  try {
    body(parseYaml(text, `f${++count}.yml`) as RawDict)
  } catch (error) {
    if (!(error instanceof ProvisionError) || !error.at) throw error
    const { line, column, endColumn } = error.at
    return text.split('\n')[line - 1]!.slice(column - 1, (endColumn ?? column + 1) - 1)
  }
  throw new Error('there was no mistake')
}

describe('a mistake in a template is underlined where it was written', () => {
  test.each([
    ['plain', 'a: one {{ HERE }}'],
    ['in single quotes', "a: 'it''s {{ HERE }}'"],
    ['in double quotes over lines', 'a: "one\n  two \\"x\\"\n  {{ HERE }}"'],
    ['in a literal block', 'a: |\n\n    one\n      {{ HERE }}'],
    ['in a folded block', 'a: >-\n    one two\n    three\n\n    four {{ HERE }} five'],
    ['plain over lines', 'a: one\n  two\n    {{ HERE }}'],
  ])('%s', (_, text) => expect(underlined(text, value => evaluation().evaluate(value.get('a')!))).toBe('HERE'))
})

describe('a mistake in a condition is underlined where it was written', () => {
  test.each([
    ['plain', 'when: 1 == 1 and HERE'],
    ['quoted', 'when: "1 == 1 and HERE"'],
    ['in a folded block', 'when: >\n  1 == 1 and\n  2 == 2 and\n  HERE'],
    ['in a literal block', 'when: |\n  1 == 1 and\n  HERE'],
    ['over lines', 'when: 1 == 1\n  and HERE'],
  ])('%s', (_, text) => expect(underlined(text, value => evaluation().condition(value.get('when')!, textPositionOf(value, 'when')))).toBe('HERE'))

  test('in a list', () => {
    const text = 'when:\n  - true\n  - "1 == 1 and\n     HERE"'
    expect(underlined(text, value => { const list = value.get('when') as string[]; return evaluation().condition(list[1]!, textPositionOf(list, 1)) })).toBe('HERE')
  })
})
