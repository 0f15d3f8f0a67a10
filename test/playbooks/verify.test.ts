import { spawnSync } from 'node:child_process'
import { writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { beforeAll, describe, expect, test } from 'vitest'
import type { Report } from '../../src/federation/report.ts'
import { labHosts, noLab, onLab } from '../lab/hosts.ts'

const project = join(import.meta.dirname, '..', '..')
const site = join(project, 'playbooks', 'site.yml')

describe.skipIf(noLab)(onLab('verify of an inventory'), () => {
  const lab = labHosts(2)

  function provision(...words: readonly string[]) {
    const { status, stdout, stderr } = spawnSync(process.execPath, [join(project, 'src', 'cli', 'main.ts'), ...words, '-i', lab.lab.inventory], { encoding: 'utf8', timeout: 180_000 })
    return { exit: status, out: stdout, err: stderr }
  }
  const reports = (...words: readonly string[]) => {
    const { out, exit, err } = provision('verify', '--output', 'json', ...words)
    return { exit, err, reports: out.split('\n').filter(Boolean).map(line => JSON.parse(line) as Report) }
  }
  const found = ({ checks }: Report) => checks.flatMap(({ id, findings }) => findings.filter(({ severity }) => severity === 'error').map(finding => ({ id, ...finding })))

  beforeAll(() => {
    const applied = provision('apply', site)
    expect(applied.exit, applied.out + applied.err).toBe(0)
  })

  test('hosts that site.yml has made are well, from outside and from inside', () => {
    const { exit, err, reports: all } = reports()
    expect({ exit, err }).toEqual({ exit: 0, err: '' })
    expect(all.map(({ host, serverName, verdict }) => ({ host, serverName, verdict }))).toEqual([{ host: 'lab1', serverName: 'lab1.test', verdict: 'federates' }, { host: 'lab2', serverName: 'lab2.test', verdict: 'federates' }])
    for (const { checks } of all) expect(checks.filter(({ vantage, outcome }) => vantage === 'host' && outcome === 'passed').length).toBeGreaterThan(4)
  })

  const vhost = '/etc/apache2/sites-available/matrix-homeserver.conf'

  test('one that is broken is named with the line that is to blame, and the others are still well', async () => {
    await lab.sh('lab1', `sed -i s/nocanon/retry=1/ ${vhost} && sed -i '/AllowEncodedSlashes/d' ${vhost} && systemctl reload apache2`)
    const { exit, reports: all } = reports()
    expect(exit).toBe(2)
    expect(all.map(({ verdict }) => verdict)).toEqual(['broken', 'federates'])
    const number = Number(await lab.sh('lab1', `grep -n 'ProxyPass /_matrix' ${vhost} | cut -d: -f1`))
    expect(found(all[0]!)).toEqual(expect.arrayContaining([
      expect.objectContaining({ id: 'HTTP-05', kind: 'refused' }),
      expect.objectContaining({ id: 'HTTP-07', kind: 'no-nocanon', where: { file: '/etc/apache2/sites-enabled/matrix-homeserver.conf', line: number, host: 'lab1' } }),
    ]))
    const { out } = provision('verify', '-l', 'lab1')
    expect(out).toMatch(/^✖ lab1: lab1\.test does not federate: /)
    expect(out).toContain('or: matrix-provision apply playbooks/site.yml -l lab1')
  })

  test('a task that requires it fails, in a dry run too; what an earlier task would mend is known after apply', () => {
    const gate = join(dirname(lab.lab.inventory), 'gate.yml')
    writeFileSync(gate, `
- hosts: lab1
  become: true
  gather_facts: false
  tasks:
    - name: Gate
      matrix_federation:
        server_name: "{{ matrix_server_name }}"
        resolve: ["{{ matrix_server_name }}:443:{{ ansible_host }}", "{{ matrix_fqdn }}:443:{{ ansible_host }}"]
        ca: "{{ matrix_verify_ca }}"
`)
    const dry = provision('plan', gate)
    expect(dry.exit).toBe(2)
    expect(dry.out + dry.err).toContain('lab1.test does not federate: matrix.lab1.test refuses paths with an encoded slash')
    const mended = provision('plan', site, '-l', 'lab1')
    expect(mended.exit).toBe(0)
    expect(mended.out).toMatch(/\? matrix_federation Federation works +known after apply/)
  })

  test('the playbook mends what it is said to mend', () => {
    expect(provision('apply', site).exit).toBe(0)
    expect(reports().exit).toBe(0)
  })

  test('a host that cannot be reached is said to be, and the others are looked at', async () => {
    await lab.sh('lab2', 'systemctl stop ssh.socket ssh.service || true').catch(() => {})
    const { exit, err, reports: all } = reports()
    expect(exit).toBe(4)
    expect(err).toMatch(/^lab2: /m)
    expect(all.map(({ host, verdict }) => ({ host, verdict }))).toEqual([{ host: 'lab1', verdict: 'federates' }])
  })
})
