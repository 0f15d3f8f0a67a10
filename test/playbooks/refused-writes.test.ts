import { beforeAll, describe, expect, test } from 'vitest'
import { labHosts, noLab, onLab } from '../lab/hosts.ts'
import { Desk } from './desk.ts'

describe.skipIf(noLab)(onLab('a path that cannot be written'), () => {
  const lab = labHosts(1)

  beforeAll(() => lab.sh('lab1', `
mkdir /srv/full /srv/read-only /srv/elsewhere /srv/in-the-way /srv/documents
mkdir -p /srv/documents/server.json/sub /srv/in-the-way/sub
for place in full read-only; do mount -t tmpfs -o size=64k tmpfs /srv/$place; done
for place in full read-only elsewhere; do echo 'as it was' >/srv/$place/file; done
cat /dev/zero >/srv/full/filler 2>/dev/null || true
mount -o remount,ro /srv/read-only
: >/srv/busy
mount --bind /srv/elsewhere/file /srv/busy
`))

  /** Everything in the places that refuse: types, modes, owners, links, and of files times and bytes. A temporary file leaves its directory younger. */
  const seen = () => lab.sh('lab1', 'cd /srv; find full read-only elsewhere in-the-way documents busy -printf "%p %y %m %u %g %l " \\( -type d -printf "\\n" -o -printf "%s %t\\n" \\) | sort; cat full/file read-only/file elsewhere/file busy')
  const leftovers = () => lab.sh('lab1', 'find / -xdev \\( -path /proc -o -path /sys \\) -prune -o -name ".matrix-provision*" -print; find /srv /run /dev/shm /tmp -name ".matrix-provision*"')

  const cases: [what: string, task: string, messages: string[]][] = [
    ['copy to a full disk', 'copy: {content: "{{ long }}", dest: /srv/full/file}', ['/srv/full/file cannot be written: No space left on device']],
    ['template to a full disk', 'template: {src: long.j2, dest: /srv/full/new, owner: deploy, mode: "0600"}', ['/srv/full/new cannot be written: No space left on device']],
    ['a line more on a full disk', 'lineinfile: {path: /srv/full/file, line: "{{ long }}"}', ['/srv/full/file cannot be written: No space left on device']],
    ['a backup on a full disk', 'copy: {content: "", dest: /srv/full/file, backup: true}', ['the backup /srv/full/file.', 'cannot be written: No space left on device']],
    ['a document on a full disk', 'matrix_well_known: {document_root: /srv/full, document: server, server: "a.example:443"}', ['No space left on device']],
    ['copy to a read-only file system', 'copy: {content: x, dest: /srv/read-only/file}', ['/srv/read-only/file: Read-only file system']],
    ['a new file on a read-only file system', 'copy: {content: x, dest: /srv/read-only/new}', ['/srv/read-only/new: Read-only file system']],
    ['a mode on a read-only file system', 'file: {path: /srv/read-only/file, mode: "0600"}', ["'/srv/read-only/file': Read-only file system"]],
    ['an owner on a read-only file system', 'file: {path: /srv/read-only/file, owner: deploy}', ["'/srv/read-only/file': Read-only file system"]],
    ['a directory on a read-only file system', 'file: {path: /srv/read-only/sub, state: directory}', ["'/srv/read-only/sub': Read-only file system"]],
    ['a link on a read-only file system', 'file: {path: /srv/read-only/link, src: file, state: link}', ["'/srv/read-only/link': Read-only file system"]],
    ['removal from a read-only file system', 'file: {path: /srv/read-only/file, state: absent}', ["'/srv/read-only/file': Read-only file system"]],
    ['text where a directory is', 'copy: {content: x, dest: /srv/in-the-way}', ['/srv/in-the-way is a directory']],
    ['a line where a directory is', 'lineinfile: {path: /srv/in-the-way, line: x, create: true}', ['/srv/in-the-way is a directory']],
    ['a link where a full directory is', 'file: {path: /srv/in-the-way, src: /srv/full, state: link, force: true}', ['/srv/in-the-way', 'not empty']],
    ['a document where a directory is', 'matrix_well_known: {document_root: /srv/documents, document: server, server: "a.example:443"}', ['/srv/documents/server.json is a directory']],
    ['a site where Apache has a directory', 'apache2_site: {name: in-the-way}', ['/etc/apache2/sites-enabled/in-the-way.conf']],
    ['copy where something is mounted', 'copy: {content: x, dest: /srv/busy}', ['/srv/busy cannot be replaced: Device or resource busy', 'unsafe_writes: true']],
    ['removal of what is mounted', 'file: {path: /srv/busy, state: absent}', ["'/srv/busy': Device or resource busy"]],
  ]

  test.each(cases)('%s: the message names path and reason, what was there is as it was', async (_, task, messages) => {
    await lab.sh('lab1', 'cd /etc/apache2; mkdir -p sites-enabled/in-the-way.conf/sub; echo >sites-available/in-the-way.conf')
    using desk = new Desk(lab, {
      'site.yml': `- hosts: lab1\n  become: true\n  gather_facts: false\n  vars: {long: "{{ 'many words ' * 1000 }}"}\n  tasks:\n    - name: Refused\n      ${task}\n      notify: Never\n    - {name: Never either, command: touch /srv/never}\n  handlers:\n    - {name: Never, command: touch /srv/never}\n`,
      'long.j2': '{{ long }}\n',
    })
    const before = await seen()
    const ended = await desk.apply()
    expect(ended.code).toBe(2)
    expect(ended.out).toMatch(/^✖ lab1: Refused +\S*site\.yml:6:7$/m)
    for (const message of messages) expect(ended.out.replaceAll(/\s+/g, ' ')).toContain(message)
    expect(ended.out).not.toContain('.matrix-provision')
    expect(await seen()).toBe(before)
    expect(await leftovers()).toBe('')
    expect(await lab.sh('lab1', 'ls /srv/never 2>/dev/null || true')).toBe('')
  })

  test('a full disk that has room again: the next run does the rest', async () => {
    const text = 'many words '.repeat(1000)
    using desk = new Desk(lab, { 'site.yml': `- hosts: lab1\n  become: true\n  gather_facts: false\n  tasks:\n    - {name: Text, copy: {content: "${text}", dest: /srv/full/file}, notify: Told}\n  handlers:\n    - {name: Told, command: touch /srv/told}\n` })
    expect((await desk.apply()).code).toBe(2)
    await lab.sh('lab1', ': >/srv/full/filler')
    expect((await desk.apply()).code).toBe(0)
    expect(await lab.sh('lab1', 'cat /srv/full/file; ls /srv/told')).toBe(`${text}/srv/told\n`)
  })

  test('where the journal of handlers cannot be kept nothing is changed', async () => {
    await lab.sh('lab1', 'mkdir -p /var/lib/matrix-provision; mount -t tmpfs -o ro tmpfs /var/lib/matrix-provision')
    using desk = new Desk(lab, { 'site.yml': '- hosts: lab1\n  become: true\n  gather_facts: false\n  tasks:\n    - {name: Text, copy: {content: x, dest: /srv/noted}, notify: Told}\n  handlers:\n    - {name: Told, command: touch /srv/told}\n' })
    const ended = await desk.apply()
    await lab.sh('lab1', 'umount /var/lib/matrix-provision')
    expect(ended.code).toBe(2)
    expect(ended.out).toContain('the journal of notified handlers cannot be written, so nothing was changed')
    expect(ended.out).toContain('Read-only file system')
    expect(await lab.sh('lab1', 'ls /srv/noted 2>/dev/null || true')).toBe('')
  })
})
