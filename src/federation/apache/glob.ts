/** Whether a file name pattern of `Include` matches one part of a path: `*`, `?`, `[a-z]`; a leading dot must be written. */
function matchesPart(pattern: string, part: string): boolean {
  if (part.startsWith('.') && !pattern.startsWith('.')) return false
  return new RegExp(`^${pattern.replaceAll(/\[(!?)([^\]]+)\]|\*|\?|[^]/g, (token, negated: string | undefined, set: string | undefined) => {
    if (set !== undefined) return `[${negated ? '^' : ''}${set.replaceAll(/[\\^[]/g, '\\$&')}]`
    return token === '*' ? '.*' : token === '?' ? '.' : token.replace(/[\\^$.|+()[\]{}]/, '\\$&')
  })}$`, 's').test(part)
}

/**
 * The files among `paths` that `Include PATTERN` reads, in its order: those that match, and all below a directory that does.
 *
 * @param pattern an absolute path
 */
export function included(pattern: string, paths: readonly string[]): readonly string[] {
  const wanted = partsOf(pattern)
  return paths
    .map(path => ({ path, parts: partsOf(path) }))
    .filter(({ parts }) => parts.length >= wanted.length && wanted.every((part, index) => part === parts[index] || matchesPart(part, parts[index]!)))
    .sort((one, other) => compare(one.parts, other.parts))
    .map(({ path }) => path)
}

const partsOf = (path: string): readonly string[] => path.split('/').filter(part => part !== '' && part !== '.')

/** By the bytes of each part in turn. */
function compare(one: readonly string[], other: readonly string[]): number {
  const at = one.findIndex((part, index) => part !== other[index])
  return at < 0 ? one.length - other.length : Buffer.compare(Buffer.from(one[at]!), Buffer.from(other[at] ?? ''))
}
