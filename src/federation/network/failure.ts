import type { Failure } from '../world.ts'

/** How far an exchange came. */
export type Stage = Failure['stage']

/** Something that breaks an exchange and says itself how. */
export class Broken extends Error {
  readonly failure: Omit<Failure, 'stage'>

  constructor(reason: Failure['reason'], message: string) {
    super(message)
    this.failure = { reason, message }
  }
}

/** What an error of Node's sockets, TLS, HTTP and zlib means for an exchange that had come to a stage. */
export function failureFrom(error: unknown, stage: Stage): Failure {
  if (error instanceof Broken) return { stage, ...error.failure }
  const { code = '', message = String(error), reason = '' } = error as NodeJS.ErrnoException & { readonly reason?: string }
  const [kind, text] = meanings[code] ?? byFamily(code, reason || message, stage)
  return { stage, reason: kind, message: text }
}

type Meaning = readonly [Failure['reason'], string]

const meanings: { readonly [code: string]: Meaning } = {
  ECONNREFUSED: ['refused', 'connection refused'],
  ETIMEDOUT: ['timeout', 'no answer to the attempt to connect'],
  EHOSTUNREACH: ['unreachable', 'the host cannot be reached'],
  EHOSTDOWN: ['unreachable', 'the host cannot be reached'],
  ENETUNREACH: ['no-route', 'this machine has no way to that network'],
  EADDRNOTAVAIL: ['no-route', 'this machine has no way to that network'],
  EAFNOSUPPORT: ['no-route', 'this machine does not speak that kind of address'],
  EACCES: ['no-route', 'this machine may not connect there'],
  EPERM: ['no-route', 'this machine may not connect there'],
  EMFILE: ['no-route', 'this machine has too many open files'],
  ENFILE: ['no-route', 'this machine has too many open files'],
  EPIPE: ['reset', 'the connection was reset'],
  HPE_HEADER_OVERFLOW: ['too-large', 'the headers are larger than 64 KiB'],
  ERR_STREAM_PREMATURE_CLOSE: ['closed', 'the connection was closed before the end'],
  ERR_HTTP2_STREAM_CANCEL: ['closed', 'the connection was closed before the end'],
  ERR_HTTP2_GOAWAY_SESSION: ['closed', 'the connection was closed before the end'],
}

function byFamily(code: string, message: string, stage: Stage): Meaning {
  // Node says ECONNRESET also when the peer closed in good order, only too early.
  if (code === 'ECONNRESET') return /disconnected before secure|socket hang up|aborted/.test(message) ? ['closed', 'the connection was closed before the end'] : ['reset', 'the connection was reset']
  if (code.startsWith('ERR_SSL_') || code === 'EPROTO' || code.startsWith('ERR_TLS_') || stage === 'tls') return ['tls', `TLS: ${message}`]
  if (code.startsWith('HPE_')) return ['malformed', `the answer is not HTTP: ${message.replace(/^Parse Error: /, '')}`]
  if (code.startsWith('ERR_HTTP2_')) return ['malformed', `HTTP/2: ${message}`]
  if (code.startsWith('Z_') || code.startsWith('ERR__ERROR_') || code === 'ERR_BROTLI') return ['malformed', `the body cannot be decompressed: ${message}`]
  if (stage === 'connect') return ['unreachable', message]
  return ['malformed', message]
}

/** What did not come in time, by the stage that it hung in. */
export function late(stage: Stage, milliseconds: number): Failure {
  const within = `within ${Number((milliseconds / 1000).toFixed(1))} s`
  const message = { connect: `no connection ${within}`, tls: `no end of the TLS handshake ${within}`, request: `the request could not be sent ${within}`, headers: `no answer ${within}`, body: `no end of the body ${within}` }[stage]
  return { stage, reason: 'timeout', message }
}
