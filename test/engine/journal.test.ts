import { describe, expect, test } from 'vitest'
import { ConnectionFailure, type FailureKind } from '../../src/connection/connection.ts'
import { FactFailure } from '../../src/host/fact.ts'
import type { Target, Work } from '../../src/host/target.ts'
import { FakeHost } from '../host/fake-host.ts'
import { Scene } from './stage.ts'

const playbook = (conf: string) => `- hosts: all
  gather_facts: false
  tasks:
    - {name: Conf, copy: {content: ${conf}, dest: /etc/conf}, notify: Reload${conf === 'decided' ? ', changed_when: true' : ''}}
    - {name: After, copy: {content: x, dest: /etc/after}}
  handlers:
    - {name: Reload, service: {name: web, state: reloaded}}
`

function webHost(): FakeHost {
  const host = new FakeHost()
  host.units.set('web.service', { exists: true, active: 'active', enabled: 'enabled', properties: { Id: 'web.service', LoadState: 'loaded', ActiveState: 'active', UnitFileState: 'enabled' } })
  return host
}

const reloads = (host: FakeHost) => host.unitLog.filter(line => line === 'reload web.service').length
const owed = (host: FakeHost) => host.owed
const onlyNotes = (work: Work) => work.changes.length === 0 && work.journal !== undefined

describe('what is notified is written down on the host', () => {
  test.each<FailureKind>(['become', 'deadline', 'outcome-unknown', 'not-sent'])('a journal that cannot be read (%s) does not end the run: the tasks tell', async kind => {
    using scene = new Scene({ 'site.yml': playbook('one') })
    const target: Target = { read: () => Promise.reject(new ConnectionFailure(kind, 'no way')), perform: () => Promise.reject(new ConnectionFailure(kind, 'no way')) }
    const ran = await scene.run({ inventory: ['h,'] }, { targetFor: () => target })
    expect(ran.exit).toBe(kind === 'become' || kind === 'deadline' ? 2 : 4)
    expect(ran.result('Conf').result.msg).toBe('no way')
  })

  test('one that the host will not show does not either', async () => {
    using scene = new Scene({ 'site.yml': playbook('one') })
    const host = webHost()
    const target: Target = {
      read: async requests => (await host.read(requests)).map((observation, index) => (requests[index]!.kind === 'pending' ? { value: new FactFailure(requests[index]!, 'it hangs'), fingerprint: '' } : observation)),
      perform: work => host.perform(work),
    }
    expect((await scene.run({ inventory: ['h,'] }, { targetFor: () => target })).exit).toBe(0)
    expect(reloads(host)).toBe(1)
  })

  test.each(['broken', 'full'])('a note that cannot be written (%s) is a warning that says what is lost', async how => {
    using scene = new Scene({ 'site.yml': playbook('decided') })
    const host = webHost()
    const target: Target = {
      read: requests => host.read(requests),
      perform: async work => {
        if (!onlyNotes(work)) return host.perform(work)
        if (how === 'broken') throw new ConnectionFailure('deadline', 'h: no answer within 60 s')
        return { result: 'failed', change: 0, outcomes: [], message: 'No space left on device', status: 1, stdout: '', stderr: '', reread: [] }
      },
    }
    const ran = await scene.run({ inventory: ['h,'] }, { targetFor: () => target })
    expect(ran.exit).toBe(0)
    const warnings = ran.events.flatMap(event => (event.type === 'warning' ? [event] : []))
    expect(warnings).toMatchObject([
      { host: 'h', message: expect.stringMatching(/^handler Reload could not be written down on the host \((h: no answer|No space).*\): a run that is cut now loses it$/) },
      { host: 'h', message: expect.stringMatching(/^handler Reload has run and could not be crossed out on the host \(.*\): the next run runs it again$/) },
    ])
    expect(reloads(host)).toBe(1)
  })
})

describe('Ctrl-C', () => {
  test('while a handler runs: it is crossed out where it has run, and waits where it has not', async () => {
    using scene = new Scene({ 'site.yml': playbook('one') })
    const hosts = new Map([['one', webHost()], ['two', webHost()]])
    const stop = new AbortController()
    const stopping = (host: FakeHost): Target => ({
      read: requests => host.read(requests),
      perform: work => {
        if (work.changes.some(change => change.subject.kind === 'unit')) stop.abort()
        return host.perform(work)
      },
    })
    const run = (signal: AbortSignal) => scene.run({ inventory: ['one,two'], forks: 1, signal }, { targetFor: name => stopping(hosts.get(name)!) })
    expect((await run(stop.signal)).exit).toBe(130)
    expect([...hosts.values()].map(reloads)).toEqual([1, 0])
    expect([...hosts.values()].map(owed)).toEqual([[], ['Reload']])

    expect((await run(new AbortController().signal)).exit).toBe(0)
    expect([...hosts.values()].map(reloads)).toEqual([1, 1])
    expect([...hosts.values()].map(owed)).toEqual([[], []])
  })

  test('before any handler: all of them wait, and no host counts as failed, not even under any_errors_fatal', async () => {
    using scene = new Scene({ 'site.yml': playbook('one').replace('gather_facts: false', 'gather_facts: false\n  any_errors_fatal: true') })
    const hosts = new Map([['one', webHost()], ['two', webHost()]])
    const stop = new AbortController()
    const stopping = (host: FakeHost): Target => ({
      read: requests => host.read(requests),
      perform: work => {
        stop.abort()
        return host.perform(work)
      },
    })
    const ran = await scene.run({ inventory: ['one,two'], forks: 1, signal: stop.signal }, { targetFor: name => stopping(hosts.get(name)!) })
    expect(ran.exit).toBe(130)
    expect(ran.story).toEqual(['Conf: changed'])
    expect([...hosts.values()].map(owed)).toEqual([['Reload'], []])
    expect(['one', 'two'].map(name => ran.recap(name).failed)).toEqual([0, 0])
  })
})

describe('whoever comes next finds it', () => {
  const rights = (play: string, task: string, extra = '') => `- hosts: all
  gather_facts: false
${play}  tasks:
    - {name: Conf, copy: {content: x, dest: /etc/conf}, notify: Reload${task}}
    - {name: Trouble, fail: {msg: stop}, when: trouble | bool}
  handlers:
    - {name: Reload, service: {name: web, state: reloaded}, become: true}${extra}
`
  const run = (scene: Scene, host: Target, trouble: boolean, more: Parameters<Scene['run']>[0] = {}) => scene.run({ inventory: ['h,'], extraVars: [`trouble=${trouble}`], ...more }, { targetFor: () => host })

  test.each([
    ['the task has the rights of root and the play has none', '', ', become: true'],
    ['the task becomes somebody else than the play', '  become: true\n', ', become_user: web'],
    ['the task gives the rights of the play up', '  become: true\n', ', become: false'],
  ])('also when %s', async (_, play, task) => {
    using scene = new Scene({ 'site.yml': rights(play, task) })
    const host = new FakeHost({ user: 'deploy' })
    for (const [name, unit] of webHost().units) host.units.set(name, unit)
    host.accounts.users.set('web', { ...host.accounts.users.get('root')!, name: 'web' })
    host.directory('/etc', { mode: 0o777 })
    expect((await run(scene, host, true)).exit).toBe(2)
    expect([reloads(host), owed(host)]).toEqual([0, ['Reload']])
    expect((await run(scene, host, false)).story).toEqual(['Conf: ok', 'Trouble: skipped', 'Reload: changed'])
    expect([reloads(host), owed(host)]).toEqual([1, []])
  })

  test('of a task that is delegated it is the host of the task that owes the handler', async () => {
    using scene = new Scene({ 'site.yml': rights('', ', delegate_to: other') })
    const hosts = new Map([['h', webHost()], ['other', webHost()]])
    const both = (trouble: boolean) => scene.run({ inventory: ['h,'], extraVars: [`trouble=${trouble}`] }, { targetFor: name => hosts.get(name)! })
    expect((await both(true)).exit).toBe(2)
    expect([...hosts.values()].map(owed)).toEqual([['Reload'], []])
    expect((await both(false)).exit).toBe(0)
    expect([...hosts.values()].map(reloads)).toEqual([1, 0])
  })

  test('a change that finds nothing to do writes nothing down', async () => {
    using scene = new Scene({ 'site.yml': rights('', ', become: true') })
    const host = webHost()
    host.file('/etc/conf', 'x', { mode: 0o644 })
    expect((await run(scene, host, true)).exit).toBe(2)
    expect(owed(host)).toEqual([])
  })

  test('a handler that has another name by then is told of once', async () => {
    const host = webHost()
    using before = new Scene({ 'site.yml': rights('', '') })
    expect((await run(before, host, true)).exit).toBe(2)
    using after = new Scene({ 'site.yml': rights('', '').replaceAll('Reload', 'Reload web') })
    const warnings = async (checkMode: boolean) => (await run(after, host, false, { checkMode })).events.flatMap(event => (event.type === 'warning' ? [event.message] : []))
    const told = "an earlier run still owed this host the handler Reload, and 'site.yml all' has none of that name any more: it was not run"
    expect([await warnings(true), await warnings(false), await warnings(false)]).toEqual([[told], [told], []])
    expect(owed(host)).toEqual([])
  })

  describe('a play that ends on purpose', () => {
    const ending = (end: string, more = '') => playbook('one').replace('    - {name: After,', `    - {name: Trouble, fail: {msg: stop}, when: trouble | bool}\n    - {meta: ${end}, when: "not (goes_on | default(false) | bool)"}\n    - {name: After,`) + more
    const owes = async (scene: Scene, host: FakeHost, trouble: boolean, goesOn = false) => {
      await run(scene, host, trouble, { extraVars: [`trouble=${trouble}`, `goes_on=${goesOn}`] })
      return [reloads(host), owed(host)]
    }

    test.each(['end_play', 'end_host', 'end_batch'])('by %s owes its handlers no more', async end => {
      using scene = new Scene({ 'site.yml': ending(end) })
      expect(await owes(scene, webHost(), false)).toEqual([0, []])
    })

    test('within a handler owes those behind it no more', async () => {
      using scene = new Scene({ 'site.yml': ending('noop').replace('handlers:\n', 'handlers:\n    - {name: End, listen: Reload, meta: end_play}\n') })
      expect(await owes(scene, webHost(), false)).toEqual([0, []])
    })

    test('still owes what a run that was cut has left behind', async () => {
      using scene = new Scene({ 'site.yml': ending('end_play') })
      const host = webHost()
      expect(await owes(scene, host, true)).toEqual([0, ['Reload']])
      expect(await owes(scene, host, false)).toEqual([0, ['Reload']])
      expect(await owes(scene, host, false, true)).toEqual([1, []])
    })

    test('owes them where the host had failed before, and where it failed and was taken back', async () => {
      using scene = new Scene({ 'site.yml': ending('clear_host_errors') })
      expect(await owes(scene, webHost(), true)).toEqual([0, ['Reload']])
      using both = new Scene({ 'site.yml': ending('end_play').replace('trouble | bool', "inventory_hostname == 'h'") })
      const hosts = new Map([['h', webHost()], ['other', webHost()]])
      await both.run({ inventory: ['h,other,'] }, { targetFor: name => hosts.get(name)! })
      expect([...hosts.values()].map(owed)).toEqual([['Reload'], []])
    })
  })

  test('a play that has another name by then is told of what another one owes', async () => {
    const host = webHost()
    using before = new Scene({ 'site.yml': rights('', '') })
    expect((await run(before, host, true)).exit).toBe(2)
    using after = new Scene({ 'site.yml': rights('', '').replace('- hosts', '- name: Web\n  hosts') })
    const ran = await run(after, host, false)
    expect(ran.events.flatMap(event => (event.type === 'warning' ? [event.message] : []))).toEqual([expect.stringMatching(/^an earlier run of 'site.yml all' still owes this host the handler Reload, and no play of this run is called so/)])
    expect(owed(host)).toEqual(['Reload'])
  })

  test('names may be as long and as odd as they like', async () => {
    const name = `${'Überaus / langer * Name '.repeat(20)}`.trim()
    using scene = new Scene({ 'site.yml': rights('', '').replaceAll('Reload', name).replaceAll('- hosts', `- name: ${name}\n  hosts`) })
    const host = webHost()
    await run(scene, host, true)
    expect(owed(host).every(note => encodeURIComponent(note).length <= 200)).toBe(true)
    await run(scene, host, false)
    expect([reloads(host), owed(host)]).toEqual([1, []])
  })
})
