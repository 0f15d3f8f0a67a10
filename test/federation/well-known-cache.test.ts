import { beforeEach, describe, expect, test } from 'vitest'
import type { WellKnownFailure, WellKnownResult } from '../../src/federation/discovery.ts'
import { failureLifetime } from '../../src/federation/lifetime.ts'
import { wellKnownCache } from '../../src/federation/well-known-cache.ts'

const [second, minute, hour] = [1000, 60_000, 3600_000]
const good = (server: string, milliseconds = 24 * hour): WellKnownResult => ({ ok: true, server, hops: [], lifetime: { milliseconds, stated: milliseconds, from: 'max-age' } })
const status = (code: number): WellKnownResult => ({
  ok: false, kind: 'status', message: '', lifetime: failureLifetime,
  hops: [{ url: '', address: '', exchanged: { answer: { status: code, reason: '', version: '1.1', headers: [], body: new Uint8Array() }, milliseconds: 1 } }],
})
const bad = (kind: WellKnownFailure): WellKnownResult => ({ ok: false, kind, message: '', lifetime: failureLifetime, hops: [] })

let [now, looks, shown] = [0, 0, good('a:1')]
let cache: ReturnType<typeof wellKnownCache>
const at = async (milliseconds: number, then?: WellKnownResult) => {
  now = milliseconds
  if (then) shown = then
  const before = looks
  const result = await cache('hs.example')
  return { server: result.ok ? result.server : result.kind, looks: looks - before }
}

beforeEach(() => {
  [now, looks] = [0, 0]
  cache = wellKnownCache({ now: () => now, pause: async milliseconds => void (now += milliseconds), look: async () => (looks++, shown) })
})

describe('a peer', () => {
  test('keeps a document for the first four fifths of its life, and asks anew in the last', async () => {
    expect(await at(0, good('a:1', 600 * second))).toEqual({ server: 'a:1', looks: 1 })
    expect(await at(479 * second, good('b:2', 600 * second))).toEqual({ server: 'a:1', looks: 0 })
    expect(await at(480 * second)).toEqual({ server: 'b:2', looks: 1 })
  })

  test('35: keeps a document to its end when the server is in trouble, trying thrice', async () => {
    await at(0, good('a:1', 600 * second))
    expect(await at(590 * second, status(503))).toEqual({ server: 'a:1', looks: 3 })
    expect(await at(602 * second)).toEqual({ server: 'status', looks: 3 })
  })

  test.each<WellKnownFailure>(['connect', 'tls', 'too-large', 'no-address', 'redirect-loop'])('takes %s for trouble that passes', async kind => {
    await at(0, good('a:1', hour))
    expect(await at(55 * minute, bad(kind))).toMatchObject({ server: 'a:1' })
  })

  test.each<WellKnownResult>([status(404), bad('not-json'), bad('no-m.server'), bad('invalid-m.server')])('believes at once that a document is gone or broken: $kind', async failure => {
    await at(0, good('a:1', hour))
    expect(await at(55 * minute, failure)).toEqual({ server: (failure as { kind: string }).kind, looks: 1 })
  })

  test('keeps a document for five minutes even if it must not', async () => {
    await at(0, good('a:1', 0))
    expect(await at(239 * second, good('b:2'))).toEqual({ server: 'a:1', looks: 0 })
    expect(await at(240 * second)).toEqual({ server: 'b:2', looks: 1 })
  })

  test('keeps a failure for an hour, and only two minutes where there was a document', async () => {
    await at(0, status(404))
    expect(await at(59 * minute, good('a:1', hour))).toEqual({ server: 'status', looks: 0 })
    expect(await at(60 * minute)).toEqual({ server: 'a:1', looks: 1 })
    expect(await at(150 * minute, status(404))).toEqual({ server: 'status', looks: 1 })
    expect(await at(151 * minute)).toEqual({ server: 'status', looks: 0 })
    expect(await at(152 * minute, good('c:3'))).toEqual({ server: 'c:3', looks: 1 })
  })

  test('forgets after two more hours that there was a document', async () => {
    await at(0, good('a:1', hour))
    expect(await at(3 * hour, status(503))).toEqual({ server: 'status', looks: 1 })
    expect(await at(3 * hour + 59 * minute)).toEqual({ server: 'status', looks: 0 })
  })

  test('asks once for many that want to know at the same time', async () => {
    const results = await Promise.all(Array.from({ length: 10 }, () => cache('hs.example')))
    expect([new Set(results).size, looks]).toEqual([1, 1])
  })
})
