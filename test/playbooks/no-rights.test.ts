import { beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { labHosts, noLab, onLab } from '../lab/hosts.ts'
import { Desk } from './desk.ts'

/** We get in, and lab1 does not let us become root; on lab2 nothing is in the way. */
describe.skipIf(noLab)(onLab('a user who may not become root'), () => {
  const lab = labHosts(2)
  const tasks = `
  tasks:
    - {name: Greeting, copy: {content: "hello\\n", dest: /etc/greeting}}
    - {name: Who, command: id -un}
`
  const desk = (variables: { readonly [name: string]: string }) =>
    new Desk(lab, { 'site.yml': `- hosts: all\n  gather_facts: false\n  become: true${tasks}`, 'host_vars/lab1.yml': Object.entries(variables).map(([name, value]) => `${name}: ${JSON.stringify(value)}\n`).join('') })

  /** What PAM has noted of passwords that were wrong. */
  const wrongPasswords = async () => Number(await lab.sh('lab1', 'journalctl --sync; journalctl -q --no-pager | grep -c "pam_unix(.*): authentication failure" || true'))

  beforeAll(() => lab.sh('lab1', "echo 'Defaults:plain requiretty' >/etc/sudoers.d/plain; echo 'plain ALL=(ALL:ALL) NOPASSWD: ALL' >>/etc/sudoers.d/plain"))
  beforeEach(async () => void (await lab.sh('lab2', 'rm -f /etc/greeting')))

  const cases: [what: string, variables: { readonly [name: string]: string }, message: string | RegExp, hint: string][] = [
    ['sudo asks and no password is given', { ansible_user: 'operator' }, 'sudo asks for a password for operator on lab1', 'Give ansible_become_password or --ask-become-pass (-K).'],
    ['sudo and a wrong password', { ansible_user: 'operator', ansible_become_password: 'not it' }, 'sudo does not accept the password of operator on lab1', 'Check ansible_become_password.'],
    ['sudo wants a terminal (requiretty)', { ansible_user: 'plain' }, 'sudo on lab1 wants a terminal (requiretty)', 'Add `Defaults:plain !requiretty` to the sudoers file of lab1.'],
    ['su without a password', { ansible_user: 'operator', ansible_become_method: 'su' }, 'su asks for a password for root on lab1', 'Give ansible_become_password or --ask-become-pass (-K).'],
    ['su and a wrong password', { ansible_user: 'operator', ansible_become_method: 'su', ansible_become_password: 'not it' }, 'su does not accept the password of root on lab1', 'su wants the password of root, not of operator.'],
    ['doas without a password', { ansible_user: 'operator', ansible_become_method: 'doas' }, 'doas asks for a password for operator on lab1', 'Give ansible_become_password or --ask-become-pass (-K).'],
    ['doas and a wrong password', { ansible_user: 'operator', ansible_become_method: 'doas', ansible_become_password: 'not it' }, 'doas does not accept the password of operator on lab1', 'Check ansible_become_password.'],
    ['doas that knows no rule', { ansible_user: 'plain', ansible_become_method: 'doas' }, 'plain may not become root by doas on lab1', 'Add a rule for plain to /etc/doas.conf.'],
    ['a user who does not exist', { ansible_become_user: 'nobody-here' }, 'there is no user nobody-here on lab1', 'Check become_user.'],
  ]

  // As with Ansible the host could be reached: its task has failed, which a rescue may catch.
  test.each(cases)('%s: the task fails with what to do, others go on', async (_, variables, message, hint) => {
    using at = desk(variables)
    const before = await wrongPasswords()
    const ended = await at.apply()
    expect(ended.out).toContain('✖ lab1: Greeting')
    expect(ended.out.replaceAll(/\s+/g, ' ')).toContain(message)
    expect(ended.out.replaceAll(/\s+/g, ' ')).toContain(hint)
    expect(ended.out).toMatch(/^lab1 +: ok=0 +changed=0 +unreachable=0 +failed=1/m)
    expect(ended.out).toMatch(/^lab2 +: ok=2 +changed=2 +unreachable=0 +failed=0/m)
    expect(ended.code).toBe(2)
    expect(await lab.sh('lab1', 'ls /etc/greeting 2>/dev/null || true')).toBe('')
    expect((await wrongPasswords()) - before).toBeLessThanOrEqual(1)
  })

  test('a wrong password of -K is given once to each host, not once a task, and is shown nowhere', async () => {
    using at = desk({})
    at.write({ 'site.yml': `- hosts: lab1\n  gather_facts: false\n  become: true\n  ignore_errors: true${tasks}` })
    const before = await wrongPasswords()
    const ended = await at.apply(['-K', '-e', 'ansible_user=operator'], 'not-the-password\n')
    expect(ended.out).toMatch(/^lab1 +: ok=2 +changed=0 +unreachable=0 +failed=0 +skipped=0 +rescued=0 +ignored=2/m)
    expect(ended.out + ended.err).not.toContain('not-the-password')
    expect((await wrongPasswords()) - before).toBe(1)
  })

  test.each(['sudo', 'su', 'doas'])('with the right password of -K %s lets us through', async method => {
    using at = desk({})
    const password = method === 'su' ? 'root' : 'operator'
    const ended = await at.apply(['-K', '-l', 'lab2', '-e', `ansible_user=operator ansible_become_method=${method}`], `${password}\n`)
    expect(ended.code, ended.out).toBe(0)
    expect(await lab.sh('lab2', 'stat -c %U /etc/greeting')).toBe('root\n')
  })

  test('a rescue may do without root', async () => {
    using at = desk({ ansible_user: 'operator' })
    at.write({ 'site.yml': `- hosts: lab1
  gather_facts: false
  tasks:
    - block:
        - {name: Greeting, become: true, copy: {content: "hello\\n", dest: /etc/greeting}}
      rescue:
        - {name: At home, copy: {content: "hello\\n", dest: ~/greeting}}
` })
    const ended = await at.apply()
    expect(ended.code, ended.out).toBe(0)
    expect(await lab.sh('lab1', 'cat ~operator/greeting')).toBe('hello\n')
  })
})
