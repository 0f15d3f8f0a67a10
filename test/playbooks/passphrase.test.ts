import { execFileSync } from 'node:child_process'
import { readFileSync } from 'node:fs'
import { beforeAll, describe, expect, test } from 'vitest'
import { labHosts, noLab, onLab } from '../lab/hosts.ts'
import { noScreen, Screen } from '../screen.ts'
import { Desk } from './desk.ts'

const missing = noLab ?? noScreen

describe.skipIf(missing)(noScreen ? `an encrypted key (skipped: ${noScreen})` : onLab('an encrypted key'), () => {
  const lab = labHosts(2)
  const playbook = `- hosts: all
  gather_facts: false
  tasks:
    - {name: Wait, command: sleep 1}
    - {name: Who, command: id -un, register: who}
    - {name: Said, debug: {msg: "it is {{ who.stdout }}"}}
`
  let desk: Desk
  let screen: Screen
  beforeAll(async () => {
    if (missing) return
    desk = new Desk(lab, { 'site.yml': playbook })
    screen = new Screen('passphrase')
    execFileSync('ssh-keygen', ['-q', '-t', 'ed25519', '-a', '4', '-N', 'open sesame', '-f', desk.path('locked')])
    for (const { name } of lab.hosts) await lab.sh(name, `echo '${readFileSync(desk.path('locked.pub'), 'utf8').trim()}' >>~deploy/.ssh/authorized_keys`)
    return () => {
      screen[Symbol.dispose]()
      desk[Symbol.dispose]()
    }
  })
  const apply = () => screen.start(`env -u SSH_AUTH_SOCK ${process.execPath} src/cli/main.ts ${desk.words(['-e', `ansible_ssh_private_key_file=${desk.path('locked')}`]).join(' ')}; echo "ended with $?"`)
  const asked = (times: number) => (lines: readonly string[]) => lines.filter(line => line.startsWith(`Enter passphrase for key '${desk.path('locked')}':`)).length === times && lines.every(line => !/^ {2}lab\d/.test(line))

  test('is asked about once for all hosts, with nothing drawn around the question, and again when it was mistyped', async () => {
    apply()
    await screen.until(asked(1))
    expect(screen.cursorShown).toBe(true)
    screen.press('wrong', 'Enter')
    await screen.until(asked(2))
    screen.press('open sesame', 'Enter')
    await screen.until(lines => lines.some(line => /^ {2}lab1 {2}\S Wait/.test(line)))
    const end = await screen.until(lines => lines.some(line => line.startsWith('ended with')))
    expect(end).toContain('ended with 0')
    expect(end.join('\n')).toMatch(/2 hosts: 2 changed, 0 failed\./)
    expect(end.join('\n')).not.toContain('sesame')
    expect(screen.cursorShown).toBe(true)
  }, 60_000)

  test('Ctrl-C at the question ends the run, and leaves the terminal as it was', async () => {
    apply()
    await screen.until(asked(1))
    screen.press('C-c')
    expect(await screen.until(lines => lines.some(line => line.startsWith('ended with')))).toContain('ended with 130')
    expect(screen.cursorShown).toBe(true)
    screen.press('echo typed-$((40+2))', 'Enter')
    await screen.until(lines => lines.includes('typed-42'))
  }, 60_000)
})
