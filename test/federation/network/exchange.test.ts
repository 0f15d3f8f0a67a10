import { createSecureServer } from 'node:http2'
import { brotliCompressSync, deflateRawSync, deflateSync, gzipSync } from 'node:zlib'
import type { Socket } from 'node:net'
import { describe, expect, test } from 'vitest'
import { networkWorld } from '../../../src/federation/network/world.ts'
import type { Exchanged } from '../../../src/federation/world.ts'
import { answering, authority, peer, request, tls, tlsPeer, usual } from './peer.ts'

const { exchange } = networkWorld({ allowPrivate: true, roots: [authority.certificate] })
const text = ({ answer }: Exchanged) => answer && Buffer.from(answer.body).toString()

/** Bytes that a peer got from us. */
function heard(): { readonly handle: (socket: Socket) => void; readonly request: Promise<string> } {
  const { promise, resolve } = Promise.withResolvers<string>()
  let all = ''
  return {
    request: promise,
    handle: socket => socket.on('data', chunk => {
      all += chunk.toString('latin1')
      const [head, body] = all.split('\r\n\r\n')
      if (body === undefined || body.length < Number(/Content-Length: (\d+)/.exec(head!)?.[1] ?? 0)) return
      resolve(all)
      socket.end('HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok')
    }),
  }
}

describe('what goes out', () => {
  test.each([
    ['a path with escapes', 'GET', '/_matrix/federation/v2/invite/%21r%3Aexample.org/%24ev%2Fid%2babc?x=%23b%3ac&y=/'],
    ['literal characters', 'GET', '/_matrix//x/../$ev:@!;=(),*\'|^`{}"<>\\'],
    ['an absolute URI', 'GET', 'http://example.invalid/x'],
    ['an authority', 'CONNECT', 'example.invalid:443'],
    ['a star', 'OPTIONS', '*'],
    ['a method of one\'s own', 'PROPFIND', '/'],
  ])('%s goes over the wire byte for byte', async (_, method, target) => {
    const ear = heard()
    await using server = await peer(ear.handle)
    await exchange(request(server.port, { method, target }))
    expect((await ear.request).split('\r\n')[0]).toBe(`${method} ${target} HTTP/1.1`)
  })

  test('headers in their order, twice where they are given twice, and nothing else', async () => {
    const ear = heard()
    await using server = await peer(ear.handle)
    const answered = await exchange(request(server.port, { method: 'PUT', headers: [['X-B', '1'], ['Host', 'hs.example'], ['x-a', '2'], ['X-B', '3']], body: new TextEncoder().encode('{"ä":1}') }))
    expect(Buffer.from(await ear.request, 'latin1').toString()).toBe('PUT / HTTP/1.1\r\nX-B: 1\r\nHost: hs.example\r\nx-a: 2\r\nX-B: 3\r\nContent-Length: 8\r\nConnection: close\r\n\r\n{"ä":1}')
    expect(text(answered)).toBe('ok')
  })

  test('what cannot be sent is a failure', async () => {
    const ear = heard()
    await using server = await peer(ear.handle)
    for (const wrong of [{ target: '/a b' }, { target: '/\r\nX: y' }, { headers: [['Host', 'a\r\nX: y']] as const }, { headers: [['H st', 'a']] as const }, { method: 'G T' }])
      expect(await exchange(request(server.port, wrong))).toMatchObject({ failure: { stage: 'request', reason: 'malformed' } })
    for (const wrong of [{ address: 'localhost' }, { port: 0 }, { port: 65536 }, { address: '' }])
      expect(await exchange(request(server.port, wrong))).toMatchObject({ failure: { stage: 'connect', reason: 'malformed' } })
  })

  test('proxies of the environment play no part', async () => {
    const ear = heard()
    await using server = await peer(ear.handle)
    Object.assign(process.env, { NODE_USE_ENV_PROXY: '1', http_proxy: 'http://127.0.0.1:9', https_proxy: 'http://127.0.0.1:9', all_proxy: 'http://127.0.0.1:9' })
    try {
      expect(text(await exchange(request(server.port)))).toBe('ok')
    } finally {
      for (const name of ['NODE_USE_ENV_PROXY', 'http_proxy', 'https_proxy', 'all_proxy']) delete process.env[name]
    }
  })
})

describe('what comes back', () => {
  test('status, reason, and every header on its own', async () => {
    await using server = await peer(answering('HTTP/1.1 404 Not Here\r\nX-A: 1\r\nx-a:  2 \r\nAccess-Control-Allow-Origin: *\r\nAccess-Control-Allow-Origin: *\r\n\r\nbody'))
    const { answer, failure, tls: session } = await exchange(request(server.port))
    expect({ ...answer, body: '' }).toEqual({ status: 404, reason: 'Not Here', version: '1.1', body: '', headers: [['x-a', '1'], ['x-a', '2'], ['access-control-allow-origin', '*'], ['access-control-allow-origin', '*']] })
    expect([failure, session, Buffer.from(answer!.body).toString()]).toEqual([undefined, undefined, 'body'])
  })

  test.each<[what: string, pieces: readonly (string | Uint8Array)[], body: string]>([
    ['HTTP/1.0', ['HTTP/1.0 200 OK\r\n\r\nold'], 'old'],
    ['chunks', ['HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n2\r\nab\r\n1;x=y\r\nc\r\n0\r\nTrailer: x\r\n\r\n'], 'abc'],
    ['early hints', ['HTTP/1.1 103 Early Hints\r\nLink: x\r\n\r\n', 'HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok'], 'ok'],
    ['no body', ['HTTP/1.1 204 No Content\r\n\r\n'], ''],
    ['a protocol that changes', ['HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n\r\n\x81\x00'], ''],
    ['gzip', ['HTTP/1.1 200 OK\r\nContent-Encoding: gzip\r\n\r\n', gzipSync('packed')], 'packed'],
    ['gzip, in capitals', ['HTTP/1.1 200 OK\r\nContent-Encoding: X-GZip\r\n\r\n', gzipSync('packed')], 'packed'],
    ['br', ['HTTP/1.1 200 OK\r\nContent-Encoding: br\r\n\r\n', brotliCompressSync('packed')], 'packed'],
    ['deflate', ['HTTP/1.1 200 OK\r\nContent-Encoding: deflate\r\n\r\n', deflateSync('packed')], 'packed'],
    ['deflate without its header', ['HTTP/1.1 200 OK\r\nContent-Encoding: deflate\r\n\r\n', deflateRawSync('packed')], 'packed'],
    ['packed twice', ['HTTP/1.1 200 OK\r\nContent-Encoding: gzip\r\nContent-Encoding: identity, br\r\n\r\n', brotliCompressSync(gzipSync('packed'))], 'packed'],
    ['gzip of nothing', ['HTTP/1.1 200 OK\r\nContent-Encoding: gzip\r\nContent-Length: 0\r\n\r\n'], ''],
    ['an unknown packing', ['HTTP/1.1 200 OK\r\nContent-Encoding: secret\r\n\r\n', 'as it came'], 'as it came'],
  ])('%s is read', async (_, pieces, body) => {
    await using server = await peer(answering(...pieces))
    const answered = await exchange(request(server.port))
    expect(answered.failure).toBeUndefined()
    expect(text(answered)).toBe(body)
  })

  test.each([200, 405])('CONNECT is answered with %i', async status => {
    await using server = await peer(answering(`HTTP/1.1 ${status} Whatever\r\nContent-Length: 2\r\n\r\nno`))
    const { answer, failure } = await exchange(request(server.port, { method: 'CONNECT', target: 'example.invalid:443' }))
    expect([answer?.status, failure]).toEqual([status, undefined])
  })

  test('over HTTP/2 when both want it, headers on their own', async () => {
    const server = createSecureServer({ cert: usual.certificate, key: usual.key, allowHTTP1: true }, (asked, answer) => {
      answer.setHeader('x-a', ['1', '2'])
      answer.end(`${asked.method} ${asked.url} ${asked.headers.host ?? asked.authority} ${asked.headers['x-b']} ${asked.httpVersion}`)
    })
    await new Promise<void>(resolve => server.listen(0, '127.0.0.1', resolve))
    const { port } = server.address() as { port: number }
    try {
      const over2 = await exchange(request(port, { target: '/a%2Fb?%3a', headers: [['Host', 'hs.example:443'], ['X-B', '1'], ['X-B', '2'], ['Connection', 'x']], tls: { ...tls, alpn: ['h2', 'http/1.1'] } }))
      expect(over2).toMatchObject({ tls: { alpn: 'h2', chain: { ok: true }, name: { ok: true } }, answer: { status: 200, version: '2' } })
      expect(over2.answer!.headers.filter(([name]) => name === 'x-a')).toEqual([['x-a', '1'], ['x-a', '2']])
      expect(text(over2)).toBe('GET /a%2Fb?%3a hs.example:443 1, 2 2.0')
      const over1 = await exchange(request(port, { tls }))
      expect(over1).toMatchObject({ tls: { alpn: 'http/1.1' }, answer: { version: '1.1' } })
    } finally {
      server.close()
    }
  })

  test('over HTTP/1.1 from who knows no ALPN', async () => {
    await using server = await tlsPeer(answering('HTTP/1.1 200 OK\r\n\r\nok'), { ALPNCallback: undefined })
    expect(await exchange(request(server.port, { tls: { ...tls, alpn: ['h2', 'http/1.1'] } }))).toMatchObject({ tls: { alpn: null }, answer: { status: 200, version: '1.1' } })
  })
})

describe('addresses of private networks', () => {
  test('are not connected to, unless that is allowed or the user has named them', async () => {
    let connections = 0
    await using server = await peer(socket => {
      connections++
      answering('HTTP/1.1 200 OK\r\n\r\nok')(socket)
    })
    expect(await networkWorld().exchange(request(server.port))).toMatchObject({ failure: { stage: 'connect', reason: 'private', message: expect.stringContaining('127.0.0.1') } })
    expect(connections).toBe(0)
    const pinned = networkWorld({ pins: [{ name: 'hs.example', port: server.port, addresses: ['127.0.0.1'] }] })
    expect(text(await pinned.exchange(request(server.port)))).toBe('ok')
    expect(await pinned.exchange(request(server.port, { address: '127.0.0.2' }))).toMatchObject({ failure: { reason: 'private' } })
  })
})
