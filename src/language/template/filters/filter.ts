import type { Context } from '../context.ts'
import { type Bound, bind } from '../signature.ts'
import type { Arguments, Thing } from '../thing.ts'

export interface Filter {
  apply(name: string, value: Thing, given: Arguments, context: Context): Thing
  /** It is called with undefined and unknown values and arguments too; others never see one. */
  readonly takesAll: boolean
}

export type Filters = { readonly [name: string]: Filter }

/** A filter by the parameters behind its value (see `signature.ts`). */
export const filter = <const Words extends string>(words: Words, body: (value: Thing, values: Bound<Words>, context: Context) => Thing): Filter =>
  ({ apply: (name, value, given, context) => body(value, bind(words, given, name), context), takesAll: false })

/** A filter that passes on undefined and unknown things without using them. */
export const tolerantFilter = <const Words extends string>(words: Words, body: (value: Thing, values: Bound<Words>, context: Context) => Thing): Filter =>
  ({ ...filter(words, body), takesAll: true })
