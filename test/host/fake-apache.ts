import { namedInHeader } from '../../src/host/apache-header.ts'
import type { ApacheModule, FactKinds } from '../../src/host/fact.ts'
import type { FakeFiles } from './fake-files.ts'

const text = (files: FakeFiles, path: string) => Buffer.from(files.content(path) ?? []).toString()

/** Apache's modules, as mods-available and mods-enabled tell. */
export function apacheModules(files: FakeFiles): readonly ApacheModule[] | null {
  const available = files.listing('/etc/apache2/mods-available')
  if (!available) return null
  return available
    .filter(file => file.endsWith('.load'))
    .map(file => {
      const name = file.slice(0, -'.load'.length)
      const lines = text(files, `/etc/apache2/mods-available/${file}`).split('\n')
      return {
        name,
        enabled: files.find(`/etc/apache2/mods-enabled/${file}`, false) !== undefined,
        configured: available.includes(`${name}.conf`),
        depends: namedInHeader(lines, 'Depends'),
        conflicts: namedInHeader(lines, 'Conflicts'),
        identifiers: lines.flatMap(line => /^\s*LoadModule\s+(\S+)/.exec(line)?.[1] ?? []),
      }
    })
}

/** Valid with one MPM. */
export function apacheCheck(files: FakeFiles): FactKinds['apacheCheck'] {
  const modules = apacheModules(files)
  if (!modules) return { valid: false, output: 'no Apache is installed' }
  const mpms = modules.filter(({ name, enabled }) => enabled && name.startsWith('mpm_'))
  if (mpms.length === 1) return { valid: true, output: 'Syntax OK' }
  return { valid: false, output: mpms.length === 0 ? 'AH00534: apache2: Configuration error: No MPM loaded.' : 'AH00534: apache2: Configuration error: More than one MPM loaded.' }
}
