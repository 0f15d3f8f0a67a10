import { connect, constants, type ClientHttp2Stream, type OutgoingHttpHeaders } from 'node:http2'
import type { TLSSocket } from 'node:tls'
import type { Exchange, Header } from '../world.ts'
import { readBody } from './body.ts'
import { Broken } from './failure.ts'
import type { Progress } from './progress.ts'

/** One request over HTTP/2 on a connection that is used for nothing else. */
export async function overHttp2(socket: TLSSocket, { method, target, headers, body, limit }: Exchange, progress: Progress): Promise<void> {
  progress.stage = 'request'
  const session = connect('https://localhost', { createConnection: () => socket, settings: { enablePush: false }, maxSessionMemory: 1 })
  session.on('error', error => progress.broken(error))
  session.once('goaway', code => code !== constants.NGHTTP2_NO_ERROR && progress.broken(new Broken('closed', `HTTP/2: the server ends the connection (${wordFor(code)})`)))
  try {
    const stream = session.request({ ':method': method, ':scheme': 'https', ':path': target, ...fieldsOf(headers, body) }, { endStream: !body })
    stream.on('error', error => progress.broken(error))
    if (body) stream.end(body)
    progress.stage = 'headers'
    const raw = await answered(stream)
    const found = raw.filter(([name]) => !name.startsWith(':'))
    const chunks = progress.answered({ status: Number(raw.find(([name]) => name === ':status')?.[1] ?? 0), reason: '', version: '2', headers: found })
    progress.stage = 'body'
    await readBody(stream, found, limit, chunks)
    // A stream also ends like one that is whole when the connection was cut.
    if (stream.rstCode) throw new Broken('closed', `HTTP/2: the body was cut off (${wordFor(stream.rstCode)})`)
  } finally {
    session.destroy()
  }
}

/** Headers as HTTP/2 has them: `Host` is `:authority`, and what belongs to a connection of HTTP/1.1 is left out (RFC 9113, 8.2.2). */
function fieldsOf(headers: readonly Header[], body: Uint8Array | undefined): OutgoingHttpHeaders {
  const fields: { [name: string]: string[] } = {}
  for (const [name, value] of headers.map(([name, value]) => [name.toLowerCase(), value] as const))
    if (!ofConnection.has(name)) (fields[name === 'host' ? ':authority' : name] ??= []).push(value)
  return { ...Object.fromEntries(Object.entries(fields).map(([name, values]) => [name, values.length === 1 ? values[0] : values])), ...(body && { 'content-length': body.length }) }
}

const ofConnection = new Set(['connection', 'keep-alive', 'proxy-connection', 'transfer-encoding', 'upgrade'])

const answered = (stream: ClientHttp2Stream): Promise<Header[]> =>
  new Promise((resolve, reject) => {
    stream.once('response', (_headers, _flags, raw: readonly string[]) => resolve(Array.from({ length: raw.length / 2 }, (_, index) => [raw[2 * index]!, raw[2 * index + 1]!] as const)))
    stream.once('error', reject)
    stream.once('close', () => reject(new Broken('closed', `HTTP/2: the request was closed without an answer (${wordFor(stream.rstCode)})`)))
  })

/** `REFUSED_STREAM`. */
const wordFor = (code: number | undefined): string =>
  Object.entries(constants).find(([name, value]) => value === code && /^NGHTTP2_(?!ERR|FLAG|NV|SETTINGS|HCAT|STREAM_STATE|DEFAULT|SESSION)[A-Z_0-9]+$/.test(name))?.[0].replace('NGHTTP2_', '') ?? `code ${code}`
