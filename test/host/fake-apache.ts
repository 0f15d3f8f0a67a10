import { namedInHeader } from '../../src/host/apache-header.ts'
import type { ApacheModule, ApacheModuleFile, FactKinds } from '../../src/host/fact.ts'
import type { FakeFiles } from './fake-files.ts'

const text = (files: FakeFiles, path: string) => Buffer.from(files.content(path) ?? []).toString()

/** Apache's modules, as mods-available and mods-enabled tell. */
export function apacheModules(files: FakeFiles): readonly ApacheModule[] | null {
  const available = files.listing('/etc/apache2/mods-available')
  return available && namesOf(available).map(name => ({
    name, enabled: files.find(`/etc/apache2/mods-enabled/${name}.load`, false) !== undefined, configured: available.includes(`${name}.conf`),
  }))
}

/** What their files say. */
export function apacheModuleFiles(files: FakeFiles): readonly ApacheModuleFile[] | null {
  const available = files.listing('/etc/apache2/mods-available')
  return available && namesOf(available).map(name => {
    const lines = text(files, `/etc/apache2/mods-available/${name}.load`).split('\n')
    return {
      name, depends: namedInHeader(lines, 'Depends'), conflicts: namedInHeader(lines, 'Conflicts'),
      identifiers: lines.flatMap(line => /^\s*LoadModule\s+(\S+)/.exec(line)?.[1] ?? []),
    }
  })
}

const namesOf = (available: readonly string[]) => available.filter(file => file.endsWith('.load')).map(file => file.slice(0, -'.load'.length))

/** The files of Debian's layout, the main one first. */
export function apacheConfiguration(files: FakeFiles): FactKinds['apacheConfiguration'] {
  if (!files.content('/etc/apache2/apache2.conf')) return null
  const enabled = ['mods-enabled', 'conf-enabled', 'sites-enabled'].flatMap(directory => (files.listing(`/etc/apache2/${directory}`) ?? []).map(name => `${directory}/${name}`))
  const paths = ['apache2.conf', 'ports.conf', ...enabled].map(name => `/etc/apache2/${name}`).filter(path => files.content(path))
  return {
    version: '2.4.67', modules: (apacheModuleFiles(files) ?? []).flatMap(({ name, identifiers }) => (files.find(`/etc/apache2/mods-enabled/${name}.load`, false) ? identifiers : [])), defines: [], environment: {}, root: '/etc/apache2', unread: [],
    files: paths.map(path => ({ path, text: text(files, path) })),
  }
}

/** Valid with one MPM. */
export function apacheCheck(files: FakeFiles): FactKinds['apacheCheck'] {
  const modules = apacheModules(files)
  if (!modules) return { valid: false, output: 'no Apache is installed' }
  const mpms = modules.filter(({ name, enabled }) => enabled && name.startsWith('mpm_'))
  if (mpms.length === 1) return { valid: true, output: 'Syntax OK' }
  return { valid: false, output: mpms.length === 0 ? 'AH00534: apache2: Configuration error: No MPM loaded.' : 'AH00534: apache2: Configuration error: More than one MPM loaded.' }
}
