import type { ChangeView, Event, HostResult, Recap, RunEnd, TaskResult, TaskStart } from '../../src/core/event.ts'

/** Event streams as the engine sends them, written down by hand. */
export const site = 'playbooks/site.yml'
export const at = (line: number, file = site, column = 7) => ({ file, line, column })

export const counters = (some: Partial<Recap>): Recap =>
  ({ ok: 0, changed: 0, unreachable: 0, failed: 0, skipped: 0, rescued: 0, ignored: 0, unknown: 0, ...some })

export const start = (command: string, checkMode: boolean, diff = true): Event =>
  ({ type: 'run-start', command, playbooks: [site], checkMode, diff, time: '2026-03-01T12:00:00.000Z' })

export const play = (hosts: readonly string[], checkMode = false, name = 'Matrix behind Apache'): Event =>
  ({ type: 'play-start', play: name, at: at(2, site, 3), hosts, checkMode })

export const task = (id: number, name: string, module: string, line: number, hosts: readonly string[], more: Partial<TaskStart> = {}): Event =>
  ({ type: 'task-start', task: id, name, module, at: at(line), kind: 'task', hosts, tags: [], ...more })

export const result = (id: number, host: string, status: HostResult['status'], more: Partial<HostResult> = {}): Event => ({
  type: 'host-result', host, task: id, status, result: { changed: status === 'changed' }, changes: [], ignored: false, duration: 0.25, looped: false, ...more,
})

export const item = (id: number, host: string, name: string, status: HostResult['status'], changes: readonly ChangeView[] = [], data: TaskResult = {}): Event =>
  ({ type: 'item-result', host, task: id, item: name, status, result: data, changes, ignored: false })

export const change = (kind: ChangeView['kind'], subject: string, name: string, more: Partial<ChangeView> = {}): ChangeView =>
  ({ subject: { kind: subject, name }, kind, observed: {}, desired: {}, undoable: true, ...more })

export const end = (recap: RunEnd['recap'], more: Partial<RunEnd> = {}): Event =>
  ({ type: 'run-end', recap, exit: 0, duration: 2.1, interrupted: false, ...more })

const vhost = (nocanon: boolean) => `<VirtualHost *:443>
    Protocols h2 http/1.1
    SSLEngine on
    ServerName matrix.example.org
    ProxyPreserveHost on
    ProxyPass /_matrix http://127.0.0.1:8008/_matrix${nocanon ? ' nocanon' : ''}
    ProxyPassReverse /_matrix http://127.0.0.1:8008/_matrix
    ErrorLog /var/log/apache2/matrix-error.log
</VirtualHost>
`

export const packageApache = change('create', 'package', 'apache2', {
  observed: { version: null }, undoable: false, note: 'brings account www-data, /etc/apache2, apache2.service',
})
export const documentRoot = change('create', 'file', '/var/www/matrix', { desired: { state: 'directory', owner: 'root', group: 'root', mode: '0755' } })
export const delegation = change('create', 'file', '/var/www/matrix/server.json', {
  desired: { owner: 'root', group: 'root', mode: '0644' },
  diff: { path: '/var/www/matrix/server.json', before: null, after: '{\n  "m.server": "matrix.example.org:443"\n}\n' },
})
export const virtualHost = change('update', 'file', '/etc/apache2/sites-available/matrix.conf', {
  observed: { mode: '0600', sha256: 'aa' }, desired: { mode: '0644', sha256: 'bb' },
  diff: { path: '/etc/apache2/sites-available/matrix.conf', before: vhost(false), after: vhost(true) },
})
export const reload = change('run', 'unit', 'apache2.service reload')
const modules = ['http2', 'headers', 'proxy', 'proxy_http', 'ssl']

/** The tasks of the example on `hosts` that need all of it. */
function siteOn(hosts: readonly string[], checkMode: boolean): Event[] {
  const each = (make: (host: string) => Event | Event[]) => hosts.flatMap(make)
  return [
    task(2, 'Apache is installed', 'ansible.builtin.apt', 14, hosts),
    ...each(host => result(2, host, 'changed', { changes: [packageApache], why: 'package apache2: absent → installed' })),
    task(3, 'Apache modules', 'community.general.apache2_module', 18, hosts),
    ...each(host => [
      ...modules.map(name => item(3, host, name, 'changed', [change('create', 'module', name)])),
      result(3, host, 'changed', { looped: true, result: { changed: true, msg: 'All items completed' } }),
    ]),
    task(4, 'Document root', 'ansible.builtin.file', 25, hosts),
    ...each(host => result(4, host, 'changed', { changes: [documentRoot] })),
    task(5, 'Delegation documents', 'ansible.builtin.copy', 31, hosts),
    ...each(host => result(5, host, 'changed', { changes: [delegation] })),
    task(6, 'Virtual host', 'ansible.builtin.template', 38, hosts),
    ...each(host => [result(6, host, 'changed', { changes: [virtualHost] }), { type: 'notify', host, task: 6, handler: 'Reload Apache', earlierRun: false }]),
    task(7, 'Delegation is served', 'ansible.builtin.uri', 44, hosts),
    ...each(host => checkMode
      ? result(7, host, 'unknown', { changes: [change('unknown', 'check', '/.well-known/matrix/server is served')], why: 'apache2 has not been reloaded yet' })
      : result(7, host, 'ok')),
    task(8, 'Nothing on Debian', 'ansible.builtin.command', 48, hosts),
    ...each(host => result(8, host, 'skipped', { why: "ansible_os_family == 'RedHat' is false: it is 'Debian'" })),
    task(9, 'Reload Apache', 'ansible.builtin.service', 52, hosts, { kind: 'handler' }),
    ...each(host => result(9, host, 'changed', { changes: [reload] })),
  ]
}

const gather = (hosts: readonly string[]): Event[] =>
  [task(1, 'Gathering Facts', 'ansible.builtin.setup', 2, hosts, { kind: 'gather-facts' }), ...hosts.map(host => result(1, host, 'ok'))]

/** Two hosts need everything, one needs nothing. */
function threeHosts(command: string, checkMode: boolean): Event[] {
  const fresh = ['lab1', 'lab2']
  const steps = siteOn(fresh, checkMode).flatMap<Event>(event => {
    if (event.type !== 'task-start' || event.kind === 'handler') return [event]
    return [{ ...event, hosts: [...fresh, 'lab3'] }, result(event.task, 'lab3', event.task === 8 ? 'skipped' : 'ok')]
  })
  return [
    start(command, checkMode), play([...fresh, 'lab3'], checkMode), ...gather([...fresh, 'lab3']), ...steps,
    end({
      lab1: counters({ ok: 7, changed: 6, skipped: 1, unknown: checkMode ? 1 : 0 }),
      lab2: counters({ ok: 7, changed: 6, skipped: 1, unknown: checkMode ? 1 : 0 }),
      lab3: counters({ ok: 7, skipped: 1 }),
    }, { duration: checkMode ? 0.4 : 2.1 }),
  ]
}

export const plan = threeHosts('plan', true)
export const apply = threeHosts('apply', false)

const configtest = {
  failed: true, msg: 'apachectl configtest ended with 1:', rc: 1,
  stderr: "AH00526: Syntax error on line 12 of /etc/apache2/sites-enabled/matrix.conf:\nInvalid command 'RequestHeader', perhaps misspelled or defined by a module not included\n",
}

/** lab2's configuration is broken: it fails, its handler does not run. */
export const failure: Event[] = [
  start('apply', false), play(['lab1', 'lab2']),
  task(1, 'Virtual host', 'template', 38, ['lab1', 'lab2']),
  result(1, 'lab1', 'changed', { changes: [virtualHost] }), result(1, 'lab2', 'changed', { changes: [virtualHost] }),
  task(2, 'Configuration is valid', 'command', 41, ['lab1', 'lab2']),
  result(2, 'lab2', 'failed', {
    result: { ...configtest, hint: 'The module headers is not enabled on lab2. Add it to apache2_module (playbooks/site.yml:18), or run with --limit lab1.\nApache was not reloaded: it still serves the former configuration.' },
  }),
  result(2, 'lab1', 'ok'),
  end({ lab1: counters({ ok: 2, changed: 1 }), lab2: counters({ ok: 1, changed: 1, failed: 1 }) }, { exit: 2 }),
]

/** Everything that is not a plain success: unreachable, ignored, rescued, items that fail, warnings, no_log, debug, delegation. */
export const trouble: Event[] = [
  start('apply', false), play(['lab1', 'lab2', 'lab3']),
  { type: 'warning', message: "the variable 'port' is overwritten", at: at(9) },
  task(1, 'Gathering Facts', 'setup', 2, ['lab1', 'lab2', 'lab3'], { kind: 'gather-facts' }),
  result(1, 'lab1', 'ok'), result(1, 'lab2', 'ok'),
  result(1, 'lab3', 'unreachable', { result: { unreachable: true, msg: 'lab3 (10.0.0.3:22) refuses the connection', hint: 'Is sshd running there?' } }),
  { type: 'notify', host: 'lab1', task: 1, handler: 'Reload Apache', earlierRun: true },
  { type: 'notify', host: 'lab2', task: 1, handler: 'Reload Apache', earlierRun: true },
  task(2, 'Old site is off', 'command', 12, ['lab1', 'lab2']),
  result(2, 'lab1', 'failed', { ignored: true, result: { failed: true, msg: 'non-zero return code', rc: 3, cmd: ['a2dissite', 'old'], stderr: 'ERROR: Site old does not exist!' } }),
  result(2, 'lab2', 'ok', { result: { changed: false, warnings: ['a2dissite said more than it should'] } }),
  task(3, 'Try the new one', 'command', 15, ['lab1', 'lab2']),
  result(3, 'lab1', 'failed', { result: { failed: true, msg: 'non-zero return code', rc: 1, cmd: 'a2ensite new', stdout: 'no such site', stderr: '' } }),
  result(3, 'lab2', 'failed', { result: { failed: true, msg: 'non-zero return code', rc: 1, cmd: 'a2ensite new', stdout: 'no such site', stderr: '' } }),
  { type: 'rescued', host: 'lab1', task: 3 }, { type: 'rescued', host: 'lab2', task: 3 },
  task(4, 'Say it', 'debug', 20, ['lab1', 'lab2']),
  result(4, 'lab1', 'ok', { result: { changed: false, msg: 'the new site\nis \u001b[31mmissing' } }), result(4, 'lab2', 'ok', { result: { changed: false, msg: 'the new site\nis \u001b[31mmissing' } }),
  task(5, 'Secret key', 'copy', 23, ['lab1', 'lab2']),
  result(5, 'lab1', 'changed', { result: { changed: true, censored: "the output has been hidden due to the fact that 'no_log: true' was specified for this result" } }),
  result(5, 'lab2', 'failed', { result: { failed: true, censored: "the output has been hidden due to the fact that 'no_log: true' was specified for this result" } }),
  task(6, 'Registered at the proxy', 'lineinfile', 26, ['lab1']),
  item(6, 'lab1', 'a', 'ok'), item(6, 'lab1', 'b', 'failed', [], { failed: true, msg: 'Destination /etc/b does not exist !' }), item(6, 'lab1', 'c', 'failed', [], { failed: true, msg: 'Destination /etc/c does not exist !' }),
  result(6, 'lab1', 'failed', { looped: true, delegatedTo: 'proxy1', result: { failed: true, msg: 'One or more items failed' } }),
  end({
    lab1: counters({ ok: 3, changed: 1, failed: 1, rescued: 1, ignored: 1 }), lab2: counters({ ok: 3, failed: 1, rescued: 1 }), lab3: counters({ unreachable: 1 }),
  }, { exit: 2, duration: 75 }),
]

export const fleet = (size: number) => Array.from({ length: size }, (_, index) => `web${String(index + 1).padStart(3, '0')}`)

/** Two hundred hosts: most are right, some change, a few fail alike, two cannot be reached. */
export function twoHundred(checkMode: boolean): Event[] {
  const hosts = fleet(200)
  const kinds = (host: string) => { const n = Number(host.slice(3)); return n <= 2 ? 'unreachable' : n <= 9 ? 'failed' : n <= 40 ? 'changed' : 'ok' }
  const reached = hosts.filter(host => kinds(host) !== 'unreachable')
  return [
    start(checkMode ? 'plan' : 'apply', checkMode), play(hosts, checkMode),
    task(1, 'Gathering Facts', 'setup', 2, hosts, { kind: 'gather-facts' }),
    ...hosts.map((host, n) => kinds(host) === 'unreachable' ? result(1, host, 'unreachable', { result: { msg: `${host} (10.0.1.${n}:22) does not answer` } }) : result(1, host, 'ok')),
    task(2, 'Virtual host', 'template', 38, reached),
    ...reached.map(host => kinds(host) === 'changed' ? result(2, host, 'changed', { changes: [virtualHost] }) : result(2, host, 'ok')),
    task(3, 'Configuration is valid', 'command', 41, reached),
    ...reached.map(host => kinds(host) === 'failed' ? result(3, host, 'failed', { result: { ...configtest, hint: `Enable headers on ${host}.` } }) : result(3, host, 'ok')),
    end(Object.fromEntries(hosts.map(host => {
      const kind = kinds(host)
      return [host, counters(kind === 'unreachable' ? { unreachable: 1 } : kind === 'failed' ? { ok: 2, failed: 1 } : kind === 'changed' ? { ok: 3, changed: 1 } : { ok: 3 })]
    })), { exit: 2, duration: 12.4 }),
  ]
}

export const listings: Event[] = [{
  type: 'listing', playbook: site,
  plays: [{
    name: 'Matrix behind Apache', at: at(2), pattern: ['all'], tags: ['matrix'], hosts: ['lab1', 'lab2'],
    tasks: [{ name: 'Apache is installed', at: at(14), tags: ['apache', 'matrix'] }, { name: 'apache : Virtual host', at: at(38), tags: ['matrix'] }],
    taskTags: ['apache', 'matrix'],
  }],
}]

/** What is rarely seen: deletions, binary files, no newline at the end, long lines and lists, a handler of an earlier run, changes without a change. */
export const odd: Event[] = [
  start('apply', false), play(['lab1']),
  task(1, 'apache : Old site is gone', 'file', 12, ['lab1'], { at: at(4, 'roles/apache/tasks/main.yml', 3) }),
  result(1, 'lab1', 'changed', { changes: [
    change('delete', 'file', '/etc/apache2/sites-available/old.conf', { observed: { mode: '0644' }, diff: { path: '/etc/apache2/sites-available/old.conf', before: '# old\nListen 81\n', after: null } }),
    change('delete', 'file', '/etc/apache2/sites-enabled/old.conf', { observed: { state: 'link', target: '../sites-available/old.conf' } }),
    change('create', 'file', '/etc/apache2/sites-enabled/new.conf', { observed: { state: 'absent' }, desired: { state: 'link', target: '../sites-available/new.conf', owner: 'root', group: 'root' } }),
    change('update', 'file', '/srv/data', { observed: { state: 'file', mode: '0644' }, desired: { state: 'directory', mode: '0755' } }),
  ] }),
  task(2, 'Logo', 'copy', 14, ['lab1']),
  result(2, 'lab1', 'changed', { changes: [change('update', 'file', '/var/www/matrix/logo.png', { diff: { path: '/var/www/matrix/logo.png', before: null, after: null, binary: true } })] }),
  task(3, 'Token', 'copy', 16, ['lab1']),
  result(3, 'lab1', 'changed', { changes: [
    change('update', 'file', '/etc/token', { diff: { path: '/etc/token', before: 'one\ntwo', after: 'one\r\n2\n' } }),
    change('create', 'file', '/etc/long', { diff: { path: '/etc/long', before: null, after: `${'x'.repeat(2000)}\n\tindented` } }),
    change('create', 'file', '/etc/many', { diff: { path: '/etc/many', before: null, after: `${Array.from({ length: 100 }, (_, n) => `line ${n + 1}`).join('\n')}\n` } }),
  ] }),
  task(4, 'Everyone', 'user', 18, ['lab1']),
  ...Array.from({ length: 40 }, (_, n) => item(4, 'lab1', `user${n}`, 'changed', [change('create', 'account', `user${n}`, { desired: { groups: ['www-data', 'adm'], shell: '/bin/sh', comment: 'A person' } })])),
  result(4, 'lab1', 'changed', { looped: true }),
  task(5, 'Somewhere else', 'lineinfile', 20, ['lab1']),
  result(5, 'lab1', 'changed', { delegatedTo: 'proxy1', changes: [change('update', 'file', '/etc/hosts', { observed: { owner: 'root', mode: '0600' }, desired: { owner: null, mode: '0644', flags: { a: [1, 2] } } })] }),
  task(6, 'It says that it changed', 'set_fact', 22, ['lab1']),
  result(6, 'lab1', 'changed'),
  { type: 'notify', host: 'lab1', task: 0, handler: 'Restart Apache', earlierRun: true },
  { type: 'included', file: 'roles/apache/tasks/more.yml', hosts: ['lab1'], at: at(24) },
  { type: 'no-hosts', play: 'Nobody', at: at(60, site, 3) },
  { type: 'trace', level: 2, text: 'stat -c …', host: 'lab1' },
  task(7, 'apache : Restart Apache', 'service', 26, ['lab1'], { kind: 'handler' }),
  result(7, 'lab1', 'changed', { changes: [change('run', 'unit', 'apache2.service restart', { undoable: false })] }),
  end({ lab1: counters({ ok: 7, changed: 7 }) }, { duration: 3725 }),
]

const nasty = 'a\u001b[2Jb\u0007c\u202ed\rx\u009b31m'

/** A host that tries to write on the operator's terminal, everywhere it can. */
export const hostile: Event[] = [
  start('apply', false), play([nasty], false, nasty),
  task(1, nasty, 'command', 3, [nasty]),
  item(1, nasty, nasty, 'failed', [change('create', nasty, nasty, { desired: { owner: nasty, other: nasty }, note: nasty, diff: { path: nasty, before: null, after: nasty } })], { failed: true, msg: nasty, stdout: nasty, warnings: [nasty] }),
  result(1, nasty, 'failed', { looped: true, result: { failed: true, msg: nasty, stderr: nasty, hint: nasty } }),
  task(2, nasty, 'copy', 5, [nasty]),
  result(2, nasty, 'changed', { why: nasty, delegatedTo: nasty, changes: [change('update', nasty, nasty, { observed: { mode: nasty }, note: nasty, diff: { path: nasty, before: nasty, after: `${nasty}\n` } })] }),
  { type: 'notify', host: nasty, task: 2, handler: nasty, earlierRun: true }, { type: 'warning', message: nasty, host: nasty },
  { type: 'trace', level: 2, text: nasty, host: nasty }, { type: 'included', file: nasty, hosts: [nasty], at: at(1, nasty) },
  end({ [nasty]: counters({ failed: 1 }) }),
]
