import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import type { WellKnownHop } from '../../src/federation/discovery.ts'
import { lookAtWellKnown, wellKnownUrl } from '../../src/federation/well-known.ts'
import type { Exchanged, Header } from '../../src/federation/world.ts'

const start = wellKnownUrl('hs.example')!
const document = '{"m.server":"matrix.hs.example:443"}'
const exchanged = (status: number, headers: readonly Header[] = [], body: string | Uint8Array = ''): Exchanged =>
  ({ answer: { status, reason: '', version: '1.1', headers, body: typeof body === 'string' ? new TextEncoder().encode(body) : body }, milliseconds: 1 })
const to = (status: number, location: string) => exchanged(status, [['location', location]])

/** Answers by URL; what is not there has no address. */
const web = (pages: { readonly [url: string]: Exchanged }) => async (url: URL): Promise<WellKnownHop | undefined> =>
  pages[url.href] && { url: url.href, address: '203.0.113.1', exchanged: pages[url.href]! }

const look = (pages: { readonly [url: string]: Exchanged }) => lookAtWellKnown(start, web(pages), 0)

describe('redirects of the well-known document', () => {
  test.each([301, 302, 303, 307, 308])('%i is followed', async status => {
    expect(await look({ [start.href]: to(status, 'https://www.hs.example/x'), 'https://www.hs.example/x': exchanged(200, [], document) })).toMatchObject({ ok: true, server: 'matrix.hs.example:443', hops: [{ url: start.href }, { url: 'https://www.hs.example/x' }] })
  })

  test.each<[what: string, location: string, leads: string]>([
    ['a path', '/other', 'https://hs.example/other'],
    ['a relative path', 'server.json', 'https://hs.example/.well-known/matrix/server.json'],
    ['a host without a scheme', '//www.hs.example:8443/x?y=%2F', 'https://www.hs.example:8443/x?y=%2F'],
    ['a URL with a fragment, which is not asked for', 'https://hs.example/x#here', 'https://hs.example/x'],
  ])('%s is resolved', async (_, location, leads) => {
    expect(await look({ [start.href]: to(302, location), [leads]: exchanged(200, [], document) })).toMatchObject({ ok: true, hops: [{}, { url: leads }] })
  })

  test.each<[what: string, pages: { readonly [url: string]: Exchanged }, kind: string]>([
    ['to itself', { [start.href]: to(302, start.href) }, 'redirect-loop'],
    ['in a circle of two', { [start.href]: to(302, '/a'), 'https://hs.example/a': to(302, start.href) }, 'redirect-loop'],
    ['without TLS', { [start.href]: to(301, 'http://hs.example/.well-known/matrix/server') }, 'redirect-to-http'],
    ['to another scheme', { [start.href]: to(301, 'ftp://hs.example/') }, 'redirect-invalid'],
    ['to no URL', { [start.href]: to(301, 'https://[') }, 'redirect-invalid'],
    ['to nowhere', { [start.href]: exchanged(301) }, 'redirect-invalid'],
    ['to a name without addresses', { [start.href]: to(301, 'https://nowhere.example/') }, 'no-address'],
    ['fifty times', Object.fromEntries([[start.href, to(302, '/0')], ...Array.from({ length: 50 }, (_, index) => [`https://hs.example/${index}`, to(302, `/${index + 1}`)])]), 'too-many-redirects'],
  ])('%s: nothing is found', async (_, pages, kind) => {
    const result = await look(pages)
    expect(result).toMatchObject({ ok: false, kind, lifetime: { milliseconds: 3600_000, from: 'failure' } })
    expect(result.hops.length).toBeLessThanOrEqual(11)
  })

  test('a redirect counts even if its page never ends', async () => {
    const endless: Exchanged = { ...to(302, '/a'), failure: { stage: 'body', reason: 'too-large', message: '' } }
    expect(await look({ [start.href]: endless, 'https://hs.example/a': exchanged(200, [], document) })).toMatchObject({ ok: true })
  })
})

describe('what a peer sends', () => {
  test('is a server name or a failure, whatever the bytes', async () => {
    const json = fc.json().map(text => new TextEncoder().encode(text))
    const near = fc.tuple(fc.anything(), fc.string()).map(([value, rest]) => new TextEncoder().encode(JSON.stringify({ 'm.server': value, rest }) ?? ''))
    await fc.assert(fc.asyncProperty(fc.oneof(fc.uint8Array(), json, near), async body => {
      const result = await look({ [start.href]: exchanged(200, [], body) })
      if (result.ok) expect(result.server).toMatch(/^[0-9A-Za-z.:[\]-]+$/)
      else expect(['not-json', 'no-m.server', 'invalid-m.server']).toContain(result.kind)
    }), { numRuns: 500 })
  })

  test('may be ten thousand levels deep', async () => {
    const deep = `{"m.server":"matrix.hs.example:443","x":${'['.repeat(10_000)}${']'.repeat(10_000)}}`
    expect(await look({ [start.href]: exchanged(200, [], deep) })).toMatchObject({ ok: false, kind: 'not-json' })
  })
})

test.each(['1.2.3', '0x7f.1', '2130706433', 'a..b', '-.-', 'hs.example.'])('%s has a URL of that very name or none', hostname => {
  expect([null, hostname]).toContain(wellKnownUrl(hostname)?.hostname ?? null)
})
