import { posix } from 'node:path'
import type { FactKey, FactKind } from './fact.ts'

/** Kinds whose key is a path. */
const pathKinds: ReadonlySet<FactKind> = new Set(['file', 'followed', 'details', 'digest', 'content', 'listing', 'debFile'])

/** Facts that no change on the host can make untrue. */
export const isLasting = (fact: FactKey): boolean =>
  fact.kind === 'platform' || (fact.kind === 'apacheCheck' && fact.key === 'start')

/**
 * A fact under the name by which it is compared with others: `/etc/a/../b` is `/etc/b`. Behind a symbolic link it is not, so
 * the host is always asked by the name that was given.
 */
export const comparable = <Fact extends FactKey>(fact: Fact): Fact =>
  pathKinds.has(fact.kind) && fact.key.includes('/../') ? { ...fact, key: posix.normalize(fact.key) } : fact

const isBeneath = (path: string, directory: string) => path.startsWith(directory === '/' ? '/' : directory + '/')

/**
 * Whether a change that touches `touched` may make `fact` untrue. A `file` stands for all that is read by its path, and
 * beneath it; what is touched as another kind, such as `followed` for a path that leads to what is changed, for that alone.
 */
export function isTouchedBy(fact: FactKey, touched: FactKey): boolean {
  return isTouched(comparable(fact), comparable(touched))
}

/** The same for facts that are comparable already. A dry run asks it of each fact and each change before it. */
export function isTouched(fact: FactKey, touched: FactKey): boolean {
  if (isLasting(fact)) return false
  // What a service answers, and whether its configuration is valid, can hang on anything on the host.
  if (fact.kind === 'http' || fact.kind === 'federation' || fact.kind === 'listening' || fact.kind === 'apacheCheck') return true
  if (!pathKinds.has(touched.kind)) return fact.kind === touched.kind && fact.key === touched.key
  if (pathKinds.has(fact.kind)) {
    if (touched.kind !== 'file') return fact.kind === touched.kind && fact.key === touched.key
    return fact.key === touched.key || isBeneath(fact.key, touched.key) || (fact.kind === 'listing' && fact.key === posix.dirname(touched.key))
  }
  return (derivedFrom[fact.kind] ?? []).some(directory => touched.key === directory || isBeneath(touched.key, directory))
}

/** Kinds that are read out of files. */
const derivedFrom: { readonly [K in FactKind]?: readonly string[] } = {
  apacheModules: ['/etc/apache2/mods-enabled', '/etc/apache2/mods-available'],
  apacheModuleFiles: ['/etc/apache2/mods-available'],
  apacheConfiguration: ['/etc/apache2', '/etc/httpd', '/usr/local/etc/apache24'],
  synapseConfiguration: ['/etc/matrix-synapse'],
  unit: ['/etc/systemd/system', '/usr/lib/systemd/system', '/lib/systemd/system', '/run/systemd/system'],
  account: ['/etc/passwd', '/etc/shadow', '/etc/group'],
  group: ['/etc/group'],
  available: ['/var/lib/apt/lists', '/etc/apt'],
  packageNames: ['/var/lib/apt/lists', '/etc/apt'],
  aptSimulation: ['/var/lib/apt/lists', '/etc/apt'],
}
