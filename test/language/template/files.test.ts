import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { evaluation } from './given.ts'

const root = mkdtempSync(join(tmpdir(), 'templates-'))

const files = {
  'templates/inc.j2': 'inc:{{ n }}{{ loc | default("-") }}\n',
  'templates/mac.j2': "{% macro hi(x) %}hi {{ x }}{% endmacro %}\n{% macro seen() %}{{ n | default('no n') }}{% endmacro %}\n{% set val = 42 %}\n{% set _own = 1 %}\n",
  'templates/base.j2': 'B[{% block body %}base{% endblock %}|{% block foot scoped %}foot{% endblock %}]{{ title | default("") }}\n',
  'templates/middle.j2': "{% extends 'base.j2' %}{% block body %}middle {{ super() }}{% endblock %}",
  'templates/strict.j2': '{% block must required %}{% endblock %}',
  'templates/bad.j2': 'line 1\n{{ nope }}\n',
  'templates/self.j2': "{% include 'self.j2' %}",
  'templates/circle.j2': "{% extends 'circle.j2' %}",
  'templates/crlf.j2': 'a\r\nb\r\n',
  'role/templates/inc.j2': 'role\n',
  'sub/beside.j2': 'beside',
}

beforeAll(() => {
  for (const [name, content] of Object.entries(files)) {
    mkdirSync(join(root, name, '..'), { recursive: true })
    writeFileSync(join(root, name), content)
  }
})
afterAll(() => rmSync(root, { recursive: true }))

const rendered = (text: string, more = {}, options = {}) => evaluation({}, { directory: root, ...more }).renderFile(text, join(root, 'sub/case.j2'), options)

describe('a template file', () => {
  test.each([
    ["{% include 'inc.j2' %}", 'inc:5-'],
    ["{% include 'inc.j2' %}!\n", 'inc:5-!\n'],
    ["{% set loc = 'L' %}{% include 'inc.j2' %}", 'inc:5L'],
    ["{% for loc in l %}{% include 'inc.j2' %}{% endfor %}", 'inc:53inc:51inc:52'],
    ["{% include ['nope.j2', 'inc.j2'] %}", 'inc:5-'],
    ["{% include 'nope.j2' ignore missing %}ok", 'ok'],
    ["{% include 'beside.j2' %}", 'beside'],
    ["{% import 'mac.j2' as m %}{{ m.hi('x') }}{{ m.val }}{{ m._own is defined }}", 'hi x42False'],
    ["{% from 'mac.j2' import hi, val as v %}{{ hi('y') }}{{ v }}", 'hi y42'],
    ["{% from 'mac.j2' import seen %}{{ seen() }}", 'no n'],
    ["{% from 'mac.j2' import seen with context %}{{ seen() }}", '5'],
    ["{% import 'mac.j2' as m with context %}{{ m.seen() }}", '5'],
    ["{% extends 'base.j2' %}{% block body %}child {{ super() }}{% endblock %}ignored", 'B[child base|foot]'],
    ["{% extends 'base.j2' %}", 'B[base|foot]'],
    ["{% extends 'base.j2' %}{% set title = 'T' %}", 'B[base|foot]T'],
    ["{% extends 'middle.j2' %}{% block body %}child {{ super() }}{% endblock %}", 'B[child middle base|foot]'],
    ["{% extends 'middle.j2' %}{% block foot %}{{ n }}{{ self.body() }}{% endblock %}", 'B[middle base|5middle base]'],
    ["{% extends 'strict.j2' %}{% block must %}{{ n }}{% endblock %}", '5'],
    ["{% if t %}{% extends 'base.j2' %}{% endif %}", 'B[base|foot]'],
    ["{% block a %}{% set x = 1 %}{{ x }}{% endblock %}{{ x is defined }}", '1False'],
    ["{% for i in l %}{% block b scoped %}{{ i }}{% endblock %}{% endfor %}", '312'],
  ])('%s gives %j', (text, expected) => expect(rendered(text)).toBe(expected))

  test('finds what it includes in the role first', () => expect(rendered("{% include 'inc.j2' %}", { searchPath: [join(root, 'role')] })).toBe('role'))
  test('without context sees no variables', () => expect(() => rendered("{% include 'inc.j2' without context %}")).toThrow(expect.objectContaining({ code: 'undefined-variable', at: expect.objectContaining({ file: join(root, 'templates/inc.j2'), line: 1, column: 8 }), hint: expect.stringContaining('with context') })))
  test('shows a mistake where it is, in the file that it includes', () => expect(() => rendered("{% include 'bad.j2' %}")).toThrow(expect.objectContaining({ at: { file: join(root, 'templates/bad.j2'), line: 2, column: 4, endColumn: 8 } })))
  test('must fill the blocks that are required', () => expect(() => rendered("{% extends 'strict.j2' %}")).toThrow("the block 'must' must be filled"))
  test.each(['self.j2', 'circle.j2'])('that includes itself does not come to an end: %s', name => expect(() => rendered(`{% include '${name}' %}`)).toThrow(expect.objectContaining({ code: 'template-fuel' })))
  test('that extends itself by another does not come to an end', () => expect(() => rendered("{% extends 'circle.j2' %}")).toThrow(expect.objectContaining({ code: 'template-fuel' })))
  test('knows the variables that are given with it before all others', () =>
    expect(evaluation().renderFile('{{ template_path }} {{ n }}', 'x.j2', {}, new Map<string, string | number>([['template_path', 'x.j2'], ['n', 6]]))).toBe('x.j2 6'))
  test('may hold text that is not for it', () => expect(rendered('{% raw %}{{ not }}{% endraw %}')).toBe('{{ not }}'))
  test('ends its lines as the template does, or as it is told', () => {
    expect(rendered('a\r\n{{ n }}\r\n')).toBe('a\n5\n')
    expect(rendered('a\n{{ n }}\n', {}, { newlineSequence: '\r\n' })).toBe('a\r\n5\r\n')
    expect(rendered("{% include 'crlf.j2' %}\n")).toBe('a\nb\n')
  })
})

describe('white space', () => {
  test.each<[string, object, string]>([
    ['{% if t %}\nyes\n{% endif %}\nend\n', {}, 'yes\nend\n'],
    ['{% if t %}\nyes\n{% endif %}\nend\n', { trimBlocks: false }, '\nyes\n\nend\n'],
    ['  {% if t %}\n  yes\n  {% endif %}\nend\n', {}, '    yes\n  end\n'],
    ['  {% if t %}\n  yes\n  {% endif %}\nend\n', { lstripBlocks: true }, '  yes\nend\n'],
    ['  {%+ if t %}x{% endif +%}\n', { lstripBlocks: true }, '  x\n'],
    ['#jinja2: lstrip_blocks: True\n  {% if t %}\nx\n  {% endif %}\n', {}, 'x\n'],
    ['#jinja2: trim_blocks: False, lstrip_blocks: True\n  {% if t %}\nx\n{% endif %}\n', {}, '\nx\n'],
    ["#jinja2: variable_start_string: '[%', variable_end_string: '%]'\n{{ n }} [% n %]\n", {}, '{{ n }} 5\n'],
    ['<% if t %>{{ n }}<% endif %>', { blockStart: '<%', blockEnd: '%>' }, '5'],
    ['(( n )) /* c */', { variableStart: '((', variableEnd: '))', commentStart: '/*', commentEnd: '*/' }, '5 '],
    ["#jinja2: newline_sequence: '\\r\\n'\na\n", {}, 'a\r\n'],
    ["#jinja2: line_statement_prefix:':'\n: if t\nfoo {{ n }}\n: endif\n", {}, 'foo 5\n'],
    ['% for i in [1,\n 2]:\n{{ i }} ## comment\n% endfor\nend', { lineStatementPrefix: '%', lineCommentPrefix: '##' }, '1\n2\nend'],
    ['{{ n }}\n\n\n', {}, '5\n\n\n'],
    ['{% if false %}x{% endif %}\n', {}, '\n'],
    ['x\n{# comment #}\ny', {}, 'x\ny'],
  ])('%j with %j', (text, options, expected) => expect(rendered(text, {}, options)).toBe(expected))

  test.each([
    ['#jinja2: lstrip_block: True\n', "#jinja2: has no setting 'lstrip_block'"],
    ['#jinja2: trim_blocks: maybe\n', "'trim_blocks' must be True or False"],
    ['#jinja2: trim_blocks=True\n', "failed to parse jinja2 override 'trim_blocks=True': a setting is written name: value"],
  ])('%j is a mistake', (text, message) => expect(() => rendered(text)).toThrow(expect.objectContaining({ code: 'template-syntax', message, at: expect.objectContaining({ line: 1, column: 10 }) })))

  test('the lines of a file with settings are still those of the file', () => expect(() => rendered('#jinja2: trim_blocks: True\n{{ nope }}')).toThrow(expect.objectContaining({ at: expect.objectContaining({ line: 2, column: 4 }) })))
})
