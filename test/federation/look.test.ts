import { describe, expect, test } from 'vitest'
import { siteOf } from '../../src/federation/look.ts'
import { courtesy, userAgent } from '../../src/federation/requests.ts'
import type { Exchange, World } from '../../src/federation/world.ts'
import { json, redirect, refused, worldOf, type Internet, type Reply } from './internet.ts'

const [one, two] = ['203.0.113.1', '203.0.113.2']

/** A host `hs.example` at two addresses that answers everything in one way. */
function internet(answer: (path: string, host: string) => Reply = () => json(200, {}), more: Partial<Internet> = {}): Internet {
  return {
    now: 1000, addresses: { 'hs.example': [one, two] }, services: {}, aliases: {}, failures: {},
    hosts: [443, 8448].map(port => ({ name: 'hs.example', addresses: [one, two], port, tls: { names: ['hs.example', 'client.hs.example'] }, answer: ({ path, host }) => answer(path, host) })), ...more,
  }
}
const endpoint = { address: one, port: 443, host: 'hs.example', identity: 'hs.example', servername: 'hs.example', base: '' }
const ask = { address: one, port: 443, tls: null, method: 'GET', target: '/', headers: [] } as const

describe('a site', () => {
  test('asks each question once, also when many ask at the same time', async () => {
    const world = worldOf(internet())
    const site = siteOf('hs.example', { world })
    await Promise.all([1, 2, 3].map(async () => {
      await site.discovery()
      await site.ask(endpoint, { target: '/x' })
      await site.wellKnownAt(two)
      await site.document('client')
      await site.clientBase()
      await site.federation()
      await site.aliases('hs.example')
    }))
    const asked = world.exchanges.map(({ address, port, target, headers }) => `${address}:${port}${target} ${headers.map(([name]) => name).join()}`)
    expect(asked.length).toBe(new Set(asked).size)
    expect(world.lookups.length).toBe(new Set(world.lookups).size)
    expect(site.requests).toBe(asked.length)
  })

  test('tells requests apart that differ', async () => {
    const world = worldOf(internet())
    const site = siteOf('hs.example', { world })
    const body = (text: string) => new TextEncoder().encode(text)
    for (const request of [{ target: '/' }, { target: '/', method: 'PUT' }, { target: '/', headers: [['A', '1']] as const }, { target: '/', method: 'PUT', body: body('1') }, { target: '/', method: 'PUT', body: body('2') }, { target: '/', method: 'PUT', body: body('2') }])
      await site.ask(endpoint, request)
    expect(site.requests).toBe(5)
  })

  test('asks once for what differs only in where its path begins', async () => {
    const site = siteOf('hs.example', { world: worldOf(internet()) })
    for (const base of ['', '/x']) await site.ask({ ...endpoint, base }, { target: '/' })
    expect(site.requests).toBe(1)
  })

  test('says who asks, with a name that no host turns away', async () => {
    const world = worldOf(internet())
    const site = siteOf('hs.example', { world })
    await site.ask(endpoint, { target: '/' })
    await site.exchange({ ...ask, headers: [['user-agent', 'other']] })
    expect(world.exchanges.map(({ headers }) => headers)).toEqual([[['Host', 'hs.example'], ['User-Agent', userAgent()]], [['user-agent', 'other']]])
    expect(userAgent()).toMatch(/^matrix-provision\/\d+\.\d+\.\d+ \(\+federation check\)$/)
  })

  test('makes no more requests than is polite', async () => {
    const world = worldOf(internet())
    const site = siteOf('hs.example', { world })
    const results = await Promise.all(Array.from({ length: 500 }, (_, index) => site.ask(endpoint, { target: `/${index}` })))
    expect(world.exchanges).toHaveLength(courtesy.requests)
    expect(results.at(-1)).toMatchObject({ failure: { stage: 'connect', reason: 'bound', message: expect.stringContaining('200 requests') } })
  })

  test('makes few requests at a time', async () => {
    let [now, most] = [0, 0]
    const world: World = { ...worldOf(internet()), exchange: async () => {
      most = Math.max(most, ++now)
      await new Promise(resolve => setTimeout(resolve, 1))
      now--
      return { milliseconds: 1 }
    } }
    const site = siteOf('hs.example', { world })
    await Promise.all(Array.from({ length: 50 }, (_, index) => site.ask(endpoint, { target: `/${index}` })))
    expect(most).toBe(courtesy.atOnce)
  })

  test('stops asking when the time is over, and asks for no longer than what is left', async () => {
    const internet_ = internet()
    const seen: Exchange[] = []
    const world: World = { ...worldOf(internet_), now: () => internet_.now, exchange: async request => (seen.push(request), (internet_.now += 3000), { milliseconds: 3000 }) }
    const site = siteOf('hs.example', { world, deadline: 5000 })
    const results = []
    for (const target of ['/1', '/2', '/3']) results.push(await site.ask(endpoint, { target, deadline: 4000 }))
    expect(seen.map(({ deadline }) => deadline)).toEqual([4000, 2000])
    expect(results[2]).toMatchObject({ failure: { reason: 'bound', message: 'the 5 s for one server are over' } })
    expect(await site.addresses('other.example')).toMatchObject({ ipv4: { ok: false, reason: 'timeout' } })
  })

  test('has less patience with an address and port that kept silent', async () => {
    const seen: Exchange[] = []
    const world: World = { ...worldOf(internet()), exchange: async request => (seen.push(request), { milliseconds: 1, failure: { stage: request.port === 443 ? 'tls' : 'headers', reason: 'timeout', message: 'late' } }) }
    const site = siteOf('hs.example', { world })
    for (const port of [443, 443, 8448, 8448]) await site.exchange({ ...ask, port })
    expect(seen.map(({ port, deadline }) => [port, deadline])).toEqual([[443, 10_000], [443, 2000], [8448, 10_000], [8448, 10_000]])
  })

  test('reads no more of a delegation document than peers do', async () => {
    const world = worldOf(internet())
    await siteOf('hs.example', { world }).wellKnownAt(one)
    expect(world.exchanges[0]).toMatchObject({ limit: 50 * 1024, tls: { servername: 'hs.example', identity: 'hs.example' } })
  })
})

describe('pins', () => {
  const pinned = (pins: World['pins'], more?: Partial<Internet>) => ({ ...worldOf(internet(undefined, more)), pins })
  const addresses = async (site: ReturnType<typeof siteOf>, name: string, port?: number) => {
    const { ipv4, ipv6 } = await site.addresses(name, port)
    return [ipv4, ipv6].flatMap(lookup => (lookup.ok ? lookup.records : []))
  }

  test('take the place of DNS for a name and a port', async () => {
    const world = pinned([{ name: 'HS.example', port: 443, addresses: ['198.51.100.1', '2001:db8::1'] }, { name: 'hs.example', port: 80, addresses: ['198.51.100.2'] }])
    const site = siteOf('hs.example', { world })
    expect(await addresses(site, 'hs.example', 443)).toEqual(['198.51.100.1', '2001:db8::1'])
    expect(await addresses(site, 'hs.example')).toEqual(['198.51.100.1', '198.51.100.2', '2001:db8::1'])
    expect(world.lookups).toEqual([])
    expect(await addresses(site, 'hs.example', 8448)).toEqual([one, two])
  })

  test('of port 8448 say that the server is there: no SRV records are asked for', async () => {
    const world = pinned([{ name: 'hs.example', port: 8448, addresses: ['198.51.100.1'] }])
    expect(await siteOf('hs.example', { world }).discovery()).toMatchObject({ step: '6', targets: [{ address: '198.51.100.1', port: 8448 }] })
    expect(world.lookups.filter(lookup => lookup.startsWith('SRV'))).toEqual([])
  })
})

describe('where clients find the homeserver', () => {
  const base = (answer: (path: string, host: string) => Reply, more?: Partial<Internet>, name = 'hs.example') => siteOf(name, { world: worldOf(internet(answer, more)) }).clientBase()
  const client = (document: unknown) => (path: string): Reply => (path === '/.well-known/matrix/client' ? json(200, document) : json(404, {}))
  const elsewhere = { addresses: { 'hs.example': [one], 'client.hs.example': [two] } }

  test('as the client document says', async () => {
    expect(await base(client({ 'm.homeserver': { base_url: 'https://client.hs.example:8448/matrix/' } }), elsewhere)).toEqual({ address: two, port: 8448, host: 'client.hs.example:8448', identity: 'client.hs.example', servername: 'client.hs.example', base: '/matrix' })
  })

  test('as a document says that is elsewhere', async () => {
    expect(await base((path, host) => (path === '/.well-known/matrix/client' && host === 'hs.example' ? redirect(302, 'https://client.hs.example/c') : json(200, { 'm.homeserver': { base_url: 'https://client.hs.example' } })), elsewhere)).toMatchObject({ address: two, host: 'client.hs.example' })
  })

  test.each<[what: string, document: unknown]>([['nothing', {}], ['no URL', { 'm.homeserver': { base_url: 'x' } }], ['no https', { 'm.homeserver': { base_url: 'http://client.hs.example' } }], ['a number', { 'm.homeserver': { base_url: 1 } }], ['null', { 'm.homeserver': null }]])('nowhere where it says %s: clients stop there', async (_, document) => {
    expect(await base(client(document), elsewhere)).toBeNull()
  })

  test('at the server name where there is no document', async () => {
    expect(await base(() => json(404, {}), elsewhere)).toMatchObject({ address: one, host: 'hs.example', base: '' })
  })

  test('nowhere where there is no address', async () => {
    expect(await base(client({}), { addresses: {} })).toBeNull()
    expect(await base(client({ 'm.homeserver': { base_url: 'https://nowhere.example' } }))).toBeNull()
  })

  test('at an address that answers', async () => {
    expect(await base(() => json(404, {}), { failures: { [one]: refused } })).toMatchObject({ address: two })
  })

  test('at an IP address', async () => {
    const address = '2001:db8::1'
    const [host] = internet(() => json(404, {})).hosts
    const hosts = [{ ...host!, addresses: [two, address], tls: { names: [two, address] } }]
    expect(await base(() => json(404, {}), { hosts }, `${two}:8448`)).toMatchObject({ address: two, port: 443, identity: two, servername: null })
    expect(await base(() => json(404, {}), { hosts }, `[${address}]`)).toMatchObject({ address, host: `[${address}]`, identity: address, servername: null })
  })
})

describe('documents', () => {
  test('come from the first address that answers, redirects untouched, and with an origin where that is wished for', async () => {
    const world = worldOf(internet(() => redirect(302, '/elsewhere'), { failures: { [one]: refused } }))
    const site = siteOf('hs.example', { world })
    expect(await site.document('support', { origin: true })).toMatchObject({ answer: { status: 302 } })
    expect(world.exchanges.map(({ address, target, headers }) => [address, target, headers.some(([name]) => name === 'Origin')])).toEqual([[one, '/.well-known/matrix/support', true], [two, '/.well-known/matrix/support', true]])
  })

  test('of a name without addresses: a failure', async () => {
    expect(await siteOf('nowhere.example', { world: worldOf(internet()) }).document('client')).toMatchObject({ failure: { stage: 'connect', message: 'nowhere.example has no address' } })
  })
})
