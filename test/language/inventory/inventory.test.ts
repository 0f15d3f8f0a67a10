import { chmodSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { ProvisionError } from '../../../src/core/error.ts'
import { TemplateText } from '../../../src/core/value.ts'
import { loadInventory } from '../../../src/language/inventory/load.ts'
import { resolveLimit, resolvePattern } from '../../../src/language/inventory/pattern.ts'
import { positionOf, valuePositionOf } from '../../../src/language/positions.ts'

let directory = ''
beforeAll(() => { directory = mkdtempSync(join(tmpdir(), 'inventory-')) })
afterAll(() => rmSync(directory, { recursive: true }))

let count = 0
function write(text: string, name = `inventory${++count}`, mode = 0o644): string {
  const path = join(directory, name)
  mkdirSync(dirname(path), { recursive: true })
  writeFileSync(path, text)
  chmodSync(path, mode)
  return path
}

const names = (hosts: readonly { name: string }[]) => hosts.map(host => host.name)

function mistake(body: () => unknown): ProvisionError {
  try {
    body()
  } catch (error) {
    if (error instanceof ProvisionError) return error
    throw error
  }
  throw new Error('there was no mistake')
}

describe('mistakes in an INI inventory', () => {
  test.each<[string, string, RegExp, [number, number], RegExp?]>([
    ['a child that does not exist', '[web]\nh1\n[prod:children]\nwbe\n', /the group 'prod' has a child 'wbe' that does not exist/, [4, 1], /Did you mean web\?/],
    ['variables of a group that does not exist', '[web]\nh1\n[wbe:vars]\na=1\n', /variables for a group 'wbe'/, [3, 1], /Did you mean web\?/],
    ['a kind of section that does not exist', '[web:var]\n', /of a kind that does not exist/, [1, 1], /Did you mean vars/],
    ['blanks in a section', '[web servers]\n', /is no section/, [1, 1]],
    ['a word that is no variable', '[web]\nh1 foo\n', /'foo' is not of the form variable=value/, [2, 4]],
    ['an open quote', '[web]\nh1 a="b\n', /a quote is not closed/, [2, 1]],
    ['a line without =', '[web]\n[web:vars]\nfoo\n', /'foo' is not of the form/, [3, 1]],
    ['a colon without a port', 'h1:\nh2', /ends in a colon/, [1, 1]],
    ['a bad range', '[web]\nh[1-3\n', /\] is missing/, [2, 1]],
    ['a range that is empty', '[web]\nh[5:1]\n', /is empty/, [2, 1]],
    ['a range with too many names', 'h[1:99999999]\n', /more than 65536 names/, [1, 1]],
    ['ranges that multiply', 'h[1:999]-[1:999]\n', /more than 65536 names/, [1, 1]],
    ['two children on a line', '[a]\n[b]\n[c:children]\na b\n', /'a b' is no name of a group/, [4, 1]],
    ['a group that contains itself', '[a:children]\na\n', /contains itself/, [2, 1]],
    ['groups that contain each other', '[a:children]\nb\n[b:children]\na\n', /contain each other/, [4, 1]],
    ['a priority that is no number', '[a]\n[a:vars]\nansible_group_priority=high\n', /whole number/, [3, 24]],
    ['YAML', '---x\n'.replace('x', ' ') + 'all:\n', /./, [1, 1]],
  ])('%s', (_, text, message, [line, column], hint) => {
    const error = mistake(() => loadInventory([write(text, `broken${++count}.ini`)]))
    expect(error.code).toBe('inventory-syntax')
    expect(error.message).toMatch(message)
    expect([error.at?.line, error.at?.column]).toEqual([line, column])
    if (hint) expect(error.hint).toMatch(hint)
  })
})

describe('mistakes in a YAML inventory', () => {
  test.each<[string, string, string, RegExp, [number, number], RegExp?]>([
    ['a key that does not exist', 'all:\n  host:\n    h1:\n', 'inventory-syntax', /has a key 'host' that does not exist/, [2, 3], /Did you mean hosts\?/],
    ['hosts as a list', 'all:\n  hosts:\n    - h1\n', 'inventory-syntax', /is not a dictionary/, [3, 5], /with a colon behind it/],
    ['a number as host', 'all:\n  hosts:\n    1:\n', 'inventory-syntax', /a text, not 1/, [3, 5], /quotes/],
    ['a number as variable', 'all:\n  vars:\n    1: x\n', 'inventory-syntax', /variable's name is a text, not 1/, [3, 5], /quotes/],
    ['no dictionary', '- h1\n', 'inventory-syntax', /a dictionary of groups/, [1, 1]],
    ['an empty file', '', 'inventory-syntax', /empty/, [1, 1]],
    ['a plugin', 'plugin: aws_ec2\n', 'unsupported', /inventory plugins/, [1, 1]],
    ['a tab', 'all:\n\thosts:\n', 'yaml-syntax', /tab/, [2, 1]],
    ['groups that contain each other', 'a:\n  children:\n    b:\n      children:\n        a:\n', 'inventory-syntax', /contain each other/, [3, 5]],
  ])('%s', (_, text, code, message, [line, column], hint) => {
    const error = mistake(() => loadInventory([write(text, `broken${++count}.yml`)]))
    expect(error.code).toBe(code)
    expect(error.message).toMatch(message)
    expect([error.at?.line, error.at?.column]).toEqual([line, column])
    if (hint) expect(error.hint).toMatch(hint)
  })
})

describe('sources', () => {
  test('a list of hosts needs a comma', () => {
    const inventory = loadInventory(['h1, h2:2200,'])
    expect([...inventory.hosts.keys()]).toEqual(['h1', 'h2'])
    expect(inventory.host('h2')!.vars.get('ansible_port')).toBe(2200)
    expect(names(inventory.membersOf(inventory.groups.get('ungrouped')!))).toEqual(['h1', 'h2'])
    expect(mistake(() => loadInventory(['nowhere']))).toMatchObject({ code: 'file-missing', hint: expect.stringContaining('-i nowhere,') })
  })

  test('of several sources later ones count more', () => {
    const first = write('[web]\nh1 a=1 b=1\n')
    const second = write('all:\n  hosts:\n    h1: {a: 2}\n', 'second.yml')
    const inventory = loadInventory([first, second, 'h3,'])
    expect([...inventory.hosts.get('h1')!.vars]).toEqual([['a', 2], ['b', 1]])
    expect(inventory.hosts.get('h1')!.source).toBe(first)
    expect(inventory.sources).toEqual([first, second])
    expect(names(resolvePattern(inventory, 'all'))).toEqual(['h1', 'h3'])
  })

  test('a directory is all its files in the order of their names, without those that are no inventories', () => {
    write('[web]\nh1 a=1\n', 'many/10-web')
    write('web: {hosts: {h1: {a: 2}, h2: }}\n', 'many/20-more.yml')
    write('[sub]\nh3\n', 'many/nested/deep')
    for (const ignored of ['.hidden', 'old.bak', 'notes.md', 'x.ini', 'group_vars/web.yml', 'y~']) write('][', `many/${ignored}`)
    const inventory = loadInventory([join(directory, 'many')])
    expect([...inventory.hosts.keys()]).toEqual(['h1', 'h2', 'h3'])
    expect(inventory.host('h1')!.vars.get('a')).toBe(2)
    expect(inventory.sources).toEqual([join(directory, 'many')])
  })

  test('a file without ending may be YAML or INI', () => {
    expect([...loadInventory([write('---\nweb:\n  hosts:\n    h1:\n')]).groups.keys()]).toContain('web')
    expect([...loadInventory([write('# x\nweb:\n  hosts: h1\n')]).hosts.keys()]).toEqual(['h1'])
    expect([...loadInventory([write('{"web": {"hosts": {"h1": null}}}')]).hosts.keys()]).toEqual(['h1'])
    expect([...loadInventory([write('h1 a=1\n')]).hosts.keys()]).toEqual(['h1'])
    expect([...loadInventory([write('10.0.0.1:22\n')]).hosts.keys()]).toEqual(['10.0.0.1'])
  })

  test('an executable script is asked for its list', () => {
    const answer = { web: { hosts: ['h1', 'h2'], vars: { a: 1 }, children: ['eu'] }, eu: ['h3'], _meta: { hostvars: { h1: { b: '{{ a }}' } } } }
    const inventory = loadInventory([write(`#!/bin/sh\ncat <<'E'\n${JSON.stringify(answer)}\nE\n`, 'script.sh', 0o755)])
    expect(names(resolvePattern(inventory, 'web')).sort()).toEqual(['h1', 'h2', 'h3'])
    expect(inventory.groups.get('web')!.vars.get('a')).toBe(1)
    expect(inventory.host('h1')!.vars.get('b')).toBeInstanceOf(TemplateText)
  })

  test('a script without _meta is asked for each host', () => {
    const inventory = loadInventory([write('#!/bin/sh\n[ "$1" = --list ] && echo \'{"web": ["h1"], "h9": {"c": 3}}\' || echo "{\\"name\\": \\"$2\\"}"\n', 'script2.sh', 0o755)])
    expect(inventory.host('h1')!.vars.get('name')).toBe('h1')
    expect([...inventory.hosts.keys()]).toEqual(['h1', 'h9'])
    expect(inventory.groups.get('h9')!.vars.get('c')).toBe(3)
  })

  test.each([['exit 3', /ended with 3/], ['echo x', /not JSON/], ['echo []', /not a dictionary/]])('a script that does not work is an error: %s', (body, message) => {
    expect(mistake(() => loadInventory([write(`#!/bin/sh\n${body}\n`, `script${++count}.sh`, 0o755)]))).toMatchObject({ code: 'inventory-syntax', message: expect.stringMatching(message) })
  })
})

test('variables know where they were written', () => {
  const file = write('[web]\nh1 port=80 name="{{ x }}"\n[web:vars]\n colour = red\n')
  const inventory = loadInventory([file])
  const { vars } = inventory.host('h1')!
  expect(positionOf(vars, 'name')).toEqual({ file, line: 2, column: 12, endColumn: 16 })
  expect((vars.get('name') as TemplateText).at).toMatchObject({ file, line: 2, column: 17 })
  expect(valuePositionOf(inventory.groups.get('web')!.vars, 'colour')).toMatchObject({ file, line: 4, column: 11 })
})

describe('patterns', () => {
  const inventory = () => loadInventory([write('[web]\nweb[1:3]\n[db]\ndb1\n[prod:children]\nweb\n[empty]\n')])

  test.each<[string, string[]]>([
    ['web:!web2', ['web1', 'web3']],
    ['all:&prod:!web1', ['web2', 'web3']],
    ['!web', ['db1']],
    ['web[0],web[-1]', ['web1', 'web3']],
    ['web[1:]', ['web2', 'web3']],
    ['w*:db', ['web1', 'web2', 'web3', 'db1']],
    ['~(web|db)1', ['web1', 'db1']],
    ['empty', []],
    ['localhost', ['localhost']],
    [' web1 , db ', ['web1', 'db1']],
  ])('%s', (pattern, hosts) => expect(names(resolvePattern(inventory(), pattern))).toEqual(hosts))

  test('a list of patterns is one', () => expect(names(resolvePattern(inventory(), ['web', 'db', '!web1']))).toEqual(['web2', 'web3', 'db1']))

  test('a limit narrows', () => expect(names(resolvePattern(inventory(), 'all', 'db:web1'))).toEqual(['db1', 'web1']))

  test('a limit may leave nothing of one play', () => expect(resolvePattern(inventory(), 'db', 'web')).toEqual([]))

  test('a limit reads terms from a file', () => {
    const file = write('# the first\nweb1\n\n  # and\n  db1  \n')
    expect(names(resolveLimit(inventory(), `@${file}`))).toEqual(['web1', 'db1'])
    expect(mistake(() => resolveLimit(inventory(), '@nowhere'))).toMatchObject({ code: 'file-missing' })
    expect(mistake(() => resolveLimit(inventory(), `@${write('# none\n\n')}`))).toMatchObject({ code: 'no-hosts-matched', message: expect.stringMatching(/of the limit names no host$/) })
  })

  test.each<[string, RegExp, RegExp]>([
    ['wbe', /there is no host or group 'wbe'/, /Did you mean web\?/],
    ['web:!stagign', /there is no host or group 'stagign'/, /Groups are web, db, prod, empty/],
    ['x*', /matches no host/, /Groups are/],
    ['web[7]', /means a host that is not there: there are 3/, /begins at 0/],
  ])('%s is a mistake', (pattern, message, hint) => {
    const at = { file: 'site.yml', line: 2, column: 10 }
    const error = mistake(() => resolvePattern(inventory(), pattern, undefined, { at }))
    expect(error).toMatchObject({ code: 'no-hosts-matched', message: expect.stringMatching(message), hint: expect.stringMatching(hint), at })
  })

  test('a limit that leaves nothing is a mistake', () => {
    expect(mistake(() => resolveLimit(inventory(), 'empty'))).toMatchObject({ code: 'no-hosts-matched', message: "the limit 'empty' leaves no host" })
    expect(mistake(() => resolvePattern(inventory(), 'all', 'wbe'))).toMatchObject({ code: 'no-hosts-matched' })
  })

  test('all hosts of no inventory is a mistake, this machine is not', () => {
    expect(mistake(() => resolvePattern(loadInventory([]), 'all'))).toMatchObject({ code: 'no-hosts-matched', hint: expect.stringContaining('-i FILE') })
    expect(names(resolvePattern(loadInventory([]), '127.0.0.1'))).toEqual(['127.0.0.1'])
  })

  test('whoever is lenient hears of it', () => {
    const heard: string[] = []
    expect(resolvePattern(inventory(), 'wbe,db', undefined, { onUnknown: error => heard.push(error.message) })).toHaveLength(1)
    expect(heard).toEqual(["there is no host or group 'wbe'"])
  })

  test.each(['~[', '~lab[', 'all[', 'web:~[', 'web]', ['web', 'all[']])('%j has a bracket without a partner: what is left would mean other hosts', pattern =>
    expect(mistake(() => resolvePattern(inventory(), pattern))).toMatchObject({ code: 'no-hosts-matched', message: expect.stringContaining('a bracket has no partner') }))
  test.each(['', ' ', ':', ','])('the limit %j is empty, and does not mean all hosts', limit => {
    expect(mistake(() => resolveLimit(inventory(), limit))).toMatchObject({ message: `the limit '${limit}' is empty` })
    expect(mistake(() => resolvePattern(inventory(), 'all', limit))).toMatchObject({ message: `the limit '${limit}' is empty` })
  })
  test('no expression is a mistake', () => expect(mistake(() => resolvePattern(inventory(), '~('))).toMatchObject({ code: 'pattern' }))
})

describe('what tasks add', () => {
  test('a host with groups and variables', () => {
    const inventory = loadInventory(['h1,'])
    expect(inventory.addDynamicHost('new', ['web', 'eu'], new Map([['a', 1]]))).toBe(true)
    expect(inventory.addDynamicHost('new', ['web'], new Map([['a', 1]]))).toBe(false)
    expect(inventory.addDynamicHost('new', [], new Map([['a', 2]]))).toBe(true)
    expect(inventory.groupsOf(inventory.host('new')!).map(group => group.name)).toEqual(['eu', 'web'])
    expect(names(resolvePattern(inventory, 'all'))).toEqual(['h1', 'new'])
  })

  test('a host without groups is ungrouped until it has one', () => {
    const inventory = loadInventory([])
    inventory.addDynamicHost('new', [], new Map())
    expect(names(inventory.membersOf(inventory.groups.get('ungrouped')!))).toEqual(['new'])
    expect(inventory.addDynamicGroup('new', 'debian', ['linux'])).toBe(true)
    expect(inventory.addDynamicGroup('new', 'debian', ['linux'])).toBe(false)
    expect(names(inventory.membersOf(inventory.groups.get('ungrouped')!))).toEqual([])
    expect(names(resolvePattern(inventory, 'linux'))).toEqual(['new'])
  })
})

test('a name that is a host and a group is said', () => {
  expect(loadInventory([write('[web]\nweb\n')]).warnings).toEqual(["'web' is both a host and a group"])
  expect(loadInventory([write('[web-1]\nh\n')]).warnings[0]).toContain("'web-1' has characters")
})

test('ten thousand hosts are read and matched in a moment', () => {
  const file = write('[web]\nweb[00001:10000] a=1\n[prod:children]\nweb\n')
  const start = performance.now()
  const inventory = loadInventory([file])
  expect(resolvePattern(inventory, 'prod:!web[0:99]')).toHaveLength(9900)
  expect(inventory.groupsOf(inventory.host('web05000')!)).toHaveLength(2)
  expect(performance.now() - start).toBeLessThan(2000)
})
