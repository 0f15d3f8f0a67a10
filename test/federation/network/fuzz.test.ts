import fc from 'fast-check'
import type { Socket } from 'node:net'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { networkWorld } from '../../../src/federation/network/world.ts'
import type { Exchanged } from '../../../src/federation/world.ts'
import { authority, peer, request, tls, tlsPeer, type Peer } from './peer.ts'

const { exchange } = networkWorld({ allowPrivate: true, roots: [authority.certificate] })
const [deadline, limit] = [150, 2000]

/** Peers that answer with what is put here. */
let pieces: readonly Uint8Array[] = []
let plain: Peer
let secure: Peer
let http2: Peer

const answer = (socket: Socket): void => void socket.once('data', () => {
  for (const piece of pieces) socket.write(piece)
  socket.end()
})

beforeAll(async () => {
  plain = await peer(answer)
  secure = await tlsPeer(answer)
  http2 = await tlsPeer(answer, { ALPNProtocols: ['h2'] })
})
afterAll(() => Promise.all([plain, secure, http2].map(peer => peer[Symbol.asyncDispose]())))

const bytes = (text: string) => Buffer.from(text, 'latin1')

/** Random bytes, and what begins like an answer. */
const header = fc.constantFrom('Content-Length: 5', 'Content-Length: -1', 'Content-Length: 1e9', 'Transfer-Encoding: chunked', 'Transfer-Encoding: gzip, chunked', 'Content-Encoding: gzip', 'Content-Encoding: br', 'Content-Encoding: deflate', 'Connection: upgrade', 'Upgrade: h2c', 'X: \x80\xff', ': empty', 'no colon', ' folded')
const status = fc.constantFrom('HTTP/1.1 200 OK', 'HTTP/1.0 200', 'HTTP/1.1 204 No Content', 'HTTP/1.1 100 Continue', 'HTTP/1.1 101 Switching Protocols', 'HTTP/1.1 999 \x9b31m', 'HTTP/2.0 200 OK', 'HTTP/1.1 -1 No', 'ICY 200 OK')
const line = fc.constantFrom('\r\n', '\n', '\r', '')
const http1 = fc.tuple(status, fc.array(fc.tuple(line, header), { maxLength: 4 }), line, line, fc.oneof(fc.uint8Array({ maxLength: 3000 }), fc.constantFrom('5\r\nabcde\r\n0\r\n\r\n', 'fffffffffffffffff\r\n', '-1\r\n').map(bytes)))
  .map(([status, headers, end, blank, body]) => [bytes(status + headers.map(([end, header]) => end + header).join('') + end + blank), body])
const frame = fc.tuple(fc.integer({ min: 0, max: 10 }), fc.integer({ min: 0, max: 255 }), fc.integer({ min: 0, max: 3 }), fc.uint8Array({ maxLength: 40 }), fc.integer({ min: -2, max: 2 }))
  .map(([type, flags, stream, payload, off]) => Buffer.from([0, 0, Math.max(0, payload.length + off), type, flags, 0, 0, 0, stream, ...payload]))
const frames = fc.array(frame, { maxLength: 8 }).map(frames => [Buffer.from([0, 0, 0, 4, 0, 0, 0, 0, 0]), ...frames])
const random = fc.array(fc.uint8Array({ maxLength: 200 }), { maxLength: 3 })

function check({ answer, failure, milliseconds }: Exchanged): void {
  expect(answer !== undefined || failure !== undefined).toBe(true)
  expect(milliseconds).toBeLessThan(deadline + 300)
  if (answer) {
    expect(answer.status).toBeGreaterThanOrEqual(0)
    expect(answer.body.length).toBeLessThanOrEqual(limit)
    for (const [name, value] of answer.headers) expect(`${name}: ${value}`).not.toMatch(/[\0\r\n]/)
  }
  if (failure) expect(failure).toEqual({ stage: expect.stringMatching(/^(connect|tls|request|headers|body)$/), reason: expect.stringMatching(/^(closed|reset|malformed|too-large|timeout|tls)$/), message: expect.stringMatching(/./) })
}

describe('whatever bytes a peer sends, an exchange ends with an answer or a failure', () => {
  test.each([
    ['over HTTP/1.1', () => plain.port, fc.oneof(random, http1), {}],
    ['behind TLS', () => secure.port, http1, { tls }],
    ['instead of TLS', () => plain.port, fc.oneof(random, fc.uint8Array({ maxLength: 100 }).map(payload => [Buffer.from([22, 3, 3, 0, payload.length, ...payload])])), { tls }],
    ['over HTTP/2', () => http2.port, fc.oneof(frames, random), { tls: { ...tls, alpn: ['h2'] as const } }],
  ])('%s', async (_, port, sent, more) => {
    await fc.assert(fc.asyncProperty(sent, async given => {
      pieces = given
      check(await exchange(request(port(), { deadline, limit, ...more })))
    }), { numRuns: 150 })
  })
})
