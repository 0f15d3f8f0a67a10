import { posix } from 'node:path'
import { Unknown } from '../core/unknown.ts'
import type { Prediction, Provision } from '../host/change.ts'
import type { Account, FileState, Group, UnitState } from '../host/fact.ts'
import { shippedFiles } from './apache2-files.ts'
import { loadText, shippedModules } from './apache2-modules.ts'
import { sha256 } from './file-change.ts'

/**
 * What installing Debian's package apache2 brings, so that the preview of a bare host can show what comes after it. What
 * is not among it is not in its trees. Read from an installation of 2.4.71-1~deb12u1 on Debian 12.
 */
export function apache2Provision(): Provision {
  return { facts: [...files(), ...modules(), ...users(), ...units()], trees: ['/etc/apache2', '/var/www', '/var/lib/apache2'] }
}

const unread = new Unknown('the package apache2 has not been installed yet')

const confs = ['charset', 'localized-error-pages', 'other-vhosts-access-log', 'security', 'serve-cgi-bin']
const enabled = shippedModules.filter(module => module.enabled)

const owned = (type: FileState['type'], mode: number, more: Partial<FileState> = {}): FileState => ({
  type, mode, owner: 'root', group: 'root', uid: 0, gid: 0, size: 0, inode: 0, device: 0, links: 1, modified: 0, changed: 0, ...more,
})
const logs = { group: 'adm', gid: 4 }

const directories: readonly (readonly [string, FileState])[] = [
  ['/var/log/apache2', owned('directory', 0o750, logs)],
  ['/var/cache/apache2/mod_cache_disk', owned('directory', 0o755, { owner: 'www-data', group: 'www-data', uid: 33, gid: 33 })],
  ...[
    '/etc/apache2',
    ...['conf', 'mods', 'sites'].flatMap(kind => [`/etc/apache2/${kind}-available`, `/etc/apache2/${kind}-enabled`]),
    '/var/www', '/var/www/html', '/var/cache/apache2', '/var/lib/apache2', ...['conf', 'module', 'site'].map(kind => `/var/lib/apache2/${kind}`),
    '/var/lib/apache2/conf/enabled_by_maint', '/var/lib/apache2/module/enabled_by_maint', '/var/lib/apache2/site/enabled_by_admin',
  ].map(path => [path, owned('directory', 0o755)] as const),
]

/** Links in an enabled directory, to the file of the same name in the available one. */
const links: readonly (readonly [kind: string, name: string])[] = [
  ...confs.map(name => ['conf', `${name}.conf`] as const),
  ['sites', '000-default.conf'],
  ...enabled.flatMap(({ name, configured }) => [['mods', `${name}.load`] as const, ...(configured ? [['mods', `${name}.conf`] as const] : [])]),
]

const logFiles = ['access', 'error', 'other_vhosts_access'].map(name => `/var/log/apache2/${name}.log`)

/** Who enabled what: empty files. */
const marks = [
  ...confs.map(name => `conf/enabled_by_maint/${name}`), ...enabled.map(({ name }) => `module/enabled_by_maint/${name}`), 'site/enabled_by_admin/000-default',
].map(path => `/var/lib/apache2/${path}`)

const modules = (): Prediction[] => [
  { kind: 'apacheModules', key: '', value: shippedModules.map(({ name, enabled, configured }) => ({ name, enabled, configured })) },
  { kind: 'apacheModuleFiles', key: '', value: shippedModules.map(({ name, depends, conflicts, identifiers }) => ({ name, depends, conflicts, identifiers })) },
]

function files(): Prediction[] {
  const modules = shippedModules.map(module => ({ path: `/etc/apache2/mods-available/${module.name}.load`, text: loadText(module) }))
  const available = new Map([
    ...shippedFiles.map(({ path, size, digest }) => [path, file(path, owned('file', 0o644, { size }), digest)] as const),
    ...modules.map(({ path, text }) => [path, file(path, owned('file', 0o644, { size: Buffer.byteLength(text) }), sha256(Buffer.from(text)))] as const),
  ])
  return [
    ...directories.flatMap(([path, state]) => directory(path, state)),
    ...[...available.values()].flat(),
    ...links.flatMap(([kind, name]) => link(`/etc/apache2/${kind}-enabled/${name}`, `../${kind}-available/${name}`, available)),
    ...marks.flatMap(path => file(path, owned('file', 0o644), sha256(new Uint8Array()), new Uint8Array())),
    ...logFiles.flatMap(path => file(path, owned('file', 0o640, logs), undefined)),
  ]
}

/** @param digest absent: what is in it nobody can know */
const file = (key: string, state: FileState, digest: string | undefined, content?: Uint8Array): Prediction[] => [
  { kind: 'file', key, value: state },
  { kind: 'followed', key, value: { ...state, path: key } },
  { kind: 'digest', key, value: digest ?? unread },
  { kind: 'content', key, value: content ?? unread },
]

const directory = (key: string, state: FileState): Prediction[] => [
  { kind: 'file', key, value: state },
  { kind: 'followed', key, value: { ...state, path: key } },
  { kind: 'listing', key, value: namesIn(key) },
]

function link(key: string, target: string, available: ReadonlyMap<string, readonly Prediction[]>): Prediction[] {
  const path = posix.join(posix.dirname(key), target)
  const through = (available.get(path) ?? []).filter(({ kind }) => kind !== 'file').map(prediction => ({ ...prediction, key }))
  return [{ kind: 'file', key, value: owned('link', 0o777, { target, size: target.length }) }, ...through]
}

function namesIn(directory: string): string[] {
  const paths = [
    ...directories.map(([path]) => path), ...shippedFiles.map(({ path }) => path), ...shippedModules.map(({ name }) => `/etc/apache2/mods-available/${name}.load`),
    ...links.map(([kind, name]) => `/etc/apache2/${kind}-enabled/${name}`), ...marks,
    ...logFiles,
  ]
  return paths.filter(path => posix.dirname(path) === directory).map(path => posix.basename(path)).sort()
}

/** Every Debian has them from the beginning; a system without gets them with the package. */
function users(): Prediction[] {
  const group: Group = { name: 'www-data', gid: 33, members: [] }
  const account: Account = {
    name: 'www-data', uid: 33, gid: 33, group: 'www-data', groups: [], comment: 'www-data', home: '/var/www', shell: '/usr/sbin/nologin', password: '*', expires: null,
    passwordMinimumDays: null, passwordMaximumDays: null, passwordWarnDays: null, passwordInactiveDays: null,
  }
  return [{ kind: 'account', key: 'www-data', value: account }, { kind: 'group', key: 'www-data', value: group }]
}

const units = (): Prediction[] => [
  { kind: 'unit', key: 'apache2.service', value: unit('apache2.service', 'active', 'enabled', { CanReload: 'yes' }) },
  { kind: 'unit', key: 'apache-htcacheclean.service', value: unit('apache-htcacheclean.service', 'inactive', 'disabled', {}) },
]

const unit = (Id: string, active: string, enabled: string, properties: UnitState['properties']): UnitState => ({
  exists: true, active, enabled, properties: { Id, LoadState: 'loaded', ActiveState: active, UnitFileState: enabled, ...properties },
})
