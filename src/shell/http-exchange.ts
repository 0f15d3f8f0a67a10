import type { Duplex } from 'node:stream'
import { ResponseReader, type Response } from './http-response.ts'

/** When it has passed, whatever is under way breaks off. */
export class Deadline {
  passed = false
  readonly #timer: NodeJS.Timeout
  #stream: Duplex | undefined

  constructor(milliseconds: number) {
    this.#timer = setTimeout(() => {
      this.passed = true
      this.#stream?.destroy(new Error('too late'))
    }, milliseconds)
  }

  /** This is under way now. */
  guard(stream: Duplex): void {
    this.#stream = stream
    if (this.passed) stream.destroy(new Error('too late'))
  }

  clear(): void {
    clearTimeout(this.#timer)
  }
}

interface Asked {
  readonly method: string
  readonly headers?: { readonly [name: string]: string }
  readonly credentials?: { readonly user: string; readonly password: string }
  readonly body?: string | Uint8Array
}

/** Methods that are about their body: that there is none is said (`http/client.py`, `_METHODS_EXPECTING_BODY`). */
const expectingBody: ReadonlySet<string> = new Set(['PATCH', 'POST', 'PUT'])

/** A request without its body, as it is written. @throws Error for what cannot stand in it */
export function headOf({ method, headers: own = {}, credentials, body }: Asked, url: URL): string {
  const headers: Record<string, string> = { host: url.host, connection: 'close', 'user-agent': 'matrix-provision', accept: '*/*' }
  if (credentials) headers.authorization = `Basic ${Buffer.from(`${credentials.user}:${credentials.password}`).toString('base64')}`
  if (body !== undefined || expectingBody.has(method)) headers['content-length'] = String(Buffer.byteLength(body ?? ''))
  for (const [name, value] of Object.entries(own)) headers[name.toLowerCase()] = value
  for (const name of [method, ...Object.keys(headers)]) if (!/^[\w!#$%&'*+.^`|~-]+$/.test(name)) throw new Error(`this is neither a method nor a header: ${JSON.stringify(name)}`)
  for (const [name, value] of Object.entries(headers)) if (/[^\t\x20-\x7e\x80-\xff]/.test(value)) throw new Error(`the header ${name} holds a character that it may not: ${JSON.stringify(value)}`)
  return `${method} ${url.pathname}${url.search} HTTP/1.1\r\n${Object.entries(headers).map(([name, value]) => `${name}: ${value}\r\n`).join('')}\r\n`
}

/**
 * One request on a connection of its own. By ourselves, since Node's client takes 6 ms for it until its code is warm, which
 * is a tenth of all that a host costs.
 *
 * @param limit bytes of body that the answer may have
 * @throws Error where no answer comes, or none that is HTTP
 */
export function exchange(stream: Duplex, { method, head, body, limit }: { method: string; head: string; body?: string | Uint8Array; limit: number }, deadline: Deadline): Promise<Response> {
  deadline.guard(stream)
  const reader = new ResponseReader(method, limit)
  return new Promise<Response>((resolve, reject) => {
    const settle = (read: () => Response | undefined) => {
      try {
        const response = read()
        if (response) resolve(response)
        if (response) stream.destroy()
      } catch (error) {
        reject(error as Error)
        stream.destroy()
      }
    }
    stream.on('data', (chunk: Buffer) => settle(() => reader.take(chunk)))
    stream.on('end', () => settle(() => reader.close()))
    stream.on('error', reject)
    stream.on('close', () => reject(new Error('the connection was closed before an answer came')))
    stream.write(head, 'latin1')
    if (body !== undefined) stream.write(body)
  })
}
