import { describe, expect, test } from 'vitest'
import lineinfile from '../../src/modules/lineinfile.ts'
import { FakeHost } from '../host/fake-host.ts'
import { apply, expectLaws } from './fake-run.ts'

const path = '/srv/conf'
const on = (text: string | undefined) => (text === undefined ? new FakeHost() : new FakeHost().file(path, Buffer.from(text, 'latin1')))

interface Case {
  readonly before?: string
  readonly asked: object
  readonly after?: string
  readonly msg: string
}

/** What Ansible 2.14 does, but where it says otherwise. */
const cases: { readonly [name: string]: Case } = {
  'a line that is missing comes to the end': { before: 'a\n', asked: { line: 'b' }, after: 'a\nb\n', msg: 'line added' },
  'a last line without an end gets one': { before: 'a', asked: { line: 'b' }, after: 'a\nb\n', msg: 'line added' },
  'a line that is there': { before: 'a\nb\n', asked: { line: 'a' }, after: 'a\nb\n', msg: '' },
  'a line with a carriage return becomes one without': { before: 'a\r\nb\n', asked: { line: 'a' }, after: 'a\nb\n', msg: 'line replaced' },
  'the last line that matches is replaced': { before: 'x=1\nx=2\n', asked: { regexp: '^x=', line: 'x=3' }, after: 'x=1\nx=3\n', msg: 'line replaced' },
  'or the first': { before: 'x=1\nx=2\n', asked: { regexp: '^x=', line: 'x=3', firstmatch: true }, after: 'x=3\nx=2\n', msg: 'line replaced' },
  'what does not match is added': { before: 'a\n', asked: { regexp: '^x=', line: 'x=3' }, after: 'a\nx=3\n', msg: 'line added' },
  'a text is found as it is': { before: 'a.b\naxb\n', asked: { search_string: 'a.b', line: 'c' }, after: 'c\naxb\n', msg: 'line replaced' },
  'behind the last that matches': { before: '[a]\n[b]\n', asked: { line: 'x', insertafter: '^\\[' }, after: '[a]\n[b]\nx\n', msg: 'line added' },
  'behind the first that matches': { before: '[a]\n[b]\n', asked: { line: 'x', insertafter: '^\\[', firstmatch: true }, after: '[a]\nx\n[b]\n', msg: 'line added' },
  'behind a last line without an end: ours, Ansible writes [a]x': { before: '[a]', asked: { line: 'x', insertafter: '^\\[' }, after: '[a]\nx\n', msg: 'line added' },
  'in front of the last that matches': { before: '[a]\n[b]\n', asked: { line: 'x', insertbefore: '^\\[' }, after: '[a]\nx\n[b]\n', msg: 'line added' },
  'at the beginning': { before: 'a\n', asked: { line: 'x', insertbefore: 'BOF' }, after: 'x\na\n', msg: 'line added' },
  'at the end where nothing matches': { before: 'a\n', asked: { line: 'x', insertbefore: '^z' }, after: 'a\nx\n', msg: 'line added' },
  'what was found is filled in': { before: 'Xms128m\n', asked: { regexp: 'Xms(?P<n>\\d+)(m)', line: 'Xmx\\g<n>\\2', backrefs: true }, after: 'Xmx128m\n', msg: 'line replaced' },
  'and nothing is done where nothing was found': { before: 'a\n', asked: { regexp: 'x(.)', line: '\\1', backrefs: true }, after: 'a\n', msg: '' },
  'without backrefs a backslash is one': { before: 'x\n', asked: { regexp: '^x', line: '\\1' }, after: '\\1\n', msg: 'line replaced' },
  'all that match are removed': { before: 'x=1\na\nx=2\n', asked: { state: 'absent', regexp: '^x=' }, after: 'a\n', msg: '2 line(s) removed' },
  'a line is removed as it is': { before: 'a\nab\n', asked: { state: 'absent', line: 'a' }, after: 'ab\n', msg: '1 line(s) removed' },
  'bytes that are not UTF-8 stay': { before: 'caf\xe9\n\xff\xfe\n', asked: { line: 'ü' }, after: 'caf\xe9\n\xff\xfe\n\xc3\xbc\n', msg: 'line added' },
  'a line beyond ASCII is found by its own letters': { before: '\xc3\xbc=1\n', asked: { regexp: '^ü=', line: 'ü=2' }, after: '\xc3\xbc=2\n', msg: 'line replaced' },
  'a file that is missing is made, with the directories above it': { asked: { line: 'a', create: true }, after: 'a\n', msg: 'line added' },
  'a file that is missing has no line to remove': { asked: { state: 'absent', line: 'a' }, msg: 'file not present' },
  'a mode comes with it': { before: 'a\n', asked: { line: 'b', mode: '0600' }, after: 'a\nb\n', msg: 'line added and ownership, perms or SE linux context changed' },
  'or alone': { before: 'a\n', asked: { line: 'a', mode: '0600' }, after: 'a\n', msg: 'ownership, perms or SE linux context changed' },
}

test.each(Object.entries(cases))('%s', async (_, { before, asked, after, msg }) => {
  const host = on(before)
  const { result } = await expectLaws(lineinfile, { path, ...asked }, host)
  expect(result).toMatchObject({ msg, changed: before !== after || 'mode' in asked })
  const text = host.files.content(path)
  expect(text && Buffer.from(text).toString('latin1')).toBe(after ?? null)
})

describe('more than the line', () => {
  test('a link is followed, and its own owner changed', async () => {
    const host = on('a\n').link('/srv/link', 'conf')
    await expectLaws(lineinfile, { path: '/srv/link', line: 'b', owner: 'daemon' }, host)
    expect([host.text(path), host.files.state(path).owner, host.files.state('/srv/link')]).toMatchObject(['a\nb\n', 'root', { type: 'link', owner: 'daemon' }])
  })

  test('directories are made for a new file', async () => {
    const host = new FakeHost()
    const { changes } = await expectLaws(lineinfile, { path: '/srv/x/y/conf', line: 'a', create: true, mode: '0600' }, host)
    expect(changes.map(change => change.subject.name)).toEqual(['/srv/x', '/srv/x/y', '/srv/x/y/conf'])
    expect(host.files.state('/srv/x/y/conf').mode).toBe(0o600)
  })

  test('the former file is kept', async () => {
    const host = on('a\n')
    const result = await apply(lineinfile, { path, line: 'b', backup: true }, host)
    expect(host.text(result.backup as string)).toBe('a\n')
    expect(await apply(lineinfile, { path, line: 'b', backup: true }, host)).toMatchObject({ changed: false, backup: '' })
  })

  test('an empty expression is warned of', async () => {
    const { result } = await expectLaws(lineinfile, { path, regexp: '', line: 'x' }, on('a\n'))
    expect(result.warnings).toEqual([expect.stringContaining('empty regular expression')])
  })
})

test.each<[string, object, string, number?]>([
  ['a file that is missing', { line: 'a' }, `Destination ${path} does not exist !`, 257],
  ['a directory', { path: '/srv', line: 'a' }, 'Path /srv is a directory !', 256],
  ['a line to be there that is not given', {}, 'line is required with state=present'],
  ['backrefs without an expression', { line: 'a', backrefs: true }, 'regexp is required with backrefs=true'],
  ['nothing to remove', { state: 'absent' }, 'one of line, search_string, or regexp is required with state=absent'],
  ['a check without %s', { line: 'a', create: true, validate: 'true' }, 'validate must contain %s'],
])('refuses %s', async (_, asked, message, rc) => {
  const { result } = await expectLaws(lineinfile, { path, ...asked }, new FakeHost())
  expect(result).toMatchObject({ failed: true, msg: expect.stringContaining(message), ...(rc && { rc }) })
})
