import type { Duplex } from 'node:stream'
import type { ConnectionOptions, SecureContextOptions } from 'node:tls'
import { ConnectionFailure, type Become, type Connection } from '../connection/connection.ts'
import type { HttpAnswer, HttpRequest } from '../host/fact.ts'
import { Deadline, exchange, headOf } from './http-exchange.ts'
import type { Response } from './http-response.ts'
import { needsOwnTrust, trustOf } from './trust.ts'

/** A request as a fact or a step asks for it. */
export type AnyRequest = Omit<HttpRequest, 'method'> & {
  readonly method: string
  readonly body?: string | Uint8Array
  /** Whose shell the host's trust store is read in, where it is needed. */
  readonly as?: Become
}

const mostRedirects = 50
const mostBytes = 16 * 1024 * 1024

/**
 * Makes a request from a host, through its connection: nothing is needed on the host, its name service finds the
 * address, and its trust store judges certificates. What goes wrong is an answer with status -1.
 */
export async function httpFrom(connection: Connection, request: AnyRequest): Promise<HttpAnswer> {
  const started = performance.now()
  const elapsed = () => (performance.now() - started) / 1000
  const deadline = new Deadline((request.timeout ?? 30) * 1000)
  let { url, method, body } = request
  try {
    for (let redirects = 0; ; redirects++) {
      const response = await once(connection, { ...request, url, method, body, ...(redirects > 0 && redirected(request, url)) }, deadline)
      const next = redirects < mostRedirects ? redirectOf(response, request, method) : undefined
      if (!next) return { ...response, url, elapsed: elapsed() }
      url = new URL(next.location, url).href
      if (next.method !== method) body = undefined
      method = next.method
    }
  } catch (error) {
    return { status: -1, url, error: explain(error, deadline, request), elapsed: elapsed() }
  } finally {
    deadline.clear()
  }
}

/** Ansible's rules: `safe` follows GET and HEAD only; 303, and what servers mean by 301 and 302, turn into GET. */
function redirectOf(response: Response, request: AnyRequest, method: string): { location: string; method: string } | undefined {
  const { location } = response.headers
  const follow = request.followRedirects ?? 'safe'
  if (!location || ![301, 302, 303, 307, 308].includes(response.status) || follow === 'none') return undefined
  const reading = method === 'GET' || method === 'HEAD'
  if (follow === 'safe' && !reading) return undefined
  return { location, method: response.status < 304 && method !== 'HEAD' ? 'GET' : method }
}

/** What a request to where a redirect leads goes without. */
function redirected({ url: first, headers = {}, unredirected = [] }: AnyRequest, url: string): Partial<AnyRequest> {
  const kept = Object.entries(headers).filter(([name]) => !unredirected.includes(name.toLowerCase()))
  return { headers: Object.fromEntries(kept), ...(!sameHost(url, first) && { credentials: undefined }) }
}

const sameHost = (a: string, b: string) => new URL(a).host === new URL(b).host

async function once(connection: Connection, request: AnyRequest, deadline: Deadline): Promise<Response> {
  const url = new URL(request.url)
  const secure = url.protocol === 'https:'
  const port = Number(url.port || (secure ? 443 : 80))
  const host = request.address ?? url.hostname.replace(/^\[|\]$/g, '')
  const head = headOf(request, url)
  const plain = await connection.forward(host, port)
  const stream = secure ? await secured(connection, plain, url.hostname.replace(/^\[|\]$/g, ''), request, () => connection.forward(host, port), deadline) : plain
  return exchange(stream, { ...request, head, limit: request.limit ?? mostBytes }, deadline)
}

/** TLS over a forwarded stream. Most certificates chain to public roots; only for others is the host's store asked for. */
async function secured(connection: Connection, plain: Duplex, name: string, request: AnyRequest, again: () => Promise<Duplex>, deadline: Deadline): Promise<Duplex> {
  const { authorities: ca, certificate: cert, certificateKey: key = cert } = request
  const own: SecureContextOptions = cert === undefined ? {} : { cert, key }
  if (request.validateCertificates === false) return handshake(plain, name, { rejectUnauthorized: false, ...own }, deadline)
  if (ca !== undefined) return handshake(plain, name, { ca, ...own }, deadline)
  if (needsOwnTrust(connection)) return handshake(plain, name, { secureContext: await trustOf(connection, own, request.as) }, deadline)
  try {
    return await handshake(plain, name, own, deadline)
  } catch (error) {
    if (!distrusted.has((error as NodeJS.ErrnoException).code ?? '')) throw error
    const [secureContext, fresh] = await Promise.all([trustOf(connection, own, request.as), again()])
    return handshake(fresh, name, { secureContext }, deadline)
  }
}

const distrusted: ReadonlySet<string> = new Set([
  'SELF_SIGNED_CERT_IN_CHAIN', 'DEPTH_ZERO_SELF_SIGNED_CERT', 'UNABLE_TO_GET_ISSUER_CERT', 'UNABLE_TO_GET_ISSUER_CERT_LOCALLY', 'UNABLE_TO_VERIFY_LEAF_SIGNATURE',
])

async function handshake(plain: Duplex, name: string, options: ConnectionOptions, deadline: Deadline): Promise<Duplex> {
  const { connect } = await import('node:tls')
  const { isIP } = await import('node:net')
  return new Promise((resolve, reject) => {
    const socket = connect({ socket: plain, host: name, ...(!isIP(name) && { servername: name }), ALPNProtocols: ['http/1.1'], ...options }, () => resolve(socket))
    socket.on('error', reject)
    deadline.guard(socket)
  })
}

function explain(error: unknown, deadline: Deadline, request: AnyRequest): string {
  if (deadline.passed) return `no answer within ${request.timeout ?? 30} seconds`
  if (error instanceof ConnectionFailure) return error.message
  const { message, cause } = error as Error
  return cause instanceof Error ? `${message}: ${cause.message}` : message
}
