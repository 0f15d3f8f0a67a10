import type { Json } from '../../core/value.ts'
import { clockFacts } from './gathered/clock.ts'
import { distributionFacts, lsbFacts } from './gathered/distribution.ts'
import { localFacts } from './gathered/local-facts.ts'
import { machineFacts, memoryFacts, mountFacts, processorFacts } from './gathered/machine.ts'
import { dnsFacts, networkFacts } from './gathered/network.ts'
import { readParts, type Parts } from './gathered/parts.ts'
import { virtualizationFacts } from './gathered/virtualization.ts'

export { gatheredProgram } from './gathered/program.ts'

/**
 * Ansible's facts out of what `gatheredProgram` printed: names without the prefix `ansible_`, values as Ansible gives
 * them. What the host does not tell is missing; facts about Python are never there.
 */
export function parseGathered(stdout: string): Record<string, Json> {
  const parts = readParts(stdout)
  const [system = '', nodename = '', kernel = '', machine = '', kernelVersion = ''] = parts.lines('uname')
  const [bits = /64/.test(machine) ? '64' : '32'] = parts.lines('bits')
  return {
    system,
    kernel,
    kernel_version: kernelVersion,
    machine,
    architecture: machine,
    userspace_bits: bits,
    ...(/^(?:x86_64|i[3-6]86)$/.test(machine) && { userspace_architecture: bits === '64' ? 'x86_64' : 'i386' }),
    ...nameFacts(parts, nodename),
    ...distributionFacts(parts, system, kernel),
    ...lsbFacts(parts),
    ...machineFacts(parts),
    ...processorFacts(parts),
    ...memoryFacts(parts),
    ...mountFacts(parts),
    ...networkFacts(parts),
    ...dnsFacts(parts),
    ...virtualizationFacts(parts),
    ...clockFacts(parts),
    ...userFacts(parts),
    ...managerFacts(parts),
    ...securityFacts(parts),
    ...kernelFacts(parts),
    ...hostKeyFacts(parts),
    ...localFacts(parts),
    machine_id: parts.line('/etc/machine-id') || parts.line('/var/lib/dbus/machine-id'),
    is_chroot: isChroot(parts),
  }
}

function nameFacts(parts: Parts, nodename: string): Record<string, Json> {
  const [found = nodename] = parts.lines('name')
  const fqdn = found.includes('.') || !nodename.includes('.') ? found : nodename
  return { nodename, hostname: nodename.split('.')[0]!, fqdn, domain: fqdn.split('.').slice(1).join('.') }
}

function userFacts(parts: Parts): Record<string, Json> {
  const [uid = '', gid = '', name = ''] = parts.lines('id')
  const [, , , , gecos = '', directory = '', shell = ''] = (parts.lines('account')[0] ?? '').split(':')
  const numbers = { user_uid: Number(uid), user_gid: Number(gid) }
  return {
    user_id: name,
    ...numbers,
    user_gecos: gecos,
    user_dir: directory,
    user_shell: shell,
    real_user_id: numbers.user_uid,
    effective_user_id: numbers.user_uid,
    real_group_id: numbers.user_gid,
    effective_group_id: numbers.user_gid,
    env: environment(parts.text('env')),
  }
}

/** A value may go over several lines: a line that begins no variable belongs to the one before. */
function environment(text: string): Record<string, Json> {
  const variables: Record<string, string> = {}
  let last: string | undefined
  for (const line of text.replace(/\n$/, '').split('\n')) {
    const [, name, value] = /^([A-Za-z_][A-Za-z0-9_]*)=(.*)$/s.exec(line) ?? []
    if (name !== undefined) variables[(last = name)] = value!
    else if (last !== undefined) variables[last] += `\n${line}`
  }
  for (const name of Object.keys(variables)) if (name.startsWith('MP_')) delete variables[name]
  return variables
}

/** Which program installs packages and which one starts services. */
function managerFacts(parts: Parts): Record<string, Json> {
  const known: { readonly [command: string]: string } = {
    'apt-get': 'apt',
    pkg: 'pkgng',
    emerge: 'portage',
    'xbps-install': 'xbps',
  }
  const [command] = parts.lines('commands')
  const there = new Set(parts.lines('paths'))
  const first = parts.line('/proc/1/comm')
  const services =
    there.has('/run/systemd/system') || first === 'systemd'
      ? 'systemd'
      : there.has('/sbin/openrc')
        ? 'openrc'
        : there.has('/etc/init.d') && (first === 'init' || first === '')
          ? 'sysvinit'
          : first || 'service'
  return { pkg_mgr: command === undefined ? 'unknown' : (known[command] ?? command), service_mgr: services }
}

function securityFacts(parts: Parts): Record<string, Json> {
  const there = new Set(parts.lines('paths'))
  const configured = (name: string) =>
    parts
      .file('/etc/selinux/config')
      ?.map(line => new RegExp(`^${name}=(\\S+)`).exec(line)?.[1])
      .find(value => value !== undefined)
  const enforce = parts.line('/sys/fs/selinux/enforce')
  return {
    selinux:
      enforce === ''
        ? { status: 'disabled' }
        : {
            status: 'enabled',
            mode: enforce === '1' ? 'enforcing' : 'permissive',
            config_mode: configured('SELINUX') ?? 'unknown',
            type: configured('SELINUXTYPE') ?? 'unknown',
            policyvers: Number(parts.line('/sys/fs/selinux/policyvers')) || 'unknown',
          },
    apparmor: { status: there.has('/sys/kernel/security/apparmor') ? 'enabled' : 'disabled' },
    fips: parts.line('/proc/sys/crypto/fips_enabled') === '1',
  }
}

function kernelFacts(parts: Parts): Record<string, Json> {
  const words = parts
    .line('/proc/cmdline')
    .split(/\s+/)
    .filter(Boolean)
    .map(word => [word.split('=')[0]!, word.includes('=') ? word.slice(word.indexOf('=') + 1) : true] as const)
  const all: Record<string, Json> = {}
  for (const [name, value] of words) {
    const before = all[name]
    all[name] = before === undefined ? value : [...(Array.isArray(before) ? before : [before]), value]
  }
  const [one, five, fifteen] = parts.line('/proc/loadavg').split(' ').map(Number)
  return {
    cmdline: Object.fromEntries(words),
    proc_cmdline: all,
    uptime_seconds: Math.floor(Number(parts.line('/proc/uptime').split(' ')[0])) || 0,
    ...(one !== undefined &&
      !Number.isNaN(one) &&
      fifteen !== undefined && { loadavg: { '1m': one, '5m': five!, '15m': fifteen } }),
  }
}

function hostKeyFacts(parts: Parts): Record<string, Json> {
  const keys = parts.files(/^\/etc\/ssh\/ssh_host_(?:dsa|rsa|ecdsa|ed25519)_key\.pub$/)
  return Object.fromEntries(
    keys.flatMap(path => {
      const fact = `ssh_host_key_${/ssh_host_(\w+)_key/.exec(path)![1]}_public`
      const [type = '', key = ''] = parts.line(path).split(' ')
      return [
        [fact, key],
        [`${fact}_keytype`, type],
      ]
    }),
  )
}

/** Told by the numbers of the roots of this process and of the first one; only root may compare them. */
function isChroot(parts: Parts): boolean {
  const [own, first] = parts.lines('root').map(line => line.trim().split(/\s+/)[0])
  return own !== undefined && first !== undefined && own !== first
}
