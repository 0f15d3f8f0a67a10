import { execFileSync, spawnSync } from 'node:child_process'
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import type { Connection } from '../../src/connection/connection.ts'
import type { Step, WriteStep } from '../../src/host/step.ts'
import { ShellTarget } from '../../src/shell/shell-target.ts'
import { openShell, shells } from './shells.ts'

/** Mounting needs more than root in some containers. */
const noMounts = process.platform === 'linux' && spawnSync('unshare', ['--mount', 'true']).status === 0 ? '' : ' (skipped: needs the right to mount)'

describe.each(shells.filter(shell => !shell.missing))(`in $name${noMounts}`, ({ shell }) => {
  let connection: Connection
  let target: ShellTarget
  let directory: string
  const at = (name: string) => join(directory, name)
  const mount = (...words: string[]) => execFileSync('mount', words)

  beforeAll(async () => {
    if (noMounts) return
    connection = await openShell(shell)
    target = new ShellTarget(async () => connection, { readDeadline: 20_000 })
    directory = mkdtempSync(join(tmpdir(), 'refused-'))
    for (const name of ['full', 'read-only', 'elsewhere', 'open']) mkdirSync(at(name))
    for (const name of ['full', 'read-only', 'elsewhere']) mount('-t', 'tmpfs', '-o', 'size=64k', 'tmpfs', at(name))
    for (const name of ['full', 'read-only', 'elsewhere', 'open']) writeFileSync(at(`${name}/file`), 'as it was\n')
    for (const name of ['full', 'elsewhere']) spawnSync('sh', ['-c', `cat /dev/zero >${at(name)}/filler`])
    mount('-o', 'remount,ro', at('read-only'))
    for (const [name, file] of [['busy', 'open/file'], ['busy-and-full', 'elsewhere/file']] as const) {
      writeFileSync(at(`open/${name}`), '')
      mount('--bind', at(file), at(`open/${name}`))
    }
  })
  afterAll(async () => {
    if (noMounts) return
    await connection.close()
    for (const name of ['open/busy', 'open/busy-and-full', 'full', 'read-only', 'elsewhere']) execFileSync('umount', [at(name)])
    rmSync(directory, { recursive: true })
  })

  const perform = async (...steps: Step[]) => {
    const done = await target.perform({ guards: [], changes: [{ subject: { kind: 'file', name: 'x' }, kind: 'update', observed: {}, desired: {}, steps, undo: null, touches: [], predicts: [] }], reread: [], deadline: 20_000 })
    return done.result === 'failed' ? done.message : done.result
  }
  const write = (name: string, more: Partial<WriteStep> = {}): Step => ({ step: 'write', path: at(name), content: Buffer.from('x'.repeat(5000)), mode: 0o644, ...more })

  const cases: [what: string, step: () => Step, message: () => string | RegExp][] = [
    ['a full disk', () => write('full/file'), () => `${at('full/file')} cannot be written: No space left on device`],
    ['a full disk and NUL among the bytes', () => write('full/file', { content: Buffer.alloc(5000) }), () => `${at('full/file')} cannot be written: No space left on device`],
    ['a full disk and a copy on the host', () => ({ step: 'copy', from: '/proc/self/exe', path: at('full/file'), mode: 0o644 }), () => `${at('full/file')} cannot be written: No space left on device`],
    ['a full disk and a backup', () => write('full/file', { content: Buffer.alloc(0), backup: at('full/file.1~') }), () => `the backup ${at('full/file.1~')} cannot be written: No space left on device`],
    ['a read-only file system', () => write('read-only/file'), () => new RegExp(`^(cannot create |can't create |)${at('read-only/file')}: Read-only file system$`)],
    ['a link on a read-only file system', () => ({ step: 'link', path: at('read-only/link'), target: 'file' }), () => new RegExp(`${at('read-only/link')}'?: Read-only file system$`)],
    ['a mount point', () => write('open/busy'), () => new RegExp(`^${at('open/busy')} cannot be replaced: .*busy\nSomething is mounted on it: with unsafe_writes: true`)],
    ['a mount point and a backup, which goes again', () => write('open/busy', { backup: at('open/busy.1~') }), () => /cannot be replaced: .*busy/],
    ['a mount point on a full disk, also with unsafe_writes', () => write('open/busy-and-full', { unsafe: true }), () => `${at('open/busy-and-full')} cannot be written: No space left on device`],
  ]
  test.skipIf(noMounts).each(cases)('%s: the message names path and reason, and nothing is changed', async (_, step, message) => {
    const seen = () => ['full', 'read-only', 'elsewhere', 'open'].map(name => readdirSync(at(name)))
    const before = seen()
    expect(await perform(step())).toEqual(typeof message() === 'string' ? message() : expect.stringMatching(message()))
    for (const name of ['full/file', 'read-only/file', 'elsewhere/file', 'open/file']) expect(readFileSync(at(name), 'utf8')).toBe('as it was\n')
    expect(seen()).toEqual(before)
  })

  test.skipIf(noMounts)('a mount point is written into with unsafe_writes, and has its mode', async () => {
    expect(await perform(write('open/busy', { content: Buffer.from('anew\n'), unsafe: true, mode: 0o600 }))).toBe('done')
    expect(readFileSync(at('open/file'), 'utf8')).toBe('anew\n')
    expect(statSync(at('open/file')).mode & 0o777).toBe(0o600)
    expect(readdirSync(at('open')).sort()).toEqual(['busy', 'busy-and-full', 'file'])
    await perform(write('open/busy', { content: Buffer.from('as it was\n'), unsafe: true }))
  })

  test.skipIf(noMounts).each([
    ['a validation', () => write('open/file', { validate: 'sh -c "sleep 60" %s' })],
    ['a command', (): Step => ({ step: 'exec', argv: ['sleep', '60'] })],
  ])('%s that passes its deadline leaves nothing behind', async (_, step) => {
    const inRun = () => readdirSync('/run').filter(name => name.startsWith('.matrix-provision'))
    const before = inRun()
    const change = { subject: { kind: 'file', name: 'x' }, kind: 'update', observed: {}, desired: {}, steps: [step()], undo: null, touches: [], predicts: [] } as const
    await expect(target.perform({ guards: [], changes: [change], reread: [], deadline: 300 })).rejects.toMatchObject({ kind: 'deadline' })
    expect(readFileSync(at('open/file'), 'utf8')).toBe('as it was\n')
    expect(readdirSync(at('open')).sort()).toEqual(['busy', 'busy-and-full', 'file'])
    expect(inRun()).toEqual(before)
  })

  test.skipIf(noMounts)('validate is a command without a shell: words in quotes stay together, %s may stand within', async () => {
    const path = at('open/validated')
    const validated = (validate: string) => perform({ step: 'write', path, content: Buffer.from('right\n'), mode: 0o644, validate })
    expect(await validated(`sh -c 'grep -q right %s && grep -q "$HOME" /etc/passwd'`)).toBe('done')
    expect(await validated(`sh -c 'echo "100%% && $1" >&2; exit 1' %s ';' %s`)).toBe(`failed to validate: ${path} was left as it is.\n100% && ;`)
    expect(await validated('no-such-program %s')).toMatch(/no-such-program: (command )?not found$/)
    expect(readFileSync(path, 'utf8')).toBe('right\n')
    rmSync(path)
  })
})
