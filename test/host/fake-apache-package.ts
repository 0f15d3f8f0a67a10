import { apache2Provision } from '../../src/modules/apache2-debian.ts'
import { loadText, shippedModules } from '../../src/modules/apache2-modules.ts'
import type { FileState } from '../../src/host/fact.ts'
import type { FakeHost, FakePackage } from './fake-host.ts'

/** Debian's package apache2: leaves the same tree as a real one, with texts of our own in its configuration files. */
export const apachePackage: FakePackage = {
  version: '2.4.71-1~deb12u1',
  install(host) {
    const texts = new Map(shippedModules.map(module => [`/etc/apache2/mods-available/${module.name}.load`, loadText(module)]))
    const accounts = new Set<string>()
    for (const fact of apache2Provision().facts) {
      if (fact.kind === 'group') host.accounts.addGroup(fact.value as NonNullable<ReturnType<typeof host.accounts.group>>)
      if (fact.kind === 'account') {
        host.accounts.addUser(fact.value as NonNullable<ReturnType<typeof host.accounts.user>>)
        accounts.add(fact.key)
      }
      if (fact.kind === 'unit') host.units.set(fact.key, fact.value as typeof host.units extends Map<string, infer State> ? State : never)
    }
    const states = apache2Provision().facts.flatMap(({ kind, key, value }) => (kind === 'file' ? [[key, value as FileState] as const] : []))
    for (const [path, state] of states.sort(([a], [b]) => (a < b ? -1 : 1))) {
      if (state.type === 'directory') host.directory(path, state)
      else if (state.type === 'link') host.link(path, state.target ?? '', state)
      else host.file(path, texts.get(path) ?? (state.size === 0 ? '' : `# ${path}\n`), state)
    }
  },
}

/** Puts Apache onto a host, as its package does. */
export function withApache(host: FakeHost): FakeHost {
  apachePackage.install?.(host)
  return host
}
