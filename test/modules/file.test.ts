import { describe, expect, test } from 'vitest'
import file from '../../src/modules/file.ts'
import { FakeHost } from '../host/fake-host.ts'
import { apply, expectLaws, planFor } from './fake-run.ts'
import { contextOn, given, look } from './observed-host.ts'

const host = () =>
  new FakeHost()
    .file('/srv/text', 'one\n', { mode: 0o640, group: 'adm' })
    .directory('/srv/full').file('/srv/full/a', 'a').file('/srv/full/deep/b', 'b', { mode: 0o600 }).link('/srv/full/out', '/srv/text')
    .directory('/srv/empty').directory('/srv/shared', { mode: 0o2775, group: 'adm' })
    .link('/srv/link', 'text').link('/srv/astray', 'nowhere')

interface Case {
  readonly asked: object
  /** As `kind path observed → desired`. */
  readonly changes: readonly string[]
  readonly result?: object
}

const plain = (value: object) => Object.entries(value).map(([name, member]) => `${name}=${member}`).join(' ')

const cases: { readonly [name: string]: Case } = {
  'a directory that is missing': {
    asked: { path: '/srv/new', state: 'directory', owner: 'daemon', mode: '0750' },
    changes: ['create /srv/new state=absent → state=directory mode=0750 owner=daemon group=root'],
    result: { path: '/srv/new', state: 'directory', mode: '0750', owner: 'daemon', uid: 1, gid: 0 },
  },
  'all that is missing above it, each for itself and with the same mode': {
    asked: { path: '/srv/x/y/z', state: 'directory', mode: '0700' },
    changes: ['/srv/x', '/srv/x/y', '/srv/x/y/z'].map(path => `create ${path} state=absent → state=directory mode=0700 owner=root group=root`),
  },
  'a directory that is there': { asked: { path: '/srv/full', state: 'directory' }, changes: [], result: { state: 'directory', mode: '0755', size: 4096 } },
  'a directory in one that hands down its group': {
    asked: { path: '/srv/shared/new', state: 'directory' },
    changes: ['create /srv/shared/new state=absent → state=directory mode=02755 owner=root group=adm'],
  },
  'a mode that differs': {
    asked: { path: '/srv/text', mode: 'u=rw,go=r' },
    changes: ['update /srv/text mode=0640 → mode=0644'],
    result: { path: '/srv/text', state: 'file', mode: '0644', size: 4, diff: { before: { path: '/srv/text', mode: '0640' }, after: { path: '/srv/text', mode: '0644' } } },
  },
  'an owner that is right by its number': { asked: { path: '/srv/text', owner: '0', group: '4' }, changes: [] },
  'what a link leads to': { asked: { path: '/srv/link', state: 'file', mode: '0600' }, changes: ['update /srv/text mode=0640 → mode=0600'], result: { path: '/srv/text' } },
  'the link itself': {
    asked: { path: '/srv/link', state: 'link', follow: false, owner: 'daemon' },
    changes: ['update /srv/link owner=root → owner=daemon'],
    result: { dest: '/srv/link', src: 'text', state: 'link' },
  },
  'everything in a directory': {
    asked: { path: '/srv/full', state: 'directory', recurse: true, owner: 'daemon', mode: 'u=rwX,go=rX' },
    changes: [
      'update /srv/full owner=root → owner=daemon',
      'update /srv/full/a owner=root → owner=daemon',
      'update /srv/full/deep owner=root → owner=daemon',
      'update /srv/full/deep/b mode=0600 owner=root → mode=0644 owner=daemon',
      'update /srv/full/out owner=root → owner=daemon',
      'update /srv/text mode=0640 owner=root → mode=0644 owner=daemon',
    ],
  },
  'a link': {
    asked: { path: '/srv/to', state: 'link', src: 'text' },
    changes: ['create /srv/to state=absent → state=link target=text owner=root group=root'],
    result: { dest: '/srv/to', src: 'text', state: 'link' },
  },
  'a link that leads elsewhere': { asked: { path: '/srv/link', state: 'link', src: '/srv/full' }, changes: ['update /srv/link target=text → target=/srv/full'] },
  'a link in the place of a file, by force': {
    asked: { path: '/srv/text', state: 'link', src: 'full', force: true },
    changes: ['update /srv/text state=file mode=0640 group=adm → state=link target=full group=root'],
  },
  'a link into nothing, by force': {
    asked: { path: '/srv/to', state: 'link', src: 'nothing', force: true },
    changes: ['create /srv/to state=absent → state=link target=nothing owner=root group=root'],
    result: { warnings: [expect.stringContaining('non-existent symlink target')] },
  },
  'another name of a file': {
    asked: { path: '/srv/too', state: 'hard', src: '/srv/text' },
    changes: ['create /srv/too state=absent → state=file mode=0640 owner=root group=adm src=/srv/text'],
    result: { state: 'hard', dest: '/srv/too', src: '/srv/text' },
  },
  'nothing, where a file is': { asked: { path: '/srv/text', state: 'absent' }, changes: ['delete /srv/text state=file mode=0640 owner=root group=adm → state=absent'], result: { path: '/srv/text', state: 'absent' } },
  'nothing, where a directory is': { asked: { path: '/srv/full', state: 'absent' }, changes: ['delete /srv/full state=directory mode=0755 owner=root group=root → state=absent'] },
  'nothing, where a link is: what it leads to stays': { asked: { path: '/srv/link', state: 'absent' }, changes: ['delete /srv/link state=link target=text owner=root group=root → state=absent'] },
  'nothing, where nothing is': { asked: { path: '/srv/none', state: 'absent' }, changes: [], result: { state: 'absent' } },
  'a time': {
    asked: { path: '/srv/text', modification_time: '202202081414.00' },
    changes: ['update /srv/text mtime=1700000000 → mtime=1644329640'],
    result: { diff: { before: { path: '/srv/text', mtime: 1_700_000_000 }, after: { path: '/srv/text', mtime: 1_644_329_640 } } },
  },
}

test.each(Object.entries(cases))('%s', async (_, { asked, changes, result }) => {
  const made = await expectLaws(file, asked, host())
  expect(made.changes.map(({ kind, subject, observed, desired }) => `${kind} ${subject.name} ${plain(observed)} → ${plain(desired)}`)).toEqual(changes)
  if (result) expect(made.result).toMatchObject(result)
})

test.each<[string, object, string]>([
  ['a file that is not there', { path: '/srv/none' }, 'file (/srv/none) is absent, cannot continue'],
  ['a directory where a file is', { path: '/srv/text', state: 'directory' }, '/srv/text already exists as a file'],
  ['a directory beneath a file', { path: '/srv/text/x', state: 'directory' }, '/srv/text is a file'],
  ['a link without a source', { path: '/srv/to', state: 'link' }, 'src is required for creating new symlinks'],
  ['a link into nothing', { path: '/srv/to', state: 'link', src: 'nothing' }, 'src file does not exist, use "force=yes"'],
  ['a link in the place of a file', { path: '/srv/text', state: 'link', src: 'full' }, 'refusing to convert from file to symlink'],
  ['a link in the place of what a directory holds', { path: '/srv/full', state: 'link', src: 'text', force: true }, 'is not empty, refusing to convert it'],
  ['a file for a link to itself', { path: '/srv/text', state: 'link', src: 'text', force: true }, 'would be a link to itself'],
  ['a hard link to nothing', { path: '/srv/to', state: 'hard', src: '/srv/none' }, 'src does not exist'],
  ['a hard link in the place of a file', { path: '/srv/full/a', state: 'hard', src: '/srv/text' }, 'Cannot link, file exists at destination'],
  ['recursion into a file', { path: '/srv/text', state: 'file', recurse: true }, "recurse option requires state to be 'directory'"],
  ['a source for a directory', { path: '/srv/empty', state: 'directory', src: '/srv/text' }, "src option requires state to be 'link' or 'hard'"],
  ['a user that is not there', { path: '/srv/text', owner: 'nobodyknows' }, 'chown failed: failed to look up user nobodyknows'],
  ['a group that is not there', { path: '/srv/text', group: 'nobodyknows' }, 'chgrp failed: failed to look up group nobodyknows'],
  ['a mode that is none', { path: '/srv/text', mode: 'rw-r--r--' }, 'mode must be in octal or symbolic form'],
  ['a time that is none', { path: '/srv/text', modification_time: 'noon' }, 'Error while obtaining timestamp for time noon'],
])('refuses %s, and touches nothing', async (_, asked, message) => {
  const { result, changes } = await expectLaws(file, asked, host())
  expect(changes).toEqual([])
  expect(result).toMatchObject({ failed: true, changed: false, msg: expect.stringContaining(message) })
})

describe('paths', () => {
  test.each([['~/x', '/root/x'], ['~daemon/x', '/usr/sbin/x'], ['$HOME/x', '/root/x'], ['${SITE}//x/', '/srv/empty/x'], ['/srv/./empty/x', '/srv/empty/x']])('%s is %s', async (path, real) => {
    const there = host().directory('/usr/sbin')
    await apply(file, { path, state: 'directory' }, there, { environment: { SITE: '/srv/empty' } })
    expect(there.files.state(real).type).toBe('directory')
  })
})

test('a user that is not there yet is only warned of in check mode', async () => {
  const plan = await planFor(file, { path: '/srv/text', owner: 'later' }, host(), { checkMode: true })
  expect(plan.result(undefined)).toMatchObject({ changed: true, warnings: [expect.stringContaining('failed to look up user later')] })
})

test('a directory of any size is removed, and kept for undo where it is small', async () => {
  const large = host().file('/srv/full/large', Buffer.alloc(2 << 20))
  const { changes } = await planFor(file, { path: '/srv/full', state: 'absent' }, large)
  expect(changes).toMatchObject([{ undo: null, note: 'holds too much to be put back' }])
  expect((await planFor(file, { path: '/srv/full', state: 'absent' }, host())).changes[0]!.undo).toHaveLength(10)
})

test('what is right already is seen in one round trip', async () => {
  const { facts, rounds } = look({})
  await file.plan(given(file, { path: '/srv/none', state: 'absent' }), contextOn({}, { facts }))
  expect(rounds).toHaveLength(1)
})
