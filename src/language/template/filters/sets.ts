import { Distinct, distinct } from '../python/distinct.ts'
import { iterate } from '../python/sequence.ts'
import { filter, type Filters } from './filter.ts'

const two = (body: (a: ReturnType<typeof iterate>, b: ReturnType<typeof iterate>) => ReturnType<typeof iterate>) =>
  filter('b', (value, { b }) => distinct(body(iterate(value), iterate(b))))

const outside = (items: ReturnType<typeof iterate>, others: ReturnType<typeof iterate>) => {
  const known = new Distinct(others)
  return items.filter(item => !known.has(item))
}

/** Set theory on lists. The order is that of the lists, where Ansible's is anyone's guess. */
export const setFilters: Filters = {
  difference: two(outside),
  intersect: two((a, b) => {
    const known = new Distinct(b)
    return a.filter(item => known.has(item))
  }),
  symmetric_difference: two((a, b) => [...outside(a, b), ...outside(b, a)]),
  union: two((a, b) => [...a, ...b]),
}
