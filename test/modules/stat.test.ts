import { createHash } from 'node:crypto'
import { describe, expect, test } from 'vitest'
import { Unknown } from '../../src/core/unknown.ts'
import slurp from '../../src/modules/slurp.ts'
import { Float } from '../../src/core/value.ts'
import stat from '../../src/modules/stat.ts'
import { FakeHost } from '../host/fake-host.ts'
import { planFor } from './fake-run.ts'
import { aFile, planOn } from './observed-host.ts'

const host = (user = 'root') =>
  new FakeHost({ user }).file('/srv/foo.txt', 'hello world', { mode: 0o4750, owner: 'daemon', group: 'adm' }).link('/srv/link', 'foo.txt').link('/srv/astray', 'nowhere').directory('/srv/dir')

const seen = async (parameters: object, there = host()) => (await planFor(stat, parameters, there)).result(undefined)

describe('stat', () => {
  test('tells all that Ansible tells of a file', async () => {
    const { stat, ...rest } = await seen({ path: '/srv/foo.txt' })
    expect(rest).toEqual({ changed: false })
    expect(stat).toEqual({
      exists: true, path: '/srv/foo.txt', mode: '4750', isreg: true, isdir: false, islnk: false, ischr: false, isblk: false, isfifo: false, issock: false,
      uid: 1, gid: 4, pw_name: 'daemon', gr_name: 'adm', size: 11, inode: expect.any(Number) as number, dev: 1, nlink: 1,
      atime: new Float(1_700_000_000), mtime: new Float(1_700_000_000), ctime: new Float(1_700_000_000),
      rusr: true, wusr: true, xusr: true, rgrp: true, wgrp: false, xgrp: true, roth: false, woth: false, xoth: false, isuid: true, isgid: false,
      readable: true, writeable: true, executable: true, checksum: '2aae6c35c94fcfb415dbe95f408b9ce91ee846ed',
      mimetype: 'text/plain', charset: 'us-ascii', version: null, attributes: [], attr_flags: '', block_size: 4096, blocks: 8, device_type: 0,
    })
  })

  test('tells where a link leads, or what is there', async () => {
    expect((await seen({ path: '/srv/link' })).stat).toMatchObject({ islnk: true, lnk_source: '/srv/foo.txt', lnk_target: 'foo.txt', mimetype: 'inode/symlink' })
    expect((await seen({ path: '/srv/link', follow: true })).stat).toMatchObject({ isreg: true, size: 11, path: '/srv/link' })
    expect((await seen({ path: '/srv/astray' })).stat).toMatchObject({ exists: true, islnk: true })
    expect((await seen({ path: '/srv/astray', follow: true })).stat).toEqual({ exists: false })
    expect((await seen({ path: '/srv/none' })).stat).toEqual({ exists: false })
  })

  test.each(['md5', 'sha1', 'sha224', 'sha256', 'sha384', 'sha512'])('sums up with %s', async algorithm => {
    expect((await seen({ path: '/srv/foo.txt', checksum_algorithm: algorithm })).stat).toHaveProperty('checksum', createHash(algorithm).update('hello world').digest('hex'))
  })

  test('leaves out what is not asked for, and does not read it', async () => {
    const there = host()
    const { stat } = await seen({ path: '/srv/foo.txt', get_checksum: false, get_mime: false, get_attributes: false }, there)
    expect(Object.keys(stat as object)).not.toEqual(expect.arrayContaining(['checksum']))
    expect(there.reads.flat().map(({ kind }) => kind)).not.toContain('content')
  })

  test.each([['daemon', [true, true, true]], ['nobody', [false, false, false]]])('%s may do what the permissions say', async (user, [readable, writeable, executable]) => {
    expect((await seen({ path: '/srv/foo.txt' }, host(user as string))).stat).toMatchObject({ readable, writeable, executable, ...(!readable && { mimetype: 'unknown' }) })
  })

  test.each<[string, string | Uint8Array, string, string]>([
    ['an empty file', '', 'inode/x-empty', 'binary'], ['bytes', new Uint8Array([0, 1]), 'application/octet-stream', 'binary'], ['UTF-8', 'é', 'text/plain', 'utf-8'], ['Latin-1', new Uint8Array([0xe9, 10]), 'text/plain', 'unknown-8bit'],
  ])('judges %s', async (_, content, mimetype, charset) => {
    expect((await seen({ path: '/srv/x' }, host().file('/srv/x', content))).stat).toMatchObject({ mimetype, charset })
  })

  test('does not bring large files here to sum them up', async () => {
    const state = { ...aFile, size: 100 << 20 }
    const large = { file: { '/large': state }, followed: { '/large': { ...state, path: '/large' } }, digest: { '/large': 'abc' } }
    expect((await planOn(stat, { path: '/large' }, large)).result(undefined)).toMatchObject({ warnings: [expect.stringContaining('64 MiB')] })
    expect((await planOn(stat, { path: '/large', checksum_algorithm: 'sha256' }, large)).result(undefined).stat).toHaveProperty('checksum', 'abc')
  })

  test('in a dry run knows that a file will be there though not its bytes', async () => {
    const followed = { '/later': { ...aFile, path: '/later' } }
    const { stat: told } = (await planOn(stat, { path: '/later' }, { file: { '/later': aFile }, followed, content: { '/later': new Unknown('later') } })).result(undefined)
    expect(told).toMatchObject({ exists: true, isreg: true, checksum: expect.any(Unknown) as Unknown })
  })
})

describe('slurp', () => {
  test('brings the bytes', async () => {
    const result = (await planFor(slurp, { src: '/srv/link' }, host())).result(undefined)
    expect(result).toEqual({ changed: false, content: Buffer.from('hello world').toString('base64'), encoding: 'base64', source: '/srv/link' })
  })
  test.each([['/srv/none', 'file not found: /srv/none'], ['/srv/dir', 'source is a directory and must be a file: /srv/dir']])('refuses %s', async (src, msg) => {
    expect((await planFor(slurp, { src }, host())).result(undefined)).toMatchObject({ failed: true, msg })
  })
})
