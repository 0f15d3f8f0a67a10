import type { Json } from '../../../core/value.ts'
import { assignments, type Parts } from './parts.ts'

/** os-release's ID as Ansible calls the distribution. */
const names: { readonly [id: string]: string } = {
  almalinux: 'AlmaLinux', alpine: 'Alpine', amzn: 'Amazon', arch: 'Archlinux', centos: 'CentOS', debian: 'Debian', devuan: 'Devuan', fedora: 'Fedora', gentoo: 'Gentoo', kali: 'Kali',
  linuxmint: 'Linux Mint', manjaro: 'Manjaro', neon: 'KDE neon', ol: 'OracleLinux', 'opensuse-leap': 'openSUSE Leap', 'opensuse-tumbleweed': 'openSUSE Tumbleweed', parrot: 'Parrot', pop: 'Pop!_OS', raspbian: 'Debian',
  rhel: 'RedHat', rocky: 'Rocky', sled: 'SLED', sles: 'SLES', ubuntu: 'Ubuntu', uos: 'UnionTech', void: 'Void',
}

/** Families by the names in them. */
const families: { readonly [family: string]: readonly string[] } = {
  RedHat: ['AlmaLinux', 'Amazon', 'CentOS', 'Fedora', 'OracleLinux', 'RedHat', 'Rocky'],
  Debian: ['Debian', 'Devuan', 'KDE neon', 'Kali', 'Linux Mint', 'Parrot', 'Pop!_OS', 'Ubuntu', 'UnionTech'],
  Suse: ['SLED', 'SLES', 'openSUSE Leap', 'openSUSE Tumbleweed'],
  Archlinux: ['Archlinux', 'Manjaro'],
  Alpine: ['Alpine'],
  Gentoo: ['Gentoo'],
  Void: ['Void'],
}

const likes: { readonly [id: string]: string } = { rhel: 'RedHat', fedora: 'RedHat', debian: 'Debian', ubuntu: 'Debian', suse: 'Suse', arch: 'Archlinux', alpine: 'Alpine' }

export function distributionFacts(parts: Parts, system: string, kernel: string): { readonly [fact: string]: Json } {
  const release = assignments(parts.file('/etc/os-release'))
  if (release.size === 0) return { distribution: system, distribution_version: kernel, distribution_release: kernel, distribution_major_version: kernel.split('.')[0]!, os_family: system }
  const id = release.get('ID') ?? ''
  const distribution = names[id] ?? release.get('NAME')?.split(' ')[0] ?? 'NA'
  const like = (release.get('ID_LIKE') ?? '').split(' ').map(word => likes[word]).find(family => family !== undefined)
  const family = Object.keys(families).find(family => families[family]!.includes(distribution)) ?? like ?? distribution
  const version = versionOf(distribution, release, parts)
  const [major = 'NA', minor] = version.split('.')
  const minorFromFile = distribution === 'Debian' ? /^\d+\.(\d+)/.exec(parts.line('/etc/debian_version'))?.[1] : undefined
  return {
    distribution,
    distribution_version: version,
    distribution_major_version: major,
    ...((minorFromFile ?? minor) !== undefined && { distribution_minor_version: minorFromFile ?? minor }),
    distribution_release: codename(release),
    distribution_file_parsed: true,
    distribution_file_path: '/etc/os-release',
    distribution_file_variety: family === 'Suse' ? 'SUSE' : family,
    os_family: family,
  }
}

/** Alpine, Debian, and CentOS before Stream, say more in a file of their own (`module_utils/common/sys_info.py`, `get_distribution_version`). */
function versionOf(distribution: string, release: ReadonlyMap<string, string>, parts: Parts): string {
  if (distribution === 'Alpine') return parts.line('/etc/alpine-release') || (release.get('VERSION_ID') ?? 'NA')
  if (distribution === 'CentOS') return /release (\d[\d.]*)/.exec(parts.line('/etc/redhat-release'))?.[1]?.split('.').slice(0, 2).join('.') ?? release.get('VERSION_ID') ?? 'NA'
  const said = release.get('VERSION_ID') ?? ''
  return (release.get('ID') === 'debian' ? morePrecise(said, parts.line('/etc/debian_version')) : said) || 'NA'
}

/** The version with more parts: Debian's point releases, and the name of what has no number yet. */
const morePrecise = (one: string, other: string): string => (one === '' || other.split('.').length > one.split('.').length ? other : one)

/** Empty for a distribution without version, `NA` where nothing is said. */
function codename(release: ReadonlyMap<string, string>): string {
  const said = release.get('VERSION_CODENAME') ?? release.get('UBUNTU_CODENAME') ?? /\(([^)]+)\)/.exec(release.get('VERSION') ?? release.get('PRETTY_NAME') ?? '')?.[1]
  return said || 'NA'
}

/** As `lsb_release` says it: from /etc/lsb-release, which distributions of Ubuntu's family have, else from os-release. */
export function lsbFacts(parts: Parts): { readonly [fact: string]: Json } {
  const lsb = assignments(parts.file('/etc/lsb-release'))
  const release = assignments(parts.file('/etc/os-release'))
  const id = lsb.get('DISTRIB_ID') ?? names[release.get('ID') ?? '']
  if (id === undefined) return { lsb: {} }
  const version = lsb.get('DISTRIB_RELEASE') ?? release.get('VERSION_ID') ?? ''
  const description = lsb.get('DISTRIB_DESCRIPTION') ?? release.get('PRETTY_NAME') ?? ''
  return { lsb: { id, release: version, description, codename: lsb.get('DISTRIB_CODENAME') ?? codename(release), major_release: version.split('.')[0]! } }
}
