import type { Lifetime } from './discovery.ts'
import { type Answer, header, headers } from './world.ts'

const minute = 60_000
const hour = 60 * minute

/** How long peers keep what a well-known lookup gave (server-server API, "Resolving server names", step 3), in milliseconds. */
export const keeping = { default: 24 * hour, most: 48 * hour, failure: hour } as const

/**
 * How long peers keep a well-known document that was found: as long as its headers say and 48 hours at most; 24 hours where they
 * say nothing. `max-age` wins over `Expires`, and an `Expires` that is no date lies in the past (RFC 9111, 5.3).
 *
 * @param now milliseconds since 1970
 */
export function lifetimeOf(answer: Answer, now: number): Lifetime {
  const directives = cacheControl(headers(answer, 'cache-control'))
  if (directives.has('no-store')) return kept('no-store', 0)
  const maxAge = directives.get('max-age')
  if (maxAge !== undefined && /^\d+$/.test(maxAge)) return kept('max-age', Number(maxAge) * 1000)
  const expires = header(answer, 'expires')
  if (expires !== undefined) return kept('expires', (httpDate(expires) ?? now) - now)
  return { milliseconds: keeping.default, stated: null, from: 'default' }
}

/** How long a lookup is kept that gave nothing. */
export const failureLifetime: Lifetime = { milliseconds: keeping.failure, stated: null, from: 'failure' }

function kept(from: Lifetime['from'], milliseconds: number): Lifetime {
  const stated = Math.max(0, milliseconds)
  return { milliseconds: Math.min(stated, keeping.most), stated, from }
}

/** The directives of all headers together, in lower case, values without quotes; of a repeated one the first (RFC 9111, 4.2.1). */
function cacheControl(values: readonly string[]): Map<string, string> {
  const directives = new Map<string, string>()
  for (const directive of values.join(',').split(',')) {
    const [name = '', ...value] = directive.split('=')
    const key = name.trim().toLowerCase()
    if (!directives.has(key)) directives.set(key, value.join('=').trim().replace(/^"(.*)"$/, '$1'))
  }
  return directives
}

/** Milliseconds since 1970 of a date as HTTP writes it (RFC 9110, 5.6.7); undefined for anything else, `0` and `-1` among it. */
function httpDate(text: string): number | undefined {
  if (!/^(?:[A-Z][a-z]{2}, \d{2} [A-Z][a-z]{2} \d{4} \d{2}:\d{2}:\d{2} GMT|[A-Z][a-z]+day, \d{2}-[A-Z][a-z]{2}-\d{2} \d{2}:\d{2}:\d{2} GMT|[A-Z][a-z]{2} [A-Z][a-z]{2} [ \d]\d \d{2}:\d{2}:\d{2} \d{4})$/.test(text.trim())) return undefined
  const time = Date.parse(/GMT$/.test(text.trim()) ? text : `${text} GMT`)
  return Number.isNaN(time) ? undefined : time
}
