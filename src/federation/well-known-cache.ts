import type { WellKnownResult } from './discovery.ts'

const minute = 60_000

/** How Synapse keeps what a lookup gave, in milliseconds, where the specification leaves it open (synapse, well_known_resolver.py). */
export const habits = {
  /** A document is kept at least so long, whatever its headers say. */
  least: 5 * minute,
  /** A failure is kept so long where there was a document not long ago. */
  down: 2 * minute,
  /** That there was one is remembered so much longer than the document itself. */
  remembered: 120 * minute,
  /** In this last part of its life a document is asked for anew. */
  grace: 0.2,
  /** Where there was a document, what may pass is tried so often, with a pause between. */
  tries: 3,
  pause: 500,
  /** So many names are kept; the longest unused go first. */
  names: 10_000,
} as const

export interface CacheOptions {
  /** A look at the document of a name (`lookAtWellKnown`). */
  look(hostname: string): Promise<WellKnownResult>
  /** Milliseconds since 1970. */
  now(): number
  /** Waits so many milliseconds. */
  pause(milliseconds: number): Promise<void>
}

interface Kept {
  readonly result: WellKnownResult
  /** Milliseconds since 1970. */
  readonly since: number
  readonly until: number
  /** Until then it is remembered that there was a document. */
  readonly hadUntil: number
}

/** Well-known lookups as a peer keeps them: what it believes of a server now, however the server has changed since. */
export function wellKnownCache({ look, now, pause }: CacheOptions): (hostname: string) => Promise<WellKnownResult> {
  const kept = new Map<string, Kept>()
  const underWay = new Map<string, Promise<WellKnownResult>>()

  return hostname => {
    const known = kept.get(hostname)
    if (known && now() < freshUntil(known)) return Promise.resolve(known.result)
    const lookup = underWay.get(hostname) ?? renewed(hostname).finally(() => underWay.delete(hostname))
    underWay.set(hostname, lookup)
    return lookup
  }

  async function renewed(hostname: string): Promise<WellKnownResult> {
    const known = kept.get(hostname)
    const had = known !== undefined && now() < known.hadUntil
    const result = await persistent(hostname, had ? habits.tries : 1)
    const since = now()
    if (!result.ok && mayPass(result) && known?.result.ok && since < known.until) return known.result
    const lifetime = result.ok ? Math.max(result.lifetime.milliseconds, habits.least) : had ? habits.down : result.lifetime.milliseconds
    const until = since + lifetime
    kept.delete(hostname)
    kept.set(hostname, { result, since, until, hadUntil: result.ok ? until + habits.remembered : known?.hadUntil ?? 0 })
    if (kept.size > habits.names) kept.delete(kept.keys().next().value!)
    return result
  }

  async function persistent(hostname: string, tries: number): Promise<WellKnownResult> {
    const result = await look(hostname)
    if (tries <= 1 || !mayPass(result)) return result
    await pause(habits.pause)
    return persistent(hostname, tries - 1)
  }
}

/** A failure is kept to its end; a document is asked for anew a while before. */
const freshUntil = ({ result, since, until }: Kept): number => (result.ok ? until - habits.grace * (until - since) : until)

/** Whether a failure says nothing about the document: the server was not reached, or was in trouble. */
function mayPass(result: WellKnownResult): boolean {
  if (result.ok) return false
  if (result.kind === 'status') return (result.hops.at(-1)?.exchanged.answer?.status ?? 0) >= 500
  return !['not-json', 'no-m.server', 'invalid-m.server'].includes(result.kind)
}
