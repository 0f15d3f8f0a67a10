import { TemplateText } from '../../../core/value.ts'
import { parseKeyValues } from '../../key-value.ts'
import type { Context } from '../context.ts'
import { fail } from '../fail.ts'
import { type Bound, bind } from '../signature.ts'
import type { Thing } from '../thing.ts'

/** A plugin that gives a list of things for its terms. */
export interface Lookup {
  run(name: string, terms: readonly Thing[], options: ReadonlyMap<string, Thing>, context: Context): readonly Thing[]
}

export type Lookups = { readonly [name: string]: Lookup }

/** A lookup by its options (see `signature.ts`). */
export const lookup = <const Words extends string>(words: Words, body: (terms: readonly Thing[], options: Bound<Words>, context: Context) => readonly Thing[]): Lookup =>
  ({ run: (name, terms, options, context) => body(terms, bind(words, { positional: [], named: options }, `the lookup '${name}'`), context) })

/**
 * A term of the older form `what key=value key=value`: the text and its options.
 *
 * @param allowed options that there are; absent where the caller judges them
 */
export function inlineOptions(term: string, allowed: readonly string[] | undefined): { readonly text: string; readonly options: Map<string, string> } {
  const { named, free } = parseKeyValues(term)
  const textOf = (value: unknown) => (value instanceof TemplateText ? value.text : String(value))
  const options = new Map(Array.from(named, ([key, value]) => [String(key), textOf(value)]))
  if (allowed) for (const key of options.keys()) if (!allowed.includes(key)) fail(`${key} is not a valid option`, `The options are ${allowed.join(', ')}.`)
  return { text: free === undefined ? '' : textOf(free), options }
}
