import { describe, expect, test } from 'vitest'
import { isUnknown, Unknown, UnknownReached } from '../../src/core/unknown.ts'
import type { PackagesAnswer } from '../../src/host/change.ts'
import type { PackageOffer } from '../../src/host/fact.ts'
import apt from '../../src/modules/apt.ts'
import packageModule from '../../src/modules/package.ts'
import { aDirectory, aFile, bytes, contextOn, debian, given, look, planOn, resultOn, type ObservedHost } from './observed-host.ts'

const installed = (version: string, more = {}) => ({ version, residual: false, ...more })
const offer = (candidate: string | null, versions: string[] = candidate ? [candidate] : [], providers: string[] = []): PackageOffer => ({ candidate, versions, providers })
const said = (stdout: string, updated?: number): PackagesAnswer => ({ step: 'packages', stdout: bytes(stdout), stderr: bytes(''), ...(updated !== undefined && { updated }) })
const key = (...words: string[]) => JSON.stringify(words)
const simulation = (stdout: string, status = 0) => ({ status, stdout, stderr: status === 0 ? '' : stdout })

/** What a task may lead to, in short: verbs and words of its steps. */
const doneBy = async (parameters: object, host: ObservedHost = {}) => {
  const { changes } = await planOn(apt, parameters, host)
  return changes.flatMap(change => change.steps).map(step => (step.step === 'packages' ? [step.verb, ...step.names].join(' ') : step.step))
}

const host: ObservedHost = {
  package: {
    bash: installed('5.2.15-2+b8'), jq: installed('1.6-2.1'), libfoo: installed('1.0', { automatic: true }), postfix: installed('3.7'), gone: { version: null, residual: true },
    'python3-a': installed('1'),
  },
  available: {
    bash: offer('5.2.15-2+b13', ['5.2.15-2+b13', '5.2.15-2+b8']), jq: offer('1.6-2.1'), hello: offer('2.10-3', ['2.12-1', '2.10-3', '2.9-1']),
    'mail-transport-agent': offer(null, [], ['exim4', 'postfix']), 'httpd-cgi': offer(null, [], ['apache2', 'nginx']), pinned: offer(null, ['1.0']),
    'hello bookworm-backports': offer('2.12-1', ['2.12-1', '2.10-3']), libfoo: offer('1.0'),
  },
  packageNames: { 'python3-*': ['python3-a', 'python3-b'] },
  aptSimulation: { [key('-t', 'x', 'install', 'hello')]: simulation('') },
}

describe('what is installed', () => {
  test.each([
    ['a package that is there', { package: ['bash'] }, []],
    ['a package that is missing', { package: ['hello'] }, ['install hello']],
    ['both', { package: ['bash', ' hello '] }, ['install hello']],
    ['a version that is there', { package: ['bash=5.2.15-2+b8'] }, []],
    ['a version that matches', { package: ['bash=5.2.*'] }, []],
    ['another version', { package: ['bash=5.2.15-2+b13'] }, ['install bash=5.2.15-2+b13']],
    ['a version of a missing package', { package: ['hello=2.9*'] }, ['install hello=2.9-1']],
    ['at least a version, which is there', { package: ['bash>=5.1'] }, []],
    ['at least a version, which is not', { package: ['bash>=5.2.15-2+b10'] }, ['install bash=5.2.15-2+b13']],
    ['the latest, where something newer is offered', { package: ['bash'], state: 'latest' }, ['install bash']],
    ['the latest, where nothing is', { package: ['jq'], state: 'latest' }, []],
    ['only what is installed already', { package: ['hello', 'bash'], state: 'latest', only_upgrade: true }, ['install bash']],
    ['a virtual package that another provides', { package: ['mail-transport-agent'] }, []],
    ['a virtual package that nothing provides', { package: ['httpd-cgi'] }, ['install httpd-cgi']],
    ['all that match a pattern', { package: ['python3-*'] }, ['install python3-b'], { available: { ...host.available, 'python3-b': offer('1') } }],
    ['from another release', { package: ['hello'], default_release: 'bookworm-backports' }, ['install hello']],
    ['what is there for the sake of others is kept', { package: ['libfoo'] }, ['mark-manual libfoo']],
    ['the same with the latest', { package: ['libfoo'], state: 'latest' }, ['mark-manual libfoo']],
  ])('%s', async (_, parameters, steps, more: ObservedHost = {}) => expect(await doneBy(parameters, { ...host, ...more })).toEqual(steps))

  test.each([
    ['an unknown package', { package: ['nosuch'] }, `No package matching 'nosuch' is available`],
    ['an unknown version', { package: ['hello=9*'] }, 'no available installation candidate for hello=9*'],
    ['a package without a candidate', { package: ['pinned'] }, 'no available installation candidate for pinned'],
    ['a version that is too new', { package: ['hello>=3'] }, 'no available installation candidate for hello>=3'],
    ['a pattern that matches nothing', { package: ['zzz*'] }, `No package(s) matching 'zzz*' available`],
    ['a text that nobody can read', { package: ['a=b=c'] }, 'invalid package spec: a=b=c'],
    ['everything and something', { package: ['*', 'bash'], state: 'latest' }, 'unable to install additional packages when upgrading all installed packages'],
    ['a file of the network', { deb: 'https://x/y.deb' }, 'deb takes a path on the host, not a URL. Fetch https://x/y.deb with get_url first'],
    ['a file to be removed', { deb: '/x.deb', state: 'absent' }, 'deb only supports state=present'],
    ['a file that is missing', { deb: '/x.deb' }, 'Unable to install package: /x.deb is not a .deb file, or is not there'],
  ])('%s is refused', async (_, parameters, msg) => {
    const plan = await planOn(apt, parameters, host)
    expect(plan.changes).toEqual([])
    expect(plan.result([])).toMatchObject({ failed: true, changed: false, msg })
  })

  test('the plan shows versions, and what comes along', async () => {
    const stdout = 'Inst hello (2.10-3 Debian:12.15 [amd64])\nInst libhello1 (1.0 Debian:12.15 [amd64])\nRemv nothello [1.0]\nConf hello (2.10-3 Debian:12.15 [amd64])\n'
    const { changes, result } = await planOn(apt, { package: ['hello'] }, { ...host, aptSimulation: { [key('install', 'hello')]: simulation(stdout) } })
    expect(changes).toMatchObject([
      { subject: { kind: 'package', name: 'hello' }, kind: 'create', observed: { hello: null }, desired: { hello: '2.10-3' }, touches: 'everything', undo: null, note: 'along with libhello1; removes nothello' },
    ])
    expect(changes[0]!.predicts).toEqual([
      { kind: 'package', key: 'hello', value: installed('2.10-3') },
      { kind: 'package', key: 'libhello1', value: installed('1.0') },
      { kind: 'package', key: 'nothello', value: { version: null, residual: true } },
    ])
    expect(changes[0]!.spares).toContain('package')
    expect(result([{ answers: [said('done')] }])).toMatchObject({ changed: true, stdout: 'done', cache_updated: false, cache_update_time: 0 })
  })

  test('what apt-get would refuse fails before anything is touched', async () => {
    const output = 'E: Unable to correct problems, you have held broken packages.'
    const plan = await planOn(apt, { package: ['hello'] }, { ...host, aptSimulation: { [key('install', 'hello')]: simulation(output, 100) } })
    expect(plan.changes).toEqual([])
    expect(plan.result([])).toMatchObject({ failed: true, rc: 100, msg: `'apt-get install hello' failed: ${output}` })
  })

  test('options become those of apt-get, environment and policy go along', async () => {
    const { changes } = await planOn(
      apt,
      { package: ['hello'], install_recommends: false, allow_downgrade: true, allow_unauthenticated: true, autoremove: true, fail_on_autoremove: true, dpkg_options: 'force-confnew', policy_rc_d: 101, lock_timeout: 5, default_release: 'bookworm-backports' },
      host,
      { environment: { http_proxy: 'http://proxy:3128' } },
    )
    expect(changes[0]!.steps).toEqual([
      {
        step: 'packages', manager: 'apt', verb: 'install', names: ['hello'], policyRcD: 101, environment: { http_proxy: 'http://proxy:3128' },
        options: [
          '-t', 'bookworm-backports', '-o', 'APT::Install-Recommends=no', '--no-remove', '--auto-remove', '--allow-downgrades', '--allow-unauthenticated',
          '-o', 'Dpkg::Options::=--force-confnew', '-o', 'DPkg::Lock::Timeout=5',
        ],
      },
    ])
  })
})

describe('what is removed', () => {
  test.each([
    ['a package that is there', { package: ['jq'] }, ['remove jq']],
    ['a package that is not', { package: ['hello'] }, []],
    ['another version of it', { package: ['jq=2.0'] }, []],
    ['what a removal left, unless it is to be purged', { package: ['gone'] }, []],
    ['what a removal left', { package: ['gone'], purge: true }, ['remove gone']],
    ['all that match a pattern', { package: ['python3-*'] }, ['remove python3-a']],
  ])('%s', async (_, parameters, steps) => expect(await doneBy({ ...parameters, state: 'absent' }, host)).toEqual(steps))

  test('the plan shows what goes with it', async () => {
    const { changes } = await planOn(apt, { package: ['jq'], state: 'absent', purge: true }, { ...host, aptSimulation: { [key('--purge', 'remove', 'jq')]: simulation('Purg yq [3.1.0-3]\nPurg jq [1.6-2.1]\n') } })
    expect(changes).toMatchObject([{ kind: 'delete', observed: { jq: '1.6-2.1' }, desired: { jq: null }, note: 'also removes yq' }])
    expect(changes[0]!.predicts).toContainEqual({ kind: 'package', key: 'yq', value: { version: null, residual: false } })
  })
})

describe('package lists', () => {
  const now = 1_700_000_000
  const aged = (seconds: number): ObservedHost => ({ ...host, file: { '/var/lib/apt/lists': { ...aDirectory, modified: now - seconds } } })
  test.each([
    ['are not touched unasked', { package: ['bash'] }, 10, []],
    ['are updated every time', { update_cache: true }, 10, ['update']],
    ['are updated when they are old', { update_cache: true, cache_valid_time: 3600 }, 3601, ['update']],
    ['are left while they are new', { update_cache: true, cache_valid_time: 3600 }, 3599, []],
    ['are updated when an age is asked for', { cache_valid_time: 3600, package: ['bash'] }, 3601, ['update']],
    ['are updated before something is installed', { update_cache: true, package: ['hello'] }, 10, ['update', 'install hello']],
    ['and what they do not have yet may be in them then', { update_cache: true, package: ['nosuch=1.*'] }, 10, ['update', 'install nosuch=1.*']],
    ['and what is installed may be older then', { update_cache: true, package: ['jq'], state: 'latest' }, 10, ['update', 'install jq']],
  ])('%s', async (_, parameters, age, steps) => expect(await doneBy(parameters, aged(age))).toEqual(steps))

  test('the stamp of a successful update counts more than the directory', async () => {
    const files = { '/var/lib/apt/lists': { ...aDirectory, modified: now }, '/var/lib/apt/periodic/update-success-stamp': { ...aFile, modified: now - 9999 } }
    expect(await doneBy({ cache_valid_time: 3600 }, { file: files })).toEqual(['update'])
  })
  test.each([
    ['they are younger afterwards', now + 3, true],
    ['they are as old as before', now - 10, false],
  ])('it is a change where %s', async (_, updated, changed) => {
    expect(await resultOn(apt, { update_cache: true }, aged(10), [[said('', updated)]])).toMatchObject({ changed, cache_updated: changed, cache_update_time: updated })
  })
  test('a dry run takes it for a change and the lists for new', async () => {
    const plan = await planOn(apt, { update_cache: true }, aged(9999))
    expect(plan.result(undefined)).toMatchObject({ changed: true, cache_updated: true })
    expect(isUnknown(plan.result(undefined).cache_update_time)).toBe(true)
    expect(plan.changes[0]!.predicts).toMatchObject([{ kind: 'file', key: '/var/lib/apt/lists', value: { modified: now } }])
  })
  test('an upgrade after an update is changed if apt-get says so', async () => {
    const parameters = { update_cache: true, package: ['jq'], state: 'latest' }
    const nothing = 'Reading package lists...\n0 upgraded, 0 newly installed, 0 to remove and 3 not upgraded.\n'
    expect(await resultOn(apt, parameters, aged(10), [[said('', now - 10)], [said(nothing)]])).toMatchObject({ changed: false, stdout: nothing })
    expect(await resultOn(apt, parameters, aged(10), [[said('', now - 10)], [said('1 upgraded, 0 newly installed, 0 to remove')]])).toMatchObject({ changed: true })
  })
})

describe('everything that is installed', () => {
  const upgradable = 'Inst bash [5.2.15-2+b8] (5.2.15-2+b13 Debian:12.15 [amd64])\nInst new (1.0 Debian:12.15 [amd64])\n'
  test.each([
    ['yes', { upgrade: 'yes' }, key('--with-new-pkgs', 'upgrade'), 'upgrade'],
    ['safe', { upgrade: 'safe' }, key('--with-new-pkgs', 'upgrade'), 'upgrade'],
    ['dist', { upgrade: 'dist' }, key('dist-upgrade'), 'dist-upgrade'],
    ['full', { upgrade: 'full' }, key('dist-upgrade'), 'dist-upgrade'],
    ['a star', { package: ['*'], state: 'latest' }, key('--with-new-pkgs', 'upgrade'), 'upgrade'],
  ])('is upgraded by %s', async (_, parameters, asked, verb) => {
    const plan = await planOn(apt, parameters, { aptSimulation: { [asked]: simulation(upgradable) } })
    expect(plan.changes).toMatchObject([{ kind: 'update', observed: { bash: '5.2.15-2+b8', new: null }, desired: { bash: '5.2.15-2+b13', new: '1.0' }, steps: [{ verb, names: [] }] }])
    expect((await planOn(apt, parameters)).changes).toEqual([])
  })
  test.each([
    ['autoremove', { autoremove: true, purge: true }, key('--purge', 'autoremove'), 'Purg old [1.0]\n', { old: '1.0' }],
    ['autoclean', { autoclean: true }, key('autoclean'), 'Del old 1.0 [24 kB]\n', { 'old 1.0': 'kept' }],
    ['fixed', { state: 'fixed' }, key('--fix-broken', 'install'), 'Inst x (1.0 D [amd64])\n', { x: null }],
    ['build-dep', { state: 'build-dep', package: ['hello'] }, key('build-dep', 'hello'), 'Inst x (1.0 D [amd64])\n', { x: null }],
  ])('%s does what a simulation names, and nothing where it names nothing', async (_, parameters, asked, stdout, observed) => {
    expect((await planOn(apt, parameters, { aptSimulation: { [asked]: simulation(stdout) } })).changes).toMatchObject([{ observed }])
    expect((await planOn(apt, parameters)).changes).toEqual([])
  })
  test('archives are cleaned on every run', async () => expect(await doneBy({ clean: true })).toEqual(['clean']))
})

describe('a .deb file', () => {
  const file = (version: string) => ({ name: 'bash', version, architecture: 'amd64' })
  const files: ObservedHost = { ...host, debFile: { '/root/new.deb': file('5.3'), '/same.deb': file('5.2.15-2+b8'), '/old.deb': file('5.1') } }
  test.each([
    ['newer than what is installed', { deb: '~/new.deb' }, ['install /root/new.deb']],
    ['the version that is installed', { deb: '/same.deb' }, []],
    ['several', { deb: '/same.deb,/root/new.deb' }, ['install /root/new.deb']],
    ['older, where that is allowed', { deb: '/old.deb', allow_downgrade: true }, ['install /old.deb']],
  ])('%s', async (_, parameters, steps) => expect(await doneBy(parameters, files)).toEqual(steps))
  test('older is refused', async () => {
    expect(await resultOn(apt, { deb: '/old.deb' }, files)).toMatchObject({ failed: true, msg: 'A later version of bash is already installed: 5.2.15-2+b8; /old.deb has 5.1' })
  })
})

describe('in a dry run', () => {
  test('what is missing is installed though nobody can say what comes with it', async () => {
    const later = new Unknown('not yet')
    const plan = await planOn(apt, { package: ['hello'] }, { available: { hello: later }, aptSimulation: { [key('install', 'hello')]: later } })
    expect(plan.changes).toMatchObject([{ kind: 'create', predicts: [{ key: 'hello', value: { version: '' } }] }])
    expect(plan.changes[0]).not.toHaveProperty('spares')
    expect(isUnknown(plan.result(undefined).stdout)).toBe(true)
  })
  test('whether something is upgraded is unknown where the lists are', async () => {
    await expect(planOn(apt, { package: ['bash'], state: 'latest' }, { ...host, available: { bash: new Unknown('not yet') } })).rejects.toThrow(UnknownReached)
  })
})

test('a converged task needs one round trip', async () => {
  const looked = look(host)
  await apt.plan(given(apt, { package: ['bash', 'jq'], cache_valid_time: 10 }), contextOn({}, { facts: looked.facts, now: 5 }))
  expect(looked.rounds).toHaveLength(1)
})

describe('package', () => {
  test('installs through the host\'s own package manager', async () => {
    const plan = await planOn(packageModule, { name: ['hello'], state: 'present' }, host)
    expect(plan.changes).toMatchObject([{ steps: [{ step: 'packages', manager: 'apt', verb: 'install', names: ['hello'] }] }])
  })
  test.each([
    [{ name: ['x'], state: 'present' }, { platform: { '': { ...debian, packageManager: 'dnf' as const } } }, 'Packages of this host are managed by dnf, which is not supported yet; only apt is'],
    [{ name: ['x'], state: 'present' }, { platform: { '': { ...debian, packageManager: null } } }, 'No package manager was found on this host'],
    [{ name: ['x'], state: 'present', use: 'yum' }, {}, 'The package manager yum is not supported; only apt is'],
    [{ name: ['x'], state: 'installed' }, {}, 'value of state must be one of: absent, build-dep, fixed, latest, present, got: installed'],
  ])('%#: refuses what it cannot do', async (parameters, more, msg) => {
    expect(await resultOn(packageModule, parameters, { ...host, ...(more as ObservedHost) })).toMatchObject({ failed: true, msg })
  })
})

test('apt says which package manager a host has instead', async () => {
  expect(await resultOn(apt, { package: ['x'] }, { platform: { '': { ...debian, packageManager: 'apk' } } })).toMatchObject({ failed: true, msg: `apt is not this host's package manager (apk is)` })
})
