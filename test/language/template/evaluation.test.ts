import { describe, expect, test } from 'vitest'
import { Float, OMIT, TemplateText, toPlain, toValue, type Raw } from '../../../src/core/value.ts'
import { Evaluation } from '../../../src/language/template/evaluation.ts'
import { lazily } from '../../../src/language/template/lazy.ts'
import { dropOmitted } from '../../../src/language/template/settle.ts'
import { environment, evaluation, variables } from './given.ts'

const value = (text: string, more = {}) => evaluation(more).evaluate(new TemplateText(text))

describe('a template in a playbook', () => {
  test.each<[string, unknown]>([
    ['{{ n }}', 5],
    ['{{ w }}', new Float(2)],
    ['{{ t }}', true],
    ['{{ none_ }}', null],
    ['{{ s }}', 'Hello, World'],
    ['{{ l }}', [3, 1, 2]],
    ['{{ big + 1 }}', 12345678901234567891n],
    ["{{ {'a': [1, (2, 3)]} }}", new Map([['a', [1, [2, 3]]]])],
    ['{{ d.items() }}', [['b', 1], ['a', 'x'], ['C', null]]],
    ['{{ (1, 2) }}', [1, 2]],
    ["{{ '5' }}", '5'],
    ["{{ '[1, 2]' }}", '[1, 2]'],
    ['{% if t %}{{ l }}{% else %}{{ ls }}{% endif %}', [3, 1, 2]],
    ['{# a comment #}{{ n }}', 5],
    ['{{ n }}\n', 5],
    ['{{ none_ }}{{ n }}', 5],
    ["{% set r = [] %}{% for i in l %}{{ r.append(i * 2) }}{% endfor %}{{ r }}", [6, 2, 4]],
    ['{% macro m() %}{{ l }}{% endmacro %}{{ m() }}', [3, 1, 2]],
    ['{% set x %}{{ n }}{% endset %}{{ x + 1 }}', 6],
  ])('%j keeps the type of its only value', (text, expected) => expect(value(text)).toEqual(expected))

  test.each([
    ['a{{ n }}', 'a5'],
    ['{{ n }}{{ n }}', '55'],
    [' {{ l }}', ' [3, 1, 2]'],
    ['{{ t }} {{ none_ }} {{ w }} {{ d }}', "True  2.0 {'b': 1, 'a': 'x', 'C': None}"],
    ['[{% for i in l %}{{ i }},{% endfor %}]', '[3,1,2,]'],
    ['{% set x = 1 %}', ''],
    ["{{ s | regex_search('nothing') }}", ''],
    ['{{ s }}\n', 'Hello, World\n'],
    ['{{ s }}\n\n', 'Hello, World\n\n'],
    ['plain', 'plain'],
  ])('%j is text', (text, expected) => expect(value(text)).toBe(expected))

  test.each<[string, unknown]>([
    ['[{% for i in l %}{{ i }},{% endfor %}]', [3, 1, 2]],
    ['{"a": {{ n }}, "b": true, "c": null}', { a: 5, b: true, c: null }],
    ['[not a list', '[not a list'],
    ['["{{ s }}", \'true\']', ['Hello, World', 'true']],
  ])('%j becomes a list or dictionary where the old way is asked for', (text, expected) =>
    expect(toPlain(new Evaluation(variables(new Map<string, Raw>([['n', 5], ['l', [3, 1, 2]], ['s', 'Hello, World']])), environment, { literals: true }).evaluate(new TemplateText(text)))).toEqual(expected))

  test('a backslash in {{ }} is a backslash, since YAML has had its turn', () => expect(value("{{ s | regex_replace('(\\w+), (\\w+)', '\\2 \\1') }}")).toBe('World Hello'))
  test('a backslash in {% %} is an escape', () => expect(value("{% set x = 'a\\nb' %}{{ x | length }}")).toBe(3))
  test('a folded text may end its lines with CRLF', () => expect(value('a\r\n{{ n }}\r\n')).toBe('a\n5\n'))
})

describe('values', () => {
  test('templates are rendered in lists and dictionaries', () =>
    expect(toPlain(evaluation().evaluate(new Map<string, Raw>([['a', [new TemplateText('{{ n }}'), 'plain']], ['b', new TemplateText('x{{ n }}')]]) as Raw))).toEqual({ a: [5, 'plain'], b: 'x5' }))

  test('plain text is data, whatever it looks like', () => expect(value('{{ remote }}', { remote: '{{ n }}{% raw %}' })).toBe('{{ n }}{% raw %}'))

  test('what a template gives is not rendered again', () => expect(value("{{ '{{ n }}' }}")).toBe('{{ n }}'))

  test('a parameter that is omitted is dropped, in nested values too', () => {
    const parameters = evaluation().evaluate(new Map<string, Raw>([
      ['mode', new TemplateText('{{ nope | default(omit) }}')],
      ['owner', new TemplateText('{{ s | default(omit) }}')],
      ['list', [new TemplateText('{{ omit }}'), new Map<string, Raw>([['a', new TemplateText('{{ omit }}')], ['b', 1]]) as Raw]],
    ]) as Raw)
    expect((parameters as Map<string, unknown>).get('mode')).toBe(OMIT)
    expect(toPlain(dropOmitted(parameters))).toEqual({ owner: 'Hello, World', list: [{ b: 1 }] })
    expect(evaluation().dropOmitted(parameters)).toEqual(dropOmitted(parameters))
  })

  test('what the variables hold is not changed by templates that change lists', () => {
    const list: Raw[] = [1]
    const own = new Evaluation(variables(new Map<string, Raw>([['list', list], ['of', new Map<string, Raw>([['list', list]]) as Raw]])), environment)
    expect(own.evaluate(new TemplateText('{% do list.append(2) %}{% do of.list.append(3) %}{% do of.update({"x": 1}) %}{{ list }}{{ of }}'))).toBe("[1, 2]{'list': [1, 3], 'x': 1}")
    expect(list).toEqual([1])
  })
})

describe('variables', () => {
  const chained = { a: new TemplateText('{{ b + 1 }}'), b: new TemplateText('{{ c * 2 }}'), c: 4 }

  test('may refer to each other', () => expect(value('{{ a }}', chained)).toBe(9))

  test('are looked up only when they are used, and once', () => {
    const asked: string[] = []
    const own = new Evaluation({ get: name => (asked.push(name), name === 'x' ? new TemplateText('{{ y }}') : name === 'y' ? 1 : undefined), names: () => [] }, environment)
    expect(own.evaluate(new TemplateText('{% if x == 1 %}{{ x }}{% else %}{{ never }}{% endif %}'))).toBe(1)
    expect(asked).toEqual(['x', 'y'])
  })

  test('one member of a dictionary is rendered without the others', () =>
    expect(value('{{ site.name }}', { site: { name: new TemplateText('{{ n }}'), broken: new TemplateText('{{ nope }}'), self: new TemplateText('{{ site.name }}') } })).toBe(5))

  test('one member of a dictionary may refer to another', () => expect(value('{{ site.url }}', { site: { host: 'h', url: new TemplateText('http://{{ site.host }}/') } })).toBe('http://h/'))

  test('one that cannot be rendered for an undefined name is undefined itself', () => {
    const more = { u: new TemplateText('{{ nope }}/x') }
    expect(value("{{ u is defined }}{{ u | default('d') }}", more)).toBe('Falsed')
    expect(() => value('{{ u }}', more)).toThrow("'nope' is undefined")
  })

  test('all of them are in vars', () => {
    expect(value("{{ vars['n'] }}{{ vars.s }}{{ 'nope' in vars }}")).toBe('5Hello, WorldFalse')
    expect(value("{{ vars | length > 10 }}")).toBe(true)
  })

  test('a value is asked for by name, or none', () => {
    expect(evaluation(chained).value('a')).toBe(9)
    expect(evaluation().value('nope')).toBeUndefined()
  })

  test('hostvars asks only for what is used', () => {
    const asked: string[] = []
    const hostvars = lazily(() => ['h1', 'h2'], host => lazily(() => ['port', 'name'], name => (asked.push(`${host}.${name}`), name === 'port' ? 80 : host)))
    const own = new Evaluation(variables(new Map<string, Raw>([['hostvars', hostvars]])), environment)
    expect(own.evaluate(new TemplateText("{{ hostvars['h1'].port }}"))).toBe(80)
    expect(own.evaluate(new TemplateText("{{ 'h2' in hostvars and hostvars | length == 2 }}{{ hostvars.keys() | list }}"))).toBe("True['h1', 'h2']")
    expect(asked).toEqual(['h1.port'])
    expect(own.evaluate(new TemplateText("{{ hostvars.values() | map(attribute='name') | list }}"))).toEqual(['h1', 'h2'])
    expect(toPlain(own.evaluate(new TemplateText('{{ hostvars }}')))).toEqual({ h1: { port: 80, name: 'h1' }, h2: { port: 80, name: 'h2' } })
  })
})

describe('a bare expression', () => {
  test('is evaluated', () => expect(evaluation().expression('l | max + n')).toBe(8))
  test('may be a variable that is undefined', () => expect(() => evaluation().expression('nope.x')).toThrow("'nope' is undefined"))
})

describe('loop', () => {
  test.each<[string, Raw, unknown]>([
    ['loop', new TemplateText('{{ l }}'), [3, 1, 2]],
    ['loop', [1, new TemplateText('{{ n }}')], [1, 5]],
    ['items', new TemplateText('{{ l }}'), [3, 1, 2]],
    ['items', ['a', ['b', ['c']]], ['a', 'b', ['c']]],
    ['items', 'single', ['single']],
    ['list', ['a', ['b']], ['a', ['b']]],
    ['dict', new TemplateText("{{ {'a': 1} }}"), [{ key: 'a', value: 1 }]],
    ['nested', [['a', 'b'], [1, 2]], [['a', 1], ['a', 2], ['b', 1], ['b', 2]]],
    ['ansible.builtin.together', [['a', 'b'], [1]], [['a', 1], ['b', null]]],
    ['sequence', 'start=1 end=3 format=h%02d', ['h01', 'h02', 'h03']],
    ['sequence', new TemplateText('count={{ n }}'), ['1', '2', '3', '4', '5']],
    ['indexed_items', ['a', 'b'], [[0, 'a'], [1, 'b']]],
    ['flattened', ['a', ['b', ['c', null]]], ['a', 'b', 'c']],
    ['subelements', [new TemplateText('{{ users[:1] }}'), 'roles'], [[{ name: 'zoe', age: 30, home: { city: 'Bonn' } }, 'admin'], [{ name: 'zoe', age: 30, home: { city: 'Bonn' } }, 'dev']]],
  ])('with %s over %j', (plugin, terms, expected) => expect(toPlain(evaluation().loop(plugin, terms) as never)).toEqual(expected))

  test('over text is a mistake, with what to do', () => expect(() => evaluation().loop('loop', 'a,b', { file: 'site.yml', line: 3, column: 7 })).toThrow(expect.objectContaining({ code: 'template-error', at: { file: 'site.yml', line: 3, column: 7 } })))
  test('over a dictionary is a mistake, with what to do', () => expect(() => evaluation().loop('loop', new TemplateText('{{ d }}'))).toThrow(expect.objectContaining({ hint: 'Turn it into a list: | dict2items.' })))
  test('with first_found passes over undefined names', () =>
    expect(evaluation().loop('first_found', [new TemplateText('{{ nope }}.yml'), '/'])).toEqual(['/']))
})

test('conversion of values keeps what a dictionary is', () => expect(evaluation().evaluate(toValue({ a: [1, { b: null }] }) as Raw)).toEqual(toValue({ a: [1, { b: null }] })))
