import { execFileSync } from 'node:child_process'
import { existsSync, mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { connectionPool } from '../../src/connection/pool.ts'
import { because } from './lab.ts'
import { eventually, outcome, text } from './shells.ts'

/** Directories of programs to be the whole PATH of a shell. */
const tools: { title: string; shell: string; missing: string | undefined; install(directory: string): void }[] = [
  {
    title: 'with BusyBox tools only',
    shell: '/bin/busybox sh',
    missing: existsSync('/bin/busybox') ? undefined : 'needs /bin/busybox',
    install: directory => {
      for (const applet of execFileSync('/bin/busybox', ['--list'], { encoding: 'utf8' }).trim().split('\n'))
        symlinkSync('/bin/busybox', join(directory, applet))
    },
  },
  {
    title: 'without setsid',
    shell: '/bin/dash',
    missing: existsSync('/bin/dash') ? undefined : 'needs /bin/dash',
    install: directory => link(directory, ['dd', 'ps', 'sleep', 'cat', 'wc', 'sh', 'dash', 'head', 'pgrep']),
  },
  {
    title: 'with a dd that knows no iflag',
    shell: '/bin/dash',
    missing: existsSync('/bin/dash') ? undefined : 'needs /bin/dash',
    install: directory => {
      link(directory, ['setsid', 'ps', 'sleep', 'cat', 'wc', 'sh', 'dash', 'head', 'pgrep'])
      writeFileSync(join(directory, 'dd'), '#!/bin/sh\ncase "$*" in *iflag*) echo "dd: unknown operand iflag" >&2; exit 1 ;; esac\nexec /bin/dd "$@"\n', { mode: 0o755 })
    },
  },
]

const link = (directory: string, names: readonly string[]): void => {
  for (const name of names) symlinkSync(execFileSync('sh', ['-c', `command -v ${name}`], { encoding: 'utf8' }).trim(), join(directory, name))
}

describe.each(tools)('A host $title', ({ title, shell, missing, install }) => {
  const it = test.skipIf(missing)
  const directory = mkdtempSync(join(tmpdir(), 'mp-tools-'))
  const pool = connectionPool()
  const connecting = () => pool.connect({ name: 'here', connection: 'local', shell: `/usr/bin/env PATH=${join(directory, 'bin')} ${shell}` })
  beforeAll(() => {
    mkdirSync(join(directory, 'bin'))
    if (!missing) install(join(directory, 'bin'))
  })
  afterAll(async () => {
    await pool.close()
    rmSync(directory, { recursive: true, force: true })
  })

  it(`answers what is sent ahead, in order${because(missing)}`, async () => {
    const connection = await connecting()
    const answers = await Promise.all(Array.from({ length: 30 }, (_, n) => outcome(connection, `echo ${n}; exit ${n}`)))
    expect(answers).toEqual(Array.from({ length: 30 }, (_, n) => `${n} "${n}\\n" ""`))
  })
  it(`takes big programs${because(missing)}`, async () => {
    const connection = await connecting()
    const size = title.includes('iflag') ? 100_000 : 3_000_000
    const [big, next] = await Promise.all([connection.run({ program: `printf %s '${'ö'.repeat(size / 2)}'`, deadline: 20_000 }), outcome(connection, 'echo next')])
    expect(text(big.stdout)).toBe('ö'.repeat(size / 2))
    expect(next).toBe('0 "next\\n" ""')
  }, 30_000)
  it(`kills a program and its children at the deadline${because(missing)}`, async () => {
    const connection = await connecting()
    const mark = `9${process.pid}${Math.floor(Math.random() * 1e4)}`
    const program = `sh -c "sleep ${mark}; :" & (sleep ${mark}; :) & sleep ${mark}; :`
    expect(await Promise.all([outcome(connection, program, { deadline: 300 }), outcome(connection, 'echo next')])).toEqual(['deadline', '0 "next\\n" ""'])
    const left = () => execFileSync('sh', ['-c', `ps -eo stat=,args= | grep -v "^Z" | grep -c "[s]leep ${mark}" || :`], { encoding: 'utf8' }).trim()
    expect(await eventually(() => left() === '0')).toBe(true)
  }, 20_000)
})
