import type { Json } from '../core/value.ts'

type Facts = { readonly [fact: string]: Json }

/** Which facts a subset of `setup` stands for: names, or a rule where they hang on the host. */
type Members = readonly string[] | ((fact: string, facts: Facts) => boolean)

const starts = (...prefixes: readonly string[]): Members => fact => prefixes.some(prefix => fact.startsWith(prefix))

/** Always gathered, unless `!min` is asked for. */
const minimal: { readonly [subset: string]: Members } = {
  apparmor: ['apparmor'],
  cmdline: ['cmdline', 'proc_cmdline'],
  date_time: ['date_time'],
  distribution: fact => fact.startsWith('distribution') || fact === 'os_family',
  dns: ['dns'],
  env: ['env'],
  fips: ['fips'],
  local: ['local'],
  lsb: ['lsb'],
  pkg_mgr: ['pkg_mgr'],
  platform: ['system', 'kernel', 'kernel_version', 'machine', 'architecture', 'userspace_bits', 'userspace_architecture', 'nodename', 'hostname', 'fqdn', 'domain', 'machine_id'],
  selinux: ['selinux'],
  service_mgr: ['service_mgr'],
  ssh_pub_keys: starts('ssh_host_key_'),
  user: starts('user_', 'real_', 'effective_'),
}

const further: { readonly [subset: string]: Members } = {
  chroot: ['is_chroot'],
  hardware: starts('processor', 'mem', 'swap', 'mounts', 'uptime', 'bios_', 'board_', 'chassis_', 'form_factor', 'product_', 'system_vendor'),
  loadavg: ['loadavg'],
  network: (fact, facts) =>
    ['interfaces', 'all_ipv4_addresses', 'all_ipv6_addresses', 'default_ipv4', 'default_ipv6'].includes(fact) ||
    (Array.isArray(facts.interfaces) && facts.interfaces.some(name => String(name).replaceAll('-', '_') === fact)),
  virtual: starts('virtualization_'),
}

/** Subsets of Ansible's that this program has nothing for, and other names for those that it has. */
const empty = ['caps', 'python', 'facter', 'ohai', 'fibre_channel_wwn', 'iscsi', 'nvme', 'devices', 'lvm']
const aliases: { readonly [name: string]: string } = {
  processor: 'hardware', processor_cores: 'hardware', processor_count: 'hardware', memory: 'hardware', mounts: 'hardware', dmi: 'hardware', interfaces: 'network', default_ipv4: 'network',
  default_ipv6: 'network', all_ipv4_addresses: 'network', all_ipv6_addresses: 'network', virtualization_type: 'virtual', virtualization_role: 'virtual', distribution_release: 'distribution',
  distribution_version: 'distribution', distribution_major_version: 'distribution', os_family: 'distribution', system: 'platform', kernel: 'platform', kernel_version: 'platform', machine: 'platform',
  machine_id: 'platform', architecture: 'platform', is_chroot: 'chroot', user_id: 'user', user_uid: 'user', user_gid: 'user', user_dir: 'user', user_shell: 'user', user_gecos: 'user',
}

const all: { readonly [subset: string]: Members } = { ...minimal, ...further }

export class UnknownSubset extends Error {}

/**
 * The facts of the subsets that `gather_subset` names: `all`, `min`, `network`, `!hardware`, ….
 *
 * @throws UnknownSubset with Ansible's words
 */
export function factsOf(subsets: readonly string[], facts: Facts): Facts {
  const wanted = wantedSubsets(subsets)
  const belongs = (fact: string) =>
    [...wanted].some(subset => {
      const members = all[subset]
      return typeof members === 'function' ? members(fact, facts) : members?.includes(fact)
    })
  return Object.fromEntries(Object.entries(facts).filter(([fact]) => belongs(fact)))
}

function wantedSubsets(subsets: readonly string[]): ReadonlySet<string> {
  const added = new Set<string>()
  const named = new Set<string>()
  const excluded = new Set<string>()
  for (const text of ['min', ...subsets.map(subset => subset.trim()).filter(Boolean)]) {
    const negated = text.startsWith('!')
    const subset = negated ? text.slice(1) : text
    const known = aliases[subset] ?? subset
    const group = subset === 'min' ? minimal : subset === 'all' ? (negated ? further : all) : undefined
    if (!group && !(known in all) && !empty.includes(known)) throw new UnknownSubset(`Bad subset '${subset}' given to Ansible. gather_subset options allowed: all, ${Object.keys(all).sort().join(', ')}`)
    const members = group ? Object.keys(group) : [known]
    if (negated) members.forEach(member => excluded.add(member))
    else {
      members.forEach(member => added.add(member))
      if (!group) named.add(known)
    }
  }
  const onlyExcludes = subsets.every(subset => subset.trim().startsWith('!') || subset.trim() === '')
  if (onlyExcludes) Object.keys(all).forEach(member => added.add(member))
  for (const member of excluded) if (!named.has(member)) added.delete(member)
  return added
}
