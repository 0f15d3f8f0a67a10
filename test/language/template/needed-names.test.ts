import { describe, expect, test } from 'vitest'
import { TemplateText, type Raw } from '../../../src/core/value.ts'
import { namesIn, namesInCondition } from '../../../src/language/template/needed-names.ts'
import { parseExpression, parseTemplate } from '../../../src/language/template/template.ts'

test.each([
  ['{{ a }}', 'a'],
  ['{{ a.b[c].d(e, f=g) }}', 'a c e g'],
  ['{{ a | default(b) | map(c, d=e) }}', 'a b c e'],
  ['{{ a is match(b) }}', 'a b'],
  ['{{ a if b else c }}', 'a b c'],
  ['{{ [a, {b: c}, (d,)] }}', 'a b c d'],
  ['{{ a[b:c:d] }}', 'a b c d'],
  ['{{ -a + b ~ c < d and not e or f in g }}', 'a b c d e f g'],
  ['{{ f(*a, **b) }}', 'a b f'],
  ['{% if a %}{{ b }}{% elif c %}{{ d }}{% else %}{{ e }}{% endif %}', 'a b c d e'],
  ['{% for x in a if x > b %}{{ x }}{{ loop.index }}{{ c }}{% else %}{{ x }}{% endfor %}', 'a b c x'],
  ['{% for k, (v, w) in a %}{{ k }}{{ v }}{{ w }}{% endfor %}', 'a'],
  ['{% set x = a %}{{ x }}', 'a'],
  ['{{ x }}{% set x = a %}', 'a x'],
  ['{% if a %}{% set x = 1 %}{% endif %}{{ x }}', 'a x'],
  ['{% for i in a %}{% set x = i %}{% endfor %}{{ x }}', 'a x'],
  ['{% set x %}{{ a }}{% set y = 1 %}{% endset %}{{ x }}{{ y }}', 'a y'],
  ['{% set x | replace(b, c) %}{{ a }}{% endset %}', 'a b c'],
  ['{% set ns = namespace(x=a) %}{% set ns.x = b %}', 'a b namespace'],
  ['{% set other.x = b %}', 'b other'],
  ['{% with x = a, y = b %}{{ x }}{{ y }}{% endwith %}{{ x }}', 'a b x'],
  ['{% macro m(x, y=a) %}{{ x }}{{ y }}{{ b }}{% endmacro %}{{ m(c) }}', 'a b c'],
  ['{% call(x) m(a) %}{{ x }}{{ b }}{% endcall %}', 'a b m'],
  ['{% filter replace(a, b) %}{{ c }}{% endfilter %}', 'a b c'],
  ['{% include a %}{% import b as m %}{% from c import x, y as z %}{{ m }}{{ x }}{{ z }}{{ y }}', 'a b c y'],
  ['{% block a %}{{ super() }}{{ b }}{% endblock %}', 'b'],
  ["{{ lookup('vars', 'a') }}{{ query('ansible.builtin.vars', 'b', c) }}{{ lookup('file', 'd') }}", 'a b c lookup query'],
  ["{{ lookup('file', '{{ a }}/{{ b }}') }}", 'a b lookup'],
  ['{% do a.append(b) %}', 'a b'],
  ['plain {# a #}{% raw %}{{ b }}{% endraw %}', ''],
])('%s needs %j', (template, names) => expect([...parseTemplate(template).names].sort().join(' ')).toBe(names))

test('an expression needs its names', () => expect(parseExpression("a.x == b and 'c' in d").names).toEqual(new Set(['a', 'b', 'd'])))

describe('a value needs the names of all templates in it', () => {
  const raw = new Map<string, Raw>([['a', [new TemplateText('{{ x }}'), '{{ y }}']], ['b', new Map([['c', new TemplateText('{{ z }}')]]) as Raw]]) as Raw
  test('however deep', () => expect(namesIn(raw)).toEqual(new Set(['x', 'z'])))
  test('and a condition those of its expressions', () => expect(namesInCondition(['a is defined', new TemplateText('{{ b }} == c'), true, ''])).toEqual(new Set(['a', 'b'])))
})

test('what is parsed is kept for the same text at the same place', () => {
  const at = { file: 'a.yml', line: 1, column: 1 }
  expect(parseTemplate('{{ kept }}', { at })).toBe(parseTemplate('{{ kept }}', { at: { ...at } }))
  expect(parseTemplate('{{ kept }}', { at })).not.toBe(parseTemplate('{{ kept }}', { at: { ...at, line: 2 } }))
  expect(parseTemplate('{{ kept }}')).not.toBe(parseTemplate('{{ kept }}', { trimBlocks: false }))
})
