import { once } from 'node:events'
import { createServer as createHttpServer, type IncomingMessage, type ServerResponse } from 'node:http'
import { createServer, type Socket } from 'node:net'
import { createSecureContext, TLSSocket } from 'node:tls'
import { signJson } from './signature.ts'
import type { SigningKey } from './signing-key.ts'

/** A connection that reached the probe. It is there from the connect on, and grows. */
export interface ProbeVisit {
  /** Milliseconds since 1970. */
  readonly at: number
  /** IP address. */
  readonly from: string
  readonly requests: readonly { readonly method: string; readonly target: string; readonly status: number }[]
  /** Why no more was asked, as a sentence's rest: the certificate is not trusted, say. */
  readonly failure?: string
}

type Growing = { -readonly [K in keyof ProbeVisit]: K extends 'requests' ? ProbeVisit['requests'][number][] : ProbeVisit[K] }

interface ServerOptions {
  readonly name: string
  readonly listen: { readonly address: string; readonly port: number }
  readonly certificate: string
  readonly key: string
  readonly signingKey: SigningKey
  now(): number
}

const hour = 60 * 60 * 1000
/** Milliseconds for a handshake, for a request's headers, and for a connection that is kept. */
const patience = 10_000
const mostConnections = 100
const mostVisits = 1000

/** The listening half of the probe: answers what a homeserver must answer to be asked at all, and passes nothing on. */
export async function serveProbe(
  options: ServerOptions,
): Promise<{ readonly visits: readonly ProbeVisit[]; close(): Promise<void> }> {
  const { listen, certificate, key, now } = options
  const visits: ProbeVisit[] = []
  const secureContext = createSecureContext({ cert: certificate, key, minVersion: 'TLSv1.2' })

  // Bodies are never read: the answer is sent, and the connection ends.
  const http = createHttpServer(
    {
      maxHeaderSize: 16 * 1024,
      headersTimeout: patience,
      requestTimeout: patience,
      keepAliveTimeout: patience,
      insecureHTTPParser: false,
    },
    (request, response) => {
      const status = answer(options, request, response)
      visitOf
        .get(request.socket)
        ?.requests.push({ method: request.method ?? '', target: (request.url ?? '').slice(0, 2000), status })
    },
  )
  http.maxRequestsPerSocket = 20
  const visitOf = new WeakMap<Socket, Growing>()
  const open = new Set<Socket>()

  const server = createServer(plain => {
    const visit: Growing = { at: now(), from: addressOf(plain), requests: [] }
    if (visits.length < mostVisits) visits.push(visit)
    const socket = new TLSSocket(plain, { isServer: true, secureContext, ALPNProtocols: ['http/1.1'] })
    visitOf.set(socket, visit)
    let state = 'the connection ended in the TLS handshake'
    open.add(plain)
    plain.setTimeout(patience, () => plain.destroy())
    const handshake = setTimeout(() => plain.destroy(), patience)
    plain.on('error', () => {})
    plain.on('close', () => {
      clearTimeout(handshake)
      open.delete(plain)
      if (visit.requests.length === 0) visit.failure ??= state
    })
    socket.on('error', (error: Error & { readonly reason?: string }) => {
      visit.failure ??= (error.reason ?? error.message).replaceAll(/\p{C}/gu, ' ').slice(0, 200)
      plain.destroy()
    })
    socket.on('secure', () => {
      clearTimeout(handshake)
      state = 'the connection ended after the TLS handshake, before a request'
      http.emit('connection', socket)
    })
  })
  server.maxConnections = mostConnections
  server.listen({ host: listen.address, port: listen.port })
  await once(server, 'listening')

  return {
    visits,
    async close() {
      const closed = once(server, 'close')
      server.close()
      http.close()
      for (const socket of open) socket.destroy()
      await closed
    },
  }
}

/** @returns the status */
function answer(options: ServerOptions, { method, url }: IncomingMessage, response: ServerResponse): number {
  const [path] = (url ?? '').split('?')
  const document = method === 'GET' ? documents.get(path!) : undefined
  const { status, content } = document?.(options) ?? {
    status: 404,
    content: { errcode: 'M_UNRECOGNIZED', error: 'Unrecognized request' },
  }
  const body = JSON.stringify(content)
  response.writeHead(status, {
    'Content-Type': 'application/json',
    'Content-Length': Buffer.byteLength(body),
    ...(method !== 'GET' && { Connection: 'close' }),
  })
  response.end(method === 'HEAD' ? undefined : body)
  return status
}

type Answer = (options: ServerOptions) => { readonly status: number; readonly content: unknown }

const keyDocument: Answer = ({ name, signingKey, now }) => ({
  status: 200,
  content: signJson(
    {
      server_name: name,
      valid_until_ts: now() + hour,
      verify_keys: { [signingKey.id]: { key: signingKey.verifyKey } },
      old_verify_keys: {},
    },
    name,
    signingKey,
  ),
})

const documents: ReadonlyMap<string, Answer> = new Map<string, Answer>([
  ['/_matrix/key/v2/server', keyDocument],
  [
    '/_matrix/federation/v1/version',
    () => ({ status: 200, content: { server: { name: 'matrix-provision', version: 'probe' } } }),
  ],
  [
    '/_matrix/federation/v1/query/directory',
    () => ({ status: 404, content: { errcode: 'M_NOT_FOUND', error: 'There are no rooms here' } }),
  ],
])

/** An IPv4 address that came over an IPv6 socket is an IPv4 address. */
const addressOf = (socket: Socket): string => (socket.remoteAddress ?? '').replace(/^::ffff:(?=\d+\.)/, '')
