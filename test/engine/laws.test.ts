import fc from 'fast-check'
import { expect, test } from 'vitest'
import { ConnectionFailure } from '../../src/connection/connection.ts'
import type { Event } from '../../src/core/event.ts'
import type { Target } from '../../src/host/target.ts'
import { FakeHost } from '../host/fake-host.ts'
import { Scene, type Ran } from './stage.ts'

const paths = ['/srv/a', '/srv/b', '/srv/d', '/srv/d/x', '/srv/d/y']
const path = fc.constantFrom(...paths)
const text = fc.constantFrom('one', 'two', 'three\nlines\nhere')
const mode = fc.constantFrom('0600', '0644', '0755')

/** Tasks whose outcome depends on what those before them did. Text is YAML's flow style. */
const task = fc.oneof(
  fc.tuple(path, mode).map(([to, bits]) => `file: {path: ${to}, state: directory, mode: "${bits}"}`),
  fc.tuple(path, text, mode).map(([to, content, bits]) => `copy: {content: ${JSON.stringify(content)}, dest: ${to}, mode: "${bits}"}`),
  fc.tuple(path, text).map(([to, line]) => `lineinfile: {path: ${to}, line: ${JSON.stringify(line.split('\n')[0])}, create: true}`),
  path.map(to => `file: {path: ${to}, state: absent}`),
  // Links to what may be missing, to themselves, to other links, and by a way that leads back.
  fc.tuple(fc.oneof(path, fc.constantFrom('d/x', 'x', '../srv/d', '../srv/d/x', 'b')), fc.oneof(path, fc.constant('/srv/l'))).map(([from, to]) => `file: {src: ${from}, path: ${to}, state: link, force: true}`),
  path.map(to => `stat: {path: ${to}}`),
)

const playbookOf = (tasks: readonly (readonly [string, boolean])[]) => `- hosts: all
  gather_facts: false
  tasks:
${tasks.map(([body, notify], index) => `    - {name: t${index}, ${body}, ignore_errors: true${notify ? ', notify: Reload' : ''}}`).join('\n')}
  handlers:
    - {name: Reload, service: {name: web, state: reloaded}}
`

const playbook = fc.array(fc.tuple(task, fc.boolean()), { minLength: 1, maxLength: 6 }).map(playbookOf)

/** What was foreseen wrongly once. */
const examples = [
  ['file: {src: d/x, path: /srv/b, state: link, force: true}', 'file: {path: /srv/d/x, state: directory, mode: "0600"}', 'file: {path: /srv/b, state: directory, mode: "0755"}'],
  ['file: {src: /srv/a, path: /srv/b, state: link, force: true}', 'copy: {content: one, dest: /srv/a}', 'lineinfile: {path: /srv/b, line: one}'],
  ['file: {path: /srv/d, state: directory, mode: "0644"}', 'file: {src: /srv/d, path: /srv/d/x, state: link}', 'file: {path: /srv/d, state: directory, mode: "0600"}', 'file: {path: /srv/d/x, state: directory, mode: "0600"}'],
  ['file: {src: /srv/d, path: /srv/b, state: link, force: true}', 'file: {src: /srv/b, path: /srv/d, state: link, force: true}', 'lineinfile: {path: /srv/b, line: one, create: true}'],
  ['file: {src: /srv/a, path: /srv/d, state: link, force: true}', 'file: {src: /srv/d, path: /srv/b, state: link, force: true}', 'file: {path: /srv/d, state: absent}', 'lineinfile: {path: /srv/b, line: one, create: true}'],
  ['lineinfile: {path: /srv/d/y, line: one, create: true}', 'file: {src: ../srv/d, path: /srv/d/y, state: link, force: true}', 'lineinfile: {path: /srv/d/y, line: one, create: true}'],
].map((tasks): [string] => [playbookOf(tasks.map(task => [task, false]))])

/** A host with some files and a service. */
function freshHost(): FakeHost {
  const host = new FakeHost()
  host.file('/srv/b', 'here before\n', { mode: 0o640 })
  host.units.set('web.service', { exists: true, active: 'active', enabled: 'enabled', properties: { Id: 'web.service', LoadState: 'loaded', ActiveState: 'active', UnitFileState: 'enabled' } })
  return host
}

const run = (scene: Scene, host: Target, more: Parameters<Scene['run']>[0] = {}) => scene.run({ inventory: ['h,'], ...more }, { targetFor: () => host })

const changesOf = (ran: Ran) =>
  ran.events.flatMap(event => (event.type === 'host-result' ? event.changes.filter(change => change.kind !== 'unknown').map(change => `${event.task} ${change.kind} ${change.subject.name} ${JSON.stringify(change.desired)}`) : []))

/** Events without what time tells. */
const timeless = (events: readonly Event[]) => JSON.parse(JSON.stringify(events, (key, value) => (['time', 'duration', 'elapsed', 'atime', 'mtime', 'ctime'].includes(key) ? undefined : value))) as unknown

/** The same plays each time, so that a red test is red again; FC_SEED=$RANDOM looks for others. */
const runs = { numRuns: 200, seed: Number(process.env.FC_SEED ?? 7) }

test('what a dry run lists is what apply does, and a dry run touches nothing', () =>
  fc.assert(
    fc.asyncProperty(playbook, async text => {
      using scene = new Scene({ 'site.yml': text })
      const host = freshHost()
      const before = host.snapshot()
      const dry = await run(scene, host, { checkMode: true })
      expect(host.snapshot()).toEqual(before)
      const real = await run(scene, host)
      const unknown = dry.events.some(event => event.type === 'host-result' && event.status === 'unknown')
      if (!unknown) expect(changesOf(dry)).toEqual(changesOf(real))
    }),
    { ...runs, examples },
  ))

test('with and without scouting the events are the same, and so is the host', () =>
  fc.assert(
    fc.asyncProperty(playbook, async text => {
      using scene = new Scene({ 'site.yml': text })
      const scouted = freshHost()
      const plain = freshHost()
      const one = await run(scene, scouted)
      const other = await run(scene, plain, { scout: false })
      expect(timeless(one.events)).toEqual(timeless(other.events))
      expect(scouted.snapshot()).toEqual(plain.snapshot())
    }),
    { ...runs, examples },
  ))

/** A host that is lost at the nth piece of work, either before it is done or when it is done and nobody hears of it. */
function cutAt(host: FakeHost, nth: number, done: boolean): Target {
  let work = 0
  return {
    read: requests => host.read(requests),
    perform: async asked => {
      if (++work < nth) return host.perform(asked)
      if (work === nth && done) await host.perform(asked)
      throw new ConnectionFailure(work === nth && done ? 'outcome-unknown' : 'not-sent', 'the connection broke')
    },
  }
}

/** What is there already: a task that asks for it changes nothing, unless something has happened before. */
const there = 'here before\n'
const content = fc.constantFrom('one', there, ...["(r | default({})).changed", 'x', 'hostvars.g.x', '(hostvars.h.r | default({})).changed', '(r.results | default([{}])).0.changed'].map(name => `{{ ${name} | default('${there}') }}`))
const copy = (to: string, what: string) => `copy: {content: ${JSON.stringify(what)}, dest: ${to}}`

/** Tasks that hang on each other by variables, loops, other hosts and roles, as well as by what they do. */
const linked = fc.oneof(
  { weight: 4, arbitrary: fc.tuple(fc.constantFrom('/srv/b', '/srv/a'), content).map(([to, what]) => copy(to, what)) },
  { weight: 2, arbitrary: task },
  fc.tuple(path, fc.constantFrom('r', 's')).map(([from, name]) => `stat: {path: ${from}}, register: ${name}`),
  content.map(what => `${copy('/srv/b', what)}, register: r`),
  fc.tuple(fc.constantFrom('x', 'y'), fc.constantFrom('one', '{{ (r | default({})).changed | default(false) }}', '{{ x | default(0) }}-')).map(([name, value]) => `set_fact: {${name}: "${value}"}`),
  fc.tuple(content, fc.constantFrom('x is defined', 'x is not defined', '(r | default({})).changed | default(true)', "ansible_play_hosts | length == 2")).map(([what, when]) => `${copy('/srv/b', what)}, when: "${when}"`),
  fc.tuple(fc.array(content, { minLength: 1, maxLength: 3 }), fc.boolean()).map(([items, kept]) => `copy: {content: "{{ item }}", dest: /srv/b}, loop: ${JSON.stringify(items)}${kept ? ', register: r' : ''}`),
  fc.tuple(content, fc.constantFrom('g', 'h')).map(([what, other]) => `${copy('/srv/b', what)}, delegate_to: ${other}`),
  content.map(what => `import_role: {name: one}, vars: {to: /srv/b, content: ${JSON.stringify(what)}}`),
  fc.constant("fail: {msg: no}, when: inventory_hostname == 'g'"), fc.constant('meta: flush_handlers'), fc.constant('meta: clear_host_errors'),
  content.map(what => `block: [{${copy('/srv/b', what)}}, {fail: {msg: no}, when: x is defined}], rescue: [{${copy('/srv/b', 'rescued')}}], always: [{${copy('/srv/b', there)}}]`),
)

const isPlain = (body: string) => !/^(block|meta|import_role)/.test(body)
const linkedPlay = fc.tuple(fc.constantFrom('', 'roles: [{role: one, to: /srv/b, content: first}, {role: one, to: /srv/a, content: second}]'), fc.array(fc.tuple(linked, fc.boolean(), fc.boolean()), { minLength: 2, maxLength: 6 })).map(([roles, tasks]) => `- hosts: all
  gather_facts: false
  ${roles}
  tasks:
${tasks.map(([body, notify, ignore], index) => `    - {name: t${index}, ${body}${ignore && isPlain(body) ? ', ignore_errors: true' : ''}${notify && isPlain(body) ? ', notify: Reload' : ''}}`).join('\n')}
  handlers:
    - {name: Reload, service: {name: web, state: reloaded}}
`)

test('with and without scouting it is the same where tasks hang on each other, and for two hosts', () =>
  fc.assert(
    fc.asyncProperty(linkedPlay, fc.boolean(), async (text, checkMode) => {
      using scene = new Scene({
        'site.yml': text, 'roles/one/tasks/main.yml': '- {name: role, copy: {content: "{{ content }}", dest: "{{ to }}"}, register: made}\n- {name: after, file: {path: "{{ to }}", mode: "0640"}, when: made is changed}\n',
      })
      const [scouted, unscouted] = [{ g: freshHost(), h: freshHost() }, { g: freshHost(), h: freshHost() }] as const
      // One after the other: what two hosts do at the same time to a third has no order.
      const both = (hosts: { readonly [name: string]: Target }, scout: boolean) => scene.run({ inventory: ['h,g,'], forks: 1, scout, checkMode }, { targetFor: name => hosts[name]! })
      for (const _round of [1, 2]) expect(timeless((await both(scouted, true)).events)).toEqual(timeless((await both(unscouted, false)).events))
      expect([scouted.g.snapshot(), scouted.h.snapshot()]).toEqual([unscouted.g.snapshot(), unscouted.h.snapshot()])
    }),
    { ...runs, numRuns: 300 },
  ), 120_000)

test('a run that is cut anywhere ends the same when it is run again, and no reload is lost', () =>
  fc.assert(
    fc.asyncProperty(
      fc.uniqueArray(fc.tuple(path, text), { minLength: 1, maxLength: 4, selector: ([to]) => to }), fc.integer({ min: 1, max: 6 }), fc.boolean(),
      async (files, nth, done) => {
        const tasks = files.map(([to, content], index) => `    - {name: t${index}, copy: {content: ${JSON.stringify(content)}, dest: ${to.replace('/srv/d/', '/srv/d-')}}, notify: Reload}`)
        using scene = new Scene({ 'site.yml': `- hosts: all\n  gather_facts: false\n  tasks:\n${tasks.join('\n')}\n  handlers:\n    - {name: Reload, service: {name: web, state: reloaded}}\n` })
        const whole = freshHost()
        await run(scene, whole)
        const host = freshHost()
        await run(scene, cutAt(host, nth, done))
        await run(scene, host)
        expect(host.snapshot()).toEqual(whole.snapshot())
        expect(host.unitLog.length).toBeGreaterThanOrEqual(Math.min(1, whole.unitLog.length))
        expect(host.owed).toEqual([])
        expect((await run(scene, host)).recap('h')).toMatchObject({ changed: 0 })
      },
    ),
    runs,
  ))
