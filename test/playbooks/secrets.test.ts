import { beforeAll, describe, expect, test } from 'vitest'
import { labHosts, noLab, onLab } from '../lab/hosts.ts'
import { Desk } from './desk.ts'

describe.skipIf(noLab)(onLab('what stands in the process list of a host'), () => {
  const lab = labHosts(1)

  /** Each is somewhere in the playbook, and none may be seen. */
  const secrets = {
    become: 'Secret-become-7d1f', copied: 'Secret-copied-91ac', sent: 'Secret-sent-c2b0', template: 'Secret-template-5e77', line: 'Secret-line-03d4', hidden: 'Secret-hidden-88f1',
    stdin: 'Secret-stdin-e612', request: 'Secret-request-4b9d', body: 'Secret-body-aa35', hash: '$6$Secret$hash0f2c', environment: 'Secret-environment-d07e',
  }
  /** What users write in a command is theirs; here it shows that the trace has even what is over in a moment. */
  const control = 'seen-in-passing'

  const playbook = `- hosts: lab1
  become: true
  gather_facts: true
  vars: {hidden: ${secrets.hidden}, password: ${secrets.template}}
  tasks:
    - {name: Copied, copy: {content: "key = ${secrets.copied} {{ item }}\\n", dest: "/srv/copied{{ item }}", mode: "0600"}, loop: "{{ range(15) | list }}"}
    - {name: Sent, copy: {src: sent, dest: /srv/sent, mode: "0600", backup: true}}
    - {name: Template, template: {src: conf.j2, dest: "/srv/conf{{ item }}", mode: "0600", validate: grep -q password %s}, loop: "{{ range(15) | list }}"}
    - {name: Line, lineinfile: {path: /srv/conf0, line: "line = ${secrets.line}"}}
    - {name: Hidden, copy: {content: "{{ hidden }} {{ item }}", dest: "/srv/hidden{{ item }}"}, loop: "{{ range(15) | list }}", no_log: true}
    - {name: Fed, command: {cmd: sh -c "cat; sleep 0.1", stdin: ${secrets.stdin}}}
    - {name: Account, user: {name: carol, password: "${secrets.hash}"}}
    - {name: Asked, uri: {url: "http://127.0.0.1:8008/_matrix/client/echo", url_username: carol, url_password: ${secrets.request}, force_basic_auth: true}}
    - {name: Told, uri: {url: "http://127.0.0.1:8008/_matrix/client/echo", method: POST, body_format: json, body: {password: ${secrets.body}}, status_code: [200, 404, 405]}}
    - {name: With environment, shell: test -n "$TOKEN" && sleep 0.1, environment: {TOKEN: ${secrets.environment}}}
    - {name: In passing, command: "true ${control}"}
`

  /** Every program that a login leads to is written down as it is started, with its arguments and its environment. */
  const tracing = `rm -f /run/trace; systemctl stop trace 2>/dev/null
systemd-run -q --unit=trace strace -f -qq -e trace=execve,execveat -e signal=none -v -s 100000 -o /run/trace -p "$(systemctl show -P MainPID ssh)"
until grep -q 'TracerPid:[[:space:]]*[1-9]' /proc/$(systemctl show -P MainPID ssh)/status; do sleep 0.05; done`

  /** The programs that were started: what the process list shows of each, and what was in its environment. */
  const started = async () =>
    (await lab.sh('lab1', 'systemctl stop trace; cat /run/trace')).split('\n').flatMap(line => {
      const [, words, environment] = /^\d+ +execve(?:at)?\((.*?\])(, \[.*)$/.exec(line) ?? []
      return words === undefined ? [] : [{ words, environment: environment! }]
    })

  beforeAll(async () => {
    if (noLab) return
    await lab.sh('lab1', `useradd -m -s /bin/bash careful; printf '%s' 'careful:${secrets.become}' | chpasswd; echo 'careful ALL=(ALL:ALL) ALL' >/etc/sudoers.d/careful
cp -r ~operator/.ssh ~careful/; chown -R careful ~careful/.ssh
sed 's/operator/careful/' /etc/doas.conf >/etc/doas.new; cat /etc/doas.new >>/etc/doas.conf
printf '%s' 'root:${secrets.become}' | chpasswd
echo 'former' >/srv/sent
apt-get install -qq strace >/dev/null`)
  })

  test.each(['sudo', 'su', 'doas'])('is no secret and no file content, through %s', async method => {
    await lab.sh('lab1', 'userdel -r carol 2>/dev/null; rm -rf /srv/copied* /srv/conf* /srv/hidden*; echo former >/srv/sent\n' + tracing)
    using desk = new Desk(lab, { 'site.yml': playbook, sent: `${secrets.sent}\n`.repeat(2000), 'conf.j2': 'password = {{ password }}\n' })
    const { code, out, err } = await desk.apply(['-K', '-e', `ansible_user=careful ansible_become_method=${method}`], `${secrets.become}\n`)
    expect(code, out).toBe(0)
    const programs = await started()
    // The trace is whole: it has what lasts a moment, and what the user put into an environment.
    expect(programs.some(({ words }) => words.includes(control))).toBe(true)
    expect(programs.some(({ environment }) => environment.includes(`"TOKEN=${secrets.environment}"`))).toBe(true)
    expect(programs.filter(({ words }) => words.includes('Secret'))).toEqual([])
    expect(programs.filter(({ environment }) => environment.replaceAll(`"TOKEN=${secrets.environment}"`, '').includes('Secret'))).toEqual([])

    expect(await lab.sh('lab1', 'cat /srv/conf0 /srv/hidden3; head -n 1 /srv/sent')).toBe(`password = ${secrets.template}\nline = ${secrets.line}\n${secrets.hidden} 3${secrets.sent}\n`)
    expect(await lab.sh('lab1', 'find / -xdev -name ".matrix-provision*"; find /run /dev/shm /tmp /srv -name ".matrix-provision*"; journalctl --sync; journalctl -q --no-pager | grep Secret || true')).toBe('')
    for (const secret of [secrets.become, secrets.hidden, secrets.request]) expect(out + err).not.toContain(secret)
  })

  test('even -vv shows no program of a task with no_log, and -vvvv no password', async () => {
    using desk = new Desk(lab, { 'site.yml': playbook, sent: 'sent\n', 'conf.j2': 'password = {{ password }}\n' })
    await lab.sh('lab1', 'rm -rf /srv/hidden*')
    const { code, out, err } = await desk.apply(['-K', '-vvvv', '--diff', '-e', 'ansible_user=careful'], `${secrets.become}\n`)
    expect(code, out).toBe(0)
    expect(err + out).toContain('mp_section')
    for (const secret of [secrets.become, secrets.hidden, secrets.request]) expect(out + err).not.toContain(secret)
  })
})
