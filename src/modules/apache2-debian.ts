import { posix } from 'node:path'
import type { Prediction, Provision } from '../host/change.ts'
import type { FileState } from '../host/fact.ts'
import { Unknown } from '../core/unknown.ts'
import { shippedModules } from './apache2-modules.ts'

/** Root's, as everything that the package brings. */
export const rootOwned = (type: FileState['type'], mode: number, more: Partial<FileState> = {}): FileState => ({
  type, mode, owner: 'root', group: 'root', uid: 0, gid: 0, size: 0, inode: 0, device: 0, links: 1, modified: 0, changed: 0, ...more,
})

const directories = [
  '/etc/apache2', ...['conf', 'mods', 'sites'].flatMap(kind => [`/etc/apache2/${kind}-available`, `/etc/apache2/${kind}-enabled`]), '/var/www', '/var/www/html', '/var/log/apache2',
]

const confs = ['charset', 'localized-error-pages', 'other-vhosts-access-log', 'security', 'serve-cgi-bin']

const files = [
  ...['apache2.conf', 'envvars', 'magic', 'ports.conf'].map(name => `/etc/apache2/${name}`),
  ...confs.map(name => `/etc/apache2/conf-available/${name}.conf`),
  ...['000-default', 'default-ssl'].map(name => `/etc/apache2/sites-available/${name}.conf`),
  ...shippedModules.flatMap(module => [`/etc/apache2/mods-available/${module.name}.load`, ...(module.configured ? [`/etc/apache2/mods-available/${module.name}.conf`] : [])]),
  '/var/www/html/index.html',
]

/** Links in an enabled directory, to the file of the same name in the available one. */
const links = [
  ...confs.map(name => ['conf', `${name}.conf`] as const),
  ['sites', '000-default.conf'] as const,
  ...shippedModules.filter(module => module.enabled).flatMap(module => [['mods', `${module.name}.load`] as const, ...(module.configured ? [['mods', `${module.name}.conf`] as const] : [])]),
]

/**
 * What installing Debian's package apache2 brings, so that the preview of a bare host can show what comes after it. What
 * is not among it is not in these directories.
 */
export function apache2Provision(): Provision {
  const unread = new Unknown('the package apache2 has not been installed yet')
  const facts: Prediction[] = []
  for (const key of directories) {
    const state = rootOwned('directory', key === '/var/log/apache2' ? 0o750 : 0o755)
    facts.push({ kind: 'file', key, value: state }, { kind: 'followed', key, value: { ...state, path: key } }, { kind: 'listing', key, value: namesIn(key) })
  }
  for (const key of files) {
    const state = rootOwned('file', 0o644)
    facts.push({ kind: 'file', key, value: state }, { kind: 'followed', key, value: { ...state, path: key } }, { kind: 'digest', key, value: unread }, { kind: 'content', key, value: unread })
  }
  for (const [kind, name] of links) {
    const key = `/etc/apache2/${kind}-enabled/${name}`
    const leadsTo = `/etc/apache2/${kind}-available/${name}`
    facts.push(
      { kind: 'file', key, value: rootOwned('link', 0o777, { target: `../${kind}-available/${name}` }) },
      { kind: 'followed', key, value: { ...rootOwned('file', 0o644), path: leadsTo } },
    )
  }
  const group = { name: 'www-data', gid: -1, members: [] }
  facts.push(
    { kind: 'apacheModules', key: '', value: shippedModules },
    { kind: 'group', key: 'www-data', value: group },
    { kind: 'unit', key: 'apache2.service', value: { exists: true, active: 'active', enabled: 'enabled', properties: { Id: 'apache2.service', LoadState: 'loaded', ActiveState: 'active', UnitFileState: 'enabled', CanReload: 'yes' } } },
  )
  return { facts, trees: ['/etc/apache2', '/var/www'] }
}

function namesIn(directory: string): string[] {
  const paths = [...directories, ...files, ...links.map(([kind, name]) => `/etc/apache2/${kind}-enabled/${name}`)]
  return paths.filter(path => posix.dirname(path) === directory).map(path => posix.basename(path)).sort()
}
