import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { ProvisionError } from '../../../src/core/error.ts'
import { parseLiteral } from '../../../src/core/literal.ts'
import { isUnknown, Unknown } from '../../../src/core/unknown.ts'
import { Float, TemplateText, type Raw, type Value } from '../../../src/core/value.ts'
import { Evaluation } from '../../../src/language/template/evaluation.ts'
import { namesIn } from '../../../src/language/template/needed-names.ts'
import { repr } from '../../../src/language/template/python/text.ts'
import { parseExpression, parseTemplate } from '../../../src/language/template/template.ts'
import { environment, given, variables } from './given.ts'

/** What it gives, or the mistake that the user made. Anything else is thrown on. */
function outcome<T>(body: () => T): T | ProvisionError {
  try {
    return body()
  } catch (error) {
    if (error instanceof ProvisionError) return error
    throw error
  }
}

const words = [
  '{{', '}}', '{%', '%}', '{#', '#}', '-%}', '{%-', ' ', ' ', '\n', 'n', 's', 'l', 'd', 'users', 'nope', 'later', 'x', '1', '2.5', '0', "'a'", '"b"', '(', ')', '[', ']', '{', '}', ',', ':', '.', '|', '~', '+', '-', '*', '**', '/', '//', '%', '=', '==', '!=', '<', '>=',
  'in', 'not', 'and', 'or', 'is', 'if', 'else', 'elif', 'endif', 'for', 'endfor', 'set', 'endset', 'macro', 'endmacro', 'call', 'endcall', 'filter', 'endfilter', 'with', 'endwith', 'raw', 'endraw', 'block', 'endblock', 'include', 'import', 'as', 'from', 'do', 'break', 'continue', 'loop', 'recursive',
  'default', 'upper', 'map', 'select', 'join', 'list', 'sort', 'defined', 'undefined', 'string', 'lookup', 'range', 'namespace', 'true', 'none', 'text',
]

const expressions = fc.letrec<{ expression: string }>(tie => ({
  expression: fc.oneof({ depthSize: 'small', withCrossShrink: true },
    fc.constantFrom('n', 's', 'l', 'd', 'users', 'nested', 'mixed', 'none_', 't', 'u', 'text', 'later', 'nope', '1', '0', '-2', '2.5', "'a b'", '""', 'true', 'none', '[]', '{}', '()', 'f', 'big', 'x'),
    fc.tuple(tie('expression'), fc.constantFrom('+', '-', '*', '/', '//', '%', '~', '==', '!=', '<', '>', 'in', 'not in', 'and', 'or'), tie('expression')).map(([a, operator, b]) => `(${a} ${operator} ${b})`),
    fc.tuple(tie('expression'), fc.constantFrom('upper', 'length', 'list', 'sort', 'first', 'last', 'join', 'int', 'float', 'string', 'default(1)', 'bool', 'unique', 'reverse', 'min', 'max', 'sum', 'to_json', 'to_nice_yaml', 'flatten', 'dict2items', 'items2dict', 'map("string")', 'map(attribute="name")', 'select', 'selectattr("name")', 'groupby("age")', 'batch(2)', 'slice(2)', 'title', 'trim', 'quote', 'b64encode', 'hash', 'combine({"a": 1})', 'ternary(1, 2)', 'regex_replace("a", "b")', 'urlencode', 'round', 'abs', 'wordwrap(5)', 'indent', 'truncate(5)', 'pprint', 'tojson', 'zip([1])', 'from_json', 'from_yaml', 'splitext', 'human_readable', 'comment', 'xmlattr', 'urlize', 'random(seed=1)', 'type_debug'))
      .map(([of, filter]) => `(${of} | ${filter})`),
    fc.tuple(tie('expression'), fc.constantFrom('defined', 'string', 'mapping', 'none', 'sequence', 'even', 'in([1])', 'match("a")', 'version("1", ">")', 'changed', 'truthy', 'subset([1])')).map(([of, test]) => `(${of} is ${test})`),
    fc.tuple(tie('expression'), fc.constantFrom('.name', '[0]', '["a"]', '[1:]', '[::-1]', '.items()', '.split()', '.get("a")', '.append(1)', '.keys()', '.format(1)', '.x.y', '.strip("a")')).map(([of, member]) => `${of}${member}`),
    fc.tuple(tie('expression'), tie('expression'), tie('expression')).map(([a, b, c]) => `(${a} if ${b} else ${c})`),
    fc.array(tie('expression'), { maxLength: 3 }).map(items => `[${items.join(', ')}]`),
    tie('expression').map(a => `{'a': ${a}}`),
    tie('expression').map(a => `(not ${a})`)),
})).expression

const templates = fc.letrec<{ template: string }>(tie => ({
  template: fc.oneof({ depthSize: 'small' },
    fc.constantFrom('', 'text\n', ' '),
    expressions.map(a => `{{ ${a} }}`),
    fc.tuple(expressions, tie('template'), tie('template')).map(([a, b, c]) => `{% if ${a} %}${b}{% else %}${c}{% endif %}`),
    fc.tuple(expressions, tie('template')).map(([a, b]) => `{% for x in ${a} %}${b}{{ x }}{% endfor %}`),
    fc.tuple(expressions, tie('template')).map(([a, b]) => `{% set x = ${a} %}${b}`),
    tie('template').map(a => `{% set x %}${a}{% endset %}`),
    fc.tuple(expressions, tie('template'), tie('template')).map(([a, b, c]) => `{% with x = ${a} %}${b}{% endwith %}${c}`),
    fc.tuple(tie('template'), expressions).map(([a, b]) => `{% macro m(x) %}${a}{% endmacro %}{{ m(${b}) }}`),
    fc.tuple(tie('template'), tie('template')).map(([a, b]) => a + b)),
})).template

const later = new Unknown('it has not run yet')
const values = new Map<string, Raw>([...given, ['later', later], ['x', new TemplateText('{{ n }}')]])

describe('whatever is written', () => {
  const anything = fc.oneof(fc.string({ unit: 'binary', maxLength: 60 }), fc.array(fc.constantFrom(...words), { maxLength: 25 }).map(parts => parts.join('')), fc.array(fc.constantFrom(...words), { maxLength: 25 }).map(parts => parts.join(' ')))

  test('is a template or a mistake with its place', () => fc.assert(fc.property(anything, text => {
    const result = outcome(() => parseTemplate(text, { at: { file: 'a.j2', line: 1, column: 1 } }))
    if (!(result instanceof ProvisionError)) return
    expect(result.code).toBe('template-syntax')
    expect(result.at!.line).toBeLessThanOrEqual(text.split(/\r\n?|\n/).length)
    expect(result.at!.column).toBeGreaterThan(0)
  }), { numRuns: 3000 }))

  test('is an expression or a mistake', () => fc.assert(fc.property(anything, text => {
    outcome(() => parseExpression(text))
  }), { numRuns: 2000 }))

  test('renders or is a mistake, and comes to an end', () => fc.assert(fc.property(anything, text => {
    const own = new Evaluation(variables(values), environment)
    outcome(() => own.renderFile(text, 'a.j2'))
    outcome(() => own.evaluate(new TemplateText(text)))
  }), { numRuns: 2000 }))
})

describe('a template that can be parsed', () => {
  test('gives text, or is unknown, or is a mistake with a place', () => fc.assert(fc.property(templates, text => {
    const result = outcome(() => new Evaluation(variables(values), environment).renderFile(text, 'a.j2'))
    if (result instanceof ProvisionError) expect(result.at).toBeDefined()
    else expect(typeof result === 'string' || isUnknown(result)).toBe(true)
  }), { numRuns: 3000 }))

  test('asks for no other variables than it says', () => fc.assert(fc.property(templates, text => {
    const asked = new Set<string>()
    const own = new Evaluation({ get: name => (asked.add(name), name === 'x' ? 1 : values.get(name)), names: () => values.keys() }, environment)
    const names = namesIn(new TemplateText(text))
    outcome(() => own.evaluate(new TemplateText(text)))
    for (const name of asked) expect(names).toContain(name)
  }), { numRuns: 2000 }))

  test('gives the same again', () => fc.assert(fc.property(templates, text => {
    const once = () => outcome(() => new Evaluation(variables(values), environment).evaluate(new TemplateText(text)))
    const [first, second] = [once(), once()]
    if (first instanceof ProvisionError) expect((second as ProvisionError).message).toBe(first.message)
    else expect(second).toEqual(first)
  }), { numRuns: 1000 }))
})

const scalars = fc.oneof(fc.constant(null), fc.boolean(), fc.integer(), fc.bigInt(10n ** 20n, 10n ** 30n), fc.double().map(float), fc.string({ unit: 'grapheme' }), fc.constantFrom('yes', 'no', '1', '0x1', '~', 'null', '', ' ', "it's", '"', '- a', 'a: b', '#', '\n', 'a\n', '1e3', '2001-01-01', '{{ n }}', '=', '<<'))
function float(value: number): Value {
  return Number.isInteger(value) ? new Float(value) : value
}
const data: fc.Arbitrary<Value> = fc.letrec<{ value: Value }>(tie => ({
  value: fc.oneof({ depthSize: 'small' }, scalars, fc.array(tie('value'), { maxLength: 4 }), fc.array(fc.tuple(fc.string({ maxLength: 5 }), tie('value')), { maxLength: 4 }).map(entries => new Map<Value, Value>(entries))),
})).value

const through = (value: Value, filters: string) => new Evaluation(variables(new Map<string, Raw>([['value', value]])), environment).evaluate(new TemplateText(`{{ value | ${filters} }}`))

describe('data comes back as it was', () => {
  test('from JSON', () => fc.assert(fc.property(data, value => { expect(through(value, 'to_json | from_json')).toEqual(value) }), { numRuns: 500 }))
  test('from JSON with lines', () => fc.assert(fc.property(data, value => { expect(through(value, 'to_nice_json(sort_keys=false, ensure_ascii=false) | from_json')).toEqual(value) }), { numRuns: 500 }))
  test('from YAML', () => fc.assert(fc.property(data, value => { expect(through(value, 'to_yaml(sort_keys=false) | from_yaml')).toEqual(value) }), { numRuns: 500 }))
  test('from YAML with lines', () => fc.assert(fc.property(data, value => { expect(through(value, 'to_nice_yaml(sort_keys=false, width=20) | from_yaml')).toEqual(value) }), { numRuns: 500 }))
  test("from Python's literals", () => fc.assert(fc.property(data.filter(value => !/\b(?:nan|inf)\b/.test(repr(value))), value => { expect(parseLiteral(repr(value))).toEqual(value) }), { numRuns: 500 }))
  test('from base64 and URLs', () => fc.assert(fc.property(fc.string({ unit: 'grapheme' }), text => {
    expect(through(text, 'b64encode | b64decode')).toBe(text)
    expect(through(text, 'urlencode | urldecode')).toBe(text)
  })))
  test('from a template that has nothing but its name', () => fc.assert(fc.property(data, value => { expect(new Evaluation(variables(new Map<string, Raw>([['value', value]])), environment).evaluate(new TemplateText('{{ value }}'))).toEqual(value) })))
})
