import { fail } from '../fail.ts'

/** Python's `os.path` where it differs from Node's: what stands behind the last slash, and before it. */
export const basename = (path: string): string => path.slice(path.lastIndexOf('/') + 1)

export function dirname(path: string): string {
  const head = path.slice(0, path.lastIndexOf('/') + 1)
  return /^\/*$/.test(head) ? head : head.replace(/\/+$/, '')
}

/** Parts from the last that is absolute on. */
export function join(parts: readonly string[]): string {
  return parts.reduce((path, part) => (part.startsWith('/') ? part : path === '' || path.endsWith('/') ? path + part : `${path}/${part}`), '')
}

export function normalise(path: string): string {
  if (path === '') return '.'
  const root = /^\/\/(?!\/)/.test(path) ? '//' : path.startsWith('/') ? '/' : ''
  const parts: string[] = []
  for (const part of path.split('/')) {
    if (part === '' || part === '.') continue
    if (part !== '..' || (root === '' && parts.length === 0) || parts.at(-1) === '..') parts.push(part)
    else parts.pop()
  }
  return root + parts.join('/') || '.'
}

/** A path and its extension; dots at the beginning of a name begin none. */
export function splitExtension(path: string): [string, string] {
  const name = basename(path)
  const dot = name.lastIndexOf('.')
  if (dot <= 0 || /^\.*$/.test(name.slice(0, dot))) return [path, '']
  return [path.slice(0, path.length - name.length + dot), name.slice(dot)]
}

export function relative(path: string, start: string, directory: string): string {
  if (path === '') return fail('relpath needs a path')
  const parts = (text: string) => normalise(join([directory, text])).split('/').filter(part => part !== '')
  const [to, from] = [parts(path), parts(start)]
  let common = 0
  while (common < Math.min(to.length, from.length) && to[common] === from[common]) common++
  return [...from.slice(common).map(() => '..'), ...to.slice(common)].join('/') || '.'
}

export function common(paths: readonly string[]): string {
  if (paths.length === 0) return fail('commonpath needs at least one path')
  const absolute = paths.map(path => path.startsWith('/'))
  if (new Set(absolute).size > 1) fail('commonpath cannot mix absolute and relative paths')
  const split = paths.map(path => path.split('/').filter(part => part !== '' && part !== '.'))
  const [first, ...others] = split as [string[], ...string[][]]
  const shared = first.findIndex((part, at) => others.some(other => other[at] !== part))
  return (absolute[0] ? '/' : '') + first.slice(0, shared < 0 ? Math.min(...split.map(parts => parts.length)) : shared).join('/')
}

/** Windows: the drive or share, and the rest. */
export function splitDrive(path: string): [string, string] {
  const share = /^[\\/]{2}[^\\/]+[\\/][^\\/]*/.exec(path)?.[0]
  if (share !== undefined) return [share, path.slice(share.length)]
  return path[1] === ':' ? [path.slice(0, 2), path.slice(2)] : ['', path]
}

export function windowsSplit(path: string): [string, string] {
  const [drive, rest] = splitDrive(path)
  const at = Math.max(rest.lastIndexOf('/'), rest.lastIndexOf('\\')) + 1
  const head = rest.slice(0, at)
  return [drive + (head.replace(/[\\/]+$/, '') || head), rest.slice(at)]
}
