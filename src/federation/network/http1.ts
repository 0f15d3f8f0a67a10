import { request as httpRequest, type ClientRequest, type IncomingMessage } from 'node:http'
import type { Duplex } from 'node:stream'
import type { Exchange, Header } from '../world.ts'
import { readBody } from './body.ts'
import { Broken } from './failure.ts'
import type { Progress } from './progress.ts'

/** Headers of an answer may take so many bytes. */
const mostHeaders = 64 * 1024

/** One request over HTTP/1.1 on a connection that is used for nothing else. The request target goes out byte for byte. */
export async function overHttp1(socket: Duplex, { method, target, headers, body, limit }: Exchange, progress: Progress): Promise<void> {
  progress.stage = 'request'
  const sized: readonly Header[] = [...headers, ...(body ? [['Content-Length', String(body.length)] as const] : []), ['Connection', 'close']]
  const sent = httpRequest({ createConnection: () => socket, method, path: target, headers: sized.flat(), setDefaultHeaders: false, maxHeaderSize: mostHeaders })
  sent.on('error', error => progress.broken(error))
  sent.end(body)
  progress.stage = 'headers'
  const response = await answered(sent)
  const found = named(response.rawHeaders)
  const chunks = progress.answered({ status: response.statusCode ?? 0, reason: response.statusMessage ?? '', version: response.httpVersion === '1.0' ? '1.0' : '1.1', headers: found })
  // After these the connection belongs to another protocol.
  if (response.statusCode === 101 || (method === 'CONNECT' && response.statusCode === 200)) return
  progress.stage = 'body'
  await readBody(response, found, limit, chunks)
}

/** The head of the answer; of one that changes the protocol, too. */
const answered = (sent: ClientRequest): Promise<IncomingMessage> =>
  new Promise((resolve, reject) => {
    for (const event of ['response', 'upgrade', 'connect'] as const) sent.once(event, resolve)
    sent.once('error', reject)
    sent.once('close', () => reject(new Broken('closed', 'the connection was closed before an answer came')))
  })

function named(raw: readonly string[]): Header[] {
  return Array.from({ length: raw.length / 2 }, (_, index) => [raw[2 * index]!.toLowerCase(), raw[2 * index + 1]!] as const)
}
