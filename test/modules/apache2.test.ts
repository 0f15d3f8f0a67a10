import { describe, expect, test } from 'vitest'
import { apache2Provision } from '../../src/modules/apache2-debian.ts'
import apache2Module from '../../src/modules/apache2_module.ts'
import apache2Site from '../../src/modules/apache2_site.ts'
import { HostFacts, Reading } from '../../src/host/store.ts'
import { withApache } from '../host/fake-apache-package.ts'
import { FakeHost } from '../host/fake-host.ts'
import { apply, expectLaws, planFor } from './fake-run.ts'
import { contextOn, given } from './observed-host.ts'

const apache = () => withApache(new FakeHost())
const enabled = (host: FakeHost) => (host.files.listing('/etc/apache2/mods-enabled') ?? []).filter(name => name.endsWith('.load')).map(name => name.slice(0, -5))

describe('apache2_module', () => {
  test('enables a module with its configuration, what it depends on, and Debian\'s mark', async () => {
    const host = apache()
    const before = enabled(host)
    const { result, changes } = await expectLaws(apache2Module, { name: 'proxy_http' }, host)
    expect(result).toMatchObject({ changed: true, result: 'Module proxy_http enabled' })
    expect(enabled(host).filter(name => !before.includes(name))).toEqual(['proxy', 'proxy_http'])
    expect(host.files.state('/etc/apache2/mods-enabled/proxy.conf')).toMatchObject({ type: 'link', target: '../mods-available/proxy.conf' })
    expect(host.text('/var/lib/apache2/module/enabled_by_admin/proxy_http')).toBe('')
    expect(changes).toMatchObject([{ subject: { kind: 'module', name: 'proxy_http' }, kind: 'create', note: 'with proxy' }])
  })

  test('is as if it had never been when it is disabled again', async () => {
    const host = apache()
    const before = host.snapshot()
    for (const name of ['ssl', 'http2', 'proxy_http']) await apply(apache2Module, { name }, host)
    expect(enabled(host)).toContain('socache_shmcb')
    for (const name of ['http2', 'ssl', 'socache_shmcb', 'proxy_http', 'proxy']) await expectLaws(apache2Module, { name, state: 'absent' }, host)
    expect(host.snapshot()).toEqual(before)
  })

  test('what the package had enabled stays disabled: it is marked so', async () => {
    const host = apache()
    await expectLaws(apache2Module, { name: 'status', state: 'absent' }, host)
    expect(host.files.listing('/var/lib/apache2/module/disabled_by_admin')).toEqual(['status'])
    expect(host.files.listing('/var/lib/apache2/module/enabled_by_maint')).not.toContain('status')
    await expectLaws(apache2Module, { name: 'status' }, host)
    expect(host.files.listing('/var/lib/apache2/module/enabled_by_admin')).toEqual(['status'])
    expect(host.files.listing('/var/lib/apache2/module/disabled_by_admin')).toEqual([])
  })

  test.each([
    ['one that is not there', { name: 'prxy' }, 'mods-available/prxy.load does not exist', 'Did you mean proxy?'],
    ['one whose identifier is guessed wrongly', { name: 'dump_io' }, 'its identifier is dumpio_module and not dump_io_module', 'Set identifier: dumpio_module'],
    ['a second MPM', { name: 'mpm_worker' }, 'mpm_worker conflicts with mpm_event', 'Disable the other one first.'],
    ['cgi under threads', { name: 'cgi' }, 'Your MPM seems to be threaded', 'Enable cgid instead.'],
    ['disabling what is essential', { name: 'autoindex', state: 'absent' }, 'essential', 'Set force: true if you mean it.'],
    ['disabling what is no file', { name: 'version', state: 'absent' }, 'it is built into Apache', ''],
    ['disabling what others need', { name: 'authn_core', state: 'absent' }, 'access_compat, auth_basic depend on it', 'or set force: true'],
  ])('refuses %s, and touches nothing', async (_, parameters, message, hint) => {
    const host = apache()
    const { result } = await expectLaws(apache2Module, parameters, host)
    expect(result).toMatchObject({ failed: true, changed: false, msg: expect.stringContaining(message), ...(hint && { hint: expect.stringContaining(hint) }) })
  })

  test.each([
    ['an identifier that fits', { name: 'dump_io', identifier: 'dumpio_module' }],
    ['essential ones with force', { name: 'autoindex', state: 'absent', force: true }],
    ['with force also what depends on it', { name: 'authz_core', state: 'absent', force: true }],
  ])('takes %s', async (_, parameters) => {
    const { result } = await expectLaws(apache2Module, parameters, apache())
    expect(result).toMatchObject({ changed: true })
  })

  test('what is enabled or disabled already is left alone, and so is what does not exist and shall not', async () => {
    const host = apache()
    for (const parameters of [{ name: 'alias' }, { name: 'rewrite', state: 'absent' }, { name: 'nothing', state: 'absent' }, { name: 'version' }])
      expect((await expectLaws(apache2Module, parameters, host)).changes).toEqual([])
  })

  test('the last MPM is disabled and the task fails, as with Ansible, unless the check is ignored', async () => {
    const host = apache()
    const plan = await planFor(apache2Module, { name: 'mpm_event', state: 'absent' }, host)
    expect(plan.result(undefined)).toMatchObject({ changed: true })
    expect(plan.result(await host.make(plan.changes))).toMatchObject({ failed: true, changed: true, msg: expect.stringContaining('AH00534') })
    expect(await apply(apache2Module, { name: 'mpm_worker', state: 'absent' }, host)).toMatchObject({ failed: true })
    expect(await apply(apache2Module, { name: 'mpm_worker' }, host)).toMatchObject({ changed: true, result: 'Module mpm_worker enabled' })
  })

  test('a change of MPM warns once a step, and not at all where that is not wanted', async () => {
    for (const warn of [true, false]) {
      const host = apache()
      const more = { ignore_configcheck: true, warn_mpm_absent: warn }
      const results = [await apply(apache2Module, { name: 'mpm_event', state: 'absent', ...more }, host), await apply(apache2Module, { name: 'mpm_prefork', ...more }, host)]
      expect(results.map(result => result.warnings?.length ?? 0)).toEqual(warn ? [1, 1] : [0, 0])
    }
  })

  test.each<[string, object, (modules: Record<string, boolean>) => boolean]>([
    ['what a module depends on comes first, through all of them', { name: 'b' }, ({ a, b, d }) => Boolean(a && b && d)],
    ['what is enabled already is not enabled again', { name: 'c' }, ({ c, d }) => Boolean(c && d)],
    ['with force all that depends on it goes too, however far', { name: 'a', state: 'absent', force: true }, ({ a, b, e }) => !a && !b && !e],
  ])('%s', async (_, parameters, holds) => {
    const host = apache()
    const heads: { readonly [name: string]: string } = { a: '# Depends: d', b: '# A module.\n# Depends:  a\n# Depends: gone', c: 'Listen 1\n# Depends: gone', d: '# depends: gone', e: '# Depends: b' }
    for (const [name, head] of Object.entries(heads)) host.file(`/etc/apache2/mods-available/${name}.load`, `${head}\nLoadModule ${name}_module /x.so\n`)
    for (const name of ['state' in parameters ? 'e' : 'd']) await apply(apache2Module, { name }, host)
    const { result } = await expectLaws(apache2Module, parameters, host)
    expect(result).toMatchObject({ changed: true })
    expect(holds(Object.fromEntries(Object.keys(heads).map(name => [name, enabled(host).includes(name)])))).toBe(true)
  })

  test('without Apache it says what to do', async () => {
    expect((await expectLaws(apache2Module, { name: 'proxy' }, new FakeHost())).result).toMatchObject({ failed: true, hint: 'Install the package apache2 first.' })
  })
})

describe('apache2_site', () => {
  const site = '/etc/apache2/sites-available/matrix.conf'

  test('enables a site and takes it away without a trace', async () => {
    const host = apache().file(site, '<VirtualHost *:80>\n</VirtualHost>\n')
    const before = host.snapshot()
    const { result, changes } = await expectLaws(apache2Site, { name: 'matrix' }, host)
    expect(result).toEqual({ changed: true, path: '/etc/apache2/sites-enabled/matrix.conf' })
    expect(changes).toMatchObject([{ subject: { kind: 'site', name: 'matrix' }, observed: { enabled: false }, desired: { enabled: true } }])
    expect(host.files.state('/etc/apache2/sites-enabled/matrix.conf').target).toBe('../sites-available/matrix.conf')
    expect(host.text('/var/lib/apache2/site/enabled_by_admin/matrix')).toBe('')
    await expectLaws(apache2Site, { name: 'matrix.conf', state: 'absent' }, host)
    expect(host.snapshot()).toEqual(before)
  })

  test('disables and enables a snippet of the package', async () => {
    const host = apache()
    await expectLaws(apache2Site, { name: 'charset', kind: 'conf', state: 'absent' }, host)
    expect(host.files.listing('/var/lib/apache2/conf/disabled_by_admin')).toEqual(['charset'])
    await expectLaws(apache2Site, { name: 'charset', kind: 'conf' }, host)
    expect(host.files.listing('/etc/apache2/conf-enabled')).toContain('charset.conf')
  })

  test.each<[string, (host: FakeHost) => unknown, object, string]>([
    ['a site that is not there', () => undefined, { name: 'matrix' }, 'Site matrix does not exist'],
    ['a name that is a path', () => undefined, { name: '../apache2' }, 'is no name of a site'],
    ['a file in the place of the link', host => host.file(site, 'x').file('/etc/apache2/sites-enabled/matrix.conf', 'y'), { name: 'matrix' }, 'is a file and no link'],
    ['to remove a file', host => host.file('/etc/apache2/sites-enabled/matrix.conf', 'y'), { name: 'matrix', state: 'absent' }, 'is a file and no link'],
    ['a link to another file', host => host.file(site, 'x').link('/etc/apache2/sites-enabled/matrix.conf', '../sites-available/default-ssl.conf'), { name: 'matrix' }, 'it is not replaced'],
    ['a site whose modules are not enabled', host => host.file(site, '# a site\n# Depends: alias proxy http2\nx'), { name: 'matrix' }, 'not enabled: proxy, http2'],
  ])('refuses %s', async (_, prepare, parameters, message) => {
    const host = apache()
    prepare(host)
    const { result } = await expectLaws(apache2Site, parameters, host)
    expect(result).toMatchObject({ failed: true, msg: expect.stringContaining(message) })
  })

  test.each([
    ['../sites-available/matrix.conf'], ['/etc/apache2/sites-available/matrix.conf'],
  ])('a link to %s is right', async target => {
    const host = apache().file(site, 'x').link('/etc/apache2/sites-enabled/matrix.conf', target)
    expect((await expectLaws(apache2Site, { name: 'matrix' }, host)).changes).toEqual([])
  })

  test('a link that leads to nothing is made anew', async () => {
    const host = apache().file(site, 'x').link('/etc/apache2/sites-enabled/matrix.conf', '../sites-available/gone.conf')
    expect((await expectLaws(apache2Site, { name: 'matrix' }, host)).changes).toHaveLength(1)
  })
})

describe('what the package brings', () => {
  test('on a bare host a dry run plans as if Apache were there', async () => {
    const facts = new HostFacts(new FakeHost())
    facts.forecast.add(
      { subject: { kind: 'package', name: 'apache2' }, kind: 'create', observed: {}, desired: {}, steps: [], undo: null, touches: 'everything', predicts: [], provides: apache2Provision() },
      'Apache is installed',
    )
    const plan = (name: string) => apache2Module.plan(given(apache2Module, { name }), contextOn({}, { facts: new Reading(facts, undefined).facts }))
    const bare = (await plan('proxy_http')).changes
    const real = (await planFor(apache2Module, { name: 'proxy_http' }, apache())).changes
    expect(bare.map(change => change.steps)).toEqual(real.map(change => change.steps))
    expect((await plan('alias')).changes).toEqual([])
    expect(await facts.get({ kind: 'file', key: '/etc/apache2/sites-enabled/matrix.conf' })).toMatchObject({ type: 'absent' })
  })
})
