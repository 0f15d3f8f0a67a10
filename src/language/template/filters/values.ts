import { Unknown } from '../../../core/unknown.ts'
import { failWith } from '../fail.ts'
import { isNumber, numberOf } from '../python/number.ts'
import { str } from '../python/text.ts'
import { truth } from '../python/truth.ts'
import { typeName } from '../python/type.ts'
import { present, type Thing, Undefined } from '../thing.ts'
import { filter, type Filters, tolerantFilter } from './filter.ts'

const orDefault = tolerantFilter('default_value? boolean?', (value, { default_value = '', boolean = false }) => {
  if (value instanceof Unknown) return value
  return value instanceof Undefined || (truth(boolean) && !truth(value)) ? default_value : value
})

/** What a text, number or boolean says as a boolean; None stays None. Everything that does not say yes says no. */
export function saysYes(value: Thing): boolean | null {
  if (value === null || typeof value === 'boolean') return value
  if (typeof value === 'string') return ['yes', 'on', '1', 'true'].includes(value.toLowerCase())
  return isNumber(value) && numberOf(value) === 1
}

/** Filters on whether there is a value and what it says. */
export const valueFilters: Filters = {
  bool: filter('', saysYes),
  d: orDefault,
  default: orDefault,
  mandatory: tolerantFilter('msg?', (value, { msg = null }) => {
    if (!(value instanceof Undefined)) return value
    const name = value.variable === undefined ? '' : `'${value.variable}' `
    return failWith('undefined-variable', msg === null ? `Mandatory variable ${name} not defined.` : str(msg), msg === null ? value.error().hint : undefined)
  }),
  string: filter('', value => str(value)),
  ternary: tolerantFilter('true_val false_val none_val?', (value, { true_val, false_val, none_val = null }) => {
    const it = present(value)
    return it === null && none_val !== null ? none_val : truth(it) ? true_val : false_val
  }),
  type_debug: tolerantFilter('', value => typeName(value)),
}
