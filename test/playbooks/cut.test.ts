import { once } from 'node:events'
import { connect, createServer, type AddressInfo, type Socket } from 'node:net'
import { setTimeout as sleep } from 'node:timers/promises'
import { describe, expect, test } from 'vitest'
import { labHosts, noLab, onLab } from '../lab/hosts.ts'
import { Desk } from './desk.ts'

describe.skipIf(noLab)(onLab('a connection that is cut'), () => {
  const lab = labHosts(1)

  const files = {
    'site.yml': `- hosts: lab1
  become: true
  gather_facts: false
  tasks:
    - {name: Modules, apache2_module: {name: "{{ item }}"}, loop: [headers, proxy, proxy_http], notify: Reload Apache}
    - {name: Documents, file: {path: "/srv/documents/{{ item }}", state: directory, mode: "0750", group: www-data}, loop: [a, b]}
    - {name: Document, copy: {content: "{{ 'a line of many\\n' * 2000 }}", dest: /srv/documents/a/text, mode: "0640", group: www-data}}
    - {name: Delegation, matrix_well_known: {document_root: /srv/documents, document: server, server: "matrix.lab1.test:443"}}
    - {name: Virtual host, template: {src: site.conf.j2, dest: /etc/apache2/sites-available/here.conf}, notify: Reload Apache}
    - {name: Site, apache2_site: {name: here}, notify: Reload Apache}
    - {name: Line, lineinfile: {path: /etc/hosts, line: 10.9.8.7 elsewhere}}
  handlers:
    - {name: Reload Apache, service: {name: apache2, state: reloaded}}
`,
    'site.conf.j2': '<VirtualHost *:80>\n  ServerName lab1.test\n  Header set X-Version one\n</VirtualHost>\n',
  }

  /** Everything that the playbook is about, times apart, and what Apache serves. */
  const state = () => lab.sh('lab1', `cd / && find etc/apache2 etc/hosts srv/documents var/lib/apache2 var/lib/matrix-provision -printf '%y %m %u %g %p %l\\n' 2>/dev/null | sort
find etc/apache2 etc/hosts srv/documents -type f | sort | xargs sha256sum
curl -sS -o /dev/null -D- -H 'Host: lab1.test' http://127.0.0.1/ | tr -d '\\r' | grep X-Version || true
find / -xdev -name '.matrix-provision*'; find /run /dev/shm /tmp -name '.matrix-provision*'`)

  /** A way to lab1 that is cut, once, when so many bytes have gone in one direction. */
  async function wayThatIsCut(direction: 'there' | 'back', after: number) {
    const sent = { there: 0, back: 0 }
    let whole = true
    const server = createServer(near => {
      const far = connect(22, lab.host('lab1').address)
      const pass = (from: Socket, to: Socket, way: 'there' | 'back') => {
        from.on('error', () => to.destroy()).on('close', () => to.destroy())
        from.on('data', bytes => {
          const left = whole && way === direction ? after - sent[way] : Infinity
          sent[way] += bytes.length
          to.write(bytes.subarray(0, Math.max(0, left)))
          if (bytes.length < left) return
          whole = false
          for (const socket of [near, far]) socket.destroySoon()
        })
      }
      pass(near, far, 'there')
      pass(far, near, 'back')
    })
    await once(server.listen(0, '127.0.0.1'), 'listening')
    const { port } = server.address() as AddressInfo
    return { words: ['--host-keys', 'off', '-e', `ansible_host=127.0.0.1 ansible_port=${port}`], sent, wasCut: () => !whole, close: () => void server.close() }
  }

  /** What was under way on the host when the connection broke comes to its end there. */
  const quiet = async () => {
    while ((await lab.sh('lab1', 'pgrep -f [m]p_frame || true')) !== '') await sleep(50)
  }

  test('anywhere, and run again, reaches the same end state; no reload is lost', async () => {
    using desk = new Desk(lab, files)
    const undisturbed = await wayThatIsCut('there', Infinity)
    expect((await desk.apply(undisturbed.words)).code).toBe(0)
    undisturbed.close()
    const wanted = await state()
    expect(wanted).toContain('X-Version: one')
    const cuts = (['there', 'back'] as const).flatMap(direction => [0.15, 0.55, 0.7, 0.8, 0.9].map(part => [direction, Math.round(part * undisturbed.sent[direction])] as const))
    const codes: (number | null)[] = []
    for (const [direction, after] of cuts) {
      await lab.reset('lab1')
      const way = await wayThatIsCut(direction, after)
      const { code, out } = await desk.apply(way.words)
      way.close()
      codes.push(code)
      expect(way.wasCut(), `${direction} after ${after} of ${undisturbed.sent[direction]} bytes`).toBe(true)
      if (code !== 0) expect(out).toMatch(/✖ lab1: unreachable, at [\s\S]*lab1.*: (the connection broke|the server hangs up|connection reset|no answer)/)
      await quiet()
      expect((await desk.apply()).code).toBe(0)
      expect(await state(), `${direction} after ${after} of ${undisturbed.sent[direction]} bytes`).toBe(wanted)
      expect((await desk.apply()).out).toMatch(/^1 host: 1 already right/m)
    }
    // A cut is only survived where a login can be tried again.
    expect(codes.filter(code => code === 4).length).toBeGreaterThan(cuts.length / 2)
  }, 180_000)
})
