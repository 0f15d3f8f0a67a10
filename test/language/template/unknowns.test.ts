import { describe, expect, test } from 'vitest'
import { Unknown } from '../../../src/core/unknown.ts'
import { TemplateText, type Raw } from '../../../src/core/value.ts'
import { evaluation } from './given.ts'

const later = new Unknown("the command 'id' has not run yet")
const more = { later, result: { changed: true, stdout: later }, chained: new TemplateText('{{ later }}/x'), list: [1, later] }
const value = (text: string) => evaluation(more).evaluate(new TemplateText(text))

describe('using something that is not known gives something that is not known', () => {
  test.each([
    '{{ later }}', 'text {{ later }}', '{{ later.stdout }}', '{{ later[0] }}', '{{ later[1:] }}', '{{ later() }}', '{{ later + 1 }}', '{{ -later }}', '{{ "a" ~ later }}', '{{ later | upper }}', '{{ l | join(later) }}',
    '{{ s.split(later) }}', '{{ later | default("x") }}', '{{ "%s" | format(later) }}', '{{ "%s" % later }}', '{{ later | to_json }}', '{{ list | join }}', '{{ list | to_yaml }}', '{{ list ~ "" }}', '{{ result.stdout }}', '{{ result.stdout | length }}',
    '{% if later %}a{% else %}b{% endif %}', '{% for i in later %}{% endfor %}', '{% for i in l if later %}{% endfor %}', '{{ "a" if later else "b" }}', '{{ chained }}', '{{ d[later] }}', '{{ range(later) }}', '{{ {later: 1} }}', '{{ list | sort }}',
    '{% set x = later %}{{ x }}', '{% macro m(x) %}{{ x }}{% endmacro %}{{ m(later) }}', '{% filter upper %}{{ later }}{% endfilter %}', '{{ lookup("items", list) ~ "" }}', '{{ later is match("a") }}', '{{ list | select("gt", 0) | list }}',
    '{{ query("sequence", later) }}', '{{ result | combine(later) }}', '{{ dict(later) }}', '{% include later %}', '{{ "{}".format(later) }}',
  ])('%s', text => expect(value(text)).toBe(later))
})

describe('what does not use it is known', () => {
  test.each<[string, unknown]>([
    ['{{ result.changed }}', true],
    ['{{ result is changed }}', true],
    ['{{ later is defined }}', true],
    ['{{ list | length }}', 2],
    ['{{ list[0] }}', 1],
    ['{{ list | first }}', 1],
    ['{{ result | list }}', ['changed', 'stdout']],
    ["{{ 'stdout' in result }}", true],
    ['{% set x = later %}known', 'known'],
    ['{% set x %}{{ later }}{% endset %}known', 'known'],
    ['{% if false %}{{ later }}{% endif %}known', 'known'],
    ['{{ n if t else later }}', 5],
    ['{{ false and later }}', false],
    ['{{ later and false }}', false],
    ['{{ later or true }}', true],
    ['{{ t | ternary("a", later) }}', 'a'],
    ['{{ n | default(later) }}', 5],
    ['{{ {"a": later, "b": 1}.b }}', 1],
    ['{{ later | type_debug }}', 'unknown'],
    ['{% macro m(x) %}{{ n }}{% endmacro %}{{ m(later) }}', 5],
    ['{{ dict(a=later).keys() | list }}', ['a']],
  ])('%s', (text, expected) => expect(value(text)).toEqual(expected))
})

test('a list or dictionary with unknown members keeps them in their places', () => {
  expect(value('{{ [n, later, "x" ~ later] }}')).toEqual([5, later, later])
  expect(value('{{ list | map("string") }}')).toEqual(['1', later])
  expect(value('{{ result }}')).toEqual(new Map<string, unknown>([['changed', true], ['stdout', later]]))
  expect(evaluation(more).evaluate(new Map<string, Raw>([['a', new TemplateText('{{ later }}')], ['b', new TemplateText('{{ n }}')]]) as Raw)).toEqual(new Map<string, unknown>([['a', later], ['b', 5]]))
})

test('a file with something unknown in it is not known', () => {
  expect(evaluation(more).renderFile('Listen {{ n }}\n', 'ports.conf.j2')).toBe('Listen 5\n')
  expect(evaluation(more).renderFile('Listen {{ later }}\n', 'ports.conf.j2')).toBe(later)
})

test('items of a loop may be unknown, and so may the loop', () => {
  expect(evaluation(more).loop('loop', new TemplateText('{{ list }}'))).toEqual([1, later])
  expect(evaluation(more).loop('loop', new TemplateText('{{ later.results }}'))).toBe(later)
  expect(evaluation(more).loop('items', new TemplateText('{{ later }}'))).toBe(later)
})
