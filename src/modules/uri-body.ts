import { pythonText } from '../core/python-text.ts'
import { Float, type Json } from '../core/value.ts'
import { jsonText } from './json-text.ts'
import type { PlanContext } from './module.ts'
import { normalPath } from './normal-path.ts'
import { refuse } from './refusal.ts'
import { multipart } from './uri-multipart.ts'

export type BodyFormat = 'raw' | 'json' | 'form-urlencoded' | 'form-multipart'

export interface BodyParameters {
  readonly body?: Json
  readonly body_format: BodyFormat
  readonly src?: string
  readonly remote_src: boolean
}

/** What is sent, and the content type that goes with it: `certain` where no other would do. */
export interface Body {
  readonly body?: string | Uint8Array
  readonly contentType?: string
  readonly certain?: boolean
}

const formType = 'application/x-www-form-urlencoded'

/** A body of which nobody says what it is goes as a form's, as Python's urllib sends it. */
export async function bodyOf({ body, body_format: format, src, remote_src }: BodyParameters, context: PlanContext): Promise<Body> {
  const readFile = (name: string) => (remote_src ? fileOfHost(name, context) : fileOfController(name, context))
  if (src !== undefined) return { body: await readFile(src), contentType: format === 'json' ? 'application/json' : formType }
  if (format !== 'form-multipart') return encodeBody(body, format)
  const { bytes, contentType } = await multipart(body, readFile)
  return { body: bytes, contentType, certain: true }
}

async function fileOfHost(name: string, context: PlanContext): Promise<Uint8Array> {
  return (await context.facts.content(await normalPath(name, context))) ?? refuse(`Unable to open source file ${name}`, { elapsed: 0 })
}

async function fileOfController(name: string, { controller }: PlanContext): Promise<Uint8Array> {
  const file = controller.readFile(name, 'files')
  return file?.content ?? refuse(`could not find src=${name}`, { hint: 'It is looked for in the files directory of the role, in files beside the playbook, and beside the playbook.' })
}

/** A text is sent as it is, whatever the format: it is taken to be encoded already. */
export function encodeBody(body: Json | undefined, format: Exclude<BodyFormat, 'form-multipart'>): Body {
  const text = (body: string | undefined, contentType?: string): Body => ({ ...(body !== undefined && { body }), ...(contentType !== undefined && { contentType }) })
  if (format === 'json') return text(body === undefined ? 'null' : typeof body === 'string' ? body : jsonText(body), 'application/json')
  if (format === 'form-urlencoded') return text(body === undefined || body === null ? undefined : formEncoded(body), formType)
  if (body === undefined || body === null) return {}
  return text(typeof body === 'string' ? body : jsonText(body), formType)
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
  value === null || typeof value !== 'object' || value instanceof Float ? pythonText(value) : jsonText(value)
