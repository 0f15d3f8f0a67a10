import { execFileSync, spawnSync } from 'node:child_process'
import { cpSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { file } from './spawn.ts'

/** Says at the end which of Node's own modules were loaded. */
const witness = `process.on('exit', () => process.stderr.write('\\n' + JSON.stringify(process.moduleLoadList.map(name => name.replace(/^NativeModule /, '')))))`

describe('The bundle', () => {
  let place = ''
  beforeAll(() => {
    place = mkdtempSync(join(tmpdir(), 'matrix-provision-bundle-'))
    cpSync(file('bin'), join(place, 'bin'), { recursive: true })
    writeFileSync(join(place, 'package.json'), '{"type":"module"}')
    writeFileSync(join(place, 'witness.mjs'), witness)
    writeFileSync(join(place, 'site.yml'), `- hosts: all
  gather_facts: false
  vars: {place: ${place}}
  tasks:
    - {name: directory, file: {path: "{{ place }}/made", state: directory}}
    - {name: file, copy: {dest: "{{ place }}/made/file", content: "{{ inventory_hostname }}\\n"}, notify: Told}
  handlers: [{name: Told, debug: {msg: told}}]
`)
    execFileSync(process.execPath, [file('scripts/build.ts'), join(place, 'dist')])
  }, 60_000)
  afterAll(() => rmSync(place, { recursive: true, force: true }))

  /** Runs the command with nothing around it: no packages, no sources. */
  function run(...words: readonly string[]) {
    const done = spawnSync(process.execPath, ['--import', join(place, 'witness.mjs'), join(place, 'bin/matrix-provision.cjs'), ...words], {
      cwd: place, encoding: 'utf8', env: { PATH: process.env.PATH, HOME: place },
    })
    return { status: done.status, out: done.stdout, modules: JSON.parse(done.stderr.slice(done.stderr.lastIndexOf('\n'))) as string[] }
  }

  test('answers --help with little of Node', () => {
    const { status, out, modules } = run('--help')
    expect(status).toBe(0)
    expect(out).toContain('Usage: matrix-provision')
    for (const needless of ['crypto', 'child_process', 'http', 'internal/deps/undici/undici']) expect(modules).not.toContain(needless)
  })

  test('applies a playbook, and loads nothing of Node that the playbook does not need', () => {
    const apply = ['apply', 'site.yml', '-i', 'localhost,', '--connection', 'local'] as const
    expect(run(...apply)).toMatchObject({ status: 0, out: expect.stringContaining('1 changed, 0 failed') })
    const again = run(...apply)
    expect(again).toMatchObject({ status: 0, out: expect.stringContaining('1 already right, 0 failed') })
    for (const needless of ['http', 'https', 'tls', 'internal/deps/undici/undici', 'inspector', 'worker_threads']) expect(again.modules).not.toContain(needless)
  })
})
