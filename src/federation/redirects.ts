import type { WellKnownHop, WellKnownFailure } from './discovery.ts'
import { type Answer, header } from './world.ts'

/** More redirects than this are followed by nobody; Go's HTTP client, the strictest, stops here. */
export const mostRedirects = 10

/** One request of a chain; undefined where the URL's host has no address. */
export type AskUrl = (url: URL) => Promise<WellKnownHop | undefined>

/** The answer at the end of the chain, or why there is none. */
export type Followed =
  | { readonly ok: true; readonly answer: Answer; readonly url: URL; readonly hops: readonly WellKnownHop[] }
  | { readonly ok: false; readonly kind: WellKnownFailure; readonly message: string; readonly hops: readonly WellKnownHop[] }

/**
 * Follows redirects as peers do for well-known documents: over https only, never in a circle, every certificate judged as that
 * of the URL's own host (server-server API, "Resolving server names", step 3).
 *
 * @returns an answer that is no redirect and came whole, unless its status is not 200: then whatever came of its body
 */
export async function follow(start: URL, ask: AskUrl): Promise<Followed> {
  const hops: WellKnownHop[] = []
  const seen = new Set<string>()
  for (let url = start; ;) {
    if (seen.has(url.href)) return { ok: false, kind: 'redirect-loop', message: `it redirects in a circle, back to ${url.href}`, hops }
    if (hops.length > mostRedirects) return { ok: false, kind: 'too-many-redirects', message: `it redirects more than ${mostRedirects} times`, hops }
    seen.add(url.href)
    const hop = await ask(url)
    if (!hop) return { ok: false, kind: 'no-address', message: `${url.hostname} has no address`, hops }
    hops.push(hop)
    const { answer, failure, tls } = hop.exchanged
    const distrusted = tls && [tls.chain, tls.name].find(({ ok }) => !ok)
    if (distrusted && !distrusted.ok) return { ok: false, kind: 'tls', message: distrusted.message, hops }
    if (answer && redirecting.has(answer.status)) {
      const next = destination(answer, url)
      if (!next.ok) return { ...next, hops }
      url = next.url
    } else if (answer && (answer.status !== 200 || !failure)) return { ok: true, answer, url, hops }
    else return { ok: false, ...brokenBy(failure), hops }
  }
}

const redirecting = new Set([301, 302, 303, 307, 308])

function destination(answer: Answer, from: URL): { readonly ok: true; readonly url: URL } | { readonly ok: false; readonly kind: WellKnownFailure; readonly message: string } {
  const location = header(answer, 'location')
  if (location === undefined) return { ok: false, kind: 'redirect-invalid', message: `it is answered with ${answer.status} without a Location` }
  const url = URL.parse(location, from.href)
  if (url?.protocol === 'http:') return { ok: false, kind: 'redirect-to-http', message: `it redirects to ${url.href}, without TLS` }
  if (url?.protocol !== 'https:') return { ok: false, kind: 'redirect-invalid', message: `it redirects to ${JSON.stringify(location.slice(0, 200))}, which is no https URL` }
  url.hash = ''
  return { ok: true, url }
}

function brokenBy(failure: WellKnownHop['exchanged']['failure']): { readonly kind: WellKnownFailure; readonly message: string } {
  if (!failure) return { kind: 'connect', message: 'there is no answer' }
  if (failure.reason === 'too-large' && failure.stage === 'body') return { kind: 'too-large', message: failure.message }
  return { kind: failure.reason === 'tls' || failure.stage === 'tls' ? 'tls' : 'connect', message: failure.message }
}
