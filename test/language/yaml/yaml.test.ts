import { readFileSync } from 'node:fs'
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { ProvisionError } from '../../../src/core/error.ts'
import { Float, TemplateText, type Raw, type RawDict } from '../../../src/core/value.ts'
import { positionIn, positionOf, valuePositionOf } from '../../../src/language/positions.ts'
import { parseYaml, parseYamlStream } from '../../../src/language/yaml.ts'

const read = (text: string) => parseYaml(text, 'f.yml')

function mistake(text: string): ProvisionError {
  try {
    read(text)
  } catch (error) {
    if (error instanceof ProvisionError) return error
    throw error
  }
  throw new Error(`no mistake was found in ${text}`)
}

describe('a plain scalar is what PyYAML makes of it', () => {
  const cases = JSON.parse(readFileSync(new URL('scalars.json', import.meta.url), 'utf8')) as [string, string, unknown][]
  const typed = (value: Raw): unknown[] => {
    if (value === null) return ['null']
    if (typeof value === 'boolean') return ['bool', value]
    if (value instanceof Float) return ['float', value.value]
    if (typeof value === 'bigint' || Number.isInteger(value)) return ['int', String(value)]
    if (typeof value === 'number') return ['float', value]
    return ['str', value]
  }
  test.each(cases)('%s', (text, type, value) => {
    const number = (words: unknown) => Number(String(words).replace('inf', 'Infinity'))
    const [item] = read(`- ${text}`) as Raw[]
    expect(typed(item!)).toEqual(type === 'null' ? [type] : [type, type === 'float' ? number(value) : value])
  })
})

describe('values', () => {
  const dict = (...members: [Raw, Raw][]) => new Map(members) as RawDict
  test.each<[string, string, Raw]>([
    ['an empty text is null', '', null],
    ['a comment only is null', '# nothing\n', null],
    ['dictionaries keep their order and the type of their keys', 'b: 1\na: 2\n3: x\ntrue: y', dict(['b', 1], ['a', 2], [3, 'x'], [true, 'y'])],
    ['quoted numbers are texts', `["0644", '1', "yes"]`, ['0644', '1', 'yes']],
    ['a whole float is not an integer', '2.0', new Float(2)],
    ['merge keys come first and give way', 'x: &x {a: 1, b: 2}\ny:\n  b: 3\n  <<: *x\n  c: 4', dict(['x', dict(['a', 1], ['b', 2])], ['y', dict(['a', 1], ['b', 3], ['c', 4])])],
    ['of several merged dictionaries the first counts', 'a: &a {k: 1}\nb: &b {k: 2, l: 3}\nc: {<<: [*a, *b]}', dict(['a', dict(['k', 1])], ['b', dict(['k', 2], ['l', 3])], ['c', dict(['k', 1], ['l', 3])])],
    ['an alias is the value of its anchor', '[&x [1], *x]', [[1], [1]]],
    ['!unsafe text is never a template', 'a: !unsafe "{{ x }}"', dict(['a', '{{ x }}'])],
    ['!unsafe holds for all beneath it', 'a: !unsafe {b: ["{{ x }}"]}', dict(['a', dict(['b', ['{{ x }}']])])],
    ['!!str makes a text', '!!str 0644', '0644'],
    ['!!int makes a number of a quoted text', '!!int "5"', 5],
    ['!!binary makes bytes', '!!binary aGk=', new Uint8Array([104, 105])],
    ['JSON has its own numbers', '{"a": 1e3, "b": 1.5, "c": [true, null, 12345678901234567890]}', dict(['a', new Float(1000)], ['b', 1.5], ['c', [true, null, 12345678901234567890n]])],
    ['JSON may have tabs', '{\n\t"a":\t1\n}', dict(['a', 1])],
    ['a document marker is no value', '---\na: 1\n...\n', dict(['a', 1])],
    ['a byte order mark is skipped', '\ufeffa: 1', dict(['a', 1])],
    ['lines may end as on Windows', 'a: 1\r\nb: |\r\n  x\r\n  y\r\n', dict(['a', 1], ['b', 'x\ny\n'])],
    ['block scalars keep, fold and chomp', 'a: |-\n  x\n\n  y\nb: >\n  x\n  y\nc: |+\n  x\n\n', dict(['a', 'x\n\ny'], ['b', 'x y\n'], ['c', 'x\n\n'])],
  ])('%s', (_, text, value) => expect(read(text)).toEqual(value))

  test('a stream has several documents', () => expect(parseYamlStream('a: 1\n---\n- 2\n', 'f.yml')).toEqual([new Map([['a', 1]]), [2]]))

  test('any JSON is read as itself', () => {
    fc.assert(fc.property(fc.jsonValue(), value => {
      const plain = (raw: Raw): unknown =>
        raw instanceof Map ? Object.fromEntries([...raw].map(([key, member]) => [key, plain(member as Raw)]))
        : Array.isArray(raw) ? (raw as Raw[]).map(plain)
        : raw instanceof TemplateText ? raw.text
        : raw instanceof Float ? raw.value
        : typeof raw === 'bigint' ? Number(raw)
        : raw
      const wanted = JSON.parse(JSON.stringify([value]).replaceAll('-0', '0').replaceAll('__proto__', 'proto'))
      expect(plain(read(JSON.stringify(wanted, null, 1)))).toEqual(wanted)
    }))
  })
})

describe('mistakes', () => {
  const bomb = 'a: &a [x,x,x,x,x,x,x,x,x]\n' + 'bcdefghi'.split('').map((name, at) => `${name}: &${name} [${Array(9).fill(`*${'abcdefgh'[at]}`).join(',')}]`).join('\n')
  test.each<[string, string, RegExp, number, number, RegExp?]>([
    ['a tab as indentation', 'a:\n\tb: 1', /tab/, 2, 1, /spaces/],
    ['a tab among spaces', 'a:\n  b: 1\n  \tc: 1', /tab/, 3, 3, /spaces/],
    ['a duplicate key', 'a: 1\nb: 2\na: 3', /the key 'a' is there twice/, 3, 1, /line 1/],
    ['a duplicate key in other quotes', 'x:\n  "a": 1\n  \'a\': 2', /'a' is there twice/, 3, 3],
    ['an anchor bomb', bomb, /aliases multiply/, 6, 8],
    ['an anchor inside itself', 'a: &a [*a]', /inside itself/, 1, 8],
    ['an alias without anchor', 'a: *.conf', /no anchor/, 1, 4, /quotes/],
    ['hostile nesting in brackets', '['.repeat(50_000), /levels deep/, 1, 202],
    ['hostile nesting in dashes', '- '.repeat(3000), /levels deep/, 1, 403],
    ['a template without quotes', 'a: {{ x }}', /begins with \{\{/, 1, 4, /quotes/],
    ['a template without quotes and more', 'a: {{ x }}/b', /begins with \{\{/, 1, 4, /quotes/],
    ['a template without quotes in a list', '- {{ x }}', /begins with \{\{/, 1, 3, /quotes/],
    ['a second colon', 'a: b: c', /second colon/, 1, 4, /quotes/],
    ['an open quote', 'a: "b\nc: 1\nd: 2\n', /double quotes has no end/, 1, 4],
    ['an indentation that fits nothing', 'a: 1\n  b: 2', /indented differently/, 1, 4],
    ['a missing colon', 'a\nb: 1', /no colon/, 1, 1],
    ['text behind a quote', 'a: "x" y', /something follows/, 1, 8],
    ['a reserved character', 'a: @x', /cannot start with reserved character @/, 1, 4, /quotes/],
    ['a dictionary as key', '? {a: 1}\n: 2', /a key must be a single value/, 1, 3],
    ['an unknown tag', 'a: !foo x', /tag !foo is not known/, 1, 9],
    ['a wrong type', 'a: !!int x', /not of the type int/, 1, 10],
    ['a second document', 'a: 1\n---\nb: 2', /second document/, 2, 1],
    ['a merge of nothing', 'a: {<<: 1}', /<< takes a dictionary/, 1, 9],
    ['an open bracket', 'a: [1, 2\nb: 3\n', /./, 2, 1],
  ])('%s', (_, text, message, line, column, hint) => {
    const error = mistake(text)
    expect(error.code).toBe('yaml-syntax')
    expect(error.message).toMatch(message)
    if (hint) expect(error.hint).toMatch(hint)
    expect([error.at?.line, error.at?.column]).toEqual([line, column])
  })

  test('no text makes anything but a value or a mistake with a place', () => {
    const piece = fc.constantFrom('a', ': ', ':', '- ', '\n', '  ', '\t', '"', "'", '{', '}', '[', ']', ',', '&a ', '*a', '{{ x }}', '|', '>', '#', '!', '!!str ', '---\n', '? ', '%', '@', '0', '<<')
    fc.assert(fc.property(fc.array(piece, { maxLength: 25 }), pieces => {
      try {
        read(pieces.join(''))
      } catch (error) {
        expect(error).toBeInstanceOf(ProvisionError)
        expect((error as ProvisionError).at).toBeDefined()
      }
    }), { numRuns: 2000 })
  })
})

describe('places', () => {
  test('keys, values and items know where they stand', () => {
    const value = read('name: x\ntasks:\n  - copy:\n      src: a\n') as RawDict
    expect(positionOf(value, 'tasks')).toEqual({ file: 'f.yml', line: 2, column: 1, endColumn: 6 })
    expect(valuePositionOf(value, 'name')).toEqual({ file: 'f.yml', line: 1, column: 7, endColumn: 8 })
    const tasks = value.get('tasks') as Raw[]
    expect(positionOf(tasks, 0)).toMatchObject({ line: 3, column: 5 })
    expect(positionOf(tasks[0])).toMatchObject({ line: 3, column: 5 })
    expect(positionOf((tasks[0] as RawDict).get('copy'), 'src')).toMatchObject({ line: 4, column: 7 })
    expect(positionOf(value, 'absent')).toBeUndefined()
    expect(positionOf('text')).toBeUndefined()
  })

  test('a merged member stands where it was written', () => {
    const value = read('a: &a\n  k: 1\nb:\n  <<: *a') as RawDict
    expect(positionOf(value.get('b'), 'k')).toMatchObject({ line: 2, column: 3 })
  })

  test.each<[string, string, [number, number]]>([
    ['plain', 'a: x {{ y }}', [1, 4]],
    ['in double quotes', 'a: "{{ y }}"', [1, 5]],
    ['in a literal block', 'a: |\n\n    x {{ y }}', [2, 1]],
    ['in a literal block without blank lines', 'a: |\n    x {{ y }}', [2, 5]],
    ['in a folded block', 'a: >-\n  {{ y }}', [2, 3]],
    ['with a tag', 'a: !!str {{y}}'.replace('{{y}}', '"{{y}}"'), [1, 11]],
  ])('a template begins where it was written: %s', (_, text, [line, column]) => {
    const template = (read(text) as RawDict).get('a') as TemplateText
    expect(template).toBeInstanceOf(TemplateText)
    expect([template.at?.line, template.at?.column]).toEqual([line, column])
  })

  test.each<[string, string]>([
    ['plain', 'a: one {{ HERE }}'],
    ['plain over lines', 'a: one\n  two\n\n  three {{ HERE }}'],
    ['literal', 'a: |\n  one\n    two {{ x }}\n  {{ HERE }}'],
    ['literal after blank lines', 'a: |\n\n\n  one {{ HERE }}'],
    ['folded', 'a: >\n  one\n  two {{ x }}\n\n  three\n  four {{ HERE }}'],
    ['single quotes', "a: 'it''s\n  {{ x }} ''{{ HERE }}'''"],
    ['double quotes', 'a: "\\t\\u00e9 \\"x\\" one\n  two \\\n  {{ HERE }}"'],
  ])('a character of a template is found where it was written: %s', (_, text) => {
    const template = (read(text) as RawDict).get('a') as TemplateText
    const before = text.slice(0, text.indexOf('HERE')).split('\n')
    expect(positionIn(template, template.text.indexOf('HERE'))).toEqual({ file: 'f.yml', line: before.length, column: before.at(-1)!.length + 1 })
  })
})

describe('encrypted values', () => {
  const text = 'a: !vault |\n  $ANSIBLE_VAULT;1.1;AES256\n  6162\nb: 1\n'
  test('are errors only when they are used', () => {
    const value = read(text) as RawDict
    expect(value.get('b')).toBe(1)
    expect(() => (value.get('a') as TemplateText).text).toThrow(expect.objectContaining({ code: 'vault', at: expect.objectContaining({ line: 1, column: 11 }) }))
  })
  test('are read by whoever knows the password, once', () => {
    let calls = 0
    const value = parseYaml(text, 'f.yml', { decrypt: encrypted => `${++calls}:${encrypted.split('\n').length}` }) as RawDict
    const secret = value.get('a') as TemplateText
    expect(calls).toBe(0)
    expect([secret.text, secret.text]).toEqual(['1:3', '1:3'])
  })
})
