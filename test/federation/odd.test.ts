import { describe, expect, test } from 'vitest'
import type { Report } from '../../src/federation/report.ts'
import { networkWorld } from '../../src/federation/network/world.ts'
import { courtesy } from '../../src/federation/requests.ts'
import { verify, type VerifyOptions } from '../../src/federation/verify.ts'
import type { Exchange, Exchanged } from '../../src/federation/world.ts'
import { html, json, noRoute, worldOf, type Internet } from './internet.ts'
import { healthy, otherwise } from './server.ts'
import { answering, authority, certificateFor, peer, tlsPeer } from './network/peer.ts'
import { told } from './told.ts'

const internal = ({ checks }: Report) => checks.filter(({ why }) => why?.startsWith('internal'))

async function timed(serverName: string, options: VerifyOptions) {
  const started = performance.now()
  const report = await verify(serverName, options)
  return { report, took: performance.now() - started }
}

describe('what is no server name ends at once, and nobody is asked', () => {
  test.each(['', 'hs_1.example', 'hs example', '[::1', 'hs.example:', 'https://hs.example', 'hs.example/', '@user:hs.example', 'a'.repeat(300), '\u001b[31m', 'hs.example:99999', '1.2.3.400'])('%j', async name => {
    const world = worldOf(healthy())
    const report = await verify(name, { world })
    expect(report).toMatchObject({ verdict: 'broken', discovery: null, connections: [], server: null, requests: 0 })
    expect(told(report)).toEqual(['DNS-01:invalid'])
    expect(report.summary).toMatch(/ is no server name: /)
    expect([world.exchanges, world.lookups]).toEqual([[], []])
  })
})

describe('what resolves oddly', () => {
  const nowhere = (change: (internet: Internet) => void) => {
    const parts = healthy()
    change(parts)
    return verify('example.org', { world: worldOf(parts) })
  }

  test('to a thousand addresses: a few are looked at, and the number of requests stays bounded', async () => {
    const report = await nowhere(parts => {
      const many = Array.from({ length: 1000 }, (_, number) => `198.51.${100 + (number >> 8)}.${number & 255}`)
      parts.addresses['example.org'] = many
      parts.addresses['matrix.example.org'] = [...many, '203.0.113.9']
    })
    expect(report.requests).toBeLessThanOrEqual(courtesy.requests)
    expect(told(report)).toContain('DNS-02:many')
    expect(internal(report)).toEqual([])
  })

  test('to more addresses than are taken: how many more is not guessed', async () => {
    const world = worldOf(healthy())
    const many = Array.from({ length: 64 }, (_, number) => `198.51.100.${number}`)
    const addresses: typeof world.resolver.addresses = async (name, family) => (name === 'example.org' && family === 4 ? { ok: true, records: many, note: 'the first 64 of 1000' } : { ok: true, records: [] })
    const { checks } = await verify('example.org', { world: { ...world, resolver: { ...world.resolver, addresses } } })
    expect(checks.find(({ id }) => id === 'DNS-02')!.findings.map(({ message }) => message)).toContain('example.org has more than 64 addresses')
  })

  test('no network at all: nothing is said of the server', async () => {
    const report = await nowhere(parts => {
      for (const name of ['example.org', 'matrix.example.org', 'example.com', '_matrix-fed._tcp.example.org', '_matrix._tcp.example.org']) (name.startsWith('_') ? parts.services : parts.addresses)[name] = { failed: 'the name servers do not answer' }
    })
    expect(report).toMatchObject({ verdict: 'unknown', summary: "example.org could not be looked at: this machine's name servers do not answer" })
    expect(told(report)).toEqual([])
  })

  test('name servers that know no name of the Internet: nothing is said of the server', async () => {
    const report = await nowhere(parts => {
      for (const name of ['example.org', 'matrix.example.org', 'example.com']) delete parts.addresses[name]
    })
    expect(report).toMatchObject({ verdict: 'unknown', summary: expect.stringContaining('do not know the names of the Internet') })
    expect(told(report)).toEqual([])
  })

  test('to addresses that this machine has no way to: nothing is said of the server', async () => {
    const report = await nowhere(parts => {
      for (const address of ['203.0.113.8', '2001:db8::8', '203.0.113.9', '2001:db8::9']) parts.failures[address] = noRoute
    })
    expect(report.verdict).toBe('unknown')
    expect(told(report)).toEqual([])
  })
})

describe('peers that misbehave, over real sockets: each ends in time, with a finding', () => {
  const world = networkWorld({ allowPrivate: true, roots: [authority.certificate] })
  const deadline = 2500
  const loopback = certificateFor([], { addresses: ['127.0.0.1'] } as never)
  const tls = { cert: loopback.certificate, key: loopback.key }
  const body = (text: string) => `HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: ${text.length}\r\n\r\n${text}`

  test.each<[string, () => ReturnType<typeof peer>, string?]>([
    ['TLS that is never answered', () => peer(() => {}), 'TLS-04:hangs'],
    ['a connection that is cut at once', () => peer(socket => socket.destroy())],
    ['plain HTTP', () => peer(answering('HTTP/1.1 400 Bad Request\r\nContent-Length: 0\r\n\r\n')), 'TLS-04:no-tls'],
    ['no answer behind TLS', () => tlsPeer(() => {}, tls), 'HTTP-22:no-answer'],
    ['headers that drip', () => tlsPeer(socket => {
      socket.write('HTTP/1.1 200 OK\r\n')
      const drip = setInterval(() => socket.write('X: y\r\n'), 100)
      socket.on('close', () => clearInterval(drip))
    }, tls), 'HTTP-22:no-answer'],
    ['garbage', () => tlsPeer(answering('\u0000\u0001\u0002'), tls), 'HTTP-22:no-answer'],
    ['JSON ten thousand levels deep', () => tlsPeer(answering(body('['.repeat(10_000) + ']'.repeat(10_000))), tls)],
    ['invalid UTF-8', () => tlsPeer(answering('HTTP/1.1 200 OK\r\nContent-Length: 3\r\n\r\n', Uint8Array.of(0xff, 0xfe, 0x22)), tls)],
    ['a redirect to itself for everything', () => tlsPeer(answering('HTTP/1.1 302 Found\r\nLocation: /\r\nContent-Length: 0\r\n\r\n'), tls)],
    ['a body without end', () => tlsPeer(socket => socket.once('data', () => {
      socket.write('HTTP/1.1 200 OK\r\nContent-Type: application/json\r\n\r\n')
      const write = () => { while (!socket.destroyed && socket.write('x'.repeat(65536))); }
      socket.on('drain', write)
      write()
    }), tls)],
  ])('%s', async (_, open, wanted) => {
    await using it = await open()
    const { report, took } = await timed(`127.0.0.1:${it.port}`, { world, deadline, active: true })
    expect(took).toBeLessThan(deadline + 1500)
    expect(report.verdict).toBe('broken')
    expect(report.summary.length).toBeGreaterThan(20)
    if (wanted !== undefined) expect(told(report)).toContain(wanted)
    expect(internal(report)).toEqual([])
  })
})

describe('a world that breaks its promises', () => {
  test('an exchange that never ends does not hold the report', async () => {
    const world = { ...worldOf(healthy()), exchange: () => new Promise<Exchanged>(() => {}) }
    const { report, took } = await timed('example.org', { world, deadline: 300 })
    expect(took).toBeLessThan(1000)
    expect(report.verdict).toBe('unknown')
    expect(report.summary).toContain('could not be looked at')
  })

  test('one that throws is told as a mistake of ours, and all the same there is a report', async () => {
    const world = { ...worldOf(healthy()), exchange: () => Promise.reject(new TypeError('x is not a function')) }
    const report = await verify('example.org', { world })
    expect(report.verdict).toBe('unknown')
    expect(told(report)).toEqual([])
    expect(report.checks.find(({ id }) => id === 'WKS-01')?.why).toBe('internal: TypeError: x is not a function')
  })
})

describe('a server that wants to be asked less often is not called broken', () => {
  const limits = json(429, { errcode: 'M_LIMIT_EXCEEDED', error: 'Too Many Requests' })
  test.each<[string, (request: { readonly method: string; readonly path: string }) => boolean, Report['verdict']]>([
    ['PUT alone', ({ method }) => method === 'PUT', 'federates'],
    ['uploads alone', ({ method }) => method === 'POST', 'federates'],
    ['federation but for its version', ({ path }) => /^\/_matrix\/federation\/v[12]\/(?!version)/.test(path), 'federates'],
    ['federation', ({ path }) => /^\/_matrix\/(federation|key)\//.test(path), 'unknown'],
    ['everything', ({ path }) => path.startsWith('/_matrix/'), 'unknown'],
  ])('%s', async (_, limited, verdict) => {
    for (const reply of [limits, html(429, 'Too Many Requests')]) {
      const parts = healthy()
      otherwise(parts.homeserver, request => (limited(request) ? reply : undefined))
      const report = await verify('example.org', { world: worldOf(parts), active: true })
      expect(told(report)).toEqual([])
      expect(report.verdict).toBe(verdict)
    }
  })
})

test.each(['support', 'policy_server'])('a document %s that does not come whole is not called invalid', async name => {
  for (const failure of [{ stage: 'body', reason: 'timeout', message: 'no end of the body within 10 s' }, { stage: 'body', reason: 'closed', message: 'the connection was closed before the end' }] as const) {
    const world = worldOf(healthy())
    const exchange = async (request: Exchange): Promise<Exchanged> => {
      const exchanged = await world.exchange(request)
      return request.target === `/.well-known/matrix/${name}` ? { ...exchanged, answer: { ...exchanged.answer!, status: 200, headers: [['content-type', 'application/json']], body: Buffer.from('{"contacts": [') }, failure } : exchanged
    }
    const { checks } = await verify('example.org', { world: { ...world, exchange } })
    expect(checks.find(({ id }) => id === (name === 'support' ? 'WKU-01' : 'WKP-01'))).toMatchObject({ outcome: 'not-made', why: `the document does not come whole: 200, but ${failure.message}` })
  }
})

test('a homeserver whose answers are odd, not wrong, is told without a crash', async () => {
  for (const odd of [null, [], 'text', 1e300, { server: null }, { versions: 'v1' }, { errcode: {} }, { server_keys: [null] }, { flows: [null] }]) {
    const parts = healthy()
    otherwise(parts.homeserver, () => json(200, odd))
    otherwise(parts.delegation, ({ path }) => (path.endsWith('/client') ? json(200, odd) : undefined))
    expect(internal(await verify('example.org', { world: worldOf(parts), active: true, fleet: ['other.example'] }))).toEqual([])
  }
})
