import type { Context } from '../context.ts'
import { type Bound, bind } from '../signature.ts'
import type { Arguments, Thing } from '../thing.ts'

export interface Test {
  holds(name: string, value: Thing, given: Arguments, context: Context): boolean
  /** It is asked about undefined and unknown values too; others never see one. */
  readonly takesAll: boolean
}

export type Tests = { readonly [name: string]: Test }

/** A test by the parameters behind its value (see `signature.ts`). */
export const test = <const Words extends string>(words: Words, body: (value: Thing, values: Bound<Words>, context: Context) => boolean): Test =>
  ({ holds: (name, value, given, context) => body(value, bind(words, given, name), context), takesAll: false })

/** A test of whether there is a value at all. */
export const tolerantTest = (body: (value: Thing) => boolean): Test => ({ holds: (_name, value) => body(value), takesAll: true })
