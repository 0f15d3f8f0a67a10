/**
 * Canonical JSON (Matrix specification, appendices, "Canonical JSON"): no blanks, members sorted by code point, nothing escaped
 * that needs not be, integers only.
 *
 * @param value what JSON can hold; members that are undefined are left out
 * @throws RangeError for a number that is no integer of at most 53 bits
 */
export function canonicalJson(value: unknown): string {
  if (typeof value === 'number') {
    if (!Number.isSafeInteger(value)) throw new RangeError(`canonical JSON has no number ${value}`)
    return String(value + 0) // -0 is 0
  }
  if (Array.isArray(value)) return `[${value.map(canonicalJson).join(',')}]`
  if (typeof value !== 'object' || value === null) return JSON.stringify(value)
  const members = Object.entries(value).filter(([, member]) => member !== undefined)
  return `{${members.sort(byCodePoint).map(([key, member]) => `${JSON.stringify(key)}:${canonicalJson(member)}`).join(',')}}`
}

/** The order of UTF-8's bytes is that of code points; that of JavaScript's strings is not. */
const byCodePoint = ([a]: readonly [string, unknown], [b]: readonly [string, unknown]): number => Buffer.compare(Buffer.from(a), Buffer.from(b))
