import { execFileSync, spawnSync } from 'node:child_process'
import { mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { gatheredProgram, parseGathered } from '../../../src/shell/fact/gathered.ts'

/** What the program prints on a host, from the parts that a test cares for. */
const printed = (parts: Record<string, string>, files: Record<string, string> = {}) =>
  [
    ...Object.entries(parts),
    ['files', Object.entries(files).map(([path, text]) => text.split('\n').map(line => `${path}:${line}\n`).join('')).join('')],
  ].map(([name, text]) => `\0${name}\n${text}`).join('')

const gatheredFrom = (parts: Record<string, string>, files: Record<string, string> = {}) => parseGathered(printed(parts, files))

describe('the distribution is called as Ansible calls it', () => {
  test.each([
    ['Debian 12', { '/etc/os-release': 'PRETTY_NAME="Debian GNU/Linux 12 (bookworm)"\nNAME="Debian GNU/Linux"\nVERSION_ID="12"\nVERSION="12 (bookworm)"\nVERSION_CODENAME=bookworm\nID=debian', '/etc/debian_version': '12.11' },
      { distribution: 'Debian', distribution_version: '12.11', distribution_major_version: '12', distribution_minor_version: '11', distribution_release: 'bookworm', os_family: 'Debian', distribution_file_variety: 'Debian' }],
    ['Debian sid', { '/etc/os-release': 'PRETTY_NAME="Debian GNU/Linux trixie/sid"\nNAME="Debian GNU/Linux"\nVERSION_CODENAME=trixie\nID=debian', '/etc/debian_version': 'trixie/sid' },
      { distribution: 'Debian', distribution_version: 'trixie/sid', distribution_major_version: 'trixie/sid', distribution_release: 'trixie' }],
    ['Debian before its release', { '/etc/os-release': 'NAME="Debian GNU/Linux"\nVERSION_ID="13"\nVERSION_CODENAME=trixie\nID=debian', '/etc/debian_version': 'trixie/sid' },
      { distribution_version: '13', distribution_major_version: '13', distribution_release: 'trixie' }],
    ['Raspbian', { '/etc/os-release': 'NAME="Raspbian GNU/Linux"\nVERSION_ID="11"\nVERSION_CODENAME=bullseye\nID=raspbian\nID_LIKE=debian', '/etc/debian_version': '11.9' },
      { distribution: 'Debian', distribution_version: '11', distribution_minor_version: '9' }],
    ['Ubuntu 24.04', { '/etc/os-release': 'NAME="Ubuntu"\nVERSION_ID="24.04"\nVERSION="24.04.1 LTS (Noble Numbat)"\nVERSION_CODENAME=noble\nID=ubuntu\nID_LIKE=debian', '/etc/debian_version': 'trixie/sid' },
      { distribution: 'Ubuntu', distribution_version: '24.04', distribution_major_version: '24', distribution_minor_version: '04', distribution_release: 'noble', os_family: 'Debian' }],
    ['Rocky 9', { '/etc/os-release': 'NAME="Rocky Linux"\nVERSION="9.4 (Blue Onyx)"\nID="rocky"\nID_LIKE="rhel centos fedora"\nVERSION_ID="9.4"' },
      { distribution: 'Rocky', distribution_version: '9.4', distribution_major_version: '9', distribution_minor_version: '4', distribution_release: 'Blue Onyx', os_family: 'RedHat', distribution_file_variety: 'RedHat' }],
    ['CentOS 7', { '/etc/os-release': 'NAME="CentOS Linux"\nVERSION="7 (Core)"\nID="centos"\nID_LIKE="rhel fedora"\nVERSION_ID="7"', '/etc/redhat-release': 'CentOS Linux release 7.9.2009 (Core)' },
      { distribution: 'CentOS', distribution_version: '7.9', distribution_major_version: '7', distribution_release: 'Core', os_family: 'RedHat' }],
    ['Alpine', { '/etc/os-release': 'NAME="Alpine Linux"\nID=alpine\nVERSION_ID=3.20.3', '/etc/alpine-release': '3.20.3' },
      { distribution: 'Alpine', distribution_version: '3.20.3', distribution_major_version: '3', distribution_minor_version: '20', distribution_release: 'NA', os_family: 'Alpine' }],
    ['openSUSE', { '/etc/os-release': 'NAME="openSUSE Leap"\nVERSION="15.6"\nID="opensuse-leap"\nID_LIKE="suse opensuse"\nVERSION_ID="15.6"' },
      { distribution: 'openSUSE Leap', distribution_version: '15.6', os_family: 'Suse', distribution_file_variety: 'SUSE' }],
    ['one that nobody knows', { '/etc/os-release': `NAME='Frob "OS"'\nID=frob\nID_LIKE="ubuntu debian"\nVERSION_ID=1` }, { distribution: 'Frob', os_family: 'Debian', distribution_version: '1' }],
    ['no Linux', {}, { distribution: 'FreeBSD', distribution_version: '14.1-RELEASE', distribution_major_version: '14', os_family: 'FreeBSD' }],
  ])('%s', (name, files, wanted) => {
    const uname = name === 'no Linux' ? 'FreeBSD\nbsd\n14.1-RELEASE\namd64\nFreeBSD 14.1\n' : 'Linux\nh\n6.1.0\nx86_64\n#1 SMP\n'
    expect(gatheredFrom({ uname }, files as Record<string, string>)).toMatchObject(wanted)
  })
})

describe('names', () => {
  test.each([
    ['matrix', 'matrix.example.org', { nodename: 'matrix', hostname: 'matrix', fqdn: 'matrix.example.org', domain: 'example.org' }],
    ['matrix.example.org', '', { nodename: 'matrix.example.org', hostname: 'matrix', fqdn: 'matrix.example.org', domain: 'example.org' }],
    ['matrix', '', { nodename: 'matrix', hostname: 'matrix', fqdn: 'matrix', domain: '' }],
    ['matrix.example.org', 'localhost', { fqdn: 'matrix.example.org' }],
  ])('%s with %j', (node, name, wanted) => expect(gatheredFrom({ uname: `Linux\n${node}\n6\nx86_64\n#1\n`, name: name && `${name}\n` })).toMatchObject(wanted))
})

test('the network is told from ip, with and without broadcast, peers and second addresses', () => {
  const addresses = [
    '1: lo    inet 127.0.0.1/8 scope host lo\\       valid_lft forever preferred_lft forever',
    '1: lo    inet6 ::1/128 scope host \\       valid_lft forever preferred_lft forever',
    '2: eth0    inet 10.0.0.5/24 brd 10.0.0.255 scope global dynamic eth0\\       valid_lft 4sec preferred_lft 4sec',
    '2: eth0    inet 10.0.0.6/24 scope global secondary eth0:1\\       valid_lft forever preferred_lft forever',
    '2: eth0    inet6 2001:db8::5/64 scope global dynamic mngtmpaddr \\       valid_lft 4sec preferred_lft 4sec',
    '3: br-lab@if7    inet 172.16.0.1/12 scope global br-lab\\       valid_lft forever preferred_lft forever',
    '4: wg0    inet 10.9.0.1 peer 10.9.0.2/32 scope global wg0\\       valid_lft forever preferred_lft forever',
  ].join('\n')
  const net = (device: string, files: Record<string, string>) => Object.fromEntries(Object.entries(files).map(([file, text]) => [`/sys/class/net/${device}/${file}`, text]))
  const facts = gatheredFrom(
    {
      uname: 'Linux\nh\n6\nx86_64\n#1\n', addresses, route4: '8.8.8.8 via 10.0.0.1 dev eth0 src 10.0.0.5 uid 0 \n    cache \n', route6: '2404:6800:400a:800::1012 from :: via fe80::1 dev eth0 src 2001:db8::5 metric 1024 pref medium\n',
      bridged: '/sys/class/net/br-lab/brif/veth1\n', drivers: 'lrwxrwxrwx 1 root root 0 Nov 1 00:00 /sys/class/net/eth0/device/driver/module -> ../../../../module/virtio_net\n',
    },
    {
      ...net('lo', { address: '00:00:00:00:00:00', mtu: '65536', type: '772', operstate: 'unknown', flags: '0x9' }),
      ...net('eth0', { address: '02:fc:00:00:00:01', mtu: '1500', type: '1', operstate: 'up', flags: '0x1103', speed: '1000' }),
      ...net('br-lab', { address: '02:fc:00:00:00:02', mtu: '1500', type: '1', operstate: 'up', flags: '0x1003', 'bridge/bridge_id': '8000.0', 'bridge/stp_state': '0' }),
      ...net('dead0', { address: '02:fc:00:00:00:03', mtu: '1500', type: '1', operstate: 'down', flags: '0x1002', speed: '-1' }),
    },
  )
  expect(facts.interfaces).toEqual(['lo', 'eth0', 'br-lab', 'wg0', 'dead0'])
  expect(facts.all_ipv4_addresses).toEqual(['10.0.0.5', '10.0.0.6', '172.16.0.1', '10.9.0.1'])
  expect(facts.all_ipv6_addresses).toEqual(['2001:db8::5'])
  expect(facts.eth0).toEqual({
    device: 'eth0', active: true, mtu: 1500, macaddress: '02:fc:00:00:00:01', type: 'ether', promisc: true, speed: 1000, module: 'virtio_net',
    ipv4: { address: '10.0.0.5', broadcast: '10.0.0.255', netmask: '255.255.255.0', network: '10.0.0.0', prefix: '24' },
    ipv4_secondaries: [{ address: '10.0.0.6', broadcast: '', netmask: '255.255.255.0', network: '10.0.0.0', prefix: '24' }],
    ipv6: [{ address: '2001:db8::5', prefix: '64', scope: 'global' }],
  })
  expect(facts.lo).toMatchObject({ type: 'loopback', active: true })
  expect(facts.lo).not.toHaveProperty('macaddress')
  expect(facts.br_lab).toMatchObject({ type: 'bridge', interfaces: ['veth1'], stp: false, ipv4: { netmask: '255.240.0.0', network: '172.16.0.0' } })
  expect(facts.wg0).toMatchObject({ ipv4: { address: '10.9.0.1', prefix: '32' } })
  expect(facts.dead0).toMatchObject({ active: false })
  expect(facts.default_ipv4).toEqual({
    interface: 'eth0', address: '10.0.0.5', gateway: '10.0.0.1', broadcast: '10.0.0.255', netmask: '255.255.255.0', network: '10.0.0.0', prefix: '24', alias: 'eth0', macaddress: '02:fc:00:00:00:01', mtu: 1500, type: 'ether',
  })
  expect(facts.default_ipv6).toEqual({ interface: 'eth0', address: '2001:db8::5', gateway: 'fe80::1', prefix: '64', scope: 'global', macaddress: '02:fc:00:00:00:01', mtu: 1500, type: 'ether' })
})

test('a host without a way out has no default address', () => {
  expect(gatheredFrom({ uname: 'Linux\nh\n6\nx86_64\n#1\n', route4: '', route6: 'unreachable 2404:6800:400a:800::1012 from :: dev lo src ::1 metric 4294967295 error -101\n' })).toMatchObject({ default_ipv4: {}, default_ipv6: {} })
})

describe('processors are counted as Ansible counts them', () => {
  const one = (number: number, physical: number, core: number) =>
    `processor\t: ${number}\nvendor_id\t: GenuineIntel\nmodel name\t: Intel(R) Xeon(R)\nphysical id\t: ${physical}\nsiblings\t: 4\ncore id\t\t: ${core}\ncpu cores\t: 2\nflags\t\t: fpu hypervisor\n`
  test('two sockets with two cores and two threads each', () => {
    const cpuinfo = [0, 1, 2, 3, 4, 5, 6, 7].map(number => one(number, number >> 2, number & 1)).join('\n')
    expect(gatheredFrom({ nproc: '8\n' }, { '/proc/cpuinfo': cpuinfo })).toMatchObject({ processor_count: 2, processor_cores: 2, processor_threads_per_core: 2, processor_vcpus: 8, processor_nproc: 8 })
  })
  test('an ARM machine that says little', () => {
    expect(gatheredFrom({ nproc: '4\n' }, { '/proc/cpuinfo': [0, 1, 2, 3].map(number => `processor\t: ${number}\nBogoMIPS\t: 108.00\n`).join('\n') })).toMatchObject({
      processor: ['0', '1', '2', '3'], processor_count: 4, processor_cores: 1, processor_vcpus: 4, processor_nproc: 4,
    })
  })
})

test('memory is told in mebibytes', () => {
  expect(gatheredFrom({}, { '/proc/meminfo': 'MemTotal:        2048000 kB\nMemFree:         1024000 kB\nBuffers:           10240 kB\nCached:           102400 kB\nSwapCached:            0 kB\nSwapTotal:       1048576 kB\nSwapFree:        1048576 kB' })).toMatchObject({
    memtotal_mb: 2000, memfree_mb: 1000, swaptotal_mb: 1024, swapfree_mb: 1024,
    memory_mb: { real: { total: 2000, used: 1000, free: 1000 }, nocache: { free: 1110, used: 890 }, swap: { total: 1024, free: 1024, used: 0, cached: 0 } },
  })
})

test('file systems are told with sizes, those of servers without', () => {
  const facts = gatheredFrom(
    { space: '/|4096|4096|1000|400|50|20\n', uuids: 'total 0\nlrwxrwxrwx 1 root root 10 Nov 1 00:00 aaaa-bbbb -> ../../vda1\n' },
    { '/proc/mounts': '/dev/vda1 / ext4 rw,relatime 0 1\nproc /proc proc rw 0 0\nsrv:/x /mnt/a\\040b nfs4 rw 0 0' },
  )
  expect(facts.mounts).toEqual([
    {
      mount: '/', device: '/dev/vda1', fstype: 'ext4', options: 'rw,relatime', dump: 0, passno: 1, uuid: 'aaaa-bbbb', size_total: 4_096_000, size_available: 1_638_400, block_size: 4096, block_total: 1000,
      block_available: 400, block_used: 600, inode_total: 50, inode_available: 20, inode_used: 30,
    },
    { mount: '/mnt/a b', device: 'srv:/x', fstype: 'nfs4', options: 'rw', dump: 0, passno: 0, uuid: 'N/A' },
  ])
})

describe('what a host runs on', () => {
  test.each([
    ['KVM', { paths: '' }, { '/sys/class/dmi/id/product_name': 'KVM', '/sys/class/dmi/id/sys_vendor': 'Red Hat' }, { virtualization_type: 'kvm', virtualization_role: 'guest' }],
    ['QEMU', {}, { '/sys/class/dmi/id/sys_vendor': 'QEMU', '/sys/class/dmi/id/product_name': 'Standard PC (Q35 + ICH9, 2009)' }, { virtualization_type: 'kvm', virtualization_role: 'guest', product_name: 'Standard PC (Q35 + ICH9, 2009)' }],
    ['VMware', {}, { '/sys/class/dmi/id/product_name': 'VMware Virtual Platform' }, { virtualization_type: 'VMware' }],
    ['VirtualBox', {}, { '/sys/class/dmi/id/product_name': 'VirtualBox', '/sys/class/dmi/id/bios_vendor': 'innotek GmbH' }, { virtualization_type: 'virtualbox' }],
    ['systemd-nspawn', { container: 'container=systemd-nspawn\n' }, { '/run/systemd/container': 'systemd-nspawn' }, { virtualization_type: 'container', virtualization_role: 'guest', virtualization_tech_guest: ['container', 'systemd-nspawn'] }],
    ['Docker', { paths: '/.dockerenv\n' }, {}, { virtualization_type: 'docker', virtualization_tech_guest: ['docker', 'container'] }],
    ['a machine that makes others', { paths: '/dev/kvm\n' }, {}, { virtualization_type: 'kvm', virtualization_role: 'host', virtualization_tech_host: ['kvm'] }],
    ['nothing but itself', {}, {}, { virtualization_type: 'NA', virtualization_role: 'NA', virtualization_tech_guest: [], virtualization_tech_host: [] }],
  ])('%s', (_, parts, files, wanted) => expect(gatheredFrom(parts as Record<string, string>, files as Record<string, string>)).toMatchObject(wanted))
})

test('what else is told', () => {
  const facts = gatheredFrom(
    {
      uname: 'Linux\nh\n6.1.0-1\naarch64\n#1 SMP Debian\n', id: '1000\n1001\nada\n', account: 'ada:x:1000:1001:Ada,,,:/home/ada:/bin/bash\n', env: 'HOME=/home/ada\nMULTI=one\ntwo=\nthree\nMP_NONCE=x\n',
      clock: '2026|11|23|12|34|56|Monday|1|47|1795433696|CET|+0100\n', commands: 'apt-get\ndnf\n', paths: '/run/systemd/system\n/sys/kernel/security/apparmor\n', root: '  2 /\n 99 /proc/1/root/\n', bits: '64\n',
    },
    {
      '/etc/machine-id': 'abc', '/etc/resolv.conf': '# comment\nnameserver 9.9.9.9 # quad\nsearch a.org b.org\noptions ndots:2 rotate', '/proc/cmdline': 'BOOT=/v root=UUID=1 quiet console=a console=b', '/proc/uptime': '12.9 1.0',
      '/proc/loadavg': '0.1 0.2 0.3 1/2 3', '/sys/fs/selinux/enforce': '1', '/sys/fs/selinux/policyvers': '33', '/etc/selinux/config': 'SELINUX=enforcing\nSELINUXTYPE=targeted',
      '/etc/ssh/ssh_host_ed25519_key.pub': 'ssh-ed25519 AAAA root@h', '/sys/class/dmi/id/chassis_type': '23', '/proc/sys/crypto/fips_enabled': '1',
    },
  )
  expect(facts).toMatchObject({
    user_id: 'ada', user_uid: 1000, user_gid: 1001, user_gecos: 'Ada,,,', user_dir: '/home/ada', user_shell: '/bin/bash', machine_id: 'abc', architecture: 'aarch64', userspace_bits: '64', is_chroot: true,
    pkg_mgr: 'apt', service_mgr: 'systemd', apparmor: { status: 'enabled' }, selinux: { status: 'enabled', mode: 'enforcing', config_mode: 'enforcing', type: 'targeted', policyvers: 33 }, fips: true,
    dns: { nameservers: ['9.9.9.9'], search: ['a.org', 'b.org'], options: { ndots: '2', rotate: true } }, cmdline: { BOOT: '/v', root: 'UUID=1', quiet: true, console: 'b' }, proc_cmdline: { console: ['a', 'b'] },
    uptime_seconds: 12, loadavg: { '1m': 0.1, '5m': 0.2, '15m': 0.3 }, ssh_host_key_ed25519_public: 'AAAA', ssh_host_key_ed25519_public_keytype: 'ssh-ed25519', form_factor: 'Rack Mount Chassis', bios_date: 'NA',
    env: { HOME: '/home/ada', MULTI: 'one', two: '\nthree' },
    date_time: { date: '2026-11-23', time: '12:34:56', epoch: '1795433696', iso8601: '2026-11-23T11:34:56Z', tz: 'CET', tz_offset: '+0100', weekday_number: '1', iso8601_basic_short: '20261123T123456' },
  })
  expect(facts.env).not.toHaveProperty('MP_NONCE')
  expect(facts).not.toHaveProperty('python')
})

test('the host\'s own facts are read as JSON or INI', () => {
  const facts = gatheredFrom({ 'local a.fact': '{"x": [1]}', 'local b.fact': '[general]\nAsset = 7\n; no\n[other]\nk: v\n', 'local c.fact': 'what?', 'local d.fact': '{}', 'local-failed d.fact': '' })
  expect(facts.local).toEqual({ a: { x: [1] }, b: { general: { asset: '7' }, other: { k: 'v' } }, c: 'error loading facts as JSON or ini: c.fact', d: 'error: d.fact ended badly' })
})

test('nothing at all is no mistake', () => expect(() => parseGathered('')).not.toThrow())

const where = (program: string) => spawnSync('sh', ['-c', `command -v ${program}`], { encoding: 'utf8' }).stdout.trim()
const shells = [['sh'], ['dash'], ['bash', '--posix'], ['busybox', 'sh']].map(([program, ...more]) => [where(program!), ...more]).filter(([path]) => path !== '')

/** The facts of this machine as one of its shells tells them. */
function gatheredHere([shell, ...more]: readonly string[], env = process.env, factPath?: string) {
  const { status, stdout, stderr } = spawnSync(shell!, [...more, '-c', `( ${gatheredProgram(factPath)}\n)`], { encoding: 'utf8', env: { ...env, LC_ALL: 'C' } })
  expect(stderr).not.toMatch(/syntax|unexpected|bad substitution/i)
  expect(status).toBe(0)
  return parseGathered(stdout)
}

test.each(shells.map(shell => [shell.join(' '), shell] as const))('on this machine %s tells the truth', (_, shell) => {
  const uname = (flag: string) => execFileSync('uname', [flag], { encoding: 'utf8' }).trim()
  const facts = gatheredHere(shell)
  expect(facts).toMatchObject({
    system: uname('-s'), nodename: uname('-n'), kernel: uname('-r'), machine: uname('-m'), kernel_version: uname('-v'), user_uid: process.getuid!(), user_dir: expect.stringMatching(/^\//) as string,
  })
  expect((facts.env as Record<string, string>).PATH).toBe(process.env.PATH)
  expect(Math.abs(Number((facts.date_time as Record<string, string>).epoch) - Date.now() / 1000)).toBeLessThan(60)
  expect(facts.memtotal_mb).toBeGreaterThan(16)
  expect(facts.interfaces).toContain('lo')
  expect(facts.mounts).toContainEqual(expect.objectContaining({ mount: '/', size_total: expect.any(Number) as number }))
})

test.each(shells.map(shell => [shell.join(' '), shell] as const))('a directory of own facts is read by %s: files, and what programs print', (_, shell) => {
  const directory = mkdtempSync(join(tmpdir(), "own 'facts' "))
  try {
    writeFileSync(join(directory, 'said.fact'), '{"a": 1}')
    writeFileSync(join(directory, 'ignored.txt'), '{"a": 2}')
    writeFileSync(join(directory, 'printed.fact'), '#!/bin/sh\necho \'{"b": [2]}\'\n', { mode: 0o755 })
    expect(gatheredHere(shell, process.env, directory).local).toEqual({ said: { a: 1 }, printed: { b: [2] } })
  } finally {
    rmSync(directory, { recursive: true })
  }
})

test('BusyBox without any other tool tells the same', () => {
  const busybox = where('busybox')
  const tools = mkdtempSync(join(tmpdir(), 'applets-'))
  try {
    for (const applet of execFileSync(busybox, ['--list'], { encoding: 'utf8' }).trim().split('\n')) symlinkSync(busybox, join(tools, applet))
    const [own, theirs] = [gatheredHere(['/bin/sh']), gatheredHere([join(tools, 'sh')], { ...process.env, PATH: tools })]
    for (const fact of ['interfaces', 'all_ipv4_addresses', 'default_ipv4', 'processor', 'distribution', 'distribution_version', 'user_shell', 'machine_id', 'virtualization_type', 'memtotal_mb', 'dns'])
      expect(theirs[fact], fact).toEqual(own[fact])
    expect((theirs.mounts as object[]).length).toBe((own.mounts as object[]).length)
  } finally {
    rmSync(tools, { recursive: true })
  }
})
