import { spawnSync } from 'node:child_process'
import { chmodSync, chownSync, existsSync, mkdirSync, mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, describe, expect, test } from 'vitest'
import { crossOut, journalPrelude, listNotes, parseNotes, writeDown } from '../../src/shell/journal.ts'
import { shells } from './shells.ts'

const handlers = ['Reload Apache', "it's / odd * .name", '.hidden']
const uid = 65432
const besides = `/var/tmp/matrix-provision-${uid}`
const notRoot = process.getuid?.() !== 0

describe.skipIf(notRoot).each(shells.filter(shell => !shell.missing))(`the journal of a user who is not root, in $name${notRoot ? ' (needs root)' : ''}`, ({ shell }) => {
  const made: string[] = []
  afterEach(() => [besides, ...made.splice(0)].forEach(path => rmSync(path, { recursive: true, force: true })))

  function homeOf(owner: number): string {
    const home = mkdtempSync(join(tmpdir(), 'home-'))
    made.push(home)
    chmodSync(home, 0o755)
    chownSync(home, owner, owner)
    return home
  }

  const run = (home: string, program: string) => {
    const [command = '', ...options] = shell.split(' ')
    return spawnSync(command, [...options, '-c', `umask 077\n${journalPrelude}${program}`], { uid, gid: uid, env: { HOME: home, PATH: '/usr/bin:/bin' }, encoding: 'utf8' })
  }
  const notes = (home: string) => parseNotes(run(home, listNotes).stdout).map(note => `${note.journal}: ${note.handler}`).sort()

  test.each([['is in their home', true], ['is in /var/tmp where they have none', false]])('%s', (_, own) => {
    const home = homeOf(own ? uid : 0)
    expect(run(home, writeDown('site.yml a/b', handlers)).status).toBe(0)
    expect(notes(home)).toEqual(handlers.map(handler => `site.yml a/b: ${handler}`).sort())
    expect(existsSync(besides)).toBe(!own)
    expect(run(home, crossOut('site.yml a/b', handlers.slice(1))).stderr).toBe('')
    expect(notes(home)).toEqual(['site.yml a/b: Reload Apache'])
    run(home, crossOut('site.yml a/b', handlers))
    expect(existsSync(own ? join(home, '.local/state/matrix-provision') : besides)).toBe(false)
  })

  test('is not kept where somebody else has been before', () => {
    mkdirSync(besides)
    chmodSync(besides, 0o777)
    const { status, stderr } = run(homeOf(0), writeDown('site.yml', handlers))
    expect(status).not.toBe(0)
    expect(stderr).toContain('belongs to somebody else')
  })
})
