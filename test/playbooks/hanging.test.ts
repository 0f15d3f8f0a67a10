import { setTimeout as sleep } from 'node:timers/promises'
import { afterEach, describe, expect, test } from 'vitest'
import { labPause } from '../../src/lab/lab.ts'
import { labHosts, noLab, onLab } from '../lab/hosts.ts'
import { Desk } from './desk.ts'

describe.skipIf(noLab)(onLab('a host that hangs'), () => {
  const lab = labHosts(2)

  const playbook = `- hosts: all
  become: true
  gather_facts: false
  tasks:
    - {name: Conf, copy: {content: "conf\\n", dest: /srv/conf}, notify: Reload}
    - {name: Slow, shell: touch /srv/begun; sleep 1}
    - {name: After, copy: {content: "after\\n", dest: /srv/after}}
  handlers:
    - {name: Reload, shell: echo reloaded >>/srv/reloads}
`
  const impatient = ['--task-timeout', '3', '-T', '2']
  const begun = async (host: string) => {
    while ((await lab.sh(host, 'ls /srv/begun 2>/dev/null || true')) === '') await sleep(20)
  }
  const files = (host: string) => lab.sh(host, 'cd /srv; ls -d conf after reloads 2>/dev/null | xargs')
  const secondsOf = (out: string) => Number(/(\d+(?:\.\d+)?) s\s*$/.exec(out)![1])
  const leftovers = (host: string) => lab.sh(host, 'find /srv /run /tmp /dev/shm -name ".matrix-provision*"; ps axww -o args | grep -F mp_frame | grep -v grep || true')
  const nothingLeft = async (host: string) => {
    for (let tries = 0; tries < 50 && (await leftovers(host)) !== ''; tries++) await sleep(100)
    return leftovers(host)
  }

  afterEach(async () => {
    for (const { name } of lab.hosts) {
      await labPause(name, false)
      await lab.sh(name, 'rm -f /srv/conf /srv/after /srv/begun /srv/reloads; pkill -KILL -x sleep || true')
    }
  })

  test('in the middle of a task: at its deadline it is set aside, the others go on, and the next run does the rest', async () => {
    using desk = new Desk(lab, { 'site.yml': playbook })
    const run = desk.start(impatient)
    await begun('lab1')
    await labPause('lab1', true)
    const { code, out } = await run.ended
    expect(out).toContain('lab1: no answer within 3 s, and the program could not be killed')
    expect(out.replaceAll(/\s+/g, ' ')).toContain('Give it more time (timeout on the task, --task-timeout)')
    expect(out).toMatch(/^lab1 +: ok=1 +changed=1 +unreachable=0 +failed=1/m)
    expect(out).toMatch(/^lab2 +: ok=4 +changed=4 +unreachable=0 +failed=0/m)
    expect(code).toBe(2)
    expect(secondsOf(out)).toBeLessThan(20)
    expect((await files('lab2')).trim()).toBe('after conf reloads')

    await labPause('lab1', false)
    expect(await nothingLeft('lab1')).toBe('')
    expect((await files('lab1')).trim()).toBe('conf')
    const again = await desk.apply()
    expect(again.code, again.out).toBe(0)
    expect(again.out).toContain('pending  lab1: handler Reload, notified by an earlier run that did not come to it')
    expect((await files('lab1')).trim()).toBe('after conf reloads')
  }, 60_000)

  test('whose program stands still: it is killed with all that it started, and nothing is left of it', async () => {
    using desk = new Desk(lab, { 'site.yml': playbook })
    const run = desk.start(impatient)
    await begun('lab1')
    await lab.sh('lab1', 'pkill -STOP -x sleep')
    const { code, out } = await run.ended
    expect(code).toBe(2)
    expect(out).toContain('lab1: no answer within 3 s; the program was killed')
    expect(out).toMatch(/^lab2 +: ok=4 +changed=4/m)
    expect(await nothingLeft('lab1')).toBe('')
    expect(await lab.sh('lab1', 'pgrep -x sleep || true')).toBe('')
    expect((await files('lab1')).trim()).toBe('conf')
  })

  test('from the beginning: it is unreachable after one wait', async () => {
    using desk = new Desk(lab, { 'site.yml': playbook })
    await labPause('lab1', true)
    const { code, out } = await desk.apply(impatient)
    expect(code).toBe(4)
    expect(out).toContain('no answer within 2 s')
    expect(out).toMatch(/^lab1 +: ok=0 +changed=0 +unreachable=1 +failed=0/m)
    expect(out).toMatch(/^lab2 +: ok=4 +changed=4/m)
    expect(secondsOf(out)).toBeLessThan(6)
    await labPause('lab1', false)
    expect(await files('lab1')).toBe('\n')
  })

  test('while a file is judged: the former one stays, whole, and no temporary one', async () => {
    using desk = new Desk(lab, { 'site.yml': '- hosts: lab1\n  become: true\n  gather_facts: false\n  tasks:\n    - name: Judged\n      copy: {content: "new\\n", dest: /srv/conf, validate: sh -c "sleep 30" %s}\n      timeout: 1\n' })
    await lab.sh('lab1', 'echo former >/srv/conf')
    const { code, out } = await desk.apply()
    expect(code).toBe(2)
    expect(out).toContain('lab1: no answer within 1 s; the program was killed')
    expect(await lab.sh('lab1', 'cat /srv/conf')).toBe('former\n')
    expect(await nothingLeft('lab1')).toBe('')
  })

  test('whose shell is gone: the task says that nobody knows, the others go on', async () => {
    using desk = new Desk(lab, { 'site.yml': playbook })
    const run = desk.start(impatient)
    await begun('lab1')
    await lab.sh('lab1', "pkill -KILL -f '[s]shd: deploy'")
    const { code, out } = await run.ended
    expect(code).toBe(4)
    expect(out).toContain('lab1: the connection broke before the answer came; nobody knows what the program did')
    expect(out.replaceAll(/\s+/g, ' ')).toContain('Run again when the host answers: what is done already is left alone')
    expect(out).toMatch(/^lab2 +: ok=4 +changed=4/m)
    expect((await desk.apply()).code).toBe(0)
    expect((await files('lab1')).trim()).toBe('after conf reloads')
  })
})
