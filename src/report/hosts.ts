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
export const inOrder = (hosts: Iterable<string>): string[] => [...hosts].map(partsOf).sort(byParts).map(({ name }) => name)

interface Parts {
  readonly name: string
  /** Texts and numbers in turn. By hand: to make an `Intl.Collator` takes 5 ms. */
  readonly parts: readonly (string | number)[]
}

const partsOf = (name: string): Parts => ({ name, parts: name.toLowerCase().split(/(\d+)/).map((part, index) => (index % 2 === 1 ? Number(part) : part)) })

function byParts(one: Parts, other: Parts): number {
  for (const [index, part] of one.parts.entries()) {
    const against = other.parts[index]
    if (against === undefined) return 1
    if (part !== against) return part < against ? -1 : 1
  }
  return one.parts.length - other.parts.length || (one.name < other.name ? -1 : 1)
}
