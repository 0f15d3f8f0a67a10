import fc from 'fast-check'
import { expect, test } from 'vitest'
import { isUnknown } from '../../src/core/unknown.ts'
import type { Change } from '../../src/host/change.ts'
import type { Account, UnitState } from '../../src/host/fact.ts'
import apt from '../../src/modules/apt.ts'
import group from '../../src/modules/group.ts'
import type { Module } from '../../src/modules/module.ts'
import systemd from '../../src/modules/systemd.ts'
import user from '../../src/modules/user.ts'
import { aDirectory, planOn, type ObservedHost } from './observed-host.ts'

/** The host as the changes say that it will be. */
const after = (host: ObservedHost, changes: readonly Change[]): ObservedHost =>
  changes.flatMap(change => change.predicts).reduce((state, { kind, key, value }) => ({ ...state, [kind]: { ...state[kind], [key]: value } }), host)

/** What is wished for is done once: on the host as it was foreseen, nothing is left to do. */
async function isDoneOnce<P>(module: Module<P>, wish: object, host: ObservedHost) {
  const first = await planOn(module, wish, host)
  if (first.result([]).failed) return
  for (const change of first.changes) for (const { value } of change.predicts) fc.pre(!isUnknown(value))
  const second = await planOn(module, wish, after(host, first.changes))
  expect(second.changes).toEqual([])
  expect(second.result([])).toMatchObject({ changed: false })
}

const groups = ['adm', 'sudo', 'www', 'ada', 'new']
const hashes = ['$6$s$' + 'a'.repeat(86), '$6$s$' + 'b'.repeat(86), '*', '!']
const optional = <T>(values: fc.Arbitrary<T>) => fc.option(values, { nil: undefined })
const account: fc.Arbitrary<Account> = fc.record({
  name: fc.constant('ada'), uid: fc.constantFrom(1000, 7), gid: fc.constantFrom(0, 1, 2), group: fc.constant('x'), groups: fc.subarray(groups), comment: fc.constantFrom('', 'Ada'), home: fc.constantFrom('/home/ada', '/srv/ada'),
  shell: fc.constantFrom('/bin/sh', '/bin/bash'), password: fc.oneof(fc.constantFrom(...hashes), fc.constantFrom(...hashes).map(hash => `!${hash}`)), expires: fc.option(fc.constantFrom(0, 19_000)),
  passwordMinimumDays: fc.option(fc.constantFrom(0, 1)), passwordMaximumDays: fc.option(fc.constantFrom(90, 99_999)), passwordWarnDays: fc.option(fc.constantFrom(7)), passwordInactiveDays: fc.option(fc.constantFrom(0, 30)),
})

test('an account is brought into any state at once', async () => {
  const wish = fc.record(
    {
      name: fc.constantFrom('ada', 'new'), state: fc.constantFrom('present', 'absent'), uid: fc.constantFrom(1000, 7), group: fc.constantFrom(...groups), groups: fc.subarray(groups), append: fc.boolean(), comment: fc.constantFrom('', 'Ada'),
      home: fc.constantFrom('/home/ada', '/srv/ada', '/opt/x/y'), create_home: fc.boolean(), shell: fc.constantFrom('/bin/sh', '/bin/bash'), password: fc.constantFrom(...hashes), update_password: fc.constantFrom('always', 'on_create'),
      password_lock: fc.boolean(), expires: fc.constantFrom(-1, 0, 19_000 * 86_400 + 5), password_expire_max: fc.constantFrom(90), password_expire_min: fc.constantFrom(0, 1), remove: fc.boolean(), move_home: fc.constant(false),
    },
    { requiredKeys: ['name'] },
  )
  await fc.assert(
    fc.asyncProperty(wish, account, fc.subarray(['/home/ada', '/srv/ada', '/home', '/etc/skel']), async (wish, ada, directories) => {
      const host: ObservedHost = {
        account: { ada },
        group: Object.fromEntries(groups.slice(0, 4).map((name, gid) => [name, { name, gid, members: ada.groups.includes(name) ? ['ada'] : [] }])),
        followed: Object.fromEntries(directories.map(path => [path, { ...aDirectory, path }])),
      }
      await isDoneOnce(user, wish, host)
    }),
    { numRuns: 500 },
  )
})

test('a group is brought into any state at once', async () => {
  const wish = fc.record({ name: fc.constantFrom('www', 'new'), state: fc.constantFrom('present', 'absent'), gid: optional(fc.constantFrom(33, 34)) })
  await fc.assert(fc.asyncProperty(wish, wish => isDoneOnce(group, wish, { group: { www: { name: 'www', gid: 33, members: [] } } })))
})

test('a unit is brought into any state at once', async () => {
  const unit: fc.Arbitrary<UnitState> = fc.record({
    exists: fc.constant(true), active: fc.constantFrom('active', 'inactive', 'failed', 'activating', 'deactivating', 'reloading'), enabled: fc.constantFrom('enabled', 'disabled', 'static', 'masked', 'enabled-runtime', ''),
    properties: fc.constantFrom<Record<string, string>>({ LoadState: 'loaded' }, { LoadState: 'loaded', Id: 'real.service', Names: 'real.service foo.service' }),
  })
  const wish = fc.record({ state: optional(fc.constantFrom('started', 'stopped')), enabled: optional(fc.boolean()), masked: optional(fc.boolean()), force: fc.boolean() })
  await fc.assert(
    fc.asyncProperty(unit, wish, async (unit, wish) => {
      // What is masked can be neither enabled nor started: systemd refuses, and so it is no state to be brought into.
      fc.pre(!(wish.masked === true || (unit.enabled === 'masked' && wish.masked === undefined)) || (wish.enabled !== true && wish.state !== 'started'))
      await isDoneOnce(systemd, { name: 'foo', ...wish }, { unit: { 'foo.service': unit } })
    }),
    { numRuns: 500 },
  )
})

test('packages are brought into any state at once', async () => {
  const names = ['a', 'b', 'c']
  const version = fc.constantFrom('1.0', '1.1', '2.0')
  const state = fc.record({ version: fc.option(version), residual: fc.boolean(), automatic: fc.boolean() })
  const wish = fc.record({
    package: fc.array(fc.tuple(fc.constantFrom(...names), fc.constantFrom('', '=1.0', '=1.*', '>=1.1')).map(parts => parts.join('')), { minLength: 1, maxLength: 3 }),
    state: fc.constantFrom('present', 'latest', 'absent'), purge: fc.boolean(), only_upgrade: fc.boolean(),
  })
  await fc.assert(
    fc.asyncProperty(wish, fc.tuple(state, state, state), async (wish, states) => {
      // Two wishes for one package that contradict each other cannot both be fulfilled.
      fc.pre(new Set(wish.package.map(text => text[0])).size === wish.package.length)
      await isDoneOnce(apt, wish, {
        package: Object.fromEntries(names.map((name, index) => [name, states[index]!])),
        available: Object.fromEntries(names.map(name => [name, { candidate: '2.0', versions: ['2.0', '1.1', '1.0'], providers: [] }])),
      })
    }),
    { numRuns: 500 },
  )
})
