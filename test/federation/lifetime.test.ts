import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { keeping, lifetimeOf } from '../../src/federation/lifetime.ts'
import type { Answer, Header } from '../../src/federation/world.ts'

const now = Date.UTC(2026, 10, 24, 12)
const [second, hour] = [1000, 3600_000]
const answer = (headers: readonly Header[]): Answer => ({ status: 200, reason: '', version: '1.1', headers, body: new Uint8Array() })
const dated = (milliseconds: number) => new Date(now + milliseconds).toUTCString()

describe('how long peers keep a well-known document', () => {
  test.each<[what: string, headers: readonly Header[], milliseconds: number, from: string]>([
    ['no header', [], 24 * hour, 'default'],
    ['max-age', [['cache-control', 'max-age=600']], 600 * second, 'max-age'],
    ['max-age among others, in capitals', [['cache-control', 'public, Max-Age=600, immutable']], 600 * second, 'max-age'],
    ['max-age in quotes', [['cache-control', 'max-age="600"']], 600 * second, 'max-age'],
    ['max-age of 0', [['cache-control', 'max-age=0']], 0, 'max-age'],
    ['max-age of a year: 48 hours', [['cache-control', 'max-age=31536000']], 48 * hour, 'max-age'],
    ['max-age that no number holds', [['cache-control', `max-age=${'9'.repeat(400)}`]], 48 * hour, 'max-age'],
    ['max-age wins over Expires', [['expires', dated(hour)], ['cache-control', 'max-age=60']], 60 * second, 'max-age'],
    ['max-age in a second header', [['cache-control', 'public'], ['cache-control', 'max-age=60']], 60 * second, 'max-age'],
    ['the first of two', [['cache-control', 'max-age=60, max-age=120']], 60 * second, 'max-age'],
    ['s-maxage is for proxies', [['cache-control', 's-maxage=60']], 24 * hour, 'default'],
    ['max-age that is no number', [['cache-control', 'max-age=soon']], 24 * hour, 'default'],
    ['a negative one, and Expires', [['cache-control', 'max-age=-5'], ['expires', dated(hour)]], hour, 'expires'],
    ['no-store', [['cache-control', 'max-age=600, no-store']], 0, 'no-store'],
    ['Expires', [['expires', dated(2 * hour)]], 2 * hour, 'expires'],
    ['Expires in the past', [['expires', dated(-hour)]], 0, 'expires'],
    ['Expires in a year', [['expires', dated(8760 * hour)]], 48 * hour, 'expires'],
    ['Expires: 0 is no date and lies in the past', [['expires', '0']], 0, 'expires'],
    ['Expires: -1', [['expires', '-1']], 0, 'expires'],
    ['Expires: a number that Date.parse takes for a year', [['expires', '2030']], 0, 'expires'],
    ['Expires as RFC 850 wrote it', [['expires', 'Tuesday, 24-Nov-26 13:00:00 GMT']], hour, 'expires'],
    ['Expires as asctime writes it', [['expires', 'Tue Nov 24 13:00:00 2026']], hour, 'expires'],
  ])('%s', (_, headers, milliseconds, from) => {
    expect(lifetimeOf(answer(headers), now)).toMatchObject({ milliseconds, from })
  })

  test('what the header says is told apart from what is kept', () => {
    expect(lifetimeOf(answer([['cache-control', 'max-age=31536000']]), now).stated).toBe(31536000_000)
    expect(lifetimeOf(answer([]), now).stated).toBeNull()
  })

  test('no header makes it negative, endless, or longer than 48 hours', () => {
    const value = fc.oneof(fc.string(), fc.stringMatching(/^[a-z-]{0,9}=?"?-?[0-9e.]{0,400}"?(,[ -~]{0,20})?$/), fc.date({ noInvalidDate: true }).map(date => date.toUTCString()))
    fc.assert(fc.property(fc.array(fc.tuple(fc.constantFrom('cache-control', 'expires'), value), { maxLength: 4 }), headers => {
      const { milliseconds, stated } = lifetimeOf(answer(headers), now)
      expect(milliseconds).toBeGreaterThanOrEqual(0)
      expect(milliseconds).toBeLessThanOrEqual(keeping.most)
      if (stated !== null) expect(stated).toBeGreaterThanOrEqual(milliseconds)
    }), { numRuns: 2000 })
  })
})
