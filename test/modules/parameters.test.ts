import { readFileSync } from 'node:fs'
import { describe, expect, test } from 'vitest'
import { OMIT, TemplateText, toValue, type Dict, type Raw, type RawDict } from '../../src/core/value.ts'
import { checkParameters, convertParameters, type Signature } from '../../src/modules/parameters.ts'

interface Case {
  readonly spec: string
  readonly given: object
  readonly errors: readonly string[]
  readonly parameters: { readonly [name: string]: unknown } | null
}

// Made by Ansible's own validator (ansible-core 2.14.18) for the same specifications.
const { specs, cases } = JSON.parse(readFileSync(new URL('parameters.cases.json', import.meta.url), 'utf8')) as {
  specs: { [name: string]: Pick<Signature, 'parameters' | 'rules'> }
  cases: Case[]
}

const untyped = (message: string) => message.replace(/Valid booleans include: .*/, 'Valid booleans include: …')

/** Several unknown names are one error in Ansible and several here. */
const kind = (message: string) => (message.startsWith('Unsupported') ? 'unsupported' : untyped(message))

describe('parameters are taken and refused as Ansible does', () => {
  test.each(cases.map(one => [one.spec, JSON.stringify(one.given), one] as const))('%s %s', (_, __, { spec, given, errors, parameters }) => {
    const result = convertParameters({ name: spec, ...specs[spec]! }, toValue(given) as Dict)
    const messages = 'problems' in result ? result.problems.map(({ message }) => untyped(message)) : []
    if (spec !== 'nested') expect([...messages].sort()).toEqual(errors.map(untyped).sort())
    // For nested options Ansible repeats itself while it looks for secrets; the mistake that is said first is what counts.
    else if (messages.length > 0) expect(errors.map(error => kind(error))).toContain(kind(messages[0]!))
    else expect(errors).toEqual([])
    if (!parameters) return
    // Ansible gives null for what was not given.
    const wanted = Object.fromEntries(Object.entries(parameters).filter(([, value]) => value !== null))
    expect(JSON.parse(JSON.stringify('parameters' in result && result.parameters))).toEqual(withoutNulls(wanted, specs[spec]!.parameters))
  })
})

/** What was not given in nested options is null in Ansible and absent here. `~` is expanded on the host here. */
function withoutNulls(value: unknown, specs: Signature['parameters']): unknown {
  return Object.fromEntries(Object.entries(value as object).map(([name, member]) => {
    const options = specs[name]?.options
    if (typeof member === 'string' && member.startsWith(`${process.env['HOME']}/`)) return [name, member.replace(process.env['HOME']!, '~')]
    if (!options) return [name, member]
    const one = (item: object): unknown => withoutNulls(Object.fromEntries(Object.entries(item).filter(([, inner]) => inner !== null)), options)
    return [name, Array.isArray(member) ? member.map(one) : one(member as object)]
  }))
}

const copy: Signature = {
  name: 'copy',
  parameters: {
    dest: { type: 'path', required: true, description: '' },
    src: { type: 'path', description: '' },
    content: { type: 'raw', description: '' },
    mode: { type: 'mode', description: '' },
    backup: { type: 'bool', default: false, description: '' },
    state: { type: 'str', choices: ['present', 'absent'], description: '' },
    password: { type: 'str', noLog: true, description: '' },
    that: { type: 'list', elements: 'raw', expression: true, description: '' },
    var: { type: 'str', expression: true, description: '' },
    list: { type: 'list', elements: 'int', description: '' },
  },
  rules: { mutuallyExclusive: [['src', 'content']], requiredOneOf: [['src', 'content']] },
}

const given = (members: { [name: string]: Raw }): RawDict => new Map(Object.entries(members))
const taken = (members: { [name: string]: Raw }) => {
  const result = convertParameters(copy, given({ dest: '/x', src: 'y', ...members }) as Dict)
  if ('problems' in result) throw new Error(result.problems[0]!.message)
  return result
}
const template = new TemplateText('{{ x }}')

describe('values', () => {
  test('defaults are filled in and nothing else', () => expect(taken({}).parameters).toEqual({ dest: '/x', src: 'y', backup: false }))
  test('what is omitted is not given', () => expect(taken({ mode: OMIT, list: [1, OMIT, 2] }).parameters).toEqual({ dest: '/x', src: 'y', backup: false, list: [1, 2] }))
  test('null is not given', () => expect(taken({ mode: null, backup: null }).parameters).toEqual({ dest: '/x', src: 'y', backup: false }))
  test('null is no choice', () => expect(() => taken({ state: null })).toThrow('value of state must be one of: present, absent, got: None'))
  test.each<[Raw, unknown]>([[420, 420], ['0644', '0644'], ['u=rwX,g-w', 'u=rwX,g-w'], ['preserve', 'preserve']])('the mode %j stays as it is', (mode, value) =>
    expect(taken({ mode }).parameters).toHaveProperty('mode', value))
  test('a mode is no list', () => expect(() => taken({ mode: [1] })).toThrow("argument 'mode' is of type <class 'list'> and we were unable to convert to mode"))
  test('secret parameters are named', () => expect(taken({ password: 'hunter2' }).secrets).toEqual(['hunter2']))
  test('expressions keep their text and are not split at commas', () =>
    expect(taken({ that: 'a in [1, 2]', var: template }).parameters).toMatchObject({ that: ['a in [1, 2]'], var: '{{ x }}' }))
  test('expressions in a list keep their text', () => expect(taken({ that: [template, true] }).parameters).toMatchObject({ that: ['{{ x }}', true] }))
  test('other parameters are taken where a module takes any', () => {
    const result = convertParameters({ name: 'x', parameters: {}, anyParameter: true }, given({ a: [1] }) as Dict)
    expect(result).toMatchObject({ parameters: { a: [1] } })
  })
})

describe('what is wrong whatever the templates give', () => {
  test.each<[string, { [name: string]: Raw }, string | undefined, (string | number)[]?, string?]>([
    ['nothing', { dest: template, src: template, mode: template, state: template, list: template }, undefined],
    ['an unknown name', { dest: '/x', src: template, mdoe: '0644' }, 'Unsupported parameters for (copy) module: mdoe. Supported parameters include: backup, content, dest, list, mode, password, src, state, that, var.', ['mdoe'], 'Did you mean mode?'],
    ['a name that objects have in JavaScript', { dest: '/x', src: 'y', constructor: 1 }, 'Unsupported parameters for (copy) module: constructor.'],
    ['a missing parameter', { src: template }, 'missing required arguments: dest', []],
    ['a wrong choice', { dest: '/x', src: 'y', state: 'gone' }, 'value of state must be one of: present, absent, got: gone', ['state']],
    ['a wrong boolean', { dest: '/x', src: 'y', backup: 'maybe' }, "argument 'backup' is of type <class 'str'> and we were unable to convert to bool: The value 'maybe' is not a valid boolean.", ['backup']],
    ['a wrong element', { dest: '/x', src: 'y', list: [1, template, 'x'] }, "Elements value for option 'list' is of type <class 'str'> and we were unable to convert to int: <class 'str'> cannot be converted to an int", ['list', 2]],
    ['two that exclude each other', { dest: '/x', src: 'y', content: 'z' }, 'parameters are mutually exclusive: src|content', []],
    ['two that may be omitted', { dest: '/x', src: template, content: template }, undefined],
    ['neither of two', { dest: '/x' }, 'one of the following is required: src, content', []],
  ])('%s', (_, members, message, path, hint) => {
    const [problem] = checkParameters(copy, given(members))
    if (message === undefined) expect(problem).toBeUndefined()
    else expect(problem?.message).toContain(message)
    if (path) expect(problem?.path).toEqual(path)
    if (hint) expect(problem?.hint).toBe(hint)
  })

  test('nothing is known to be missing when more may come', () => expect(checkParameters(copy, given({ mode: '0644' }), true)).toEqual([]))
})
