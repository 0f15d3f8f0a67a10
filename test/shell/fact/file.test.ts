import { spawnSync } from 'node:child_process'
import { chmodSync, existsSync, mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, describe, expect, test } from 'vitest'
import { FactFailure, type FactRequest } from '../../../src/host/fact.ts'
import { compileReading } from '../../../src/shell/reading.ts'
import { readSections, sectionPrelude } from '../../../src/shell/section.ts'

const directory = mkdtempSync(join(tmpdir(), 'mp-file-'))
const at = (name: string) => join(directory, name)
chmodSync(directory, 0o755)
writeFileSync(at('file'), 'hello\n', { mode: 0o640 })
mkdirSync(at('private'), { mode: 0o700 })
writeFileSync(at('private/secret'), '')
mkdirSync(at('in'))
symlinkSync('../file', at('in/link'))
symlinkSync('/nowhere/at/all', at('dangling'))
afterAll(() => rmSync(directory, { recursive: true, force: true }))

/** A PATH on which these tools are BusyBox's. */
mkdirSync(at('busybox'))
for (const tool of ['find', 'stat', 'readlink', 'tr', 'sed']) symlinkSync('/bin/busybox', at(`busybox/${tool}`))

const requests: readonly FactRequest[] = [
  { kind: 'file', key: at('file') }, { kind: 'file', key: at('private') }, { kind: 'file', key: at('dangling') }, { kind: 'file', key: at('absent') },
  { kind: 'file', key: at('absent/beneath') }, { kind: 'file', key: at('file/beneath') }, { kind: 'followed', key: at('in/link') }, { kind: 'followed', key: at('in/../file') },
  { kind: 'followed', key: at('dangling') }, { kind: 'file', key: '/' },
]

function look(path: string, asked: readonly FactRequest[], uid = 0) {
  const { prelude, program, parse } = compileReading(asked)
  const done = spawnSync('/bin/sh', ['-c', `${sectionPrelude}${prelude}${program}`], { env: { PATH: path, LC_ALL: 'C', MP_NONCE: 'nonce' }, uid })
  return parse(readSections(done.stdout), String(done.stderr))
}

const usual = '/usr/sbin:/usr/bin:/sbin:/bin'
const others = [{ tools: 'GNU', path: usual, missing: false }, { tools: 'BusyBox', path: `${at('busybox')}:${usual}`, missing: !existsSync('/bin/busybox') }]

describe.each(others)('Files as $tools tools tell of them', ({ path, missing }) => {
  test.skipIf(missing)('have type, mode, size and target, and lead where they lead', () => {
    expect(look(path, requests).map(({ value }) => value)).toMatchObject([
      { type: 'file', mode: 0o640, owner: 'root', size: 6, links: 1 }, { type: 'directory', mode: 0o700 }, { type: 'link', target: '/nowhere/at/all' }, { type: 'absent' },
      { type: 'absent' }, { type: 'absent' }, { type: 'file', path: at('file'), size: 6 }, { type: 'file', path: at('file') },
      { type: 'absent', path: '/nowhere/at/all' }, { type: 'directory' },
    ])
  })

  test.skipIf(missing || process.getuid?.() !== 0)('that may not be looked at are no absent ones', () => {
    const [secret, beside] = look(path, [{ kind: 'file', key: at('private/secret') }, { kind: 'file', key: at('file') }], 65534)
    expect(secret!.value).toBeInstanceOf(FactFailure)
    expect(beside!.value).toMatchObject({ type: 'file' })
  })
})
