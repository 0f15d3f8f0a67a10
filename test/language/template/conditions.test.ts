import { describe, expect, test } from 'vitest'
import { Unknown } from '../../../src/core/unknown.ts'
import { TemplateText, type Raw } from '../../../src/core/value.ts'
import { evaluation } from './given.ts'

const unknown = new Unknown("'apt update' has not run yet")
const more = { later: unknown, yes_text: 'yes', no_text: 'no', false_text: 'false', expression: 'n == 5', evil: "lookup('pipe', 'touch /tmp/evil')" }
const holds = (condition: Raw) => evaluation(more).condition(condition)

test.each<[Raw, boolean]>([
  ['n == 5', true],
  ['n == 6', false],
  ['n > 3 and s is search("World")', true],
  ['not t', false],
  ['res is changed and res is not failed', true],
  ['nope is not defined', true],
  ['nope is defined and nope.x == 1', false],
  ['none_', false],
  ['e', false],
  ["'no'", true],
  ['no_text', true],
  ['l', true],
  [true, true],
  [false, false],
  ['', true],
  [null, true],
  [0, false],
  [[], true],
  [['n == 5', 't'], true],
  [['n == 6', 'nope.x'], false],
  [[true, false], false],
  [new TemplateText('{{ n == 5 }}'), true],
  [new TemplateText('{{ false_text }}'), false],
  [new TemplateText('{{ expression }}'), true],
  [new TemplateText("'{{ s }}' == 'Hello, World'"), true],
  [new TemplateText('{{ n }} == 6'), false],
  ['{{ n }} == 5', true],
  ["s | regex_search('nothing') is none", true],
])('%j is %s', (condition, expected) => expect(holds(condition)).toBe(expected))

describe('with something that is not known', () => {
  test.each<Raw>(['later', 'later == 1', 'later.rc == 0', 'later is changed', 'not later', 'later and t', 'later or e', 't and later', 'e or later', 'later in l', 'later | length > 0', ['t', 'later'],
    ['later', 'nope.x'], 'later and nope.x', new TemplateText('{{ later }}'), new TemplateText('x{{ later }}'), '1 if later else 2', 'n == later', '[later] == [1]', 'l | map("extract", later) | list'])('%j is not known, with the reason', condition =>
    expect(holds(condition)).toBe(unknown))

  test.each<[Raw, boolean]>([
    ['later and e', false], ['e and later', false], ['later or t', true], ['t or later', true], ['later is defined', true], ['later is not defined', false],
    ['not (later and false)', true], ['later and t and n == 6', false], ['(later or t) and n == 5', true], [['later', 'e'], false], [['e', 'later'], false], ['later.x.y is defined', true],
  ])('%j is %s all the same', (condition, expected) => expect(holds(condition)).toBe(expected))
})

test('text that came from somewhere cannot look anything up, even as a condition', () => {
  expect(() => holds(new TemplateText('{{ evil }}'))).toThrow(expect.objectContaining({ code: 'template-error', message: expect.stringContaining('not allowed') }))
})

test('a mistake is shown at its place in the playbook', () =>
  expect(() => evaluation().condition('n == 5 and noppe', { file: 'site.yml', line: 12, column: 13 })).toThrow(expect.objectContaining({ code: 'undefined-variable', at: { file: 'site.yml', line: 12, column: 24, endColumn: 29 } })))

test('the name of a test that does not exist is a mistake at once', () =>
  expect(() => holds('e and n is definde')).toThrow(expect.objectContaining({ code: 'unknown-filter', hint: 'Did you mean defined?' })))
