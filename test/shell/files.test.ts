import { execFileSync, spawnSync } from 'node:child_process'
import { createHash, randomBytes } from 'node:crypto'
import { once } from 'node:events'
import { chmodSync, existsSync, lstatSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, readlinkSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import fc from 'fast-check'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import type { Connection } from '../../src/connection/connection.ts'
import type { Change } from '../../src/host/change.ts'
import type { FactKind, FactKinds } from '../../src/host/fact.ts'
import type { Step } from '../../src/host/step.ts'
import { ShellTarget } from '../../src/shell/shell-target.ts'
import { openShell, shells } from './shells.ts'

const change = (...steps: Step[]): Change => ({
  subject: { kind: 'file', name: 'x' }, kind: 'update', observed: {}, desired: {}, steps, undo: null, touches: [], predicts: [],
})

describe.each(shells.filter(shell => !shell.missing))('in $name', ({ shell }) => {
  let connection: Connection
  let target: ShellTarget
  let directory: string

  beforeAll(async () => {
    connection = await openShell(shell)
    target = new ShellTarget(async () => connection, { readDeadline: 20_000 })
    directory = mkdtempSync(join(tmpdir(), 'shell-'))
  })
  afterAll(async () => {
    await connection.close()
    rmSync(directory, { recursive: true, force: true })
  })

  const read = async <K extends FactKind>(kind: K, key: string): Promise<FactKinds[K]> => (await target.read([{ kind, key }]))[0]!.value as FactKinds[K]
  const perform = (...steps: Step[]) => target.perform({ guards: [], changes: [change(...steps)], reread: [], deadline: 20_000 })

  test('a file is seen with type, mode, owner, size and digest, many at once', async () => {
    const path = join(directory, "it's a $(name) with spaces")
    writeFileSync(path, 'hello\n')
    chmodSync(path, 0o4751)
    symlinkSync('nowhere', join(directory, 'dangling'))
    symlinkSync(path, join(directory, 'leads'))
    const [file, dangling, followed, absent, digest, noDigest] = await target.read([
      { kind: 'file', key: path }, { kind: 'file', key: join(directory, 'dangling') }, { kind: 'followed', key: join(directory, 'leads') },
      { kind: 'file', key: join(directory, 'absent') }, { kind: 'digest', key: path }, { kind: 'digest', key: directory },
    ])
    expect(file!.value).toMatchObject({ type: 'file', mode: 0o4751, owner: 'root', group: 'root', uid: 0, gid: 0, size: 6, links: 1 })
    expect(dangling!.value).toMatchObject({ type: 'link', target: 'nowhere' })
    expect(followed!.value).toMatchObject({ type: 'file', path, size: 6 })
    expect(absent!.value).toMatchObject({ type: 'absent' })
    expect(digest!.value).toBe(createHash('sha256').update('hello\n').digest('hex'))
    expect(noDigest!.value).toBeNull()
  })

  test('what is no file is not read: a pipe would never come to an end', async () => {
    const pipe = join(directory, 'pipe')
    execFileSync('mkfifo', [pipe])
    for (const path of [pipe, '/dev/zero', '/dev/tty']) expect(await Promise.all([read('digest', path), read('content', path)])).toEqual([null, null])
    const done = await target.perform({ guards: [{ kind: 'digest', key: pipe, fingerprint: '' }], changes: [change({ step: 'remove', path: pipe })], reread: [], deadline: 20_000 })
    expect(done.result).toBe('done')
  })

  describe('links are followed as far as there is something, and names that are missing are kept', () => {
    const links: { readonly [link: string]: string } = {
      plain: 'file', 'in-missing': 'missing/deep/name', absolute: '/does/not/exist', chain: 'in-missing', back: 'real/../missing', 'back-from-missing': 'missing/../file',
      'back-from-file': 'file/../file', around: 'about', about: 'around', within: 'within/itself', 'by-way': 'way/x', way: 'real', 'odd name\n': './real//odd name\n',
    }
    beforeAll(() => {
      mkdirSync(join(directory, 'links', 'real'), { recursive: true })
      for (const name of ['file', 'real/odd name\n']) writeFileSync(join(directory, 'links', name), 'x')
      for (const [link, target] of Object.entries(links)) symlinkSync(target, join(directory, 'links', link))
    })

    test.each<[string, string, string, string[]]>([
      ['plain', 'file', 'file', ['plain']],
      ['in-missing', 'absent', 'missing/deep/name', ['in-missing']],
      ['absolute', 'absent', '/does/not/exist', ['absolute']],
      ['chain', 'absent', 'missing/deep/name', ['chain', 'in-missing']],
      ['back', 'absent', 'missing', ['back']],
      ['back-from-missing', 'absent', 'back-from-missing', ['back-from-missing']],
      ['back-from-file', 'absent', 'back-from-file', ['back-from-file']],
      ['around', 'absent', 'around', ['around', 'about']],
      ['within', 'absent', 'within', ['within']],
      ['by-way', 'absent', 'real/x', ['by-way', 'way']],
      ['odd name\n', 'file', 'real/odd name\n', ['odd name\n']],
      ['real/../file', 'file', 'file', []],
      ['missing/../file', 'absent', 'missing/../file', []],
      ['file', 'file', 'file', []],
    ])('%j is %s %j', async (path, type, real, through) => {
      const at = (name: string) => (name.startsWith('/') ? name : `${directory}/links/${name}`)
      const followed = await read('followed', at(path))
      expect(followed).toMatchObject({ type, path: at(real) })
      expect(followed.through ?? []).toEqual(through.map(at))
    })
  })

  test('blocks and devices are told as the system has them, and nothing of what is not there', async () => {
    const path = join(directory, 'several\nlines long')
    writeFileSync(path, 'x'.repeat(10_000))
    symlinkSync('several\nlines long', join(directory, 'to-lines'))
    for (const place of [path, join(directory, 'to-lines'), directory, '/dev/null', '/dev/full']) {
      const { blksize, blocks, rdev } = lstatSync(place)
      expect(await read('details', place), place).toMatchObject({ blockSize: blksize, blocks, device: rdev })
    }
    expect(await read('details', join(directory, 'nothing'))).toBeNull()
    const [version, flags] = (spawnSync('lsattr', ['-vd', directory], { encoding: 'utf8' }).stdout ?? '').trim().split(/\s+/)
    expect(await read('details', directory)).toMatchObject(flags === undefined ? {} : { version, flags: flags.replaceAll('-', '') })
  })

  test('a directory is listed with hidden names, an empty one is told from none', async () => {
    const place = join(directory, 'list')
    mkdirSync(join(place, 'empty'), { recursive: true })
    writeFileSync(join(place, '.hidden'), '')
    writeFileSync(join(place, 'new\nline'), '')
    expect(await read('listing', place)).toEqual(['.hidden', 'empty', 'new\nline'])
    expect(await read('listing', join(place, 'empty'))).toEqual([])
    expect(await read('listing', join(place, 'none'))).toBeNull()
  })

  test('any bytes are written and read back as they are', async () => {
    const path = join(directory, 'bytes')
    await fc.assert(
      fc.asyncProperty(fc.uint8Array({ maxLength: 300 }), async content => {
        const done = await perform({ step: 'write', path, content, mode: 0o600 })
        expect(done.result).toBe('done')
        expect(Buffer.compare(readFileSync(path), content)).toBe(0)
        expect(Buffer.compare((await read('content', path))!, content)).toBe(0)
      }),
      { numRuns: 25 },
    )
  })

  test('a megabyte of text and of noise arrives whole', async () => {
    const path = join(directory, 'large')
    for (const content of [Buffer.from('äöü line of text\n'.repeat(60_000)), randomBytes(300_000)]) {
      await perform({ step: 'write', path, content, mode: 0o644 })
      expect(Buffer.compare(readFileSync(path), content)).toBe(0)
    }
  })

  test('a file is replaced by a rename, with its mode set and nothing left beside it', async () => {
    const place = join(directory, 'replace')
    mkdirSync(place)
    const path = join(place, 'x.conf')
    writeFileSync(path, 'old')
    const before = lstatSync(path).ino
    await perform({ step: 'write', path, content: Buffer.from('new'), mode: 0o640, owner: 'root', group: 'root' })
    expect(readFileSync(path, 'utf8')).toBe('new')
    expect(lstatSync(path).mode & 0o7777).toBe(0o640)
    expect(lstatSync(path).ino).not.toBe(before)
    expect(readdirSync(place)).toEqual(['x.conf'])
  })

  test('what does not pass validation is not put in place', async () => {
    const place = join(directory, 'validate')
    mkdirSync(place)
    const path = join(place, 'x')
    writeFileSync(path, 'old')
    const done = await perform({ step: 'write', path, content: Buffer.from('new'), mode: 0o644, validate: 'sh -c "echo bad line >&2; exit 3" %s' })
    expect(done).toMatchObject({ result: 'failed', message: expect.stringContaining('bad line') })
    expect(readFileSync(path, 'utf8')).toBe('old')
    expect(readdirSync(place)).toEqual(['x'])
    expect((await perform({ step: 'write', path, content: Buffer.from('new'), mode: 0o644, validate: 'grep -q new %s' })).result).toBe('done')
    expect(readFileSync(path, 'utf8')).toBe('new')
  })

  test('a directory in the way of a file is an error that names it, and stays', async () => {
    const path = join(directory, 'in-the-way')
    mkdirSync(path)
    expect(await perform({ step: 'write', path, content: Buffer.from('x'), mode: 0o644 })).toMatchObject({ result: 'failed', message: `${path} is a directory` })
    expect(readdirSync(path)).toEqual([])
  })

  test('the first step that fails ends the work, and says so', async () => {
    const missing = join(directory, 'none', 'file')
    const done = await target.perform({
      guards: [], reread: [{ kind: 'file', key: join(directory, 'first') }], deadline: 20_000,
      changes: [change({ step: 'directory', path: join(directory, 'first') }), change({ step: 'write', path: missing, content: Buffer.from('x'), mode: 0o644 }), change({ step: 'directory', path: join(directory, 'third') })],
    })
    expect(done).toMatchObject({ result: 'failed', change: 1 })
    expect(done.result === 'failed' && done.reread[0]!.value).toMatchObject({ type: 'directory' })
    expect(existsSync(join(directory, 'third'))).toBe(false)
  })

  test('links are made and replaced, files removed, trees too', async () => {
    const path = join(directory, 'link')
    await perform({ step: 'link', path, target: 'one' })
    await perform({ step: 'link', path, target: 'two words' })
    expect(readlinkSync(path)).toBe('two words')
    await perform({ step: 'remove', path })
    expect(existsSync(path)).toBe(false)
    mkdirSync(join(directory, 'tree', 'deep'), { recursive: true })
    expect((await perform({ step: 'remove', path: join(directory, 'tree') })).result).toBe('failed')
    expect((await perform({ step: 'remove', path: join(directory, 'tree'), recursive: true })).result).toBe('done')
  })

  test('nothing is done when a file is no longer as it was seen', async () => {
    const path = join(directory, 'guarded')
    writeFileSync(path, 'seen')
    const seen = await target.read([{ kind: 'file', key: path }, { kind: 'digest', key: path }, { kind: 'followed', key: path }, { kind: 'listing', key: directory }, { kind: 'content', key: path }])
    const kinds = ['file', 'digest', 'followed', 'listing', 'content'] as const
    const guards = kinds.map((kind, index) => ({ kind, key: kind === 'listing' ? directory : path, fingerprint: seen[index]!.fingerprint }))
    const write = { guards, changes: [change({ step: 'write', path: join(directory, 'guarded-other'), content: Buffer.from('x'), mode: 0o644 })], reread: [], deadline: 20_000 }
    expect((await target.perform({ ...write, changes: [] })).result).toBe('done')
    writeFileSync(path, 'changed meanwhile')
    expect(await target.perform(write)).toEqual({ result: 'stale', fact: { kind: 'file', key: path } })
    expect(existsSync(join(directory, 'guarded-other'))).toBe(false)
  })

  test('a command gives its status and both streams, byte for byte', async () => {
    const done = await perform({ step: 'exec', argv: ['sh', '-c', "printf 'out\\0\\377'; echo err >&2; exit 3"], anyStatus: true })
    const answer = done.result === 'done' ? done.outcomes[0]!.answers[0] : undefined
    expect(answer).toMatchObject({ step: 'exec', status: 3 })
    expect(answer?.step === 'exec' && [...answer.stdout]).toEqual([...Buffer.from('out'), 0, 255])
    expect(answer?.step === 'exec' && Buffer.from(answer.stderr).toString()).toBe('err\n')
  })

  test('a command runs where and with what it is told', async () => {
    const done = await perform({ step: 'exec', argv: ['sh', '-c', 'pwd; echo "$GREETING"; cat'], chdir: directory, environment: { GREETING: "it's $me" }, stdin: 'typed' })
    const answer = done.result === 'done' ? done.outcomes[0]!.answers[0] : undefined
    expect(answer?.step === 'exec' && Buffer.from(answer.stdout).toString()).toBe(`${directory}\nit's $me\ntyped`)
  })

  test.each([
    [{ argv: ['no-such-program-here'] }, 'program-missing'],
    [{ argv: ['/no/such/program'] }, 'program-missing'],
    [{ argv: ['/etc/passwd'] }, 'program-denied'],
    [{ argv: ['true'], chdir: '/no/such/directory' }, 'directory-missing'],
  ] as const)('a command that cannot be started says why: %o', async (step, notStarted) => {
    const done = await perform({ step: 'exec', anyStatus: true, ...step })
    expect(done.result === 'done' && done.outcomes[0]!.answers[0]).toMatchObject({ step: 'exec', notStarted })
  })

  test('a service that a command leaves behind holds nothing up', async () => {
    const started = Date.now()
    await perform({ step: 'exec', argv: ['sh', '-c', '(sleep 3; echo late) & echo early'] })
    expect(Date.now() - started).toBeLessThan(2500)
  })

  test('notified handlers are written down, read back and crossed out', async () => {
    const journal = `a playbook's / play ${process.pid}`
    const names = ['Reload Apache', "it's / odd * .name"]
    await target.perform({ guards: [], changes: [], reread: [], deadline: 20_000, journal: { name: journal, notify: names, done: [] } })
    const notes = async () => (await read('pending', '') as FactKinds['pending']).filter(note => note.journal === journal).map(note => note.handler).sort()
    expect(await notes()).toEqual([...names].sort())
    await target.perform({ guards: [], changes: [], reread: [], deadline: 20_000, journal: { name: journal, notify: [], done: names } })
    expect(await notes()).toEqual([])
  })

  test('handlers are written down before the request that notifies them is made', async () => {
    const journal = `a request ${process.pid}`
    let owed: readonly unknown[] = []
    const server = createServer(async (_, response) => {
      owed = (await read('pending', '') as FactKinds['pending']).filter(note => note.journal === journal)
      response.end('done')
    })
    await once(server.listen(0, '127.0.0.1'), 'listening')
    const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/`
    const done = await target.perform({ guards: [], changes: [change({ step: 'http', request: { url, method: 'POST' } })], reread: [], deadline: 20_000, journal: { name: journal, notify: ['Reload'], done: [] } })
    server.close()
    expect(done).toMatchObject({ result: 'done', outcomes: [{ answers: [{ step: 'http', answer: { status: 200 } }] }] })
    expect(owed).toEqual([{ journal, handler: 'Reload' }])
    await target.perform({ guards: [], changes: [], reread: [], deadline: 20_000, journal: { name: journal, notify: [], done: ['Reload'] } })
  })

  test('what is not to be seen is not traced', async () => {
    const traced: string[] = []
    const watched = new ShellTarget(async () => connection, { readDeadline: 20_000, trace: program => traced.push(program) })
    for (const noLog of [false, true])
      await watched.perform({ guards: [], changes: [change({ step: 'write', path: join(directory, 'traced'), content: Buffer.from('very secret'), mode: 0o600 })], reread: [], deadline: 20_000, noLog })
    expect(traced.map(program => program.includes('very secret'))).toEqual([true, false])
    expect(traced[1]).toMatch(/^\(\d+ bytes, not shown: no_log\)$/)
  })

  test('the platform, accounts and groups are read', async () => {
    expect(await read('platform', '')).toMatchObject({ system: 'Linux', distribution: 'debian', packageManager: 'apt', user: { name: 'root', uid: 0 } })
    expect(await read('account', 'root')).toMatchObject({ name: 'root', uid: 0, gid: 0, group: 'root', home: '/root' })
    expect(await read('account', 'nobody-of-that-name')).toBeNull()
    expect(await read('group', 'root')).toMatchObject({ name: 'root', gid: 0 })
    expect(await read('package', 'dpkg')).toMatchObject({ version: expect.stringMatching(/^\d/) })
    expect(await read('package', 'no-such-package')).toMatchObject({ version: null })
  })
})
