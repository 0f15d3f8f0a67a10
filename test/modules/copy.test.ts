import { createHash } from 'node:crypto'
import { describe, expect, test } from 'vitest'
import { Unknown, UnknownReached } from '../../src/core/unknown.ts'
import { HostFacts, Reading } from '../../src/host/store.ts'
import copy from '../../src/modules/copy.ts'
import template from '../../src/modules/template.ts'
import { FakeHost } from '../host/fake-host.ts'
import { apply, controllerWith, expectLaws, planFor } from './fake-run.ts'
import { contextOn, given } from './observed-host.ts'

const sha1 = (text: string) => createHash('sha1').update(text).digest('hex')
const host = () =>
  new FakeHost()
    .file('/srv/text', 'one\n', { mode: 0o640, owner: 'daemon', group: 'adm' })
    .directory('/srv/full').file('/srv/full/a', 'a').link('/srv/link', 'text').link('/srv/way', 'full').link('/srv/astray', 'nowhere')
const controller = controllerWith({
  text: 'two\n',
  'page.j2': 'Hello lab1\n',
  site: [
    { path: 'index.html', type: 'file', mode: 0o640, content: Buffer.from('<p>') },
    { path: 'img', type: 'directory', mode: 0o700 },
    { path: 'img/a', type: 'file', mode: 0o755, content: Buffer.from('png') },
    { path: 'latest', type: 'link', mode: 0o777, target: 'img' },
  ],
  'site/latest': [{ path: 'a', type: 'file', mode: 0o755, content: Buffer.from('png') }],
})

describe('a file', () => {
  test('that is new gets 0644 and belongs to who makes it', async () => {
    const { result, changes } = await expectLaws(copy, { content: 'two\n', dest: '/srv/new' }, host())
    expect(result).toEqual({
      changed: true, dest: '/srv/new', checksum: sha1('two\n'), md5sum: expect.any(String) as string,
      uid: 0, gid: 0, owner: 'root', group: 'root', mode: '0644', state: 'file', size: 4,
    })
    expect(changes).toMatchObject([{ subject: { kind: 'file', name: '/srv/new' }, kind: 'create', desired: { state: 'file', mode: '0644' } }])
    expect(changes[0]!.diff).toEqual({ path: '/srv/new', before: null, after: Buffer.from('two\n') })
  })

  test('that is replaced keeps its owner and mode, and shows both texts', async () => {
    const { result, changes } = await expectLaws(copy, { src: 'text', dest: '/srv/text' }, host(), { controller })
    expect(result).toMatchObject({ changed: true, src: '/controller/text', owner: 'daemon', group: 'adm', mode: '0640' })
    expect(changes[0]).toMatchObject({ kind: 'update', observed: {}, desired: {}, diff: { before: Buffer.from('one\n'), after: Buffer.from('two\n') } })
  })

  test('that is right only gets what else is asked for', async () => {
    const { changes } = await expectLaws(copy, { content: 'one\n', dest: '/srv/text', mode: '0600' }, host())
    expect(changes).toMatchObject([{ observed: { mode: '0640' }, desired: { mode: '0600' }, steps: [{ step: 'chmod' }] }])
    expect(changes[0]!.diff).toBeUndefined()
  })

  test.each([
    ['into a directory', '/srv/full', '/srv/full/text'], ['into a directory that a link leads to', '/srv/way', '/srv/way/text'], ['into one that is written with a slash and missing', '/srv/x/y/', '/srv/x/y/text'],
  ])('%s', async (_, dest, path) => {
    const there = host()
    expect((await expectLaws(copy, { src: 'text', dest, directory_mode: '0750' }, there, { controller })).result).toMatchObject({ dest: path })
    expect(there.text(path)).toBe('two\n')
    if (dest.endsWith('/')) expect(there.files.state('/srv/x').mode).toBe(0o750)
  })

  test.each([['takes the place of a link', false, 'link', 'one\n'], ['is what the link leads to, with follow', true, 'text', 'two\n']])('%s', async (_, follow, name, text) => {
    const there = host()
    const { result } = await expectLaws(copy, { content: 'two\n', dest: '/srv/link', follow }, there)
    expect(result).toMatchObject({ dest: `/srv/${name}`, mode: follow ? '0640' : '0644' })
    expect(there.files.state('/srv/link').type).toBe(follow ? 'link' : 'file')
    expect(there.text('/srv/text')).toBe(text)
  })

  test('is kept before it is replaced, under Ansible\'s name and in the host\'s time', async () => {
    const there = host().link('/etc/localtime', '/usr/share/zoneinfo/Europe/Berlin')
    const { result } = await expectLaws(copy, { content: 'two\n', dest: '/srv/text', backup: true }, there)
    expect(result.backup_file).toMatch(/^\/srv\/text\.\d+\.2023-11-14@23:13:20~$/)
    expect(there.text(result.backup_file as string)).toBe('one\n')
    expect(there.files.state(result.backup_file as string)).toMatchObject({ mode: 0o640, owner: 'daemon', group: 'adm' })
  })

  test('without force is left alone when it is there, and made when it is not', async () => {
    expect((await expectLaws(copy, { content: 'two\n', dest: '/srv/text', force: false }, host())).result).toEqual(expect.objectContaining({ changed: false, dest: '/srv/text' }))
    expect((await expectLaws(copy, { content: 'two\n', dest: '/srv/new', force: false }, host())).result.changed).toBe(true)
  })

  test('that is too large to be sent is refused, with another way', async () => {
    const plan = await planFor(copy, { src: 'large', dest: '/srv/large' }, host(), { controller: controllerWith({ large: 'x'.repeat(64_000_001) }) })
    expect(plan.result([])).toMatchObject({ failed: true, msg: '/srv/large: 64 MB are too much to be sent: 64 MB at most', hint: expect.stringContaining('remote_src') })
  })

  test('is judged by a command before it takes its place', async () => {
    const judge = (status: number) => ({ commands: [(argv: readonly string[]) => (argv[0] === 'judge' ? { status, stderr: 'not like this' } : undefined)] })
    const parameters = { content: 'two\n', dest: '/srv/text', validate: 'judge %s' }
    const [strict, kind] = [1, 0].map(status => new FakeHost(judge(status)).file('/srv/text', 'one\n')) as [FakeHost, FakeHost]
    expect((await planFor(copy, parameters, strict)).changes).toMatchObject([{ note: 'validated at apply' }])
    await expect(apply(copy, parameters, strict)).rejects.toThrow('failed to validate: not like this')
    expect(strict.text('/srv/text')).toBe('one\n')
    await apply(copy, parameters, kind)
    expect(kind.text('/srv/text')).toBe('two\n')
  })

  test.each<[unknown, string]>([
    [{ 'm.server': 'a:443', list: [1, true, null], 'ü': 'é' }, '{"m.server": "a:443", "list": [1, true, null], "\\u00fc": "\\u00e9"}'], [['a', 2], '["a", 2]'], [true, 'True'], [42, '42'],
  ])('holds data as JSON: %o', async (content, text) => {
    const there = host()
    await expectLaws(copy, { content, dest: '/srv/new' }, there)
    expect(there.text('/srv/new')).toBe(text)
  })

  test('with several names is replaced under one of them, which is said', async () => {
    const there = host()
    there.files.nameToo('/srv/too', there.files.find('/srv/text', false)!)
    const { result } = await expectLaws(copy, { content: 'two\n', dest: '/srv/text' }, there)
    expect(result.warnings).toEqual([expect.stringContaining('one of 2 hard links')])
    expect(there.text('/srv/too')).toBe('one\n')
  })

  test('of many bytes is neither shown nor kept for undo', async () => {
    const there = host().file('/srv/large', Buffer.alloc(2 << 20, 1))
    const { changes } = await planFor(copy, { content: 'small', dest: '/srv/large' }, there)
    expect(changes).toMatchObject([{ undo: null, desired: { sha256: expect.any(String) as string } }])
    expect(changes[0]!.diff).toBeUndefined()
  })

  test('by a user who is not root becomes the user\'s own', async () => {
    const there = host()
    there.accounts.addGroup({ name: 'ann', gid: 1000, members: [] })
    there.accounts.addUser({ name: 'ann', uid: 1000, gid: 1000, group: 'ann' })
    const ann = new FakeHost({ user: 'ann' })
    Object.assign(ann, { files: there.files, accounts: there.accounts })
    const { changes } = await planFor(copy, { content: 'two\n', dest: '/srv/text' }, ann)
    expect(changes).toMatchObject([{ observed: { owner: 'daemon', group: 'adm' }, desired: { owner: 'ann', group: 'ann' } }])
  })
})

test.each<[string, object, string]>([
  ['a text for a directory', { content: 'x', dest: '/srv/full' }, 'can not use content with a dir as dest'],
  ['a text for a slash', { content: 'x', dest: '/srv/new/' }, 'can not use content with a dir as dest'],
  ['a directory that is missing', { content: 'x', dest: '/srv/none/new' }, 'Destination directory /srv/none does not exist'],
  ['a source that is missing', { src: 'nothing', dest: '/srv/new' }, 'could not find src=nothing'],
  ['no source at all', { dest: '/srv/new' }, 'src (or content) is required'],
  ['a wrong checksum', { src: 'text', dest: '/srv/new', checksum: 'abc' }, 'Copied file does not match the expected checksum'],
  ['a check without %s', { content: 'x', dest: '/srv/new', validate: 'visudo -c' }, 'validate must contain %s'],
  ['a source of the host that is missing', { src: '/srv/none', dest: '/srv/new', remote_src: true }, 'Source /srv/none not found'],
])('refuses %s, and touches nothing', async (_, asked, message) => {
  const { result, changes } = await expectLaws(copy, asked, host(), { controller })
  expect(changes).toEqual([])
  expect(result).toMatchObject({ failed: true, msg: expect.stringContaining(message) })
})

describe('a directory', () => {
  test.each([['with itself', 'site', '/srv/www/site'], ['with a slash: what is in it', 'site/', '/srv/www']])('%s', async (_, src, root) => {
    const there = host()
    const both = { ...controller, readTree: (name: string) => controller.readTree(name.replace(/\/$/, '')) }
    const { result } = await expectLaws(copy, { src, dest: '/srv/www', mode: 'preserve', directory_mode: '0711' }, there, { controller: both })
    expect(result).toEqual({ changed: true, dest: '/srv/www/', src: '/controller/site' })
    const seen = ['', '/index.html', '/img', '/img/a', '/latest', '/latest/a'].map(path => [path, there.files.state(root + path).type, there.files.state(root + path).mode.toString(8)])
    expect(seen).toEqual([['', 'directory', '711'], ['/index.html', 'file', '640'], ['/img', 'directory', '711'], ['/img/a', 'file', '755'], ['/latest', 'directory', '711'], ['/latest/a', 'file', '755']])
  })

  test('keeps its links where they are not to be followed', async () => {
    const there = host()
    await expectLaws(copy, { src: 'site', dest: '/srv/www', local_follow: false }, there, { controller })
    expect(there.files.state('/srv/www/site/latest')).toMatchObject({ type: 'link', target: 'img' })
  })

  test('of the host is copied with its modes', async () => {
    const there = host().directory('/srv/full/deep', { mode: 0o700 }).file('/srv/full/deep/b', 'b', { mode: 0o600 }).link('/srv/full/l', 'a')
    await expectLaws(copy, { src: '/srv/full', dest: '/srv/copy/', remote_src: true }, there)
    expect(there.text('/srv/copy/full/deep/b')).toBe('b')
    expect([there.files.state('/srv/copy/full/deep').mode, there.files.state('/srv/copy/full/deep/b').mode]).toEqual([0o700, 0o600])
    expect(there.files.state('/srv/copy/full/l')).toMatchObject({ type: 'link', target: 'a' })
  })

  test.each<[string, object, { mode: number; uid?: number }]>([
    ['becomes a new one', { dest: '/srv/new' }, { mode: 0o700 }],
    ['becomes a new one with the mode that is asked', { dest: '/srv/new', directory_mode: '0711' }, { mode: 0o711 }],
    ['becomes a new one that is plain, with a slash behind it', { dest: '/srv/new/' }, { mode: 0o755 }],
    ['goes into one that is there, which keeps its mode', { dest: '/srv/there', directory_mode: '0711' }, { mode: 0o750 }],
    ['goes into one that is there, which gets the owner', { dest: '/srv/there', owner: '33' }, { mode: 0o750, uid: 33 }],
  ])('of the host with a slash %s', async (_, parameters, wanted) => {
    for (const file of ['a', undefined]) {
      const there = host().directory('/srv/tight', { mode: 0o700 }).directory('/srv/there', { mode: 0o750 })
      if (file) there.file(`/srv/tight/${file}`, 'x')
      await expectLaws(copy, { src: '/srv/tight/', remote_src: true, ...parameters }, there)
      expect(there.files.state((parameters as { dest: string }).dest.replace(/\/$/, ''))).toMatchObject({ type: 'directory', ...wanted })
    }
  })
})

describe('template', () => {
  test('writes what it renders, under the template\'s name in a directory', async () => {
    const there = host()
    expect((await expectLaws(template, { src: 'page.j2', dest: '/srv/full' }, there, { controller })).result).toMatchObject({ dest: '/srv/full/page.j2', checksum: sha1('Hello lab1\n'), src: '/controller/page.j2' })
    expect(there.text('/srv/full/page.j2')).toBe('Hello lab1\n')
  })

  test('hands on how templates are written', async () => {
    const asked: unknown[] = []
    const renderTemplate = (name: string, options: object, destination: string) => (asked.push(options), controller.renderTemplate(name, {}, destination))
    await planFor(template, { src: 'page.j2', dest: '/srv/new', newline_sequence: '\\r\\n', variable_start_string: '[[', variable_end_string: ']]', lstrip_blocks: true }, host(), { controller: { ...controller, renderTemplate } })
    expect(asked).toMatchObject([{ trimBlocks: true, lstripBlocks: true, newlineSequence: '\r\n', variableStart: '[[', variableEnd: ']]' }])
  })

  test('that hangs on what is not known yet is not known either', async () => {
    const renderTemplate = () => {
      throw new UnknownReached(new Unknown('later'))
    }
    await expect(planFor(template, { src: 'page.j2', dest: '/srv/new' }, host(), { controller: { ...controller, renderTemplate } })).rejects.toBeInstanceOf(UnknownReached)
  })

  test('that is missing is refused', async () => {
    expect((await expectLaws(template, { src: 'none.j2', dest: '/srv/new' }, host(), { controller })).result).toMatchObject({ failed: true, msg: 'could not find src=none.j2' })
  })
})

test('what is right already is seen in one round trip, and what differs in two', async () => {
  const rounds = async (content: string) => {
    const facts = new HostFacts(host())
    await copy.plan(given(copy, { content, dest: '/srv/text', owner: 'daemon', group: 'adm', mode: '0640' }), contextOn({}, { facts: new Reading(facts, undefined).facts }))
    return facts.batches
  }
  expect([await rounds('one\n'), await rounds('two\n')]).toEqual([1, 2])
})
