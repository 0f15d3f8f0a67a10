import type { Json } from '../core/value.ts'

export type BodyFormat = 'raw' | 'json' | 'form-urlencoded'

/** What is sent, and the content type that goes with it unless the user says another. */
export interface EncodedBody {
  readonly text: string | undefined
  readonly contentType: string | undefined
}

/** A text is sent as it is, whatever the format: it is taken to be encoded already. */
export function encodeBody(body: Json | undefined, format: BodyFormat): EncodedBody {
  if (format === 'json')
    return {
      text: body === undefined ? 'null' : typeof body === 'string' ? body : pythonJson(body),
      contentType: 'application/json',
    }
  if (format === 'form-urlencoded')
    return {
      text: body === undefined || body === null ? undefined : formEncoded(body),
      contentType: 'application/x-www-form-urlencoded',
    }
  if (body === undefined || body === null) return { text: undefined, contentType: undefined }
  return { text: typeof body === 'string' ? body : pythonJson(body), contentType: undefined }
}

/** As Python's `json.dumps` writes it: with a space behind commas and colons, and nothing but ASCII. */
function pythonJson(data: Json | undefined): string {
  if (Array.isArray(data)) return `[${data.map(pythonJson).join(', ')}]`
  if (data !== null && typeof data === 'object')
    return `{${Object.entries(data)
      .filter(([, value]) => value !== undefined)
      .map(([name, value]) => `${pythonJson(name)}: ${pythonJson(value)}`)
      .join(', ')}}`
  return JSON.stringify(data ?? null).replaceAll(
    /[\u0080-\uffff]/g,
    character => `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`,
  )
}

/** Pairs of a dictionary or of a list of pairs; a list as value gives one pair a member, null gives none. */
function formEncoded(body: Json): string {
  if (typeof body === 'string') return body
  const pairs: readonly (readonly [string, Json | undefined])[] = Array.isArray(body)
    ? body.map(pair => (Array.isArray(pair) ? [formText(pair[0] ?? null), pair[1]] : [formText(pair), '']))
    : body !== null && typeof body === 'object'
      ? Object.entries(body)
      : [[formText(body), '']]
  const form = new URLSearchParams()
  for (const [name, values] of pairs)
    for (const value of Array.isArray(values) ? values : [values])
      if (value !== null && value !== undefined) form.append(name, formText(value))
  // What Python's quote_plus leaves alone, and what it does not.
  return form.toString().replaceAll('*', '%2A').replaceAll('%7E', '~')
}

/** As Python prints it. */
const formText = (value: Json): string =>
  value === null
    ? 'None'
    : value === true
      ? 'True'
      : value === false
        ? 'False'
        : typeof value === 'object'
          ? pythonJson(value)
          : String(value)
