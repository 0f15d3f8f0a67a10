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
  /** What users write in a command is theirs; here it shows that the watcher sees even what is over in a moment. */
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
    - {name: In passing, command: "true ${control}", loop: "{{ range(15) | list }}"}
`

  const watching = 'rm -f /run/watching /run/hits; systemctl stop watch 2>/dev/null; systemd-run -q --unit=watch --property=Nice=-10 python3 /root/watch.py; until [ -e /run/watching ]; do sleep 0.05; done'

  beforeAll(async () => {
    if (noLab) return
    await lab.sh('lab1', `useradd -m -s /bin/bash careful; printf '%s' 'careful:${secrets.become}' | chpasswd; echo 'careful ALL=(ALL:ALL) ALL' >/etc/sudoers.d/careful
cp -r ~operator/.ssh ~careful/; chown -R careful ~careful/.ssh
sed 's/operator/careful/' /etc/doas.conf >/etc/doas.new; cat /etc/doas.new >>/etc/doas.conf
printf '%s' 'root:${secrets.become}' | chpasswd
echo 'former' >/srv/sent
cat >/root/watch.py <<'END'\n${watcher}END`)
  })

  test.each(['sudo', 'su', 'doas'])('is no secret and no file content, through %s', async method => {
    await lab.sh('lab1', 'userdel -r carol 2>/dev/null; rm -rf /srv/copied* /srv/conf* /srv/hidden*; echo former >/srv/sent; ' + watching)
    using desk = new Desk(lab, { 'site.yml': playbook, sent: `${secrets.sent}\n`.repeat(2000), 'conf.j2': 'password = {{ password }}\n' })
    const { code, out, err } = await desk.apply(['-K', '-e', `ansible_user=careful ansible_become_method=${method}`], `${secrets.become}\n`)
    expect(code, out).toBe(0)
    await lab.sh('lab1', 'systemctl stop watch')
    const hits = (await lab.sh('lab1', 'sort -u /run/hits')).split('\n').filter(Boolean)
    // The watcher watches: it has seen what lasts a moment, and what the user put into an environment.
    expect(hits.some(hit => hit.startsWith('cmdline ') && hit.includes(control))).toBe(true)
    expect(hits.filter(hit => hit.startsWith('environ ')).length).toBeGreaterThan(0)
    expect(hits.filter(hit => hit.startsWith('cmdline ') && hit.includes('Secret'))).toEqual([])
    expect(hits.filter(hit => hit.startsWith('environ ') && !hit.startsWith(`environ TOKEN=${secrets.environment}`))).toEqual([])

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

/** Looks at all processes without a pause, and notes argument lists and environments that hold what is looked for. */
const watcher = `import os
looked_for = [b'Secret', b'seen-in-passing']
hits = open('/run/hits', 'wb', buffering=0)
known = set()
open('/run/watching', 'w').close()
while True:
    for process in os.listdir('/proc'):
        if not process.isdigit():
            continue
        for what in ('cmdline', 'environ'):
            try:
                with open('/proc/%s/%s' % (process, what), 'rb') as file:
                    parts = file.read().split(b'\\0')
            except OSError:
                continue
            for part in parts:
                if any(text in part for text in looked_for) and (what, part) not in known:
                    known.add((what, part))
                    hits.write(what.encode() + b' ' + part[:200].replace(b'\\n', b' ') + b'\\n')
`
