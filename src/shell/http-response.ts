/** An answer to a request, as it came (RFC 9112). */
export interface Response {
  readonly status: number
  readonly reason: string
  /** By names in lower case; several of one name are joined by commas. */
  readonly headers: { readonly [name: string]: string }
  readonly body: Buffer
}

const mostHead = 64 * 1024

/**
 * Reads the one answer that a connection brings, piece by piece. Strict, since what frames a body must be understood in
 * one way only.
 *
 * @param method of the request: HEAD has an answer without a body
 * @param limit bytes of body at most
 */
export class ResponseReader {
  readonly #method: string
  readonly #limit: number
  #waiting: Buffer = Buffer.alloc(0)
  #head: Omit<Response, 'body'> | undefined
  #framing: Framing = { kind: 'until-close' }
  readonly #body: Buffer[] = []
  #size = 0

  constructor(method: string, limit: number) {
    this.#method = method
    this.#limit = limit
  }

  /** @returns the answer when it is complete @throws Error where it is none */
  take(chunk: Buffer): Response | undefined {
    this.#waiting = this.#waiting.length === 0 ? chunk : Buffer.concat([this.#waiting, chunk])
    while (!this.#head) {
      const head = this.#takeHead()
      if (!head) return undefined
      // Interim answers come before the one that counts (RFC 9110, 15.2).
      if (head.status >= 200 || head.status === 101) this.#begin(head)
    }
    return this.#takeBody() ? this.#answer() : undefined
  }

  /** The server has closed the connection. @throws Error where the answer is not complete */
  close(): Response {
    if (!this.#head) throw new Error(this.#waiting.length === 0 ? 'the server closed the connection without an answer' : 'the server closed the connection within the head of its answer')
    if (this.#framing.kind !== 'until-close') throw new Error('the server closed the connection before its answer was complete')
    return this.#answer()
  }

  #answer(): Response {
    return { ...this.#head!, body: Buffer.concat(this.#body) }
  }

  #takeHead(): Omit<Response, 'body'> | undefined {
    const end = this.#waiting.indexOf('\r\n\r\n')
    if (end < 0 ? this.#waiting.length > mostHead : end > mostHead) throw new Error(`the head of the answer is longer than ${mostHead / 1024} KiB`)
    if (end < 0) return undefined
    const head = parseHead(this.#waiting.toString('latin1', 0, end))
    this.#waiting = this.#waiting.subarray(end + 4)
    return head
  }

  #begin(head: Omit<Response, 'body'>): void {
    this.#head = head
    this.#framing = framingOf(head, this.#method)
    if (this.#framing.kind === 'length' && this.#framing.left > this.#limit) this.#refuse()
  }

  /** @returns whether the body is complete */
  #takeBody(): boolean {
    const framing = this.#framing
    if (framing.kind === 'until-close') {
      this.#keep(this.#waiting.length)
      return false
    }
    if (framing.kind === 'length') {
      framing.left -= this.#keep(Math.min(framing.left, this.#waiting.length))
      return framing.left === 0
    }
    for (;;) {
      if (framing.left > 0) {
        framing.left -= this.#keep(Math.min(framing.left, this.#waiting.length))
        if (framing.left > 0) return false
        framing.part = 'end'
      }
      const line = this.#takeLine()
      if (line === undefined) return false
      if (framing.part === 'trailer') {
        if (line === '') return true
      } else if (framing.part === 'end') {
        if (line !== '') throw new Error('a chunk of the answer is longer than it says')
        framing.part = 'size'
      } else {
        const size = /^([0-9a-f]{1,12})[ \t]*(;|$)/i.exec(line)?.[1]
        if (size === undefined) throw new Error('a chunk of the answer does not say its size')
        framing.left = Number.parseInt(size, 16)
        if (framing.left === 0) framing.part = 'trailer'
      }
    }
  }

  #takeLine(): string | undefined {
    const end = this.#waiting.indexOf('\r\n')
    if (end < 0 ? this.#waiting.length > mostHead : end > mostHead) throw new Error('a line of the answer does not end')
    if (end < 0) return undefined
    const line = this.#waiting.toString('latin1', 0, end)
    this.#waiting = this.#waiting.subarray(end + 2)
    return line
  }

  /** Takes so many bytes for the body. */
  #keep(bytes: number): number {
    this.#size += bytes
    if (this.#size > this.#limit) this.#refuse()
    if (bytes > 0) this.#body.push(this.#waiting.subarray(0, bytes))
    this.#waiting = this.#waiting.subarray(bytes)
    return bytes
  }

  #refuse(): never {
    throw new Error(`the answer is larger than ${this.#limit} bytes`)
  }
}

/** Where a body ends (RFC 9112, 6.3). */
type Framing = { readonly kind: 'until-close' } | { readonly kind: 'length'; left: number } | { readonly kind: 'chunked'; part: 'size' | 'end' | 'trailer'; left: number }

function framingOf({ status, headers }: Omit<Response, 'body'>, method: string): Framing {
  if (method === 'HEAD' || status === 204 || status === 304 || status === 101) return { kind: 'length', left: 0 }
  const encoding = headers['transfer-encoding']
  if (encoding !== undefined) {
    if (encoding.toLowerCase() !== 'chunked') throw new Error(`the answer comes in an encoding that is not known: ${encoding}`)
    return { kind: 'chunked', part: 'size', left: 0 }
  }
  const lengths = new Set((headers['content-length'] ?? '').split(',').map(length => length.trim()))
  const [length = ''] = lengths
  if (length === '' && lengths.size === 1) return { kind: 'until-close' }
  if (lengths.size > 1 || !/^\d{1,15}$/.test(length)) throw new Error(`the answer does not say how long it is: Content-Length: ${headers['content-length']}`)
  return { kind: 'length', left: Number(length) }
}

function parseHead(text: string): Omit<Response, 'body'> {
  // A line that begins with white space goes on with the one before it, as old servers write (RFC 9112, 5.2).
  const [first = '', ...lines] = text.replaceAll(/\r\n[ \t]+/g, ' ').split('\r\n')
  const [, status, reason = ''] = /^HTTP\/1\.\d (\d{3})(?: (.*))?$/.exec(first) ?? []
  if (status === undefined) throw new Error(`this is no HTTP: ${JSON.stringify(first.slice(0, 60))}`)
  const headers: Record<string, string> = {}
  for (const line of lines) {
    const [, name, value] = /^([\w!#$%&'*+.^`|~-]+):[ \t]*(.*?)[ \t]*$/.exec(line) ?? []
    if (name === undefined) throw new Error(`the answer has a header that is none: ${JSON.stringify(line.slice(0, 60))}`)
    const key = name.toLowerCase()
    headers[key] = Object.hasOwn(headers, key) ? `${headers[key]}, ${value}` : value!
  }
  return { status: Number(status), reason, headers }
}
