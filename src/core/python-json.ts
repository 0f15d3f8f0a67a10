import { Float, type Json } from './value.ts'

/** JSON as Python's `json.loads` tells its numbers: `1.0` is no integer, and integers are as long as they are written. @throws SyntaxError */
export const parseJson = (text: string): Json => JSON.parse(text, numberAsWritten as (key: string, value: unknown) => unknown) as Json

// ECMAScript hands the text of a number along, which TypeScript's library does not know yet.
function numberAsWritten(_key: string, value: unknown, { source }: { readonly source?: string }): unknown {
  if (typeof value !== 'number' || source === undefined) return value
  if (/[.eE]/.test(source)) return Number.isInteger(value) ? new Float(value) : value
  return Number.isSafeInteger(value) ? value : BigInt(source)
}
