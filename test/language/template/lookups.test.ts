import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { ProvisionError } from '../../../src/core/error.ts'
import { isUnknown } from '../../../src/core/unknown.ts'
import { TemplateText, toPlain } from '../../../src/core/value.ts'
import { type Environment, NotPure } from '../../../src/language/template/scope.ts'
import { encryptVault } from '../../../src/language/template/vault.ts'
import { evaluation } from './given.ts'

const root = mkdtempSync(join(tmpdir(), 'lookups-'))
const at = (name: string) => join(root, name)

const files = {
  'files/f.txt': 'file text\n\n',
  'files/only.txt': 'in files',
  'role/files/f.txt': 'of the role\n',
  'files/x.csv': 'a,1,x\nb,2,"y, ""z"""\n',
  'files/tab.csv': 'k\tv\n',
  'files/x.ini': '[integration]\nuser=robert\npass=some\n[production]\n# comment\nuser = gerard\nurl: http://%(user)s/\n[section1]\nvalue1=s1v1\nvalue2=s1v2\n long\n',
  'files/x.properties': 'user.name=robert\nuser.pass=oldpass\n',
  'templates/t.j2': 'inc:{{ n }}{{ extra | default("-") }}\n',
  'templates/list.j2': '[1, {{ n }}]',
  'vars/Debian.yml': '',
  'files/secret.txt': encryptVault(Buffer.from('plain secret\n'), Buffer.from('pw'), 'default'),
}

beforeAll(() => {
  for (const [name, content] of Object.entries(files)) {
    mkdirSync(join(at(name), '..'), { recursive: true })
    writeFileSync(at(name), content)
  }
})
afterAll(() => rmSync(root, { recursive: true }))

const world = { directory: root, shellVariables: { HOME: '/home/user', PATH: process.env['PATH'] } }
const value = (text: string, more: Partial<Environment> = {}) => toPlain(evaluation({}, { ...world, ...more }).evaluate(new TemplateText(`{{ ${text.replaceAll('ROOT', root)} }}`)))

describe('a lookup gives what Ansible gives', () => {
  test.each<[string, unknown]>([
    ["lookup('env', 'HOME')", '/home/user'],
    ["lookup('ansible.builtin.env', 'HOME')", '/home/user'],
    ["lookup('env', 'NOPE')", ''],
    ["lookup('env', 'NOPE', default='d')", 'd'],
    ["query('items', [1, 2], 3)", [1, 2, 3]],
    ["lookup('items', [1, 2], 3)", [1, 2, 3]],
    ["lookup('items', ['a', 'b'])", 'a,b'],
    ["lookup('items', ['a'], wantlist=True)", ['a']],
    ["lookup('list', ['a', 'b'])", ['a', 'b']],
    ["query('dict', {'a': 1})", [{ key: 'a', value: 1 }]],
    ["query('nested', ['a', 'b'], [1, 2])", [['a', 1], ['a', 2], ['b', 1], ['b', 2]]],
    ["query('together', ['a', 'b', 'c'], [1, 2])", [['a', 1], ['b', 2], ['c', null]]],
    ["query('indexed_items', ['a', 'b'])", [[0, 'a'], [1, 'b']]],
    ["query('flattened', ['a', ['b', [none]]])", ['a', 'b']],
    ["query('sequence', '3')", ['1', '2', '3']],
    ["query('sequence', '5-8')", ['5', '6', '7', '8']],
    ["query('sequence', '2-10/2')", ['2', '4', '6', '8', '10']],
    ["query('sequence', '4:host%02d')", ['host01', 'host02', 'host03', 'host04']],
    ["query('sequence', 'start=5 end=11 stride=2 format=0x%02x')", ['0x05', '0x07', '0x09', '0x0b']],
    ["query('sequence', 'start=0x0f00 count=4 format=%04x')", ['0f00', '0f01', '0f02', '0f03']],
    ["query('sequence', 'start=0 count=5 stride=2')", ['0', '2', '4', '6', '8']],
    ["query('sequence', start=1, end=3)", ['1', '2', '3']],
    ["query('sequence', 'start=10 end=0 stride=-3')", ['10', '7', '4', '1']],
    ["query('sequence', 'count=0')", []],
    ["query('subelements', users[:2], 'roles') | map('last')", ['admin', 'dev']],
    ["query('subelements', users, 'home.x', {'skip_missing': true})", []],
    ["lookup('vars', 'n')", 5],
    ["lookup('vars', 'n', 's')", [5, 'Hello, World']],
    ["lookup('vars', 'nope', default='dd')", 'dd'],
    ["query('varnames', '^(n|nested)$') | sort", ['n', 'nested']],
    ["lookup('file', 'f.txt')", 'file text'],
    ["lookup('file', 'ROOT/files/f.txt', rstrip=false)", 'file text\n\n'],
    ["lookup('file', 'f.{{ \"txt\" }}')", 'file text'],
    ["lookup('file', 'f.txt', 'only.txt')", 'file text,in files'],
    ["lookup('file', 'nope.txt', errors='ignore')", ''],
    ["query('file', 'nope.txt', errors='warn')", []],
    ["lookup('pipe', 'echo hi; pwd; cat')", `hi\n${root}`],
    ["query('lines', 'printf \"a\\nb\\n\"')", ['a', 'b']],
    ["lookup('csvfile', 'b', file='x.csv', delimiter=',')", '2'],
    ["lookup('csvfile', 'b file=x.csv delimiter=, col=2')", 'y, "z"'],
    ["lookup('csvfile', 'k', file='tab.csv')", 'v'],
    ["lookup('csvfile', 'zz', file='x.csv', delimiter=',', default='dflt')", 'dflt'],
    ["query('csvfile', 'zz', file='x.csv', delimiter=',')", []],
    ["lookup('ini', 'user', section='integration', file='x.ini')", 'robert'],
    ["lookup('ini', 'user section=production file=x.ini')", 'gerard'],
    ["lookup('ini', 'url', section='production', file='x.ini')", 'http://gerard/'],
    ["query('ini', '.*', section='section1', file='x.ini', re=true)", ['s1v1', 's1v2\nlong']],
    ["lookup('ini', 'nokey', section='integration', file='x.ini', default='d')", 'd'],
    ["lookup('ini', 'user.name', type='properties', file='x.properties')", 'robert'],
    ["lookup('template', 't.j2')", 'inc:5-\n'],
    ["lookup('template', 't.j2', template_vars={'extra': 'E', 'n': 7})", 'inc:7E\n'],
    ["lookup('template', 'list.j2')", [1, 5]],
    ["lookup('template', 'list.j2', convert_data=False)", '[1, 5]'],
    ["query('fileglob', '*.txt') | map('basename')", ['f.txt', 'only.txt', 'secret.txt']],
    ["query('fileglob', 'ROOT/files/x.*') | map('basename')", ['x.csv', 'x.ini', 'x.properties']],
    ["query('fileglob', 'no*pe')", []],
    ["lookup('first_found', ['/nope', 'f.txt']) | basename", 'f.txt'],
    ["query('first_found', files=['nope'], paths=['/x'], skip=true)", []],
    ["lookup('first_found', {'files': ['nope.yml', 'Debian.yml'], 'paths': ['vars']}) | basename", 'Debian.yml'],
    ["lookup('first_found', ['nope.txt', {'files': 'a,f.txt', 'paths': 'ROOT/x:ROOT/files'}]) | basename", 'f.txt'],
    ["lookup('random_choice', 'a')", 'a'],
  ])('%s', (text, expected) => expect(value(text)).toEqual(expected))
})

describe('files are looked for', () => {
  test('on the search path first', () => expect(value("lookup('file', 'f.txt')", { searchPath: [at('role')] })).toBe('of the role'))
  test('then beside the playbook', () => expect(value("lookup('file', 'only.txt')", { searchPath: [at('role')] })).toBe('in files'))
  test('and one that is not there is a mistake that says where', () => expect(() => value("lookup('file', 'nope.txt')", { searchPath: [at('role')] })).toThrow(
    expect.objectContaining({ code: 'file-missing', hint: expect.stringContaining(at('role/files/nope.txt')) })))
})

describe('an encrypted file', () => {
  test('is read in plain', () => expect(value("lookup('file', 'secret.txt')", { decrypt: () => Buffer.from('plain secret\n') })).toBe('plain secret'))
  test('is a mistake without a password', () => expect(() => value("lookup('unvault', 'secret.txt')")).toThrow(expect.objectContaining({ code: 'vault' })))
  test('is read by the filter with its secret', () => {
    expect(value(`lookup('pipe', 'cat files/secret.txt') | unvault('pw')`)).toBe('plain secret\n')
    expect(() => value(`lookup('pipe', 'cat files/secret.txt') | unvault('wrong')`)).toThrow(expect.objectContaining({ code: 'vault' }))
  })
  test('is made by the filter', () => {
    expect(value("'x' | vault('pw', 'salt') | unvault('pw')")).toBe('x')
    expect(value("'x' | vault('pw', 'salt', vault_id='me')")).toMatch(/^\$ANSIBLE_VAULT;1\.2;AES256;me\n[0-9a-f\n]+$/)
  })
})

describe('a password', () => {
  test('is made once and kept for its owner only', () => {
    const first = value("lookup('password', 'secrets/db length=12 chars=ascii_lowercase,digits')")
    expect(first).toMatch(/^[a-z0-9]{12}$/)
    expect(value("lookup('password', 'secrets/db')")).toBe(first)
    expect(readFileSync(at('secrets/db'), 'utf8')).toBe(`${first}\n`)
    expect(statSync(at('secrets/db')).mode & 0o777).toBe(0o600)
  })
  test('comes encrypted with the salt that is kept', () => {
    const first = value("lookup('password', 'secrets/hashed', encrypt='md5_crypt')")
    expect(first).toMatch(/^\$1\$.{8}\$/)
    expect(value("lookup('password', 'secrets/hashed encrypt=md5_crypt')")).toBe(first)
  })
  test('with a seed is the same as Ansible makes', () => expect(value("lookup('password', '/dev/null', seed='host1', length=15)")).toBe('.FxC8RS71Bo:2EJ'))
  test('in /dev/null is not kept', () => expect(value("lookup('password', '/dev/null')")).not.toBe(value("lookup('password', '/dev/null')")))
  test('is unknown in a dry run that would have to make it', () => {
    expect(isUnknown(value("lookup('password', 'secrets/fresh')", { dryRun: true }))).toBe(true)
    expect(existsSync(at('secrets/fresh'))).toBe(false)
    expect(value("lookup('password', 'secrets/db')", { dryRun: true })).toMatch(/^[a-z0-9]{12}$/)
  })
})

test('hosts of a pattern are those that the inventory says', () => expect(value("query('inventory_hostnames', 'web:!web1')", { hostsMatching: pattern => [`hosts of ${String(pattern)}`] })).toEqual(['hosts of web:!web1']))

describe('scouting leaves alone what acts or is never the same', () => {
  test.each(["lookup('pipe', 'true')", "query('lines', 'true')", "lookup('password', '/dev/null')", "lookup('random_choice', [1, 2])", '5 | random', '[1, 2] | random', 'l | shuffle', 'now()', "'%Y' | strftime", "'x' | password_hash", "'x' | vault('pw')", 'lipsum()', "lookup('pipe', 'true', errors='ignore')", "l | map('random') | list"])('%s', text =>
    expect(() => value(text, { pure: true })).toThrow(NotPure))
  test.each(["59 | random(seed='h')", "l | shuffle(seed='h')", "'%Y' | strftime(0)", "'x' | password_hash('md5', 'salt')", "lookup('file', 'f.txt')"])('%s is always the same', text => expect(() => value(text, { pure: true })).not.toThrow())
})

test('an error that is ignored is still told', () => {
  const warnings: string[] = []
  value("lookup('file', 'nope.txt', errors='warn')", { warn: message => warnings.push(message) })
  expect(warnings).toEqual([expect.stringContaining("the lookup 'file' failed")])
})

describe('a wrong use is a mistake', () => {
  test.each([
    ["lookup('sequence', 'end=1 start=5')", 'template-error'], ["lookup('sequence', 'foo=1')", 'template-error'], ["lookup('sequence', 'start=1')", 'template-error'], ["lookup('dict', 5)", 'template-error'], ["lookup('nested')", 'template-error'],
    ["lookup('pipe', 'exit 3')", 'template-error'], ["lookup('vars', 'nope')", 'undefined-variable'], ["lookup('ini', 'k', section='zz', file='x.ini')", 'template-error'], ["lookup('nosuch', 1)", 'template-error'], ["lookup('config', 'x')", 'unsupported'],
    ["lookup('first_found', ['a', 'b'])", 'file-missing'], ["lookup('file', nope)", 'undefined-variable'], ["lookup('file', 'nope', errors='ignore', foo=1)", undefined], ["lookup('file')", undefined], ["lookup()", 'template-error'],
  ])('%s', (text, code) => {
    if (code === undefined) return expect(() => value(text)).not.toThrow(TypeError)
    expect(() => value(text)).toThrow(expect.objectContaining({ code }))
    expect(() => value(text)).toThrow(ProvisionError)
  })
})
