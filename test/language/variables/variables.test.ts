import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { ProvisionError } from '../../../src/core/error.ts'
import { TemplateText, type RawDict, type Value } from '../../../src/core/value.ts'
import { loadInventory } from '../../../src/language/inventory/load.ts'
import type { Inventory } from '../../../src/language/inventory/inventory.ts'
import type { Play, Role, RoleUse } from '../../../src/language/playbook.ts'
import { findFile, searchPath } from '../../../src/language/search-path.ts'
import { Evaluation } from '../../../src/language/template/evaluation.ts'
import { parseExtraVars } from '../../../src/language/variables/extra-vars.ts'
import { factLayers } from '../../../src/language/variables/facts.ts'
import { LayeredVariables } from '../../../src/language/variables/layers.ts'
import { playVariables, runVariables, taskVariables } from '../../../src/language/variables/magic.ts'
import { VariableStore } from '../../../src/language/variables/scope.ts'
import { readVarsFile } from '../../../src/language/variables/vars-file.ts'
import { VarsDirectories } from '../../../src/language/variables/vars-directory.ts'

let directory = ''
beforeAll(() => { directory = mkdtempSync(join(tmpdir(), 'variables-')) })
afterAll(() => rmSync(directory, { recursive: true }))

function write(path: string, text: string): string {
  mkdirSync(dirname(join(directory, path)), { recursive: true })
  writeFileSync(join(directory, path), text)
  return join(directory, path)
}

function mistake(body: () => unknown): ProvisionError {
  try {
    body()
  } catch (error) {
    if (error instanceof ProvisionError) return error
    throw error
  }
  throw new Error('there was no mistake')
}

const host = (name: string, facts: Record<string, Value> = {}, made: Record<string, Value> = {}) =>
  ({ name, facts: new Map(Object.entries(facts)), made: new Map(Object.entries(made)), included: new Map<string, Value>() })

const play = (keywords: Play['keywords'] = {}): Play => ({ directory, keywords, roles: [], importedRoles: [] } as unknown as Play)

const variablesOf = (inventory: Inventory, one = host('h1'), keywords: Play['keywords'] = {}, hostvars: RawDict = new Map()) =>
  new VariableStore(inventory, new Map()).variables({ host: one, play: play(keywords), levels: [keywords], role: undefined, parentRoles: [], includeParameters: [], prompted: new Map(), files: [], front: undefined, magic: [] }, hostvars)

describe('group_vars and host_vars', () => {
  test('are a file with or without ending, or a directory; the first that there is', () => {
    write('a/group_vars/plain', 'v: plain')
    write('a/group_vars/yml.yml', 'v: yml')
    write('a/group_vars/yaml.yaml', 'v: yaml')
    write('a/group_vars/json.json', '{"v": "json"}')
    write('a/group_vars/both/one.yml', 'v: directory')
    write('a/group_vars/both.yml', 'v: file')
    const directories = new VarsDirectories()
    const read = (name: string) => directories.read(join(directory, 'a'), 'group_vars', name).get('v')
    expect(['plain', 'yml', 'yaml', 'json', 'both', 'none', '../a', '/etc'].map(read)).toEqual(['plain', 'yml', 'yaml', 'json', 'directory', undefined, undefined, undefined])
  })

  test('of a directory are read in the order of names, without what is hidden or a backup', () => {
    for (const [name, text] of Object.entries({ '10.yml': 'a: 1\nb: 1', '20': 'b: 2', 'sub/x.json': '{"c": 3}', '.hidden': 'a: 9', 'old~': 'a: 9', 'notes.txt': '][', 'odd.d/x.yml': 'a: 9' })) write(`b/host_vars/h1/${name}`, text)
    expect([...new VarsDirectories().read(join(directory, 'b'), 'host_vars', 'h1')]).toEqual([['a', 1], ['b', 2], ['c', 3]])
  })

  test('must be dictionaries', () => {
    write('c/group_vars/all.yml', '- a')
    expect(mistake(() => new VarsDirectories().read(join(directory, 'c'), 'group_vars', 'all'))).toMatchObject({ code: 'inventory-syntax', message: expect.stringContaining('must hold a dictionary') })
  })

  test('of a later inventory count more, and variables know where they stand', () => {
    const one = write('one/hosts', '[web]\nh1\n')
    const two = write('two/hosts', '[web]\nh1\n')
    write('one/group_vars/web.yml', 'a: one\nb: one\n')
    write('two/group_vars/all.yml', 'c: two\n')
    const file = write('two/group_vars/web.yml', '\na: "{{ b }} two"\n')
    const variables = variablesOf(loadInventory([one, two]))
    expect(variables.get('a')).toBeInstanceOf(TemplateText)
    expect(variables.get('b')).toBe('one')
    expect(variables.positionOf!('a')).toMatchObject({ file, line: 2, column: 1 })
  })

  test('are read anew of a host that a task has added', () => {
    write('group_vars/late.yml', 'v: late')
    const inventory = loadInventory(['h1,'])
    const store = new VariableStore(inventory, new Map())
    const scope = { host: host('h1'), play: play(), levels: [{}], role: undefined, parentRoles: [], includeParameters: [], prompted: new Map(), files: [], front: undefined, magic: [] } as never
    expect(store.variables(scope, new Map()).get('v')).toBeUndefined()
    inventory.addDynamicGroup('h1', 'late', [])
    store.inventoryChanged()
    expect(store.variables(scope, new Map()).get('v')).toBe('late')
    expect(store.variables(scope, new Map()).get('group_names')).toEqual(['late'])
  })
})

describe('what Ansible defines', () => {
  test('names of the host and its groups', () => {
    const file = write('magic/hosts', '[web]\nh1.example.org\n10.0.0.1\n[prod:children]\nweb\n')
    const inventory = loadInventory([file])
    const variables = variablesOf(inventory, host('h1.example.org'))
    const get = (name: string) => variables.get(name)
    expect([get('inventory_hostname'), get('inventory_hostname_short'), get('group_names'), get('inventory_file'), get('inventory_dir')]).toEqual(['h1.example.org', 'h1', ['prod', 'web'], file, dirname(file)])
    expect((get('groups') as RawDict).get('prod')).toEqual(['h1.example.org', '10.0.0.1'])
    expect(variablesOf(inventory, host('10.0.0.1')).get('inventory_hostname_short')).toBe('10.0.0.1')
  })

  test('nobody can override', () => {
    const inventory = loadInventory([write('override/hosts', 'h1 inventory_hostname=x groups=y\n')])
    expect(variablesOf(inventory).get('inventory_hostname')).toBe('h1')
    expect(variablesOf(inventory).get('groups')).toBeInstanceOf(Map)
  })

  test('the implicit localhost sees what all hosts see', () => {
    write('group_vars/all.yml', 'v: all')
    const variables = variablesOf(loadInventory([]), host('localhost'))
    expect([variables.get('v'), variables.get('ansible_connection'), variables.get('group_names')]).toEqual(['all', 'local', []])
    rmSync(join(directory, 'group_vars/all.yml'))
  })

  test('of the run, the play and the task', () => {
    const run = runVariables({ checkMode: true, diff: false, verbosity: 2, forks: 5, tags: [], skipTags: ['x'], limit: 'web', inventory: ['hosts'] })
    expect(Object.fromEntries(run)).toMatchObject({ ansible_check_mode: true, ansible_run_tags: ['all'], ansible_skip_tags: ['x'], ansible_limit: 'web', ansible_verbosity: 2, ansible_inventory_sources: ['hosts'] })
    const role = (name: string, dependencies: RoleUse[] = []) => ({ name, directory: `/roles/${name}`, dependencies } as unknown as Role)
    const web = { role: role('web'), parents: [], keywords: {}, parameters: new Map() } as unknown as RoleUse
    const tls = { ...web, role: role('tls'), parents: [web] }
    Object.assign(web.role, { dependencies: [tls] })
    const names = playVariables({ directory: '/p', roles: [tls, web] } as unknown as Play, 'Web', { all: ['a', 'b', 'c'], batch: ['a', 'b'], isOut: name => name === 'b' })
    expect(Object.fromEntries(names)).toMatchObject({ playbook_dir: '/p', ansible_play_hosts_all: ['a', 'b', 'c'], ansible_play_hosts: ['a', 'c'], ansible_play_batch: ['a'], play_hosts: ['a'], ansible_role_names: ['tls', 'web'], ansible_play_role_names: ['web'], ansible_dependent_role_names: ['tls'] })
    const inner = { ...web, role: role('inner'), within: web, parents: [web] }
    expect(Object.fromEntries(taskVariables(inner, ['/x']))).toEqual({ ansible_search_path: ['/x'], role_name: 'inner', ansible_role_name: 'inner', role_path: '/roles/inner', ansible_parent_role_names: ['web'], ansible_parent_role_paths: ['/roles/web'] })
    expect([...taskVariables(undefined, []).keys()]).toEqual(['ansible_search_path'])
  })
})

describe('facts', () => {
  const facts = new Map<string, Value>(Object.entries({ distribution: 'Debian', hostname: 'web1', user_id: 'root', host: 'evil', connection: 'local', become_user: 'x', python_interpreter: '/x', ssh_host_key_rsa_public: 'k', ssh_user: 'y', ansible_local: 'own' }))
  const variables = new LayeredVariables(factLayers(facts))

  test.each<[string, unknown]>([
    ['ansible_distribution', 'Debian'], ['ansible_hostname', 'web1'], ['ansible_user_id', 'root'], ['ansible_ssh_host_key_rsa_public', 'k'],
    ['ansible_host', undefined], ['ansible_connection', undefined], ['ansible_become_user', undefined], ['ansible_python_interpreter', undefined], ['ansible_ssh_user', undefined],
    ['distribution', undefined], ['ansible_local', 'own'], ['ansible_ansible_local', undefined],
  ])('%s', (name, value) => expect(variables.get(name)).toEqual(value))

  test('are all in ansible_facts, also those that come later', () => {
    expect((variables.get('ansible_facts') as RawDict).get('host')).toBe('evil')
    facts.set('late', 1)
    expect(variables.get('ansible_late')).toBe(1)
    expect([...variables.names()]).toContain('ansible_late')
  })
})

test('hostvars show other hosts with their own variables, without those of the play', () => {
  const inventory = loadInventory([write('hv/hosts', 'h1 port=1 url="{{ inventory_hostname }}:{{ port }}" bad="{{ nothing }}"\nh2 port=2 url="{{ inventory_hostname }}:{{ port }}"\n')])
  const store = new VariableStore(inventory, new Map())
  const hosts = new Map([['h1', host('h1', { distribution: 'Debian' }, { made: 'x' })], ['h2', host('h2')], ['localhost', host('localhost')]])
  const hostvars = store.hostvars(name => hosts.get(name)!, directory, { directory })
  const variables = variablesOf(inventory, host('h2'), { vars: new Map([['port', 9]]) }, hostvars)
  const evaluation = new Evaluation(variables, { directory })
  const see = (text: string) => evaluation.expression(text)
  expect(see("hostvars['h1'].url")).toBe('h1:1')
  expect(see("hostvars.h1['made'] ~ hostvars.h1.ansible_distribution ~ hostvars.h1.ansible_facts.distribution")).toBe('xDebianDebian')
  expect(see('hostvars[inventory_hostname].port')).toBe(2)
  expect(see('port')).toBe(9)
  expect(see('hostvars | length')).toBe(2)
  expect(see("'h3' in hostvars")).toBe(false)
  expect(see('hostvars.localhost.ansible_connection')).toBe('local')
  expect(see("hostvars.h1.bad is defined")).toBe(false)
})

describe('-e', () => {
  const plain = (texts: string[]) => Object.fromEntries([...parseExtraVars(texts)].map(([key, value]) => [key, value instanceof TemplateText ? { template: value.text } : value]))
  test.each<[string[], object]>([
    [['a=1 b="x y" c=\'z\''], { a: '1', b: 'x y', c: 'z' }],
    [['{"a": 1, "b": [true]}'], { a: 1, b: [true] }],
    [['{a: yes, b: 0644}'], { a: true, b: 420 }],
    [['a=1', '{"a": 2}', 'a=3'], { a: '3' }],
    [['a={{ b }}'], { a: { template: '{{ b }}' } }],
    [['', 'a='], { a: '' }],
  ])('%j', (texts, wanted) => expect(plain(texts)).toEqual(wanted))

  test('from a file', () => {
    const file = write('extra.yml', 'a: 1\n')
    expect(plain([`@${file}`])).toEqual({ a: 1 })
  })

  test.each([['foo', /no key=value/], ['a=1 foo', /'foo' is no key=value/], ['[1]', /no dictionary/], ['/etc/x.yml', /looks like a file/]])('%s is a mistake', (text, message) =>
    expect(mistake(() => parseExtraVars([text]))).toMatchObject({ code: 'wrong-use', message: expect.stringMatching(message) }))

  test.each([['@/nowhere', 'file-missing'], ['{a: 1', 'yaml-syntax'], ['a="b', 'playbook-syntax']])('%s is a mistake too', (text, code) => expect(mistake(() => parseExtraVars([text]))).toMatchObject({ code }))
})

describe('vars_files', () => {
  const at = { file: 'site.yml', line: 1, column: 1 }
  test('are found beneath vars/ and beside the playbook; the first that exists', () => {
    write('vars/one.yml', 'v: vars')
    write('one.yml', 'v: beside')
    write('two.yml', '- {a: 1}\n- {a: 2}\n')
    expect(readVarsFile(['none.yml', 'one.yml'], play(), at).map(layer => layer.get('v'))).toEqual(['vars'])
    expect(readVarsFile(['two.yml'], play(), at).map(layer => layer.get('a'))).toEqual([1, 2])
  })

  test('that do not exist say where they were looked for', () =>
    expect(mistake(() => readVarsFile(['none.yml'], play(), at))).toMatchObject({ code: 'file-missing', at, hint: expect.stringContaining('vars/none.yml') }))

  test('must hold dictionaries', () => {
    write('bad.yml', '- a')
    expect(mistake(() => readVarsFile(['bad.yml'], play(), at))).toMatchObject({ code: 'playbook-syntax' })
  })
})

describe('files', () => {
  test('are looked for in the role, the roles that led to it, beside the task, beside the playbook', () => {
    const role = { role: { directory: '/roles/inner' }, parents: [{ role: { directory: '/roles/outer' } }, { role: { directory: '/roles/middle' } }] } as unknown as RoleUse
    expect(searchPath({ directory: '/play' }, role, '/roles/inner/tasks')).toEqual(['/roles/inner', '/roles/middle', '/roles/outer', '/roles/inner/tasks', '/play'])
    expect(searchPath({ directory: '/play' }, undefined)).toEqual(['/play'])
  })

  test('are found beneath the directory of their kind first', () => {
    const inKind = write('search/files/x', '')
    write('search/x', '')
    const plain = write('search/y', '')
    const base = join(directory, 'search')
    expect(findFile('x', 'files', [join(directory, 'nowhere'), base])).toBe(inKind)
    expect(findFile('y', 'templates', [base])).toBe(plain)
    expect(findFile('files/x', 'files', [base])).toBe(inKind)
    expect(findFile(plain, 'files', ['/nowhere'])).toBe(plain)
    expect(findFile('z', 'files', [base])).toBeUndefined()
  })
})
