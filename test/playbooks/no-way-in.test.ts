import { spawnSync } from 'node:child_process'
import { once } from 'node:events'
import { createServer, type AddressInfo } from 'node:net'
import { afterEach, describe, expect, test } from 'vitest'
import { labHosts, noLab, onLab } from '../lab/hosts.ts'
import { Desk } from './desk.ts'

/** lab1 does not let us in, lab2 does. */
describe.skipIf(noLab)(onLab('a host that lets nobody in'), () => {
  const lab = labHosts(2)

  const playbook = `- hosts: all
  gather_facts: false
  become: true
  tasks:
    - {name: Greeting, copy: {content: "hello\\n", dest: /etc/greeting}}
    - {name: Farewell, copy: {content: "bye\\n", dest: /etc/farewell}}
`

  /** @param variables of lab1 alone */
  const deskWith = (variables: { readonly [name: string]: string | number | null }) =>
    new Desk(lab, { 'site.yml': playbook, 'host_vars/lab1.yml': Object.entries(variables).map(([name, value]) => `${name}: ${JSON.stringify(value)}\n`).join('') })

  /** What sshd has noted since the host was made. */
  const failedLogins = async () => Number(await lab.sh('lab1', 'journalctl --sync; journalctl -q -u ssh --no-pager | grep -c "Failed password" || true'))

  const expectOthersToGoOn = async (ended: { readonly out: string }) => {
    expect(ended.out).toMatch(/^lab1 +: ok=0 +changed=0 +unreachable=1 +failed=0/m)
    expect(ended.out).toMatch(/^lab2 +: ok=2 +changed=2 +unreachable=0 +failed=0/m)
    expect(await lab.sh('lab2', 'cat /etc/greeting /etc/farewell')).toBe('hello\nbye\n')
    expect(await lab.sh('lab1', 'ls /etc/greeting /etc/farewell 2>/dev/null || true')).toBe('')
  }

  afterEach(async () => void (await lab.sh('lab2', 'rm -f /etc/greeting /etc/farewell')))

  test('a wrong key: the message names host, user and key file, and what to do', async () => {
    using desk = deskWith({})
    spawnSync('ssh-keygen', ['-q', '-t', 'ed25519', '-N', '', '-f', desk.path('id')])
    desk.write({ 'host_vars/lab1.yml': `ansible_ssh_private_key_file: ${desk.path('id')}\n` })
    const ended = await desk.apply()
    expect(ended.code).toBe(4)
    expect(ended.out).toMatch(/✖ lab1: unreachable, at Greeting/)
    expect(ended.out).toContain(`lab1 (${lab.host('lab1').address}:22) does not let deploy in: tried the key ${desk.path('id')}`)
    expect(ended.out).toContain('Add the public key to ~deploy/.ssh/authorized_keys on lab1')
    await expectOthersToGoOn(ended)
  })

  test('a key file that is not there', async () => {
    using desk = deskWith({ ansible_ssh_private_key_file: '/nowhere/id' })
    const ended = await desk.apply()
    expect(ended.code).toBe(4)
    expect(ended.out).toContain('the key /nowhere/id does not exist')
    expect(ended.out).toContain('Correct ansible_ssh_private_key_file or --private-key')
    await expectOthersToGoOn(ended)
  })

  test('a wrong password is given once, not once a task: hosts lock accounts for that', async () => {
    const before = await failedLogins()
    using desk = deskWith({ ansible_user: 'plain', ansible_password: 'not it', ansible_ssh_private_key_file: null })
    const ended = await desk.apply()
    expect(ended.code).toBe(4)
    expect(ended.out).toMatch(/does not let plain in: tried .*the password/)
    expect(ended.out).toContain('Check ansible_password (--ask-pass, -k), and that ansible_user is to be plain.')
    expect(ended.out + ended.err).not.toContain('not it')
    expect(await failedLogins()).toBe(before + 1)
    await expectOthersToGoOn(ended)
  })

  test('a changed host key: the message names both keys and the line of known_hosts, and how to remove it', async () => {
    using desk = deskWith({})
    const other = 'ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIJ6wLL9V1RpJ2gXcJHqRC0pHpQkZHEJqj4X2xv0tq0aa'
    desk.write({
      known: `${lab.host('lab1').address} ${other}\n`,
      'host_vars/lab1.yml': `ansible_known_hosts_file: ${desk.path('known')}\n`,
    })
    const ended = await desk.apply()
    expect(ended.code).toBe(4)
    expect(ended.out).toMatch(/✖ lab1: unreachable/)
    expect(ended.out).toMatch(/its host key has changed: it shows ssh-ed25519 SHA256:\S+, but known is ssh-ed25519 SHA256:\S+ \(\S*known:1\)/)
    expect(ended.out).toContain(`ssh-keygen -f ${desk.path('known')} -R`)
    await expectOthersToGoOn(ended)
  })

  test('an unknown host key: the message shows its fingerprint, and --host-keys accept-new lets it in for good', async () => {
    using desk = deskWith({})
    desk.write({ known: '', 'host_vars/lab1.yml': `ansible_known_hosts_file: ${desk.path('known')}\n` })
    const ended = await desk.apply()
    expect(ended.code).toBe(4)
    expect(ended.out).toMatch(/its host key is not known: ssh-ed25519 SHA256:/)
    expect(ended.out).toContain('--host-keys accept-new')
    await expectOthersToGoOn(ended)
    expect((await desk.apply(['--host-keys', 'accept-new', '-l', 'lab1', '--check'])).code).toBe(0)
    expect((await desk.apply(['-l', 'lab1', '--check'])).code).toBe(0)
  })

  test('a silent host is waited for once, and nobody waits for one that is down', async () => {
    const silent = createServer(() => {}).listen(0, '127.0.0.1')
    await once(silent, 'listening')
    const { port } = silent.address() as AddressInfo
    using desk = deskWith({ ansible_host: '127.0.0.1', ansible_port: port })
    const ended = await desk.apply(['-T', '2'])
    silent.close()
    expect(ended.code).toBe(4)
    expect(ended.out).toContain(`lab1 (127.0.0.1:${port}): no answer within 2 s`)
    expect(Number(/([\d.]+) s\s*$/.exec(ended.out)![1])).toBeLessThan(5.5)
    await expectOthersToGoOn(ended)
    const refused = await desk.apply()
    expect(refused.code).toBe(4)
    expect(refused.out).toContain(`lab1 (127.0.0.1:${port}): connection refused`)
  })

  test('meta: reset_connection logs in anew, and the play goes on', async () => {
    const tasks = ['{name: Here, command: "id -u"}', '{meta: reset_connection}', '{name: Here again, command: "id -u"}']
    using desk = new Desk(lab, { 'site.yml': `- hosts: lab1\n  gather_facts: false\n  tasks:\n${tasks.map(task => `    - ${task}\n`).join('')}` })
    const logins = async () => Number(await lab.sh('lab1', 'journalctl --sync; journalctl -q -u ssh --no-pager | grep -c "Accepted publickey"'))
    const before = await logins()
    const ended = await desk.apply()
    expect(ended.out).toMatch(/^lab1 +: ok=2 +changed=2 +unreachable=0/m)
    expect(await logins()).toBe(before + 2)
  })

  test('an unreachable host and a failed one: 4, whatever came of the others', async () => {
    using desk = deskWith({ ansible_port: 1 })
    desk.write({ 'site.yml': '- hosts: all\n  gather_facts: false\n  tasks:\n    - {name: Trouble, command: "false"}\n    - {name: Never, command: touch /tmp/never}\n' })
    const ended = await desk.apply()
    expect(ended.out).toMatch(/^2 hosts: 1 failed, 1 unreachable\./m)
    expect(ended.code).toBe(4)
    expect(await lab.sh('lab2', 'ls /tmp/never 2>/dev/null || true')).toBe('')
    expect((await desk.apply(['-l', 'lab2'])).code).toBe(2)
  })
})
