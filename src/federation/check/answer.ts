import { isObject, readJson, type JsonObject } from '../json.ts'
import { header, type Answer, type Exchanged } from '../world.ts'

/** The body of an answer as JSON; undefined where it is none. */
export function jsonOf(answer: Answer | undefined): unknown {
  const reading = answer && readJson(answer.body)
  return reading?.ok ? reading.value : undefined
}

/** The body as a JSON object; undefined where it is none. */
export function objectOf({ answer }: Exchanged): JsonObject | undefined {
  const value = jsonOf(answer)
  return isObject(value) ? value : undefined
}

/** The `errcode` of a Matrix error; undefined where the answer is none. */
export function errcodeOf(exchanged: Exchanged): string | undefined {
  const code = objectOf(exchanged)?.errcode
  return typeof code === 'string' ? code : undefined
}

/** Only a homeserver says this: a result in JSON, or an error with a code of Matrix. A redirect or a proxy's page is none. */
export function isMatrix(exchanged: Exchanged): boolean {
  const { answer } = exchanged
  if (!answer || answer.status >= 300 && answer.status < 400) return false
  return answer.status < 300 ? jsonOf(answer) !== undefined : errcodeOf(exchanged) !== undefined
}

export const isRedirect = ({ answer }: Exchanged): boolean => answer !== undefined && answer.status >= 300 && answer.status < 400 && answer.status !== 304

/** Whoever answers wants to be asked less often. */
export const isLimited = ({ answer }: Exchanged): boolean => answer?.status === 429

/** The web server itself lets nobody through: `Require`, `RewriteRule … [F]` and `[G]`, mod_security. */
export const isRefusal = (exchanged: Exchanged): boolean =>
  exchanged.answer !== undefined && [403, 410].includes(exchanged.answer.status) && errcodeOf(exchanged) === undefined

/** The homeserver's own status for a request that is not signed or of another method, with a page of the web server. */
export const isReplaced = (exchanged: Exchanged): boolean =>
  exchanged.answer !== undefined && [401, 405].includes(exchanged.answer.status) && isHtml(exchanged.answer) && header(exchanged.answer, 'www-authenticate') === undefined

/** The answer comes from a proxy that got none from the homeserver. */
export const isGatewayError = (exchanged: Exchanged): boolean =>
  exchanged.answer !== undefined && [502, 503, 504].includes(exchanged.answer.status) && errcodeOf(exchanged) === undefined

/** The connection and TLS came about, and then no answer began. */
export const isUnanswered = ({ tls, answer, failure }: Exchanged): boolean =>
  !answer && tls !== undefined && failure !== undefined && failure.reason !== 'tls' && failure.reason !== 'bound'

export function isHtml(answer: Answer): boolean {
  if (/^text\/html\b/i.test(header(answer, 'content-type') ?? '')) return true
  return /^\s*(<!doctype html|<html)/i.test(new TextDecoder().decode(answer.body.subarray(0, 200)))
}

/** Content type without its parameters, in lower case; empty where there is none. */
export const contentTypeOf = (answer: Answer): string => (header(answer, 'content-type') ?? '').split(';')[0]!.trim().toLowerCase()

/** What came, in a few words: `404, an HTML page of Apache`, `401, M_UNAUTHORIZED: Missing Authorization headers`. */
export function said(exchanged: Exchanged): string {
  const { answer, failure } = exchanged
  if (!answer) return failure?.message ?? 'no answer'
  if (failure) return `${answer.status}, but ${failure.message}`
  const location = header(answer, 'location')
  if (location !== undefined && isRedirect(exchanged)) return `${answer.status} to ${short(location)}`
  const body = objectOf(exchanged)
  if (body && typeof body.errcode === 'string') return `${answer.status}, ${short(body.errcode)}${typeof body.error === 'string' ? `: ${short(body.error)}` : ''}`
  return `${answer.status}, ${kindOf(answer)}`
}

function kindOf(answer: Answer): string {
  if (answer.body.length === 0) return 'with an empty body'
  const server = /^(apache|nginx|cloudflare|caddy|haproxy)\b/i.exec(header(answer, 'server') ?? '')?.[1]
  if (isHtml(answer)) return server ? `an HTML page of ${server.slice(0, 1).toUpperCase()}${server.slice(1)}` : 'an HTML page'
  return jsonOf(answer) === undefined ? contentTypeOf(answer) || 'without a content type' : 'JSON'
}

const short = (text: string) => (text.length > 200 ? `${text.slice(0, 199)}…` : text)
