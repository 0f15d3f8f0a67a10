import { createHash } from 'node:crypto'
import { posix } from 'node:path'
import type { Json } from '../core/value.ts'
import { jsonText } from './json-text.ts'
import { refuse } from './refusal.ts'

/** One field of a form. */
interface Part {
  readonly name: string
  readonly filename?: string
  readonly type: string
  readonly content: Uint8Array
}

/** Brings the bytes of a file by its name. */
type ReadFile = (name: string) => Promise<Uint8Array>

/**
 * A form as `multipart/form-data` (RFC 7578). A field is a text, or a dictionary of `content` or `filename`, and `mime_type`.
 * The boundary follows from what is sent, so that the same form is the same request.
 */
export async function multipart(body: Json | undefined, readFile: ReadFile): Promise<{ readonly bytes: Uint8Array; readonly contentType: string }> {
  if (body === null || typeof body !== 'object' || Array.isArray(body)) refuse('failed to parse body as form-multipart: it must be a dictionary of fields')
  const parts = await Promise.all(Object.entries(body).map(([name, field]) => partOf(name, field as Json, readFile)))
  const digest = createHash('sha256')
  for (const { name, content } of parts) digest.update(name).update('\0').update(content)
  const boundary = `matrix-provision-${digest.digest('hex').slice(0, 32)}`
  const chunks = parts.flatMap(({ name, filename, type, content }) => {
    const disposition = `form-data; name="${quoted(name)}"${filename === undefined ? '' : `; filename="${quoted(filename)}"`}`
    return [Buffer.from(`--${boundary}\r\nContent-Disposition: ${disposition}\r\nContent-Type: ${type}\r\n\r\n`), content, Buffer.from('\r\n')]
  })
  return { bytes: Uint8Array.from(Buffer.concat([...chunks, Buffer.from(`--${boundary}--\r\n`)])), contentType: `multipart/form-data; boundary=${boundary}` }
}

async function partOf(name: string, field: Json, readFile: ReadFile): Promise<Part> {
  if (field === null || typeof field !== 'object' || Array.isArray(field)) return { name, type: 'text/plain', content: Buffer.from(textOf(field)) }
  const { filename, content, mime_type: type } = field as { readonly [member: string]: Json | undefined }
  if (filename === undefined && content === undefined) refuse(`failed to parse body as form-multipart: ${name} needs a filename or content`)
  const file = filename === undefined ? undefined : textOf(filename)
  return {
    name,
    ...(file !== undefined && { filename: posix.basename(file) }),
    type: type === undefined ? (file === undefined ? 'text/plain' : 'application/octet-stream') : textOf(type),
    content: content === undefined ? await readFile(file!) : Buffer.from(textOf(content)),
  }
}

const textOf = (value: Json): string => (typeof value === 'string' ? value : typeof value === 'object' ? jsonText(value) : String(value))

/** As browsers do it (WHATWG HTML, 4.10.21.8). */
const quoted = (text: string): string => text.replaceAll('\r', '%0D').replaceAll('\n', '%0A').replaceAll('"', '%22')
