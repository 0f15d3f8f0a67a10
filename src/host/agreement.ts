import { isDeepStrictEqual } from 'node:util'
import { Unknown } from '../core/unknown.ts'
import type { FactKind, FactKinds, FileState } from './fact.ts'

/**
 * Whether a fact that was read after a change is what the change said it would be. What nobody can foresee does not
 * count: inodes, times, the size of a directory, numbers of names that were given as text.
 */
export function agrees<K extends FactKind>(kind: K, predicted: FactKinds[K] | Unknown, observed: FactKinds[K]): boolean {
  if (predicted instanceof Unknown) return true
  const compare: ((predicted: FactKinds[K], observed: FactKinds[K]) => boolean) | undefined = comparisons[kind]
  return compare ? compare(predicted, observed) : isDeepStrictEqual(predicted, observed)
}

const comparisons: { readonly [K in FactKind]?: (predicted: FactKinds[K], observed: FactKinds[K]) => boolean } = {
  file: sameFile,
  // Its path may be spelled in two ways where a directory above is a link.
  followed: sameFile,
  content: (predicted, observed) => (predicted && observed ? Buffer.compare(predicted, observed) === 0 : predicted === observed),
  package: (predicted, observed) => (predicted.version === '' ? observed.version !== null : predicted.version === observed.version),
  unit: sameUnit,
  account: (predicted, observed) => sameMembers(predicted, observed),
  group: (predicted, observed) => sameMembers(predicted, observed),
  apacheCheck: (predicted, observed) => predicted.valid === observed.valid,
  apacheModules: (predicted, observed) => isDeepStrictEqual(byName(predicted), byName(observed)),
}

/** Type, permissions, owner and group; the size of a file; where a link points. */
function sameFile(predicted: FileState, observed: FileState): boolean {
  if (predicted.type !== observed.type) return false
  if (predicted.type === 'absent') return true
  if (!sameHolder(predicted.uid, predicted.owner, observed.uid, observed.owner)) return false
  if (!sameHolder(predicted.gid, predicted.group, observed.gid, observed.group)) return false
  // A link's own permission bits mean nothing, and systems do not agree on them.
  if (predicted.type === 'link') return predicted.target === observed.target
  return predicted.mode === observed.mode && (predicted.type !== 'file' || predicted.size === observed.size)
}

/** All that was predicted is so. A service that ends badly when it is stopped is stopped. */
function sameUnit({ properties: { ActiveState: _, ...properties }, active, ...predicted }: FactKinds['unit'], observed: FactKinds['unit']): boolean {
  const stopped = active === 'inactive' && observed.active === 'failed'
  return includes(observed, predicted) && includes(observed.properties, properties) && (active === observed.active || stopped)
}

/** By number where both are known: a number that was asked for has no name in a prediction. */
const sameHolder = (id: number, name: string, observedId: number, observedName: string) => (id >= 0 && observedId >= 0 ? id === observedId : name === observedName)

/** All that was predicted is so. Numbers of -1 and empty texts were not known. */
function sameMembers(predicted: object | null, observed: object | null): boolean {
  if (!predicted || !observed) return predicted === observed
  return includes(observed, Object.fromEntries(Object.entries(predicted).filter(([, value]) => value !== -1 && value !== '')))
}

const includes = (whole: object, part: object) =>
  Object.entries(part).every(([name, value]) => isDeepStrictEqual((whole as { readonly [name: string]: unknown })[name], value))

const byName = (modules: FactKinds['apacheModules']) => modules && [...modules].sort((a, b) => (a.name < b.name ? -1 : a.name > b.name ? 1 : 0))
