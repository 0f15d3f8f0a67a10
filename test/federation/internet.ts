import type { Certificate, Exchange, Exchanged, Failure, Header, Judgement, Lookup, Service, TlsSession, World } from '../../src/federation/world.ts'

/** A piece of the Internet in memory: names, addresses, and what answers there. Data in, exchanges out. */
export interface Internet {
  now: number
  readonly addresses: { [name: string]: readonly string[] | Failed }
  readonly services: { [name: string]: readonly Service[] | Failed }
  readonly aliases: { [name: string]: readonly string[] }
  /** In the order of loading: the first that listens at an address and port is its default. */
  readonly hosts: VirtualHost[]
  /** What happens to whoever connects to an address, before anything listens there. */
  readonly failures: { [address: string]: Failure }
}

/** Nobody can say. */
export interface Failed {
  readonly failed: string
}

export interface VirtualHost {
  readonly name: string
  addresses: readonly string[]
  readonly port: number
  /** Null: no TLS. */
  tls: Shown | null
  /** What is answered; a path is compared as it came. */
  answer: (request: Asked) => Reply
}

/** What a server shows in the handshake. */
export interface Shown {
  names: readonly string[]
  chain?: Judgement
  selfSigned?: boolean
  notBefore?: number
  notAfter?: number
  protocol?: string
  /** Protocols that are offered beside HTTP/1.1. */
  http2?: boolean
  /** The handshake fails. */
  failure?: Failure
  fingerprint?: string
}

export interface Asked {
  readonly method: string
  /** As it came: path and query. */
  readonly target: string
  readonly path: string
  readonly host: string
  readonly headers: readonly Header[]
  readonly body: string
  readonly http2: boolean
}

export type Reply = Answered | { readonly failure: Failure }

interface Answered {
  readonly status: number
  readonly headers?: readonly Header[]
  readonly body?: string | Uint8Array
}

export const refused: Failure = { stage: 'connect', reason: 'refused', message: 'connection refused' }
export const timeout: Failure = { stage: 'connect', reason: 'timeout', message: 'no answer within 10 s' }
export const noRoute: Failure = { stage: 'connect', reason: 'no-route', message: 'this machine has no IPv6' }

/** Everything that was asked, for tests of what is not asked. */
export interface Watched extends World {
  readonly exchanges: Exchange[]
  readonly lookups: string[]
}

export function worldOf(internet: Internet): Watched {
  const exchanges: Exchange[] = []
  const lookups: string[] = []
  const look = <T>(what: string, table: { [name: string]: readonly T[] | Failed }, name: string): Lookup<T> => {
    lookups.push(`${what} ${name}`)
    const found = table[name.toLowerCase()] ?? []
    return 'failed' in found ? { ok: false, reason: 'server-failure', message: found.failed } : { ok: true, records: found }
  }
  return {
    exchanges, lookups,
    now: () => internet.now,
    random: count => new Uint8Array(count).fill(7),
    resolver: {
      addresses: async (name, family) => {
        const found = look(family === 4 ? 'A' : 'AAAA', internet.addresses, name)
        return found.ok ? { ...found, records: found.records.filter(address => address.includes(':') === (family === 6)) } : found
      },
      services: async name => look('SRV', internet.services, name),
      aliases: async name => look('CNAME', internet.aliases, name),
    },
    exchange: async request => {
      exchanges.push(request)
      return exchange(internet, request)
    },
  }
}

function exchange(internet: Internet, request: Exchange): Exchanged {
  const { address, port, tls: wish } = request
  const failure = internet.failures[address] ?? internet.failures[`${address} ${port}`]
  if (failure) return { failure, milliseconds: 1 }
  const listening = internet.hosts.filter(host => host.port === port && host.addresses.includes(address))
  if (listening.length === 0) return { failure: refused, milliseconds: 1 }
  const named = (name: string | null) => listening.find(host => host.name === name?.toLowerCase()) ?? listening[0]!
  const greeted = named(wish?.servername ?? null)
  if (wish && !greeted.tls) return { failure: { stage: 'tls', reason: 'tls', message: 'wrong version number' }, milliseconds: 1 }
  if (wish && greeted.tls!.failure) return { failure: greeted.tls!.failure, milliseconds: 1 }
  const session = wish && greeted.tls ? sessionOf(greeted.tls, wish.identity, wish.alpn?.includes('h2') ?? false, internet.now) : undefined
  if (!wish && greeted.tls) return { answer: answerOf({ status: 400, body: '<html>You speak plain HTTP to an SSL-enabled server port.</html>' }, internet.now, false), milliseconds: 1 }
  const host = request.headers.find(([name]) => name.toLowerCase() === 'host')?.[1] ?? ''
  const reply = named(host.replace(/:\d+$/, '').replace(/^\[|\]$/g, '')).answer({
    method: request.method, target: request.target, path: request.target.split('?')[0]!, host, headers: request.headers, body: Buffer.from(request.body ?? []).toString(), http2: session?.alpn === 'h2',
  })
  const shown = session ? { tls: session } : {}
  if ('failure' in reply) return { ...shown, failure: reply.failure, milliseconds: 1 }
  if (reply.body !== undefined && reply.body.length > request.limit) return { ...shown, answer: answerOf({ ...reply, body: reply.body.slice(0, request.limit) }, internet.now, false), failure: { stage: 'body', reason: 'too-large', message: `the body is larger than ${request.limit / 1024} KiB` }, milliseconds: 1 }
  return { ...shown, answer: answerOf(request.method === 'HEAD' ? { ...reply, body: '' } : reply, internet.now, session?.alpn === 'h2'), milliseconds: 1 }
}

function answerOf({ status, headers = [], body = '' }: Answered, now: number, http2: boolean): NonNullable<Exchanged['answer']> {
  const given = new Set(headers.map(([name]) => name.toLowerCase()))
  const usual = [['date', new Date(now).toUTCString()], ['server', 'Apache']] as const
  return {
    status, reason: '', version: http2 ? '2' : '1.1',
    headers: [...usual.filter(([name]) => !given.has(name)), ...headers.map(([name, value]) => [name.toLowerCase(), value] as const)],
    body: typeof body === 'string' ? new TextEncoder().encode(body) : body,
  }
}

const day = 24 * 3600 * 1000
const fine: Judgement = { ok: true }

function sessionOf(shown: Shown, identity: string, http2: boolean, now: number): TlsSession {
  const matches = shown.names.some(name => name === identity || (name.startsWith('*.') && identity.split('.').slice(1).join('.') === name.slice(2)))
  const certificate: Certificate = {
    subject: `CN=${shown.names[0] ?? ''}`, issuer: shown.selfSigned ? `CN=${shown.names[0] ?? ''}` : 'CN=R3', names: shown.names.filter(name => !/^[\d.]+$|:/.test(name)), addresses: shown.names.filter(name => /^[\d.]+$|:/.test(name)),
    notBefore: shown.notBefore ?? now - 30 * day, notAfter: shown.notAfter ?? now + 60 * day, fingerprint: shown.fingerprint ?? Buffer.from(shown.names.join()).toString('hex').padEnd(64, '0').slice(0, 64), selfSigned: shown.selfSigned ?? false,
  }
  return {
    protocol: shown.protocol ?? 'TLSv1.3', cipher: 'TLS_AES_256_GCM_SHA384', alpn: http2 && shown.http2 !== false ? 'h2' : null, certificates: [certificate],
    chain: shown.chain ?? fine, name: matches ? fine : { ok: false, code: 'ERR_TLS_CERT_ALTNAME_INVALID', message: `it is for ${shown.names.join(', ')}` },
  }
}

export const json = (status: number, content: unknown, headers: readonly Header[] = []): Answered => ({ status, headers: [['Content-Type', 'application/json'], ...headers], body: JSON.stringify(content) })
export const html = (status: number, title = 'Not Found'): Answered => ({ status, headers: [['Content-Type', 'text/html; charset=iso-8859-1']], body: `<!DOCTYPE HTML PUBLIC "-//IETF//DTD HTML 2.0//EN">\n<html><head><title>${status} ${title}</title></head></html>` })
export const redirect = (status: number, location: string, headers: readonly Header[] = []): Answered => ({ status, headers: [['Location', location], ...headers], body: '' })
export const matrixError = (status: number, errcode: string, error = '', headers: readonly Header[] = []): Answered => json(status, { errcode, error }, headers)
