import { printableLine } from './printable.ts'
import { width } from './width.ts'

/**
 * Hosts in as little room as possible: all names where they fit, else their number with the first and last of them:
 * `198 hosts (web001, web002, … web198)`.
 *
 * @param columns room there is; `Infinity` for all names
 */
export function hostList(hosts: readonly string[], columns: number): string {
  const names = hosts.map(printableLine)
  const all = names.join(', ')
  if (names.length < 3 || width(all) <= columns) return all
  const some = `${names.length} hosts (${names[0]}, ${names[1]}, … ${names.at(-1)})`
  return names.length > 3 && width(some) <= columns ? some : `${names.length} hosts`
}

/** Names in the order people expect: `web2` before `web10`. */
export const inOrder = (hosts: Iterable<string>): string[] => [...hosts].sort(collator.compare)

const collator = new Intl.Collator('en', { numeric: true })
