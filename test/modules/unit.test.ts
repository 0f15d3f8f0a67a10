import { describe, expect, test } from 'vitest'
import { isUnknown, Unknown, UnknownReached } from '../../src/core/unknown.ts'
import { FactFailure, type ApacheModule, type UnitState } from '../../src/host/fact.ts'
import service from '../../src/modules/service.ts'
import systemd from '../../src/modules/systemd.ts'
import { aFile, debian, look, contextOn, given, planOn, type ObservedHost } from './observed-host.ts'

const unit = (active: string, enabled: string, properties: Record<string, string> = {}): UnitState => ({
  exists: true, active, enabled, properties: { LoadState: enabled === 'masked' ? 'masked' : 'loaded', ActiveState: active, UnitFileState: enabled, ...properties },
})
const withUnit = (state: UnitState, name = 'foo.service'): ObservedHost => ({ unit: { [name]: state } })

describe('a unit is brought into a state, once', () => {
  test.each([
    ['started', { state: 'started' }, unit('inactive', 'disabled'), ['start'], { active: 'inactive' }, { active: 'active' }],
    ['started after a failure', { state: 'started' }, unit('failed', 'disabled'), ['start'], { active: 'failed' }, { active: 'active' }],
    ['stopped', { state: 'stopped' }, unit('active', 'disabled'), ['stop'], { active: 'active' }, { active: 'inactive' }],
    ['stopped while it starts', { state: 'stopped' }, unit('activating', 'disabled'), ['stop'], { active: 'activating' }, { active: 'inactive' }],
    ['enabled', { enabled: true }, unit('active', 'disabled'), ['enable'], { enabled: 'disabled' }, { enabled: 'enabled' }],
    ['enabled where it is only wanted by another', { enabled: true }, unit('active', 'indirect'), ['enable'], { enabled: 'indirect' }, { enabled: 'enabled' }],
    ['disabled', { enabled: false }, unit('active', 'enabled'), ['disable'], { enabled: 'enabled' }, { enabled: 'disabled' }],
    ['disabled until the next boot', { enabled: false }, unit('active', 'enabled-runtime'), ['disable'], { enabled: 'enabled-runtime' }, { enabled: 'disabled' }],
    ['enabled and started', { enabled: true, state: 'started' }, unit('inactive', 'disabled'), ['enable', 'start'], { enabled: 'disabled', active: 'inactive' }, { enabled: 'enabled', active: 'active' }],
    ['masked', { masked: true }, unit('active', 'enabled'), ['mask'], { masked: 'no' }, { masked: 'yes' }],
    ['unmasked, enabled and started', { masked: false, enabled: true, state: 'started' }, unit('inactive', 'masked'), ['unmask', 'enable', 'start'], { masked: 'yes', enabled: 'masked', active: 'inactive' }, { masked: 'no', enabled: 'enabled', active: 'active' }],
    ['masked and stopped', { masked: true, enabled: false, state: 'stopped' }, unit('active', 'enabled'), ['mask', 'stop'], { masked: 'no', active: 'active' }, { masked: 'yes', active: 'inactive' }],
  ])('%s', async (_, parameters, state, verbs, observed, desired) => {
    const { changes, result } = await planOn(systemd, { name: 'foo', ...parameters }, withUnit(state))
    expect(changes).toHaveLength(1)
    expect(changes[0]).toMatchObject({ kind: 'update', subject: { kind: 'unit', name: 'foo.service' }, observed, desired })
    expect(changes[0]!.steps).toEqual(verbs.map(verb => ({ step: 'unit', unit: 'foo.service', verb })))
    expect(changes[0]!.undo).toHaveLength(verbs.length)
    expect(result([]).changed).toBe(true)
  })

  test.each([
    ['started', { state: 'started' }, unit('active', 'disabled')],
    ['started while it starts', { state: 'started' }, unit('activating', 'disabled')],
    ['started while it reloads', { state: 'started' }, unit('reloading', 'disabled')],
    ['stopped', { state: 'stopped' }, unit('inactive', 'disabled')],
    ['stopped after a failure', { state: 'stopped' }, unit('failed', 'disabled')],
    ['enabled', { enabled: true }, unit('inactive', 'enabled')],
    ['enabled where it is static', { enabled: true }, unit('inactive', 'static')],
    ['disabled where it is static', { enabled: false }, unit('inactive', 'static')],
    ['disabled where systemd says nothing', { enabled: false }, unit('inactive', '')],
    ['masked', { masked: true }, unit('inactive', 'masked')],
    ['not masked', { masked: false }, unit('inactive', 'disabled')],
  ])('%s already: nothing to do', async (_, parameters, state) => {
    const { changes, result } = await planOn(systemd, { name: 'foo', ...parameters }, withUnit(state))
    expect(changes).toEqual([])
    expect(result([])).toMatchObject({ changed: false, name: 'foo', status: state.properties })
  })

  test('what would be is predicted, so that a second plan is empty', async () => {
    const wish = { name: 'foo', enabled: true, state: 'started' }
    const { changes } = await planOn(systemd, wish, withUnit(unit('inactive', 'disabled', { Names: 'foo.service bar.service' })))
    expect(changes[0]!.touches).toEqual([{ kind: 'unit', key: 'foo.service' }, { kind: 'unit', key: 'bar.service' }])
    const predicted = changes[0]!.predicts[0]!.value as UnitState
    expect(await planOn(systemd, wish, withUnit(predicted))).toMatchObject({ changes: [] })
  })

  test('nobody foresees what a oneshot unit is after it was started', async () => {
    const { changes } = await planOn(systemd, { name: 'foo', state: 'started' }, withUnit(unit('inactive', 'static', { Type: 'oneshot', RemainAfterExit: 'no' })))
    expect(isUnknown(changes[0]!.predicts[0]!.value)).toBe(true)
  })

  test('an alias is enabled by its real name', async () => {
    const { changes } = await planOn(systemd, { name: 'sshd', enabled: true }, withUnit(unit('active', 'disabled', { Id: 'ssh.service', Names: 'ssh.service sshd.service' }), 'sshd.service'))
    expect(changes[0]!.steps).toEqual([{ step: 'unit', unit: 'ssh.service', verb: 'enable' }])
  })

  test('options go along where they mean something', async () => {
    const { changes } = await planOn(systemd, { name: 'foo.timer', enabled: true, state: 'started', force: true, no_block: true }, withUnit(unit('inactive', 'disabled'), 'foo.timer'))
    expect(changes[0]!.steps).toEqual([
      { step: 'unit', unit: 'foo.timer', verb: 'enable', force: true },
      { step: 'unit', unit: 'foo.timer', verb: 'start', noBlock: true },
    ])
  })
})

describe('restarted and reloaded act on every run', () => {
  test.each([
    ['restarted', 'restart'],
    ['reloaded', 'reload'],
  ])('%s', async (state, verb) => {
    const { changes, result } = await planOn(systemd, { name: 'foo', state }, withUnit(unit('active', 'enabled')))
    expect(changes).toHaveLength(1)
    expect(changes[0]).toMatchObject({ kind: 'run', steps: [{ step: 'unit', unit: 'foo.service', verb }], undo: [{ verb }] })
    expect(result([])).toMatchObject({ changed: true, state: 'started' })
  })
  test('a stopped unit is started instead', async () => {
    const { changes } = await planOn(systemd, { name: 'foo', state: 'reloaded' }, withUnit(unit('inactive', 'enabled')))
    expect(changes).toMatchObject([{ kind: 'update', steps: [{ verb: 'start' }] }])
  })
  test('enabling is a change of its own', async () => {
    const { changes } = await planOn(systemd, { name: 'foo', state: 'restarted', enabled: true }, withUnit(unit('active', 'disabled')))
    expect(changes).toMatchObject([{ kind: 'update', steps: [{ verb: 'enable' }] }, { kind: 'run', steps: [{ verb: 'restart' }] }])
  })
})

describe('systemd itself', () => {
  test('is spoken to first, which is no change', async () => {
    const plan = await planOn(systemd, { daemon_reload: true, daemon_reexec: true })
    expect(plan.changes).toMatchObject([
      { incidental: true, steps: [{ step: 'unit', unit: '', verb: 'daemon-reload' }] },
      { incidental: true, steps: [{ step: 'unit', unit: '', verb: 'daemon-reexec' }] },
    ])
    expect(plan.result([])).toEqual({ changed: false, name: null, status: {} })
  })
  test('and then the unit', async () => {
    const plan = await planOn(systemd, { name: 'foo', daemon_reload: true, state: 'started' }, withUnit(unit('inactive', 'enabled')))
    expect(plan.changes.map(change => change.steps[0])).toMatchObject([{ verb: 'daemon-reload' }, { verb: 'start' }])
    expect((await planOn(systemd, { name: 'foo', daemon_reload: true, state: 'started' }, withUnit(unit('active', 'enabled')))).result([])).toMatchObject({ changed: false })
  })
})

describe('a unit that is not there', () => {
  test('is a failure with Ansible\'s words', async () => {
    const plan = await planOn(systemd, { name: 'foo', state: 'started' })
    expect(plan.changes).toEqual([])
    expect(plan.result([])).toMatchObject({ failed: true, changed: false, msg: 'Could not find the requested service foo: host' })
  })
  test('can be masked', async () => {
    expect((await planOn(systemd, { name: 'foo', masked: true })).changes).toMatchObject([{ steps: [{ verb: 'mask' }] }])
  })
  test('is there as soon as its file is, though systemd has not read it', async () => {
    const host: ObservedHost = { followed: { '/etc/systemd/system/foo@.service': { ...aFile, size: 10, path: '/etc/systemd/system/foo@.service' } } }
    expect((await planOn(systemd, { name: 'foo@1', state: 'started', enabled: true }, host)).changes).toMatchObject([{ steps: [{ verb: 'enable' }, { verb: 'start' }] }])
  })
  test('is there when a dry run has put its file there', async () => {
    const host: ObservedHost = { unit: { 'foo.service': new Unknown('copy has not run yet') }, followed: { '/etc/systemd/system/foo.service': new Unknown('who knows'), '/lib/systemd/system/foo.service': { ...aFile, size: 10, path: '/lib/systemd/system/foo.service' } } }
    expect((await planOn(systemd, { name: 'foo', state: 'started' }, host)).changes).toHaveLength(1)
  })
  test('is unknown when nobody can say whether it will come', async () => {
    await expect(planOn(systemd, { name: 'foo', state: 'started' }, { unit: { 'foo.service': new Unknown('apt has not run yet') } })).rejects.toThrow(UnknownReached)
  })
})

describe('what cannot be done says so', () => {
  test.each([
    [systemd, { state: 'started' }, {}, `missing parameter(s) required by 'state': name`],
    [systemd, { name: 'foo*', state: 'started' }, {}, `This module does not currently support using glob patterns, found '*' in service name: foo*`],
    [systemd, { name: 'foo', state: 'started' }, { platform: { '': { ...debian, serviceManager: 'openrc' as const } } }, 'systemd does not run on this host; OpenRC is not supported'],
    [service, { name: 'foo', use: 'runit' }, {}, 'The service manager runit is not supported, only systemd is'],
    [systemd, { name: 'foo', state: 'started' }, withUnit(unit('inactive', 'bad', { LoadState: 'bad-setting', LoadError: 'x' })), `Error loading unit file 'foo.service': x`],
  ])('%#: %s', async (module, parameters, host, msg) => {
    const plan = await planOn(module as typeof systemd, parameters, host as ObservedHost)
    expect(plan.changes).toEqual([])
    expect(plan.result([])).toMatchObject({ failed: true, msg })
  })
})

test('service takes what other service managers take, with a warning', async () => {
  const plan = await planOn(service, { name: 'foo', state: 'started', sleep: 3, arguments: '-x' }, withUnit(unit('active', 'enabled')))
  expect(plan.result([]).warnings).toEqual(['Ignoring "sleep" as it is not used in "systemd"', 'Ignoring "arguments" as it is not used in "systemd"'])
})

describe('Apache is not reloaded with a broken configuration', () => {
  const running = { 'apache2.service': unit('active', 'enabled') }
  const broken = {
    valid: false,
    output: `AH00526: Syntax error on line 12 of /etc/apache2/sites-enabled/matrix.conf:\nInvalid command 'RequestHeader', perhaps misspelled or defined by a module not included in the server configuration\n`,
  }
  const reload = { name: 'apache2', state: 'reloaded' }
  const headers: ApacheModule = { name: 'headers', enabled: false, configured: false }

  test('a valid one is read again', async () => {
    const { changes } = await planOn(service, reload, { unit: running })
    expect(changes).toMatchObject([{ kind: 'run', steps: [{ verb: 'reload' }] }])
    expect(changes[0]).not.toHaveProperty('note')
  })
  test('a broken one is not, and the failure says why and what to do', async () => {
    const plan = await planOn(service, reload, { unit: running, apacheCheck: { now: broken }, apacheModules: { '': [headers] } })
    expect(plan.changes).toEqual([])
    expect(plan.result([])).toMatchObject({ failed: true, changed: false })
    expect(plan.result([]).msg).toBe(
      [
        'apachectl configtest failed:',
        '  AH00526: Syntax error on line 12 of /etc/apache2/sites-enabled/matrix.conf:',
        `  Invalid command 'RequestHeader', perhaps misspelled or defined by a module not included in the server configuration`,
        'The module headers is not enabled. Add it to apache2_module.',
        'Apache was not reloaded: it still serves the former configuration.',
      ].join('\n'),
    )
  })
  test('one that was broken before the run is told apart', async () => {
    const plan = await planOn(systemd, { name: 'apache2.service', state: 'restarted' }, { unit: running, apacheCheck: { now: broken, start: broken } })
    expect(plan.result([]).msg).toMatch(/^Apache's configuration was already broken before this run: \/etc\/apache2\/sites-enabled\/matrix\.conf, line 12\. Repair it, then run again\.\n/)
    expect(plan.result([]).msg).toMatch(/Apache was not restarted: it still serves the former configuration\.$/)
  })
  test('it is not started with one either', async () => {
    const plan = await planOn(service, { name: 'apache2', state: 'started' }, { unit: { 'apache2.service': unit('inactive', 'enabled') }, apacheCheck: { now: broken } })
    expect(plan.result([]).msg).toMatch(/Apache was not started\.$/)
  })
  test('stopping asks nobody', async () => {
    expect((await planOn(service, { name: 'apache2', state: 'stopped' }, { unit: running, apacheCheck: { now: broken } })).changes).toHaveLength(1)
  })
  test('in a dry run the check comes at apply', async () => {
    const { changes } = await planOn(service, reload, { unit: running, apacheCheck: { now: new Unknown('template has not run yet') } })
    expect(changes).toMatchObject([{ kind: 'run', note: 'validated at apply' }])
  })
  test('a check that cannot be run does not stop it', async () => {
    const { changes } = await planOn(service, reload, { unit: running, apacheCheck: { now: new FactFailure({ kind: 'apacheCheck', key: 'now' }, 'apachectl is missing') } })
    expect(changes).toMatchObject([{ kind: 'run', note: 'not validated: apachectl is missing' }])
  })
})

test('all that a converged unit needs is read at once', async () => {
  const looked = look(withUnit(unit('active', 'enabled')))
  await systemd.plan(given(systemd, { name: 'foo', state: 'started', enabled: true }), contextOn({}, { facts: looked.facts }))
  expect(looked.rounds).toEqual([['platform:', 'unit:foo.service']])
})

test('the check of Apache\'s configuration comes along with the unit', async () => {
  const looked = look(withUnit(unit('active', 'enabled'), 'apache2.service'))
  await systemd.plan(given(systemd, { name: 'apache2', state: 'reloaded' }), contextOn({}, { facts: looked.facts }))
  expect(looked.rounds[0]).toEqual(['platform:', 'unit:apache2.service', 'apacheCheck:now', 'apacheCheck:start'])
})
