/** What a peer sent, read as JSON. */
export type JsonReading =
  | { readonly ok: true; readonly value: unknown; readonly oddities: readonly Oddity[] }
  | {
      readonly ok: false
      readonly kind: 'empty' | 'not-utf-8' | 'byte-order-mark' | 'syntax' | 'too-deep'
      readonly message: string
    }

/** What JSON allows, but readers see differently or canonical JSON has no words for. */
export interface Oddity {
  readonly kind: 'duplicate-key' | 'number' | 'surrogate'
  /** A sentence's rest that names the place: `verify_keys.ed25519:a.key is there twice`. */
  readonly message: string
}

/** Deeper than any document of Matrix, and not too deep for who walks through the value by recursion. */
const deepest = 200
const mostOddities = 20

/**
 * Reads JSON (RFC 8259) from bytes that anybody may have sent. The value is as JSON.parse gives it: objects have their members
 * as own properties, of duplicate keys the last one, and numbers that no double holds are rounded. The last two are told.
 *
 * @param bytes a whole body, bounded by whoever read it
 */
export function readJson(bytes: Uint8Array): JsonReading {
  const refuse = (kind: (JsonReading & { ok: false })['kind'], message: string): JsonReading => ({ ok: false, kind, message })
  let text: string
  try {
    text = utf8.decode(bytes)
  } catch {
    return refuse('not-utf-8', 'not JSON: it is not UTF-8')
  }
  if (text.startsWith('\ufeff')) return refuse('byte-order-mark', 'not JSON: it begins with a byte order mark')
  if (!text.trim()) return refuse('empty', 'not JSON: it is empty')
  let value: unknown
  try {
    value = JSON.parse(text)
  } catch (error) {
    return refuse('syntax', `not JSON: ${mistake(text, (error as Error).message)}`)
  }
  const { depth, oddities } = walk(text)
  return depth > deepest
    ? refuse('too-deep', `not JSON that anybody reads: it is nested more than ${deepest} levels deep`)
    : { ok: true, value, oddities }
}

/** What a person sees at a glance in a text that is no JSON, else the place, as far as the engine tells it. */
function mistake(text: string, engine: string): string {
  if (/^\s*<(!doctype|html|\?xml)/i.test(text)) return 'it is a page in HTML or XML'
  const position = Number(/ at position (\d+)/.exec(engine)?.[1] ?? 0)
  if (/^Unexpected end|^Unterminated/.test(engine) || position >= text.trimEnd().length) return 'it ends in the middle'
  const place = /\(line (\d+) column (\d+)\)/.exec(engine)
  if (place) return `there is a mistake in line ${place[1]}, column ${place[2]}`
  const [, token] = /^Unexpected token '?(.+?)'?, /.exec(engine) ?? []
  return token === undefined ? 'there is a mistake in it' : `there is a ${JSON.stringify(token.replaceAll(/\p{C}/gu, ' '))} where none may be`
}

const utf8 = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true })

/** Goes through the tokens of a text that is known to be JSON. */
function walk(text: string): { readonly depth: number; readonly oddities: readonly Oddity[] } {
  const oddities: Oddity[] = []
  const open: Level[] = []
  let depth = 0
  const odd = (kind: Oddity['kind'], message: string) => oddities.length < mostOddities && oddities.push({ kind, message })
  for (const [token] of text.matchAll(/"[^"\\]*(?:\\.[^"\\]*)*"|[{}[\],]|-?\d[\d.eE+-]*/g)) {
    const level = open.at(-1)
    if (token === '{' || token === '[') {
      depth = Math.max(depth, open.push({ keys: token === '{' ? new Set() : null, key: undefined, index: 0 }))
    } else if (token === '}' || token === ']') {
      open.pop()
    } else if (token === ',') {
      level!.key = undefined
      level!.index++
    } else if (token.startsWith('"')) {
      const string = JSON.parse(token) as string
      const isKey = level?.keys && level.key === undefined
      if (isKey) {
        level.key = string
        if (level.keys!.has(string)) odd('duplicate-key', `${pathOf(open)} is there twice`)
        level.keys!.add(string)
      }
      if (!string.isWellFormed()) odd('surrogate', `${pathOf(open)} has half of a surrogate pair, which is no character`)
    } else if (!Number.isSafeInteger(Number(token)) || /[.eE]/.test(token)) {
      odd('number', `${pathOf(open)} is ${token.slice(0, 40)}, no integer of at most 53 bits`)
    }
  }
  return { depth, oddities }
}

/** An object or array that is not closed yet. */
interface Level {
  /** Those of an object so far; null in an array. */
  readonly keys: Set<string> | null
  key: string | undefined
  index: number
}

const pathOf = (open: readonly Level[]): string =>
  open
    .map(level => (level.keys ? level.key : level.index))
    .join('.')
    .slice(0, 200)
    .replaceAll(/\p{C}/gu, ' ') || 'the value'

/** A JSON object, not an array and not null. */
export type JsonObject = { readonly [key: string]: unknown }

export const isObject = (value: unknown): value is JsonObject =>
  typeof value === 'object' && value !== null && !Array.isArray(value)
