import { describe, expect, test } from 'vitest'
import { type ProvisionError, renderError } from '../../../src/core/error.ts'
import { ProvisionError as Mistake } from '../../../src/core/error.ts'
import { TemplateText } from '../../../src/core/value.ts'
import { Evaluation } from '../../../src/language/template/evaluation.ts'
import { environment, evaluation, failure, variables } from './given.ts'

const mistake = (body: () => unknown): ProvisionError => {
  try {
    body()
  } catch (error) {
    if (error instanceof Mistake) return error
    throw error
  }
  throw new Error('no mistake')
}

describe('a mistake is underlined where it is', () => {
  test.each([
    ['Listen {{ prot }}\n', 1, 11, 15],
    ['a\n  {{ n }} {{ d.port }}\n', 2, 16, 20],
    ["a\nb\n{% if n is defined %}\n  {{ l | join(',') | nosuch }}\n{% endif %}", 4, 22, 28],
    ["{{ d['port'] }}", 1, 6, 12],
    ['{{ n + s }}', 1, 4, 9],
    ['{% for x in n %}{% endfor %}', 1, 1, 26],
    ['{{ users[0].nme.x }}', 1, 13, 16],
    ["{{ s | regex_replace('(', '') }}", 1, 4, 30],
    ['{{ "a" | int("x" | int, base=99, foo=1) }}', 1, 4, 40],
    ['{{ {\n  "x": nope }.x + 1 }}', 2, 8, 12],
    ['{{ n }', 1, 6, 7],
    ['x\n{% if n %}\n', 2, 4, 6],
    ['{{ n | }}', 1, 8, 10],
  ])('%j', (template, line, column, endColumn) => expect(failure(template).at).toEqual({ file: 'case.j2', line, column, endColumn }))

  test('in a text of a playbook', () => {
    const text = new TemplateText('Port {{ prot }}\nand\n{{ n }} {{ nope }}', { file: 'site.yml', line: 40, column: 11 })
    expect(mistake(() => evaluation().evaluate(text)).at).toEqual({ file: 'site.yml', line: 40, column: 19, endColumn: 23 })
    expect(mistake(() => evaluation({ prot: 1 }).evaluate(text)).at).toEqual({ file: 'site.yml', line: 42, column: 22, endColumn: 26 })
  })

  test('or only where the text begins, when its lines are not those of the file', () =>
    expect(mistake(() => evaluation().evaluate(new TemplateText('a\n{{ nope }}', { file: 'site.yml', line: 40, column: 11 }, true))).at).toEqual({ file: 'site.yml', line: 40, column: 11 }))

  test('text that is in no file is shown with the mistake', () => expect(renderError(mistake(() => evaluation().expression('n + xyzzy')))).toBe(
    "error[undefined-variable]: 'xyzzy' is undefined\n  <template>:1:5\n  > 1 | n + xyzzy\n      |     ^^^^^"))
})

describe('an undefined name', () => {
  const placed = new Evaluation({ ...variables(new Map([['matrix_server_name', 'x']])), positionOf: () => ({ file: 'group_vars/all.yml', line: 3, column: 1 }) }, environment)

  test('comes with the near names and where they are', () =>
    expect(mistake(() => placed.renderFile('{{ matrix_sever_name }}', 'x.j2'))).toMatchObject({ code: 'undefined-variable', message: "'matrix_sever_name' is undefined", hint: 'Did you mean matrix_server_name (group_vars/all.yml:3)?' }))
  test('may be meant for a name of the template itself', () => expect(failure('{% set total = 1 %}{{ totl }}').hint).toBe('Did you mean total?'))
  test('may be meant for a function', () => expect(failure('{{ lokup("env", "X") }}').hint).toBe('Did you mean lookup?'))
  test('may be meant for a filter', () => expect(failure('{{ upper("x") }}').hint).toBe('upper is a filter: write value | upper.'))
  test('says which variables led to it', () => {
    const own = new Evaluation(variables(new Map([['a', new TemplateText('{{ b }}')], ['b', new TemplateText('{{ nope }}', { file: 'vars.yml', line: 7, column: 4 })]])), environment)
    expect(mistake(() => own.evaluate(new TemplateText('{{ a }}')))).toMatchObject({ at: { file: 'vars.yml', line: 7, column: 7, endColumn: 11 }, context: ["used by variable 'b'", "used by variable 'a'"] })
  })
})

describe('a member that is not there', () => {
  test.each([
    ['{{ res.stdot }}', "'res': 'dict object' has no attribute 'stdot'", 'Did you mean stdout?'],
    ['{{ deep.a.zzz }}', "'deep.a': 'dict object' has no attribute 'zzz'", 'It has: x, l.'],
    ['{{ {}.x }}', "'{}': 'dict object' has no attribute 'x': it is empty", undefined],
    ['{{ l.foo }}', "'l': 'list object' has no attribute 'foo'", 'Take one of its items, as in [0], or that member of all of them: | map(attribute=…).'],
    ['{{ l[7] }}', "'l[7]': list object has no element 7, it has 3", undefined],
    ['{{ s.foo }}', "'s': 'str object' has no attribute 'foo'", undefined],
    ['{{ none_.foo }}', "'none_': 'None' has no attribute 'foo'", undefined],
    ['{% for x in l %}{{ loop.indx }}{% endfor %}', "'loop': 'loop object' has no attribute 'indx'", 'Did you mean index or index0?'],
    ["{{ users | map(attribute='home.city') | list }}", "the item: 'dict object' has no attribute 'home'", 'Did you mean name?'],
  ])('%s', (template, message, hint) => expect(failure(template)).toMatchObject({ code: 'undefined-variable', message, hint }))
})

describe('a wrong use', () => {
  test.each([
    ['{{ "a" + 1 }}', 'str + int has no meaning', 'Join text with ~, or turn the text into a number with | int.'],
    ['{{ d + d }}', 'dict + dict has no meaning', 'Merge dictionaries with | combine.'],
    ['{{ "a" < 1 }}', "'<' cannot compare str with int", 'Turn the text into a number first: | int, or | float.'],
    ['{{ s | replace("a") }}', 'replace needs new', undefined],
    ['{{ s | upper(1) }}', 'upper takes no arguments and got 1', undefined],
    ['{{ s | default(bolean=1) }}', 'default has no parameter bolean', 'Its parameters are default_value, boolean.'],
    ['{{ s.replace(1, 2) }}', 'what is replaced must be text, and is int', undefined],
    ['{{ 5 | dict2items }}', 'dict2items requires a dictionary, got int instead', undefined],
    ['{% set d.x = 1 %}', "only members of a namespace can be set, and 'd' is none", 'Define it as {% set d = namespace() %}.'],
    ['{{ lookup("fiel", "x") }}', "there is no lookup 'fiel'", 'Did you mean file?'],
    ['{{ lookup("url", "http://x") }}', "the lookup 'url' is not supported", 'Read the address with the module uri, and register its result.'],
    ['{{ 1 / 0 }}', 'division by zero', undefined],
    ["{{ l | map('uper') | list }}", "there is no filter 'uper'", 'Did you mean upper?'],
    ["{% include 'nope.j2' %}", "there is no template 'nope.j2'", expect.any(String)],
  ])('%s', (template, message, hint) => expect(failure(template)).toMatchObject({ message, hint }))
})

describe('variables in a circle', () => {
  const own = new Evaluation(variables(new Map([['a', new TemplateText('{{ b }}')], ['b', new TemplateText('x{{ c }}')], ['c', new TemplateText('{{ a }}')], ['me', new TemplateText('{{ me }}')]])), environment)
  test('are named', () => expect(mistake(() => own.evaluate(new TemplateText('{{ a }}')))).toMatchObject({ code: 'variable-cycle', message: 'variables refer to each other in a circle: a → b → c → a' }))
  test('are found from any of them', () => expect(mistake(() => own.evaluate(new TemplateText('{{ c }}'))).message).toContain('c → a → b → c'))
  test('are no way to a default', () => expect(mistake(() => own.evaluate(new TemplateText('{{ me | default(1) }}'))).code).toBe('variable-cycle'))
  test('are found in members', () =>
    expect(mistake(() => evaluation({ x: { a: new TemplateText('{{ x.b }}'), b: new TemplateText('{{ x.a }}') } }).evaluate(new TemplateText('{{ x.a }}'))).message).toContain('x.a → x.b → x.a'))
})

test('nothing but data can be reached', () => {
  for (const name of ['__class__', '__proto__', 'constructor', 'prototype', '__init__', 'toString', 'valueOf', 'hasOwnProperty', '__globals__', 'size', '_x'])
    for (const of of ['s', 'l', 'd', 'n', 'lookup', '{}', '[]', '(1,)', 's.upper', 'loop', 'namespace()', 'cycler(1)', 'none_', 'now()', 'vars'])
      for (const use of [`{% for x in l %}{{ (${of}).${name} is defined }}{% endfor %}`, `{% for x in l %}{{ (${of})['${name}'] is defined }}{% endfor %}`]) expect(evaluation().renderFile(use, 'x')).toBe('FalseFalseFalse')
})
