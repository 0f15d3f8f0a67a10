import { wildcardOf } from './pattern.ts'

/**
 * The files among `paths` that `Include PATTERN` reads, in its order: those that match, and all below a directory that does.
 *
 * @param pattern an absolute path
 */
export function included(pattern: string, paths: readonly string[]): readonly string[] {
  const wanted = partsOf(pattern)
  return paths
    .map(path => ({ path, parts: partsOf(path) }))
    .filter(({ parts }) => parts.length >= wanted.length && wanted.every((part, index) => matches(part, parts[index]!)))
    .sort((one, other) => compare(one.parts, other.parts))
    .map(({ path }) => path)
}

/** A leading dot must be written. */
const matches = (pattern: string, part: string): boolean =>
  pattern === part || (!(part.startsWith('.') && !pattern.startsWith('.')) && wildcardOf(pattern).test(part))

const partsOf = (path: string): readonly string[] => path.split('/').filter(part => part !== '' && part !== '.')

/** By the bytes of each part in turn. */
function compare(one: readonly string[], other: readonly string[]): number {
  const at = one.findIndex((part, index) => part !== other[index])
  return at < 0 ? one.length - other.length : Buffer.compare(Buffer.from(one[at]!), Buffer.from(other[at] ?? ''))
}
