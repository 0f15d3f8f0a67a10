import { spawn } from 'node:child_process'
import { createHash } from 'node:crypto'
import { readFileSync } from 'node:fs'
import { setTimeout as sleep } from 'node:timers/promises'
import { afterEach, describe, expect, test } from 'vitest'
import { file } from '../cli/spawn.ts'
import { labHosts, noLab, onLab } from '../lab/hosts.ts'
import { Desk } from './desk.ts'

describe.skipIf(noLab)(onLab('Ctrl-C'), () => {
  const lab = labHosts(2)
  const hosts = ['lab1', 'lab2']

  /** Something big is written while a judge takes its time, so that there is a middle of a file to be left in. */
  const playbook = `- hosts: all
  become: true
  gather_facts: false
  tasks:
    - {name: Conf, copy: {content: "conf\\n", dest: /srv/conf}, notify: Reload}
    - {name: Big, copy: {src: big, dest: /srv/big, mode: "0640", validate: sh -c "touch /srv/begun; sleep 1" %s}}
    - {name: After, copy: {content: "after\\n", dest: /srv/after}}
  handlers:
    - {name: Reload, shell: echo reloaded >>/srv/reloads}
`
  const big = 'a line of many\n'.repeat(100_000)
  const sum = (text: string) => `${createHash('sha256').update(text).digest('hex')}  -\n`
  const whole = sum(big)
  const desk = () => new Desk(lab, { 'site.yml': playbook, big })
  const on = (text: string) => Promise.all(hosts.map(host => lab.sh(host, text)))
  const files = () => on('cd /srv; ls -d conf big after reloads 2>/dev/null | xargs')
  const begun = async () => {
    while ((await on('ls /srv/begun 2>/dev/null || true')).includes('')) await sleep(20)
  }
  const leftovers = () => on('find /srv /run /tmp /dev/shm -name ".matrix-provision*"; ps axww -o args | grep -F mp_frame | grep -v grep || true')
  const settled = async () => {
    for (let tries = 0; tries < 50 && (await leftovers()).join('') !== ''; tries++) await sleep(100)
    return leftovers()
  }
  const inJournal = () => on('find /var/lib/matrix-provision -type f 2>/dev/null | xargs -r -n1 basename')

  afterEach(async () => void (await on('rm -rf /srv/conf /srv/big /srv/after /srv/begun /srv/reloads /var/lib/matrix-provision')))

  test.each(['SIGINT', 'SIGTERM', 'SIGHUP'] as const)('%s lets the task end on all hosts, begins no other, and the next run does the rest, handlers included', async signal => {
    using at = desk()
    const run = at.start()
    await begun()
    run.kill(signal)
    const { code, out, err } = await run.ended
    expect(code).toBe(130)
    expect(err).toContain('Stopping: what runs now is finished, nothing new begins. Ctrl-C again stops at once.')
    expect(out).toMatch(/^Interrupted\. 2 hosts: 2 changed, 0 failed\./m)
    expect(await files()).toEqual(['big conf\n', 'big conf\n'])
    expect(await on('sha256sum </srv/big')).toEqual([whole, whole])
    expect(await leftovers()).toEqual(['', ''])
    expect(await inJournal()).toEqual(['Reload\n', 'Reload\n'])

    const again = await at.apply()
    expect(again.code, again.out).toBe(0)
    expect(again.out).toContain('pending  lab1, lab2: handler Reload, notified by an earlier run that did not come to it')
    expect(await files()).toEqual(['after big conf reloads\n', 'after big conf reloads\n'])
    expect(await on('cat /srv/reloads')).toEqual(['reloaded\n', 'reloaded\n'])
    expect(await inJournal()).toEqual(['', ''])
    expect((await at.apply()).out).toMatch(/^2 hosts: 2 already right/m)
  })

  test('twice ends the program at once; no host is left inside a file', async () => {
    using at = desk()
    await on('echo former >/srv/big')
    const run = at.start()
    await begun()
    run.kill('SIGINT')
    await sleep(200)
    run.kill('SIGINT')
    const { code, out } = await run.ended
    expect(code).toBe(130)
    // Not even the task that was under way has been waited for.
    expect(out).not.toContain('PLAY RECAP')
    expect(out).not.toMatch(/: Big/)
    // What had begun on a host comes to its end there or not at all.
    expect(await settled()).toEqual(['', ''])
    for (const found of await on('sha256sum </srv/big')) expect([sum('former\n'), whole]).toContain(found)
    expect(await on('ls /srv/after 2>/dev/null || true')).toEqual(['', ''])
    expect((await at.apply()).code).toBe(0)
    expect(await files()).toEqual(['after big conf reloads\n', 'after big conf reloads\n'])
  })

  test('before anything is done ends the run too', async () => {
    using at = desk()
    at.write({ 'host_vars/lab1.yml': 'ansible_host: 10.77.0.99\n' })
    const run = at.start(['-T', '3'])
    await sleep(800)
    run.kill('SIGINT')
    const { code } = await run.ended
    expect(code).toBe(130)
    expect(await files()).toEqual(['\n', '\n'])
  })

  test.each([['once', 1], ['twice', 2]])('typed on a terminal (%s) leaves it as it was found', async (_, times) => {
    using at = desk()
    const command = [process.execPath, file('src/cli/main.ts'), ...at.words()].map(word => `'${word}'`).join(' ')
    // The inner shell outlives Ctrl-C, as a login shell does.
    const child = spawn('script', ['-qefc', `trap : INT; stty -a >${at.path('before')}; ${command}; echo "exit $?"; stty -a >${at.path('after')}`, '/dev/null'], { stdio: ['pipe', 'pipe', 'inherit'], env: { ...process.env, TERM: 'xterm', CI: '' } })
    let text = ''
    child.stdout.setEncoding('utf8').on('data', chunk => (text += chunk))
    const ended = new Promise(resolve => child.on('close', resolve))
    await begun()
    for (let time = 0; time < times; time++) {
      child.stdin.write('\u0003')
      await sleep(200)
    }
    while (!text.includes('exit ')) await sleep(20)
    child.stdin.end()
    await ended
    expect(text).toContain('exit 130')
    expect(text).toContain('Stopping')
    const [hidden, shown] = ['\u001b[?25l', '\u001b[?25h']
    expect(text).toContain(hidden)
    expect(text.lastIndexOf(shown)).toBeGreaterThan(text.lastIndexOf(hidden))
    expect(readFileSync(at.path('after'), 'utf8')).toBe(readFileSync(at.path('before'), 'utf8'))
    await settled()
  })
})
