import { existsSync, readFileSync, statSync, writeFileSync } from 'node:fs'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import type { Target } from '../../src/host/target.ts'
import { FakeHost } from '../host/fake-host.ts'
import { Scene } from './stage.ts'

/** A play on this machine, without facts. */
const play = (tasks: string, more = '') => `- hosts: localhost\n  gather_facts: false\n${more}  tasks:\n${tasks.replace(/^(?=.)/gm, '    ')}`

test('files are made once, and a second run changes nothing', async () => {
  using scene = new Scene({
    'site.yml': play(`- {name: dir, file: {path: DIR/made/deep, state: directory, mode: "0750"}}
- {name: copy, copy: {content: "hello\\n", dest: DIR/made/file, mode: "0600"}}
- {name: template, template: {src: greeting.j2, dest: DIR/made/greeting}}
- {name: link, file: {src: file, dest: DIR/made/link, state: link}}
`, '  vars: {who: world}\n'),
    'templates/greeting.j2': 'Hello {{ who }}\n',
  })
  const first = await scene.run()
  expect(first.story).toEqual(['dir: changed', 'copy: changed', 'template: changed', 'link: changed'])
  expect(first.exit).toBe(0)
  expect(readFileSync(join(scene.directory, 'made/greeting'), 'utf8')).toBe('Hello world\n')
  expect(statSync(join(scene.directory, 'made/file')).mode & 0o777).toBe(0o600)
  const second = await scene.run()
  expect(second.recap()).toMatchObject({ ok: 4, changed: 0, failed: 0 })
})

test('a dry run lists what the apply then does, and touches nothing', async () => {
  using scene = new Scene({
    'site.yml': play(`- {name: dir, file: {path: DIR/made, state: directory}}
- {name: copy, copy: {content: x, dest: DIR/made/file}}
- {name: look, stat: {path: DIR/made/file}, register: seen}
- {name: conditional, copy: {content: y, dest: DIR/made/second}, when: seen.stat.exists}
- {name: absent, file: {path: DIR/made/nothing, state: absent}}
`),
  })
  const dry = await scene.run({ checkMode: true })
  expect(existsSync(join(scene.directory, 'made'))).toBe(false)
  const real = await scene.run()
  expect(dry.story).toEqual(real.story)
  expect(real.story).toEqual(['dir: changed', 'copy: changed', 'look: ok', 'conditional: changed', 'absent: ok'])
})

test('what hangs on a command is known after apply in a dry run, never skipped and never a crash', async () => {
  using scene = new Scene({
    'site.yml': play(`- {name: ask, command: echo yes, register: said}
- {name: hangs, copy: {content: "{{ said.stdout }}", dest: DIR/out}, when: said.stdout == "yes"}
- {name: says, debug: {msg: "it said {{ said.stdout }}"}}
- {name: free, copy: {content: x, dest: DIR/free}}
`),
  })
  const dry = await scene.run({ checkMode: true })
  expect(dry.story).toEqual(['ask: changed', 'hangs: unknown', 'says: ok', expect.stringMatching(/^free: (changed|unknown)$/)])
  const real = await scene.run()
  expect(real.story).toEqual(['ask: changed', 'hangs: changed', 'says: ok', 'free: changed'])
  expect(readFileSync(join(scene.directory, 'out'), 'utf8')).toBe('yes')
})

test('handlers run once, in their own order, only where something changed', async () => {
  using scene = new Scene({
    'site.yml': play(`- {name: one, copy: {content: x, dest: DIR/one}, notify: [second, first]}
- {name: two, copy: {content: x, dest: DIR/two}, notify: topic}
`, `  handlers:
    - {name: first, command: touch DIR/first}
    - {name: second, command: touch DIR/second, listen: topic}
`),
  })
  const first = await scene.run()
  expect(first.story).toEqual(['one: changed', 'two: changed', 'first: changed', 'second: changed'])
  expect((await scene.run()).story).toEqual(['one: ok', 'two: ok'])
})

test('a handler that was notified and never ran runs in the next run', async () => {
  using scene = new Scene({
    'site.yml': play(`- {name: change, copy: {content: x, dest: DIR/file}, notify: reload}
- {name: trouble, fail: {msg: stop}, when: "{{ not (lookup('env', 'NO_TROUBLE') | bool) }}"}
`, '  handlers:\n    - {name: reload, command: touch DIR/reloaded}\n'),
  })
  expect((await scene.run()).exit).toBe(2)
  expect(existsSync(join(scene.directory, 'reloaded'))).toBe(false)
  const second = await scene.run({}, { shellVariables: { NO_TROUBLE: 'yes' } })
  expect(second.story).toEqual(['change: ok', 'trouble: skipped', 'reload: changed'])
  expect((await scene.run({}, { shellVariables: { NO_TROUBLE: 'yes' } })).story).toEqual(['change: ok', 'trouble: skipped'])
})

test('block, rescue and always as in Ansible', async () => {
  using scene = new Scene({
    'site.yml': play(`- block:
    - {name: fails, fail: {msg: oh}}
    - {name: never, debug: {msg: no}}
  rescue:
    - {name: rescues, debug: {msg: "{{ ansible_failed_result.msg }}"}}
  always:
    - {name: always, debug: {msg: always}}
- {name: after, debug: {msg: after}}
`),
  })
  const ran = await scene.run()
  expect(ran.story).toEqual(['fails: failed', 'rescues: ok', 'always: ok', 'after: ok'])
  expect(ran.result('rescues').result.msg).toBe('oh')
  expect(ran.recap()).toMatchObject({ ok: 3, failed: 0, rescued: 1 })
  expect(ran.exit).toBe(0)
})

test('loops register every item, with labels, skips and what changed', async () => {
  using scene = new Scene({
    'site.yml': play(`- name: loop
  copy: {content: "{{ item.text }}", dest: "DIR/{{ item.name }}"}
  loop: [{name: a, text: x}, {name: b, text: y}, {name: c, text: z}]
  loop_control: {label: "{{ item.name }}"}
  when: item.name != "b"
  register: made
- {name: count, debug: {msg: "{{ made.results | length }} {{ made.results | selectattr('skipped', 'defined') | list | length }} {{ made is changed }}"}}
- {name: empty, debug: {msg: x}, loop: []}
`),
  })
  const ran = await scene.run()
  expect(ran.story).toEqual(['loop: changed', 'count: ok', 'empty: skipped'])
  expect(ran.result('count').result.msg).toBe('3 1 True')
  expect(ran.events.flatMap(event => (event.type === 'item-result' ? [`${event.item} ${event.status}`] : []))).toEqual(['a changed', 'b skipped', 'c changed'])
})

test('changed_when and failed_when see the result; ignore_errors goes on', async () => {
  using scene = new Scene({
    'site.yml': play(`- {name: quiet, command: echo ok, changed_when: false}
- {name: own, command: echo bad, register: r, failed_when: "'bad' in r.stdout", ignore_errors: true}
- {name: fine, command: "false", failed_when: false}
- {name: until, shell: "echo x >> DIR/tries; test $(wc -l < DIR/tries) -ge 3", register: t, until: t.rc == 0, retries: 5, delay: 0}
- {name: say, debug: {msg: "{{ t.attempts }}"}}
`),
  })
  const ran = await scene.run()
  expect(ran.story).toEqual(['quiet: ok', 'own: failed', 'fine: changed', 'until: changed', 'say: ok'])
  expect(ran.result('say').result.msg).toBe(3)
  expect(ran.recap()).toMatchObject({ ok: 5, ignored: 1, failed: 0 })
})

test('an undefined variable fails its task, with the place and the nearest name', async () => {
  using scene = new Scene({
    'site.yml': play(`- {name: typo, template: {src: t.j2, dest: DIR/out}}\n`, '  vars: {matrix_server_name: x}\n'),
    'templates/t.j2': 'a\nServerName {{ matrix_sever_name }}\n',
  })
  const ran = await scene.run()
  expect(ran.exit).toBe(2)
  expect(ran.result('typo').result.rendered).toContain('templates/t.j2:2:15')
  expect(ran.result('typo').result.rendered).toContain('Did you mean matrix_server_name')
})

test('roles bring tasks, handlers, defaults, vars, templates and their dependencies', async () => {
  using scene = new Scene({
    'site.yml': '- hosts: localhost\n  gather_facts: false\n  roles: [{role: web, listen_port: 81}]\n',
    'roles/web/meta/main.yml': 'dependencies: [base]\n',
    'roles/base/tasks/main.yml': '- {name: base, debug: {msg: base}}\n',
    'roles/web/defaults/main.yml': 'listen_port: 80\ngreeting: hi\n',
    'roles/web/vars/main.yml': 'greeting: hello\n',
    'roles/web/templates/t.j2': '{{ greeting }} {{ listen_port }}\n',
    'roles/web/tasks/main.yml': '- {name: web, template: {src: t.j2, dest: DIR/out}, notify: again}\n',
    'roles/web/handlers/main.yml': '- {name: again, debug: {msg: again}}\n',
  })
  const ran = await scene.run()
  expect(ran.story).toEqual(['base : base: ok', 'web : web: changed', 'web : again: ok'])
  expect(readFileSync(join(scene.directory, 'out'), 'utf8')).toBe('hello 81\n')
})

test('tags choose tasks, always runs, never waits to be asked', async () => {
  using scene = new Scene({
    'site.yml': play(`- {name: a, debug: {msg: a}, tags: x}
- {name: b, debug: {msg: b}}
- {name: c, debug: {msg: c}, tags: always}
- {name: d, debug: {msg: d}, tags: [never, z]}
`),
  })
  expect((await scene.run({ tags: ['x'] })).story).toEqual(['a: ok', 'c: ok'])
  expect((await scene.run()).story).toEqual(['a: ok', 'b: ok', 'c: ok'])
  expect((await scene.run({ tags: ['z'] })).story).toEqual(['c: ok', 'd: ok'])
  expect((await scene.run({ skipTags: ['x'] })).story).toEqual(['b: ok', 'c: ok'])
})

test('include_tasks is found when it runs, with its variables', async () => {
  using scene = new Scene({
    'site.yml': play(`- {name: inc, include_tasks: "{{ which }}.yml", vars: {word: hi}, loop: [1, 2]}\n`, '  vars: {which: more}\n'),
    'more.yml': '- {name: more, debug: {msg: "{{ word }} {{ item }}"}}\n',
  })
  const ran = await scene.run()
  expect(ran.events.flatMap(event => (event.type === 'host-result' && event.result.msg ? [event.result.msg] : []))).toEqual(['hi 1', 'hi 2'])
})

test('with and without scouting the events are the same', async () => {
  using scene = new Scene({
    'site.yml': play(`- {name: dir, file: {path: DIR/d, state: directory}}
- {name: cmd, command: "rm -f DIR/d/file"}
- {name: file, copy: {content: x, dest: DIR/d/file}}
- {name: stat, stat: {path: DIR/d/file}, register: s}
- {name: say, debug: {msg: "{{ s.stat.size }}"}}
`),
  })
  await scene.run()
  const scouted = await scene.run()
  const plain = await scene.run({ scout: false })
  expect(plain.story).toEqual(scouted.story)
  expect(scouted.story).toEqual(['dir: ok', 'cmd: changed', 'file: changed', 'stat: ok', 'say: ok'])
})

test('a file that somebody else changes between plan and apply is planned again', async () => {
  using scene = new Scene({ 'site.yml': play(`- {name: first, copy: {content: mine, dest: DIR/file}}\n`) })
  writeFileSync(join(scene.directory, 'file'), 'theirs')
  const ran = await scene.run()
  expect(ran.story).toEqual(['first: changed'])
  expect(readFileSync(join(scene.directory, 'file'), 'utf8')).toBe('mine')
})

test.each([false, true])('no_log keeps what a task is given and what it gives out of the events (dry run: %s)', async checkMode => {
  using scene = new Scene({
    'site.yml': play(`- {name: file, copy: {content: s3cret-value, dest: DIR/file}, no_log: true}
- {name: group, group: {name: s3cret-value}, check_mode: true, no_log: true}
- {name: command, command: echo s3cret-value, no_log: true}
- {name: loop, shell: "echo {{ item }}", loop: [s3cret-value, other s3cret-value], no_log: true}
- {name: fails, command: "/bin/false s3cret-value", no_log: true, ignore_errors: true}
`),
  })
  const ran = await scene.run({ checkMode })
  expect(ran.story).toEqual(['file: changed', 'group: changed', 'command: changed', 'loop: changed', checkMode ? 'fails: changed' : 'fails: failed'])
  expect(JSON.stringify(ran.events)).not.toContain('s3cret-value')
})

test('what a dry run does all the same, since it says check_mode: false, is told as done', async () => {
  using scene = new Scene({ 'site.yml': play(`- {name: look, command: touch DIR/file, check_mode: false}\n- {name: then, file: {path: DIR/file, mode: "0600"}}\n`) })
  const ran = await scene.run({ checkMode: true })
  expect(existsSync(join(scene.directory, 'file'))).toBe(true)
  expect(ran.events.flatMap(event => (event.type === 'host-result' ? event.changes.map(({ done }) => done) : []))).toEqual([true, undefined])
})

test('a command that changes nothing, as it says itself, leaves the preview of what follows clear', async () => {
  using scene = new Scene({
    'site.yml': play(`- {name: look, command: uname -r, register: r, changed_when: false}
- {name: write, copy: {content: x, dest: DIR/file}}
- {name: use, copy: {content: "{{ r.stdout }}", dest: DIR/other}}
- {name: maybe, command: uname -r, register: r, changed_when: "'x' in r.stdout"}
- {name: after, copy: {content: x, dest: DIR/third}}
`),
  })
  const ran = await scene.run({ checkMode: true })
  expect(ran.story).toEqual(['look: ok', 'write: changed', 'use: unknown', 'maybe: changed', 'after: unknown'])
  expect(ran.events.flatMap(event => (event.type === 'host-result' ? [event.changes.length] : []))).toEqual([0, 1, 1, 1, 1])
})

test('run_once runs on one host and its result is known to all; delegate_to runs elsewhere', async () => {
  using scene = new Scene({
    'site.yml': `- hosts: all
  gather_facts: false
  tasks:
    - {name: once, command: echo one, run_once: true, register: r}
    - {name: all, debug: {msg: "{{ r.stdout }} {{ inventory_hostname }}"}}
    - {name: away, command: echo x, delegate_to: b, when: inventory_hostname == "a", changed_when: false}
`,
  })
  const ran = await scene.run({ inventory: ['a,b,'] })
  // Hosts finish a task in any order.
  expect(ran.story.toSorted()).toEqual(['all: ok', 'all: ok', 'away: ok', 'away: skipped', 'once: changed'])
  expect(ran.events.flatMap(event => (event.type === 'host-result' && String(event.result.msg).startsWith('one') ? [event.result.msg] : []))).toEqual(['one a', 'one b'])
})

test('a task with check_mode: true foresees for itself alone: the real task behind it does its work', async () => {
  using scene = new Scene({
    'site.yml': play(`- {name: look, copy: {content: x, dest: DIR/file}, check_mode: true}
- {name: do, copy: {content: x, dest: DIR/file}}
`),
  })
  const ran = await scene.run()
  expect(ran.story).toEqual(['look: changed', 'do: changed'])
  expect(readFileSync(join(scene.directory, 'file'), 'utf8')).toBe('x')
})

test('import_role brings its defaults, its handlers and its name; include_role its dependencies', async () => {
  using scene = new Scene({
    'site.yml': play(`- {name: imp, import_role: {name: web}}
- {name: inc, include_role: {name: top}}
`),
    'roles/web/defaults/main.yml': 'greeting: hello\n',
    'roles/web/tasks/main.yml': '- {name: say, debug: {msg: "{{ greeting }} {{ role_name }}"}, changed_when: true, notify: again}\n',
    'roles/web/handlers/main.yml': '- {name: again, debug: {msg: "again {{ greeting }} {{ role_name }}"}}\n',
    'roles/top/meta/main.yml': 'dependencies: [base]\n',
    'roles/top/tasks/main.yml': '- {name: top, debug: {msg: "{{ role_name }} {{ below }}"}}\n',
    'roles/base/defaults/main.yml': 'below: seen\n',
    'roles/base/tasks/main.yml': '- {name: base, debug: {msg: "{{ role_name }}"}}\n',
  })
  const ran = await scene.run()
  expect(ran.events.flatMap(event => (event.type === 'host-result' && event.result.msg ? [event.result.msg] : []))).toEqual(['hello web', 'base', 'top seen', 'again hello web'])
})

test('a loop notifies the handlers that its items name', async () => {
  using scene = new Scene({
    'site.yml': play(`- {name: loop, copy: {content: x, dest: "DIR/{{ item }}"}, loop: [a, b], notify: "did {{ item }}"}\n`, '  handlers:\n    - {name: did a, debug: {msg: a}}\n    - {name: did b, debug: {msg: b}}\n    - {name: did c, debug: {msg: c}}\n'),
  })
  expect((await scene.run()).story).toEqual(['loop: changed', 'did a: ok', 'did b: ok'])
})

test('a handler that only changed_when decides on is not lost either', async () => {
  using scene = new Scene({
    'site.yml': play(`- {name: change, command: "echo yes", register: r, changed_when: "lookup('env', 'AGAIN') == ''", notify: reload}
- {name: trouble, fail: {msg: stop}, when: "lookup('env', 'AGAIN') == ''"}
`, '  handlers:\n    - {name: reload, debug: {msg: reloaded}}\n'),
  })
  expect((await scene.run()).exit).toBe(2)
  expect((await scene.run({}, { shellVariables: { AGAIN: 'yes' } })).story).toEqual(['change: ok', 'trouble: skipped', 'reload: ok'])
})

test('an unknown handler ends the run with its place and the nearest name', async () => {
  using scene = new Scene({
    'site.yml': play(`- {name: change, copy: {content: x, dest: DIR/x}, notify: "{{ 'relaod' }}"}\n`, '  handlers:\n    - {name: reload, debug: {msg: x}}\n'),
  })
  const ran = await scene.run()
  expect(ran.exit).toBe(1)
  expect(ran.events.findLast(event => event.type === 'run-end')).toMatchObject({ error: { code: 'unknown-handler', rendered: expect.stringContaining('Did you mean reload?') } })
})

test('--start-at-task begins with the first task of that name, in whichever play it is', async () => {
  using scene = new Scene({ 'site.yml': `${play('- {name: one, debug: {msg: 1}}\n- {name: two, debug: {msg: 2}}\n')}${play('- {name: three, debug: {msg: 3}}\n- {name: four, debug: {msg: 4}}\n')}${play('- {name: five, debug: {msg: 5}}\n')}` })
  for (const startAtTask of ['four', 'fo*']) expect((await scene.run({ startAtTask })).story).toEqual(['four: ok', 'five: ok'])
  const ran = await scene.run({ startAtTask: 'fuor' })
  expect([ran.exit, ran.story]).toEqual([1, []])
  expect(ran.events.at(-1)).toMatchObject({ type: 'run-end', error: { message: '--start-at-task: no task is called fuor: nothing was run', rendered: expect.stringContaining('Did you mean four?') } })
})

test('a mistake that shows before anything runs is told with run-end', async () => {
  using scene = new Scene({ 'site.yml': play('- {name: one, debgu: {msg: 1}}\n') })
  const ran = await scene.run()
  expect(ran.exit).toBe(1)
  expect(ran.events).toEqual([expect.objectContaining({ type: 'run-end', exit: 1, error: expect.objectContaining({ code: 'unknown-module', rendered: expect.stringContaining('debug') }) })])
})

test('a play for hosts that are not there ends the run before it begins, unless an earlier play may bring them', async () => {
  const playOf = (hosts: string, tasks: string) => `- hosts: ${hosts}\n  gather_facts: false\n  tasks:\n${tasks}`
  using typo = new Scene({ 'site.yml': playOf('all', '    - {name: write, copy: {content: x, dest: DIR/x}}\n') + playOf('wbe', '    - {name: never, debug: {msg: x}}\n') })
  const mistaken = await typo.run()
  expect([mistaken.exit, mistaken.story, existsSync(join(typo.directory, 'x'))]).toEqual([1, [], false])
  expect(mistaken.events.at(-1)).toMatchObject({ error: { code: 'no-hosts-matched' } })

  using scene = new Scene({
    'site.yml': playOf('all', '    - {name: group, group_by: {key: os_Debian}}\n') + playOf('os_RedHat', '    - {name: never, debug: {msg: x}}\n') + playOf('os_Debian', '    - {name: here, debug: {msg: x}}\n'),
  })
  const ran = await scene.run()
  expect([ran.exit, ran.story]).toEqual([0, ['group: changed', 'here: ok']])
  expect(ran.events).toContainEqual(expect.objectContaining({ type: 'no-hosts', play: 'os_RedHat' }))
})

test('a tag that no task has is told, with the nearest', async () => {
  using scene = new Scene({ 'site.yml': play('- {name: one, debug: {msg: 1}, tags: [apache]}\n') })
  const warningsOf = async (options: object) => (await scene.run(options)).events.flatMap(event => (event.type === 'warning' ? [event.message] : []))
  expect(await warningsOf({ tags: ['apahce', 'all'], skipTags: ['nosuch'] })).toEqual(['no task has the tag apahce. Did you mean apache?', 'no task has the tag nosuch'])
  expect(await warningsOf({ tags: ['apache', 'untagged'] })).toEqual([])
})

test('run_once shares what it registered and set, and nothing else', async () => {
  using scene = new Scene({
    'site.yml': `- hosts: all
  gather_facts: false
  tasks:
    - {name: own, set_fact: {mine: "{{ inventory_hostname }}"}}
    - {name: once, set_fact: {ours: "{{ inventory_hostname }}"}, run_once: true}
    - {name: say, debug: {msg: "{{ mine }} {{ ours }}"}}
`,
  })
  const ran = await scene.run({ inventory: ['a,b,'] })
  expect(ran.events.flatMap(event => (event.type === 'host-result' && event.result.msg ? [event.result.msg] : [])).toSorted()).toEqual(['a a', 'b a'])
})

test('names of set_fact and a whole dictionary of args may be templates', async () => {
  using scene = new Scene({
    'site.yml': play(`- {name: fact, set_fact: {"{{ item }}_port": 80}, loop: [web]}
- {name: args, copy: {dest: DIR/made}, args: "{{ more }}"}
- {name: say, debug: {msg: "{{ web_port }}"}}
`, '  vars: {more: {content: from args}}\n'),
  })
  const ran = await scene.run()
  expect(ran.result('say').result.msg).toBe(80)
  expect(readFileSync(join(scene.directory, 'made'), 'utf8')).toBe('from args')
})

test('a parameter that is secret is shown nowhere', async () => {
  using scene = new Scene({
    'site.yml': play(`- {name: ask, uri: {url: "http://127.0.0.1:1/", url_username: u, url_password: very-secret-word}, register: r, ignore_errors: true}
- {name: say, debug: {msg: "it was very-secret-word"}}
`),
  })
  expect(JSON.stringify((await scene.run()).events)).not.toContain('very-secret-word')
})

test('a condition that fails is underlined where it is written', async () => {
  using scene = new Scene({ 'site.yml': play(`- name: typo\n  debug: {msg: x}\n  when:\n    - true\n    - nothing_here == 1\n`) })
  expect((await scene.run()).result('typo').result.rendered).toMatch(/site\.yml:8:11/)
})

test('a file that is included and missing fails its hosts, which a rescue may catch', async () => {
  using scene = new Scene({
    'site.yml': play(`- block:
    - {name: absent, include_tasks: "{{ 'absent' }}.yml"}
  rescue:
    - {name: rescued, debug: {msg: "{{ ansible_failed_result.msg }}"}}
- {name: no role, include_role: {name: "{{ 'absent' }}"}}
`),
  })
  const ran = await scene.run()
  expect(ran.story).toEqual(['absent: failed', 'rescued: ok', 'no role: failed'])
  expect(ran.result('rescued').result.msg).toContain("'absent.yml'")
  expect(ran.result('absent').result.rendered).toContain('site.yml')
  expect(ran.recap()).toMatchObject({ ok: 1, failed: 1, rescued: 1 })
  expect(ran.exit).toBe(2)
})

test('hosts that are sure to be asked are connected to while their tasks are rendered; those of which nothing is asked are left alone', async () => {
  const log: string[] = []
  const logged = (name: string): Target => {
    const host = new FakeHost()
    return {
      connect: () => void log.push(`connect ${name}`),
      read: requests => (log.push(`read ${name}`), host.read(requests)),
      perform: work => host.perform(work),
    }
  }
  using scene = new Scene({
    'site.yml': `- hosts: quiet
  gather_facts: false
  tasks: [debug: {msg: hello}]
- hosts: asked
  gather_facts: false
  tasks: [{file: {path: /etc, state: directory}, notify: Reload}]
  handlers: [{name: Reload, debug: {msg: reloaded}}]
`,
    'hosts.ini': '[quiet]\nq\n[asked]\na1\na2\n',
  })
  const ran = await scene.run({ inventory: [join(scene.directory, 'hosts.ini')] }, { targetFor: logged })
  expect(ran.exit).toBe(0)
  expect(log).toEqual(['connect a1', 'connect a2', 'read a1', 'read a2'])
})

test('a host whose turn comes later says when it comes', async () => {
  using scene = new Scene({ 'site.yml': '- hosts: all\n  gather_facts: false\n  tasks:\n    - {name: by forks, command: sleep 0.05}\n    - {name: by throttle, command: "true", throttle: 1}\n    - {name: once, command: "true", run_once: true}\n' })
  const ran = await scene.run({ inventory: ['a,b,c'], forks: 2 })
  const began = (name: string) => {
    const task = ran.events.find(event => event.type === 'task-start' && event.name === name)
    if (task?.type !== 'task-start') throw new Error(`no ${name}`)
    return [task.atOnce, ran.events.flatMap(event => (event.type === 'host-start' && event.task === task.task ? [event.host] : []))]
  }
  expect([began('by forks'), began('by throttle'), began('once')]).toEqual([[2, ['c']], [1, ['b', 'c']], [undefined, []]])
  expect(ran.events.flatMap(event => (event.type === 'host-start' ? [event.elapsed] : []))[0]).toBeGreaterThan(0.05)
})

test('how a file is managed may be said in a variable', async () => {
  using scene = new Scene({
    'site.yml': play('- {name: t, template: {src: t.j2, dest: DIR/out}}\n', '  vars: {ansible_managed: Ours}\n'),
    'templates/t.j2': '{{ ansible_managed }} {{ template_run_date.year }}\n',
  })
  expect((await scene.run()).story).toEqual(['t: changed'])
  expect(readFileSync(join(scene.directory, 'out'), 'utf8')).toBe(`Ours ${new Date().getFullYear()}\n`)
})

test('vars_files may be named by facts, and of hosts alone', async () => {
  using scene = new Scene({
    'site.yml': `- name: "{{ inventory_hostname | default('play') }}"
  hosts: localhost
  vars_files: ["{{ ansible_system }}.yml", "{{ inventory_hostname }}.yml"]
  tasks: [{name: say, debug: {msg: "{{ of_system }} {{ of_host }}"}}]
`,
    'vars/Linux.yml': 'of_system: linux\n',
    'vars/localhost.yml': 'of_host: here\n',
  })
  const ran = await scene.run()
  expect(ran.story).toEqual(['Gathering Facts: ok', 'say: ok'])
  expect(ran.result('say').result.msg).toBe('linux here')
})

test('an environment may use facts, which are gathered without it', async () => {
  using scene = new Scene({ 'site.yml': '- hosts: localhost\n  environment: {PATH: "{{ ansible_env.PATH }}:/ours", OWN: x}\n  tasks: [{name: say, shell: "echo $OWN ${PATH##*:}"}]\n' })
  const ran = await scene.run()
  expect(ran.result('say').result.stdout).toBe('x /ours')
})

test.each([
  ['1.0', '1.0'], ['1.5', '1.5'], ['2', '2'], ['[1.0, 2, x]', "[1.0, 2, 'x']"], ['{a: 1, b: [true, null]}', "{'a': 1, 'b': [True, None]}"], ['true', 'True'], ['null', 'None'], ['"{{ 3 / 1 }}"', '3.0'],
])("a variable of the environment that is %s is Python's text of it: %s", async (value, text) => {
  using scene = new Scene({ 'site.yml': play(`- {name: say, shell: 'printf %s "$ONE"', environment: {ONE: ${value}}}\n`) })
  expect((await scene.run()).result('say').result.stdout).toBe(text)
})

test('names that are numbers are what Python writes', async () => {
  using scene = new Scene({
    'site.yml': play(`- {name: change, command: "true", notify: "{{ 2 / 1 }}"}
- {include_tasks: "{{ 3 / 1 }}"}
- {name: "{{ 4 / 1 }}", debug: {msg: x}}
`, '  handlers: [{name: "2.0", debug: {msg: x}}]\n'),
    '3.0': '- {name: included, debug: {msg: x}}\n',
  })
  expect((await scene.run()).story).toEqual(['change: changed', 'include_tasks: ok', 'included: ok', '4.0: ok', '2.0: ok'])
})

test.each([[{ tags: ['go'] }], [{ skipTags: ['other'] }]])('what a handler includes runs whatever its tags are: %o', async options => {
  using scene = new Scene({
    'site.yml': '- {hosts: localhost, gather_facts: false, roles: [{role: r, tags: go}]}\n',
    'roles/r/tasks/main.yml': '- {name: change, command: "true", notify: all}\n',
    'roles/r/handlers/main.yml': '- {name: all, include_tasks: all.yml}\n',
    'roles/r/handlers/all.yml': `- {name: without tags, debug: {msg: x}}
- {name: never, debug: {msg: x}, tags: [never, other]}
- {name: block, tags: other, block: [{name: in a block, debug: {msg: x}}, {name: more, include_tasks: deeper.yml}]}
`,
    'roles/r/handlers/deeper.yml': '- {name: deeper, debug: {msg: x}, tags: other}\n',
  })
  const ran = await scene.run(options)
  expect(ran.story).toEqual(['change', 'all', 'without tags', 'never', 'in a block', 'more', 'deeper'].map((name, index) => `r : ${name}: ${index === 0 ? 'changed' : 'ok'}`))
  expect(ran.events.flatMap(event => (event.type === 'task-start' ? [event.kind] : []))).toEqual(['task', ...Array(6).fill('handler')])
})

test("the host's own facts keep their prefix, other facts go without it in ansible_facts", async () => {
  using scene = new Scene({
    'site.yml': play(`- setup: {fact_path: DIR/facts, gather_subset: ["!all", "!min", local]}
- set_fact: {ansible_mine: 2, cacheable: true}
- {name: say, debug: {msg: "{{ ansible_facts.ansible_local.a.x }} {{ ansible_local.a.x }} {{ ansible_facts.local is defined }} {{ ansible_facts.mine }} {{ ansible_mine }}"}}
`),
    'facts/a.fact': '{"x": 1}',
  })
  expect((await scene.run()).result('say').result.msg).toBe('1 1 False 2 2')
})

test('a float that is whole stays a float on its way through modules and results', async () => {
  const served = createServer((request, response) => {
    let body = ''
    request.on('data', chunk => (body += String(chunk))).on('end', () => response.setHeader('Content-Type', 'application/json').end(`{"x": 1.0, "y": 2, "sent": ${JSON.stringify(body)}}`))
  })
  await new Promise<void>(resolve => served.listen(0, '127.0.0.1', resolve))
  using scene = new Scene({
    'site.yml': play(`- copy: {content: "{{ v }}", dest: DIR/one}
- copy: {content: "{{ {'v': v} }}", dest: DIR/two}
- set_fact: {own: "{{ v }}"}
  register: set
- uri: {url: "http://127.0.0.1:${(served.address() as AddressInfo).port}/", method: POST, body_format: json, body: {n: 1.0, m: [2.0, 3]}}
  register: r
- {name: say, debug: {msg: "{{ [r.json.x, r.json.y, r.json.sent, own, set.ansible_facts.own] | map('string') | list }}"}}
- {name: native, debug: {msg: "{{ r.json.x }}"}}
- {name: loop, debug: {msg: x}, loop: [1.0, 1]}
`, '  vars: {v: 1.0}\n'),
  })
  const ran = await scene.run()
  served.close()
  expect(['one', 'two'].map(name => readFileSync(join(scene.directory, name), 'utf8'))).toEqual(['1.0', '{"v": 1.0}'])
  expect(ran.result('say').result.msg).toEqual(['1.0', '2', '{"n": 1.0, "m": [2.0, 3]}', '1.0', '1.0'])
  expect(JSON.stringify(ran.result('native').result)).toContain('"msg":1.0')
  expect(ran.events.flatMap(event => (event.type === 'item-result' ? [event.item] : []))).toEqual(['1.0', '1'])
})

const diffTasks = (keywords: string) => `- copy: {content: "old\\n", dest: DIR/one}
- {name: copy, copy: {content: "new\\n", dest: DIR/one}, register: copied, changed_when: "copied.diff is undefined or copied.diff[0].before is match('old')"${keywords}}
- {name: template, template: {src: page.j2, dest: DIR/page}, register: rendered${keywords}}
- {name: again, template: {src: page.j2, dest: DIR/page}, register: same${keywords}}
- {name: line, lineinfile: {path: DIR/one, line: more}, loop: [1, 2], register: lines${keywords}}
- {name: remove, file: {path: DIR/page, state: absent}, register: removed${keywords}}
- {name: secret, copy: {content: "new\\n", dest: DIR/secret}, register: hidden, no_log: true${keywords}}
- {name: say, debug: {msg: "{{ [copied, rendered, same, lines.results[0], lines.results[1], removed, hidden] | map(attribute='diff', default='none') | list }}"}}
`

test.each([[', diff: true', false], ['', true]])('with diff (%j, %j) a result that is registered has the texts that were changed', async (keyword, diff) => {
  using scene = new Scene({ 'site.yml': play(diffTasks(keyword)), 'templates/page.j2': 'page {{ 1 + 1 }}\n' })
  const ran = await scene.run({ diff })
  const [one, page, directory] = [join(scene.directory, 'one'), join(scene.directory, 'page'), scene.directory]
  expect(ran.result('say').result.msg).toEqual([
    [{ before_header: one, before: 'old\n', after_header: one, after: 'new\n' }],
    [{ before: '', after_header: `${directory}/templates/page.j2`, after: 'page 2\n' }],
    'none',
    [{ before_header: one, before: 'new\n', after_header: one, after: 'new\nmore\n' }],
    'none',
    { before: expect.objectContaining({ path: page, state: 'file' }), after: expect.objectContaining({ path: page, state: 'absent' }) },
    [{ before: '', after_header: `${directory}/secret`, after: expect.stringMatching(/^ \[\[ Diff output has been hidden/) }],
  ])
  for (const task of ['copy', 'template', 'line']) expect(JSON.stringify(ran.result(task).result)).not.toContain('"diff"')
  expect(ran.result('copy').changes).toMatchObject([{ diff: { before: 'old\n', after: 'new\n' } }])
})

test('without diff none is registered, and the keyword of a task keeps texts out of what is shown', async () => {
  using scene = new Scene({ 'site.yml': play(diffTasks(', diff: false')), 'templates/page.j2': 'page\n' })
  const ran = await scene.run()
  expect(ran.result('say').result.msg).toEqual(['none', 'none', 'none', 'none', 'none', expect.objectContaining({ before: expect.anything() }), 'none'])
  expect(ran.result('copy').changes[0]).not.toHaveProperty('diff')
})

test('an include registers what it includes, and that it was skipped', async () => {
  const say = (name: string) => `- {name: ${name}, debug: {msg: "{{ r }}"}}\n`
  using scene = new Scene({
    'site.yml': play(`- {include_tasks: more.yml, register: r, when: "1 > 2"}
${say('skipped')}- {include_tasks: more.yml, register: r}
${say('included')}- {include_tasks: more.yml, register: r, loop: [1, 2], when: item == 1}
${say('one')}- {include_role: {name: none}, register: r, loop: [1], when: item == 2}
${say('none')}`),
    'more.yml': '[]\n',
  })
  const ran = await scene.run()
  const included = { changed: false, include: 'more.yml', include_args: {} }
  const skip = { changed: false, skipped: true, skip_reason: 'Conditional result was False' }
  expect(['skipped', 'included', 'one', 'none'].map(name => ran.result(name).result.msg)).toEqual([
    { ...skip, false_condition: '1 > 2' },
    included,
    { changed: false, skipped: false, msg: 'All items completed', results: [{ ...included, item: 1, ansible_loop_var: 'item' }, { ...skip, false_condition: 'item == 1', item: 2, ansible_loop_var: 'item' }] },
    { changed: false, skipped: true, msg: 'All items skipped', results: [{ ...skip, false_condition: 'item == 2', item: 1, ansible_loop_var: 'item' }] },
  ])
})

test('a task that takes longer than its timeout says how long it had', async () => {
  using scene = new Scene({
    'site.yml': play(`- {name: long, command: sleep 20, timeout: 1, register: r, ignore_errors: true, retries: 3}
- {name: say, debug: {msg: "{{ r.timedout.period }} {{ r.msg }}"}}
- {name: nothing, debug: {msg: "{{ none_at_all }}"}}
`, '  vars: {none_at_all: null}\n'),
  })
  const ran = await scene.run()
  expect(ran.result('say').result.msg).toContain('1 Task failed: Timed out after 1 second(s). ')
  expect(ran.result('nothing').result.msg).toBe(null)
})
