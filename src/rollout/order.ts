import { ProvisionError } from '../core/error.ts'
import type { Position } from '../core/position.ts'
import type { Value } from '../core/value.ts'

interface Named {
  readonly name: string
}

const byName = (a: Named, b: Named): number => (a.name < b.name ? -1 : a.name > b.name ? 1 : 0)

const orders: { readonly [order: string]: <T extends Named>(hosts: readonly T[]) => T[] } = {
  inventory: hosts => [...hosts],
  reverse_inventory: hosts => hosts.toReversed(),
  sorted: hosts => hosts.toSorted(byName),
  reverse_sorted: hosts => hosts.toSorted(byName).reverse(),
  shuffle: hosts => hosts.map(host => ({ host, at: Math.random() })).sort((a, b) => a.at - b.at).map(({ host }) => host),
}

/** The hosts of a play as its `order` has them; as the inventory has them without one. @throws ProvisionError */
export function ordered<T extends Named>(hosts: readonly T[], order: Value | undefined, at: Position): T[] {
  const arrange = orders[String(order ?? 'inventory')]
  if (!arrange) throw new ProvisionError('playbook-syntax', `Invalid 'order' specified for inventory hosts: ${String(order)}`, { at, hint: `It can be ${Object.keys(orders).join(', ')}.` })
  return arrange(hosts)
}
