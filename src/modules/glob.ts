import { posix } from 'node:path'
import type { Facts } from '../host/fact.ts'
import { fnmatch, isPattern } from './fnmatch.ts'

/**
 * Whether anything on the host matches a path with patterns, as Python's `glob` does: a name that begins with a dot has
 * to be asked for by one, and a symbolic link counts even if it leads nowhere.
 *
 * @param pattern an absolute path
 */
export async function globExists(pattern: string, facts: Facts): Promise<boolean> {
  if (!isPattern(pattern)) return (await facts.file(pattern)).type !== 'absent'
  return find('/', pattern.split('/').filter(Boolean), facts)
}

async function find(directory: string, segments: readonly string[], facts: Facts): Promise<boolean> {
  const next = segments.findIndex(isPattern)
  if (next < 0) return (await facts.file(posix.join(directory, ...segments))).type !== 'absent'
  const place = posix.join(directory, ...segments.slice(0, next))
  const wanted = fnmatch(segments[next]!)
  const hidden = segments[next]!.startsWith('.')
  const names = ((await facts.listing(place)) ?? []).filter(name => wanted.test(name) && (hidden || !name.startsWith('.')))
  const rest = segments.slice(next + 1)
  if (rest.length === 0) return names.length > 0
  const found = await Promise.all(names.map(name => find(posix.join(place, name), rest, facts)))
  return found.includes(true)
}
