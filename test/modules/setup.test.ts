import { describe, expect, test } from 'vitest'
import setup from '../../src/modules/setup.ts'
import { resultOn, type ObservedHost } from './observed-host.ts'

const host: ObservedHost = {
  gathered: {
    '': {
      distribution: 'Debian', distribution_version: '12', os_family: 'Debian', hostname: 'lab1', kernel: '6', interfaces: ['lo', 'br-lab'], lo: {}, br_lab: {}, default_ipv4: {}, memtotal_mb: 1, processor: [],
      virtualization_type: 'kvm', is_chroot: false, pkg_mgr: 'apt', env: {}, user_id: 'root', product_name: 'x', local: {},
    },
  },
}
const names = async (parameters: object) => Object.keys((await resultOn(setup, parameters, host)).ansible_facts!).filter(name => name.startsWith('ansible_')).map(name => name.slice(8)).sort()

const minimal = ['distribution', 'distribution_version', 'env', 'hostname', 'kernel', 'local', 'os_family', 'pkg_mgr', 'user_id']
const everything = Object.keys(host.gathered![''] as object).sort()

describe('which facts are told', () => {
  test.each([
    [{}, everything],
    [{ gather_subset: ['all'] }, everything],
    [{ gather_subset: ['min'] }, minimal],
    [{ gather_subset: ['!all'] }, minimal],
    [{ gather_subset: ['!all', '!min'] }, []],
    [{ gather_subset: ['!all', '!min', 'distribution'] }, ['distribution', 'distribution_version', 'os_family']],
    [{ gather_subset: ['!all', 'network'] }, [...minimal, 'br_lab', 'default_ipv4', 'interfaces', 'lo'].sort()],
    [{ gather_subset: ['!hardware', '!virtual'] }, everything.filter(name => !['memtotal_mb', 'processor', 'product_name', 'virtualization_type'].includes(name))],
    [{ gather_subset: ['!min', 'pkg_mgr'] }, ['pkg_mgr']],
    [{ gather_subset: ['interfaces', '!min'] }, ['br_lab', 'default_ipv4', 'interfaces', 'lo']],
    [{ gather_subset: ['facter'] }, minimal],
    [{ filter: ['distribution*'] }, ['distribution', 'distribution_version']],
    [{ filter: ['ansible_kernel', 'os_*'] }, ['kernel', 'os_family']],
    [{ filter: ['nosuch'] }, []],
  ])('%j', async (parameters, wanted) => expect(await names(parameters)).toEqual(wanted))
})

test('the result is Ansible\'s', async () => {
  expect(await resultOn(setup, { gather_subset: ['!all', '!min', 'pkg_mgr'] }, host)).toEqual({
    changed: false, ansible_facts: { ansible_pkg_mgr: 'apt', gather_subset: ['!all', '!min', 'pkg_mgr'], module_setup: true },
  })
})

test('the host\'s own facts are in a directory that can be named', async () => {
  const other: ObservedHost = { gathered: { ...host.gathered, '/srv/facts': { local: { mine: 1 } } } }
  expect((await resultOn(setup, { fact_path: '/srv/facts/' }, other)).ansible_facts).toMatchObject({ ansible_local: { mine: 1 } })
})

test('a subset that does not exist is refused', async () => {
  expect(await resultOn(setup, { gather_subset: ['netwrok'] }, host)).toMatchObject({ failed: true, msg: expect.stringMatching(/^Bad subset 'netwrok' given to Ansible\. gather_subset options allowed: all, /) as string })
})
