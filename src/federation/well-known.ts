import type { WellKnownFailure, WellKnownResult } from './discovery.ts'
import { isObject, readJson } from './json.ts'
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
  const reading = readJson(body)
  if (!reading.ok) return { ok: false, kind: 'not-json', message: `the document is ${reading.message}` }
  if (!isObject(reading.value)) return { ok: false, kind: 'not-json', message: 'the document is no JSON object' }
  if (!Object.hasOwn(reading.value, 'm.server')) return { ok: false, kind: 'no-m.server', message: 'the document has no m.server' }
  const server = reading.value['m.server']
  if (typeof server !== 'string') return { ok: false, kind: 'no-m.server', message: 'm.server is no string' }
  const name = parseServerName(server)
  return name.ok ? { ok: true, server } : { ok: false, kind: 'invalid-m.server', message: `m.server: ${name.problem}` }
}
