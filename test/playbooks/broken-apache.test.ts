import { beforeEach, describe, expect, test } from 'vitest'
import { file, matrixProvision } from '../cli/spawn.ts'
import { labHosts, noLab, onLab } from '../lab/hosts.ts'
import { Desk } from './desk.ts'

describe.skipIf(noLab)(onLab('a configuration that Apache refuses'), () => {
  const lab = labHosts(1)
  const site = (directives: string) => `<VirtualHost *:80>\n  ServerName lab1.test\n  DocumentRoot /var/www/html\n  ${directives}\n</VirtualHost>\n`
  const playbook = (more = '') => `- hosts: lab1
  become: true
  gather_facts: false
  tasks:
    - name: Headers
      apache2_module: {name: headers}
      notify: Reload Apache
    - name: Virtual host
      template: {src: site.conf.j2, dest: /etc/apache2/sites-available/here.conf${more}}
      notify: Reload Apache
    - {name: Site, apache2_site: {name: here}, notify: Reload Apache}
    - meta: flush_handlers
    - {name: After, copy: {content: x, dest: /srv/after}}
  handlers:
    - {name: Reload Apache, service: {name: apache2, state: reloaded}}
`
  const good = 'Header set X-Version one'
  const newer = 'Header set X-Version two'
  const bad = 'NoSuchDirective on'

  /** What Apache serves now, by whom, and how often it has been told to read its configuration since the host was made. */
  const serving = async () => {
    const [pid, version, reloads] = await Promise.all([
      lab.sh('lab1', 'systemctl show -p MainPID --value apache2'),
      lab.sh('lab1', 'curl -sS -o /dev/null -D- -H "Host: lab1.test" http://127.0.0.1/ | tr -d "\\r" | sed -n "s/^X-Version: //p"'),
      lab.sh('lab1', 'grep -c "resuming normal operations" /var/log/apache2/error.log'),
    ])
    return { pid: pid.trim(), version: version.trim(), reloads: Number(reloads) }
  }
  const write = (path: string, text: string) => lab.sh('lab1', `cat >${path} <<'END'\n${text}END`)

  beforeEach(async () => {
    await lab.sh('lab1', 'rm -rf /etc/apache2/conf-enabled/mistake.conf /var/lib/matrix-provision; systemctl reset-failed apache2; systemctl start apache2')
    using desk = new Desk(lab, { 'site.yml': playbook(), 'site.conf.j2': site(good) })
    expect((await desk.apply()).code).toBe(0)
    expect((await serving()).version).toBe('one')
    await lab.sh('lab1', 'rm -f /srv/after')
  })

  test('made by a template: it is tested before the reload, and Apache goes on with the former one', async () => {
    const before = await serving()
    using desk = new Desk(lab, { 'site.yml': playbook(), 'site.conf.j2': site(bad) })
    const { code, out } = await desk.apply()
    expect(code).toBe(2)
    expect(out).toContain('✖ lab1: Reload Apache')
    expect(out).toContain('apachectl configtest failed:')
    expect(out).toContain('Syntax error on line 4 of /etc/apache2/sites-enabled/here.conf')
    expect(out).toContain('No enabled module knows NoSuchDirective')
    expect(out).toContain('Apache was not reloaded: it still serves the former configuration.')
    expect(await serving()).toEqual(before)
    expect(await lab.sh('lab1', 'ls /srv/after 2>/dev/null || true')).toBe('')

    // Put right, the reload that is owed comes, without a restart.
    desk.write({ 'site.conf.j2': site(newer) })
    expect((await desk.apply()).code).toBe(0)
    expect(await serving()).toEqual({ ...before, version: 'two', reloads: before.reloads + 1 })
  })

  test('put right by hand: the reload that is owed comes with the next run', async () => {
    const before = await serving()
    using desk = new Desk(lab, { 'site.yml': playbook(), 'site.conf.j2': site(newer) })
    await write('/etc/apache2/conf-enabled/mistake.conf', `${bad}\n`)
    const refused = await desk.apply()
    expect(refused.code).toBe(2)
    expect(refused.out).toContain("Apache's configuration was already broken before this run: /etc/apache2/conf-enabled/mistake.conf, line 1. Repair it, then run again.")
    expect(refused.out).toContain('Apache was not reloaded: it still serves the former configuration.')
    expect(await serving()).toEqual(before)

    await lab.sh('lab1', 'rm /etc/apache2/conf-enabled/mistake.conf')
    const { code, out } = await desk.apply()
    expect(code).toBe(0)
    expect(out).toContain('pending  lab1: handler Reload Apache, notified by an earlier run that did not come to it')
    expect(await serving()).toEqual({ ...before, version: 'two', reloads: before.reloads + 1 })
  })

  test('caught by validate: the file that Apache would refuse is never in place', async () => {
    const before = await serving()
    const tree = () => lab.sh('lab1', 'cd /etc/apache2; find . | sort; cat sites-available/here.conf')
    const wasThere = await tree()
    using desk = new Desk(lab, { 'site.yml': playbook(", validate: \"apache2ctl -t -c 'Include %s'\""), 'site.conf.j2': site(bad) })
    const { code, out } = await desk.apply()
    expect(code).toBe(2)
    expect(out).toContain('✖ lab1: Virtual host')
    expect(out).toContain('failed to validate: /etc/apache2/sites-available/here.conf was left as it is.')
    expect(out).toContain("Invalid command 'NoSuchDirective'")
    expect(await tree()).toBe(wasThere)
    expect(await serving()).toEqual(before)

    desk.write({ 'site.conf.j2': site(newer) })
    expect((await desk.apply()).code).toBe(0)
    expect((await serving()).version).toBe('two')
  })

  test('a stopped Apache is not started with it', async () => {
    await lab.sh('lab1', 'systemctl stop apache2')
    await write('/etc/apache2/conf-enabled/mistake.conf', `${bad}\n`)
    using desk = new Desk(lab, { 'site.yml': '- hosts: lab1\n  become: true\n  gather_facts: false\n  tasks:\n    - {name: Apache, service: {name: apache2, state: started}}\n' })
    const { code, out } = await desk.apply()
    expect(code).toBe(2)
    expect(out).toContain('/etc/apache2/conf-enabled/mistake.conf')
    expect(out).toContain('Apache was not started.')
    expect(await lab.sh('lab1', 'systemctl is-active apache2 || true; systemctl is-failed apache2 || true')).toBe('inactive\ninactive\n')
  })

  test('is never there while site.yml is applied: every file comes whole, by a rename, and the whole is valid at any time', async () => {
    await lab.reset('lab1')
    await lab.sh('lab1', `cat >/srv/watch.py <<'END'\n${watcher}END\nsystemd-run -q --unit=watch python3 /srv/watch.py; until [ -e /srv/watching ]; do sleep 0.05; done`)
    const applied = await matrixProvision('apply', file('playbooks/site.yml'), '-i', lab.lab.inventory, '-l', 'lab1')
    expect(applied.code, applied.out).toBe(0)
    await lab.sh('lab1', 'systemctl stop watch')
    const seen = (await lab.sh('lab1', 'cat /srv/seen')).trim().split('\n').map(line => line.split(' ') as [what: string, name: string])
    const names = (what: string) => seen.filter(([kind]) => kind === what).map(([, name]) => name)
    expect(names('came')).toEqual(expect.arrayContaining(['matrix-homeserver.conf', 'matrix-delegation.conf', 'proxy_http.load', 'http2.conf']))
    // Whatever Apache reads has been renamed into place; what is made and written has a name that it does not read.
    expect(names('written').filter(name => /\.(conf|load)$/.test(name))).toEqual([])
    expect(names('written').filter(name => !name.startsWith('.matrix-provision-'))).toEqual([])
    expect(Number(await lab.sh('lab1', 'grep -c . /srv/tests'))).toBeGreaterThan(0)
    expect(await lab.sh('lab1', 'grep -v "^0 " /srv/tests || true')).toBe('')
  })
})

/**
 * Notes what happens in Apache's directories (inotify), and tests the whole configuration after every change. A test during
 * which something has changed counts for nothing: Apache reads one directory after the other.
 */
const watcher = `import ctypes, os, struct, subprocess, threading
libc = ctypes.CDLL(None)
CREATE, MODIFY, MOVED_TO = 0x100, 0x2, 0x80
queue = libc.inotify_init()
top = '/etc/apache2'
for place, directories, files in os.walk(top):
    libc.inotify_add_watch(queue, place.encode(), CREATE | MODIFY | MOVED_TO)
seen, tests = open('/srv/seen', 'w', buffering=1), open('/srv/tests', 'w', buffering=1)
changed, changes = threading.Event(), 0
def test():
    while True:
        changed.wait()
        changed.clear()
        before = changes
        done = subprocess.run(['apache2ctl', '-t'], stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True)
        if changes == before:
            tests.write('%d %s\\n' % (done.returncode, done.stdout.replace('\\n', ' ')))
threading.Thread(target=test, daemon=True).start()
open('/srv/watching', 'w').close()
while True:
    data = os.read(queue, 65536)
    while data:
        _, mask, _, length = struct.unpack_from('iIII', data)
        name = data[16:16 + length].rstrip(b'\\0').decode()
        data = data[16 + length:]
        seen.write(('came ' if mask & MOVED_TO else 'written ') + name + '\\n')
        changes += 1
        changed.set()
`
