import { spawnSync } from 'node:child_process'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { labHosts, noLab, onLab } from '../lab/hosts.ts'

const project = join(import.meta.dirname, '..', '..')
const site = join(project, 'playbooks', 'site.yml')
const remove = join(project, 'playbooks', 'remove.yml')

describe.skipIf(noLab)(onLab('site.yml on real servers'), () => {
  const lab = labHosts(2, { bare: true })

  /** The program as a user runs it. */
  function provision(...words: readonly string[]) {
    const done = spawnSync(process.execPath, [join(project, 'src', 'cli', 'main.ts'), ...words, '-i', lab.lab.inventory, '--output', 'ndjson'], { encoding: 'utf8', timeout: 180_000 })
    const events = done.stdout.split('\n').filter(Boolean).map(line => JSON.parse(line) as Record<string, any>)
    const results = events.filter(event => event.type === 'host-result')
    const names = new Map(events.filter(event => event.type === 'task-start').map(event => [event.task, event.name]))
    const changes = events.filter(event => event.type === 'host-result' || event.type === 'item-result').flatMap(event => event.changes.map((change: any) => `${event.host} ${change.kind} ${change.subject.kind} ${change.subject.name}`)).sort()
    return { exit: done.status, stderr: done.stderr, events, results, changes, unknown: results.filter(event => event.status === 'unknown').map(event => `${event.host} ${names.get(event.task)}`), recap: events.findLast(event => event.type === 'run-end')?.recap }
  }

  /** Every path below /etc/apache2 and /var/www with type, mode, owner, link target and digest. */
  const tree = (host: string) =>
    lab.sh(host, `cd / && find etc/apache2 var/www var/lib/apache2 \\( -type d -printf '%y %m %u %g %p\\n' -o -type l -printf '%y %p -> %l\\n' -o -printf '%y %m %u %g %p\\n' \\) | sort; find etc/apache2 var/www -type f | sort | xargs sha256sum`)

  const pid = async (host: string) => String(await lab.sh(host, 'systemctl show -p MainPID --value apache2'))

  test.each([
    ['a name with a scheme', 'matrix_server_name=https://lab1.test', 'without scheme, port and path'],
    ['a name of two lines', '{"matrix_fqdn": "lab1.test\\nServerAlias *"}', 'without scheme, port and path'],
    ['TLS that ends nowhere', 'matrix_tls=file', 'must be files or elsewhere'],
    ['a certificate that is not there', 'matrix_tls_certificate_file=/etc/ssl/nope.pem', 'file (/etc/ssl/nope.pem) is absent, cannot continue'],
  ])('%s is refused before anything is written, in a preview too', async (_, variable, words) => {
    const fresh = String(await lab.sh('lab1', 'ls -A /etc/apache2 /var/www 2>&1; true'))
    for (const command of ['plan', 'apply']) {
      const ran = provision(command, site, '-l', 'lab1', '-e', variable)
      expect(ran.exit).toBe(2)
      expect(JSON.stringify(ran.results.filter(result => result.status === 'failed')) + JSON.stringify(ran.events.filter(event => event.type === 'item-result'))).toContain(words)
      expect(ran.changes).toEqual([])
    }
    expect(String(await lab.sh('lab1', 'ls -A /etc/apache2 /var/www 2>&1; true'))).toBe(fresh)
  })

  test('a preview of bare hosts shows every file that apply writes, apply does what it says, and a second run changes nothing', async () => {
    const plan = provision('plan', site)
    expect(plan.exit, plan.stderr).toBe(0)
    const files = plan.changes.filter(change => / file /.test(change))
    expect(files.length).toBeGreaterThanOrEqual(2 * 4)
    // Only what asks the running Apache cannot be known.
    expect(plan.unknown.every(task => /is served|answers|Federation works/.test(task))).toBe(true)

    const apply = provision('apply', site)
    expect(apply.exit, apply.stderr + JSON.stringify(apply.results.filter(result => result.status === 'failed'))).toBe(0)
    expect(apply.changes).toEqual(plan.changes.filter(change => !/ unknown /.test(change)))

    const before = await pid('lab1')
    const again = provision('apply', site)
    expect(again.exit).toBe(0)
    for (const host of ['lab1', 'lab2']) expect(again.recap[host]).toMatchObject({ changed: 0, failed: 0, unreachable: 0 })
    expect(await pid('lab1')).toBe(before)
    expect(provision('plan', site, '--detailed-exitcode').exit).toBe(0)
  })

  test('a converged host is sent one program, and nobody starts Python', async () => {
    const again = provision('apply', site, '-vv')
    const programs = again.events.filter(event => event.type === 'trace' && event.host === 'lab1').map(event => event.text as string)
    expect(again.recap.lab1).toMatchObject({ changed: 0, failed: 0 })
    expect(programs.length).toBeGreaterThan(0)
    // Programs that read its trust store are not among them: the certificate is one that only the host trusts.
    expect(programs.length).toBe(1)
    expect(programs.join()).not.toMatch(/python/)
  })

  test('a converged host starts a handful of processes', async () => {
    // Every program is found here first, and says its name.
    await lab.sh('lab1', `cat >/usr/local/bin/witness <<'END'
#!/bin/sh
echo "\${0##*/}" >>/run/started
exec "/usr/bin/\${0##*/}" "$@"
END
chmod +x /usr/local/bin/witness; : >/run/started; chmod a+w /run/started
for name in $(ls /usr/bin); do ln -s witness /usr/local/bin/$name; done`)
    try {
      expect(provision('apply', site, '-l', 'lab1').recap.lab1).toMatchObject({ changed: 0, failed: 0 })
    } finally {
      await lab.sh('lab1', 'find /usr/local/bin -type l -delete; rm /usr/local/bin/witness')
    }
    // A login has some of its own (the message of the day).
    const started = String(await lab.sh('lab1', 'cat /run/started; rm /run/started')).trim().split('\n').filter(name => !['run-parts', 'sh', 'uname'].includes(name)).sort()
    expect(started).toContain('sudo')
    expect(started.length, started.join(' ')).toBeLessThanOrEqual(18)
  })

  test('the documents and the homeserver answer over TLS, as others would ask', async () => {
    const asked = String(await lab.sh('lab2', `curl -sS https://lab1.test/.well-known/matrix/server; echo; curl -sS -D- -o /dev/null https://lab1.test/.well-known/matrix/client; curl -sS https://matrix.lab1.test/_matrix/client/versions; echo; curl -sS --path-as-is 'https://matrix.lab1.test/_matrix/client/echo/%21room%3Alab1.test/%24a%2Fb'`))
    expect(asked).toContain('"matrix.lab1.test:443"')
    expect(asked).toMatch(/access-control-allow-origin: \*/i)
    expect(asked).toContain('"versions"')
  })

  test('remove.yml brings back a fresh Apache', async () => {
    await lab.reset('lab1')
    const only = ['-l', 'lab1'] as const
    await lab.sh('lab1', 'apt-get update -qq && DEBIAN_FRONTEND=noninteractive apt-get install -y -qq apache2 >/dev/null')
    const fresh = String(await tree('lab1'))
    expect(provision('apply', site, ...only).exit).toBe(0)
    expect(String(await tree('lab1'))).not.toBe(fresh)
    const removed = provision('apply', remove, ...only)
    expect(removed.exit, removed.stderr).toBe(0)
    expect(String(await tree('lab1'))).toBe(fresh)
    expect(provision('apply', remove, ...only).recap.lab1).toMatchObject({ changed: 0 })
  })

  test('nothing temporary is left behind on a host', async () => {
    const left = String(await lab.sh('lab1', "find / -xdev -name '.matrix-provision*' 2>/dev/null; find /run /dev/shm -name '.matrix-provision*' 2>/dev/null; ls -A /var/lib/matrix-provision 2>/dev/null; true"))
    expect(left.trim()).toBe('')
  })
})
