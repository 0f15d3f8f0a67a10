import type { WellKnownFailure, WellKnownResult } from './discovery.ts'
import { failureLifetime, lifetimeOf } from './lifetime.ts'
import { type AskUrl, follow } from './redirects.ts'
import { parseServerName } from './server-name.ts'

/** A larger document is read by no server: the limit of Synapse and of gomatrixserverlib, in bytes. */
export const wellKnownLimit = 50 * 1024

/** Where a server's well-known document stands; null for a name that no URL can hold, such as `1.2.3`. */
export function wellKnownUrl(hostname: string): URL | null {
  const url = URL.parse(`https://${hostname}/.well-known/matrix/server`)
  return url?.hostname === hostname.toLowerCase() ? url : null
}

/**
 * Looks at a server's well-known document and says what it is worth (server-server API, "Resolving server names", step 3).
 * Its media type plays no part: readers have to take it for JSON.
 *
 * @param now milliseconds since 1970, from which `Expires` is counted
 */
export async function lookAtWellKnown(url: URL, ask: AskUrl, now: number): Promise<WellKnownResult> {
  const followed = await follow(url, ask)
  if (!followed.ok) return { ...followed, lifetime: failureLifetime }
  const { answer, hops } = followed
  if (answer.status !== 200) return worthless('status', `it is answered with ${answer.status}${answer.reason && ` ${answer.reason}`}`)
  const document = delegation(answer.body)
  return document.ok ? { ok: true, server: document.server, lifetime: lifetimeOf(answer, now), hops } : worthless(document.kind, document.message)

  function worthless(kind: WellKnownFailure, message: string): WellKnownResult {
    return { ok: false, kind, message, lifetime: failureLifetime, hops }
  }
}

/** The server name that a document gives in `m.server`. */
export function delegation(body: Uint8Array): { readonly ok: true; readonly server: string } | { readonly ok: false; readonly kind: WellKnownFailure; readonly message: string } {
  const document = jsonOf(body)
  if (!document.ok) return { ok: false, kind: 'not-json', message: document.message }
  if (document.value === null || typeof document.value !== 'object' || Array.isArray(document.value)) return { ok: false, kind: 'not-json', message: 'the document is no JSON object' }
  const server = Object.hasOwn(document.value, 'm.server') ? (document.value as { 'm.server': unknown })['m.server'] : undefined
  if (server === undefined) return { ok: false, kind: 'no-m.server', message: 'the document has no m.server' }
  if (typeof server !== 'string') return { ok: false, kind: 'invalid-m.server', message: 'm.server is no string' }
  const name = parseServerName(server)
  return name.ok ? { ok: true, server } : { ok: false, kind: 'invalid-m.server', message: `m.server: ${name.problem}` }
}

function jsonOf(body: Uint8Array): { readonly ok: true; readonly value: unknown } | { readonly ok: false; readonly message: string } {
  if (body.length === 0) return { ok: false, message: 'the document is empty' }
  const text = textOf(body)
  if (text === undefined) return { ok: false, message: 'the document is not UTF-8' }
  if (text.startsWith('\uFEFF')) return { ok: false, message: 'the document begins with a byte order mark, which JSON does not know' }
  if (/^\s*</.test(text)) return { ok: false, message: 'the document is HTML' }
  try {
    return { ok: true, value: JSON.parse(text) }
  } catch (error) {
    return { ok: false, message: `the document is no JSON: ${(error as Error).message}` }
  }
}

function textOf(body: Uint8Array): string | undefined {
  try {
    return new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(body)
  } catch {
    return undefined
  }
}
