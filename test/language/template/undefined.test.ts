import { describe, expect, test } from 'vitest'
import { failure, shown } from './given.ts'

// What ansible-core 2.18 gives for the same expressions, printed as the item of a list, with the variables of given.ts.
const results = [
  ["'' | first | default('d')", "'d'"],
  ["users | map(attribute='home.city', default='none') | list", "['Bonn', 'Ulm', 'none']"],
  ["users | map(attribute='roles.0', default='-') | list", "['admin', '-', 'dev']"],
  ["users | groupby('home.city', default='?') | map('first') | list", "['?', 'Bonn', 'Ulm']"],
  ["[] | last | default('x')", "'x'"],
  ["users | subelements('nope', skip_missing=true)", '[]'],
  ["l[5] | default('none')", "'none'"],
  ["9 | extract(['a']) | default('none')", "'none'"],
  ['nope | default(1)', '1'],
  ['nope | d', "''"],
  ["e | default('x')", "''"],
  ["e | default('x', true)", "'x'"],
  ["e | default('x', boolean=true)", "'x'"],
  ["none_ | default('x')", 'None'],
  ["nope.a.b['c'] | default('deep')", "'deep'"],
  ['nope | default(nope2) | default(3)', '3'],
  ['d.zz | default(d.a)', "'x'"],
  ['n | mandatory', '5'],
] as const

const mistakes = [
  ["users | subelements('nope')", 'template-error'],
  ['nope | mandatory', 'undefined-variable'],
  ["nope | mandatory('custom')", 'undefined-variable'],
  ['nope', 'undefined-variable'],
  ["nope ~ 'a'", 'undefined-variable'],
  ['nope == 1', 'undefined-variable'],
  ['nope + 1', 'undefined-variable'],
  ['not nope', 'undefined-variable'],
  ['nope | length', 'undefined-variable'],
  ['[nope]', 'undefined-variable'],
  ['nope.foo', 'undefined-variable'],
  ['nope()', 'undefined-variable'],
  ['d.nope', 'undefined-variable'],
  ["d['nope'].x", 'undefined-variable'],
  ['s.nope', 'undefined-variable'],
  ['l.nope', 'undefined-variable'],
] as const

describe('undefined names and defaults', () => {
  test.each(results)('%s is %s', (expression, text) => expect(shown(expression)).toBe(text))
  test.each(mistakes)('%s is the mistake %s', (expression, code) => expect(failure(`{{ ${expression} }}`).code).toBe(code))
})
