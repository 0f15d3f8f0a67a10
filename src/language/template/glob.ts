import { readdirSync, statSync } from 'node:fs'
import { resolve } from 'node:path'

/**
 * Files that a shell pattern matches (`*`, `?`, `[…]`), as Python's `glob`, but in the order of their names. A
 * name that begins with a dot needs a pattern that does.
 */
export function globFiles(pattern: string, directory: string): string[] {
  return expand(pattern, directory).filter(path => statSync(resolve(directory, path), { throwIfNoEntry: false })?.isFile())
}

function expand(pattern: string, directory: string): string[] {
  const [first, ...rest] = pattern.split('/')
  let paths = first === '' ? ['/'] : step([''], first!, directory)
  for (const part of rest) paths = part === '' ? paths : step(paths, part, directory)
  return paths
}

function step(paths: readonly string[], part: string, directory: string): string[] {
  const join = (path: string, name: string) => (path === '' || path.endsWith('/') ? path + name : `${path}/${name}`)
  if (!/[*?[]/.test(part)) return paths.map(path => join(path, part)).filter(path => statSync(resolve(directory, path), { throwIfNoEntry: false }))
  const form = shellPattern(part)
  return paths.flatMap(path => names(resolve(directory, path)).filter(name => form.test(name) && (!name.startsWith('.') || part.startsWith('.'))).map(name => join(path, name)))
}

function names(directory: string): string[] {
  try {
    return readdirSync(directory).sort()
  } catch {
    return []
  }
}

/** Python's `fnmatch.translate`. */
function shellPattern(pattern: string): RegExp {
  const body = pattern.replaceAll(/\*+|\?|\[(!?)(\]?[^\]]*)\]|[\\^$.*+?()[\]{}|/]/g, (all, negated: string | undefined, members: string | undefined) => {
    if (members !== undefined) return `[${negated ? '^' : ''}${members.replaceAll(/[\\\]^[]/g, '\\$&')}]`
    return all.startsWith('*') ? '[^]*' : all === '?' ? '[^]' : `\\${all}`
  })
  return new RegExp(`^${body}$`, 'u')
}
