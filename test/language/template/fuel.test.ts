import { describe, expect, test } from 'vitest'
import { TemplateText } from '../../../src/core/value.ts'
import { evaluation, failure } from './given.ts'

const itself = '{% set l = [] %}{% do l.append(l) %}'

describe('a template that does not come to an end is a mistake', () => {
  test.each([
    '{% for i in range(10000) %}{% for j in range(10000) %}x{% endfor %}{% endfor %}',
    '{% macro f() %}{{ f() }}{% endmacro %}{{ f() }}',
    '{% macro f(x) %}{% if true %}{% for i in [1] %}{{ f(x + [1]) }}{% endfor %}{% endif %}{% endmacro %}{{ f([]) }}',
    '{% for x in [1] recursive %}{{ loop([1]) }}{% endfor %}',
    "{{ 'a' * 10 ** 12 }}", '{{ [1] * 10 ** 12 }}', '{{ 10 ** (10 ** 9) }}', '{{ range(10 ** 12) }}', "{{ 'a' | center(10 ** 12) }}", "{{ 'a'.ljust(10 ** 12) }}", "{{ '%999999999d' % 1 }}", "{{ '{:999999999}'.format(1) }}", "{{ '5'.zfill(10 ** 9) }}",
    "{% set ns = namespace(x='ab') %}{% for i in range(100) %}{% set ns.x = ns.x ~ ns.x %}{% endfor %}",
    '{% set ns = namespace(x=[1]) %}{% for i in range(100) %}{% set ns.x = ns.x + ns.x %}{% endfor %}',
    '{% set ns = namespace(x=10) %}{% for i in range(100) %}{% set ns.x = ns.x * ns.x %}{% endfor %}',
    '{{ range(1000) | product(range(1000), range(1000)) }}', '{{ range(12) | permutations }}', "{{ ('a' * 10000) | replace('a', 'b' * 10000) }}", "{{ ('a\n' * 100000) | indent(10000) }}", "{{ q('sequence', 'count=100000000') }}",
    `${itself}{{ l }}`, `${itself}{{ l | to_json }}`, `${itself}{{ l | to_yaml }}`, `${itself}{{ l | flatten }}`, `${itself}{% set m = [] %}{% do m.append(m) %}{{ l == m }}`, `${itself}{{ [l, l] | sort }}`, `${itself}{{ l | pprint }}`,
    `{{ ${'1 + '.repeat(3000)}1 }}`, `{{ 1${' | string'.repeat(3000)} }}`, `{{ d${'.b'.repeat(3000)} }}`,
    '{% for i in range(1000) %}{{ "x" * 100000 }}{% endfor %}',
  ].map(template => [template.slice(0, 90), template] as const))('%s', (_, template) => {
    expect(failure(template)).toMatchObject({ code: expect.stringMatching(/^template-(fuel|error)$/), at: expect.anything() })
  }, 10_000)

  test.each([`{{ ${'('.repeat(5000)}1${')'.repeat(5000)} }}`, `{{ ${'not '.repeat(5000)}1 }}`, '{% if 1 %}'.repeat(2000) + '{% endif %}'.repeat(2000), `{{ ${'-'.repeat(5000)}1 }}`, `{{ ${'['.repeat(5000)} }}`].map(template => [template.slice(0, 20), template] as const))('%s… nests too deep to be parsed', (_, template) =>
    expect(failure(template).code).toBe('template-syntax'))
})

test('a list that contains itself cannot leave', () => expect(() => evaluation().evaluate(new TemplateText(`${itself}{{ l }}`))).toThrow(expect.objectContaining({ code: 'template-fuel' })))

test('every rendering starts with a full tank', () => {
  const own = evaluation()
  for (let round = 0; round < 5; round++) expect(own.evaluate(new TemplateText('{% for i in range(300000) %}{% endfor %}'))).toBe('')
})

test('honest templates are far from the limits', () => {
  const hosts = Array.from({ length: 2000 }, (_, at) => ({ name: `host${at}`, port: at }))
  const text = evaluation({ hosts }).renderFile("{% for h in hosts | sort(attribute='port', reverse=true) %}{% if h.port is divisibleby 2 %}{{ h.name }}:{{ h.port }}\n{% endif %}{% endfor %}", 'x.j2')
  expect(String(text).split('\n')).toHaveLength(1001)
})
