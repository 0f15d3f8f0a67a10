import { createSecureServer } from 'node:http2'
import { once } from 'node:events'
import type { TLSSocket } from 'node:tls'
import { describe, expect, test } from 'vitest'
import { networkWorld } from '../../../src/federation/network/world.ts'
import type { Failure } from '../../../src/federation/world.ts'
import { authority, request, tls, tlsPeer, usual } from './peer.ts'

const { exchange } = networkWorld({ allowPrivate: true, roots: [authority.certificate] })
const deadline = 400
const limit = 50 * 1024
const over2 = { tls: { ...tls, alpn: ['h2'] as const }, deadline, limit }

const [DATA, HEADERS, RST_STREAM, SETTINGS, PUSH_PROMISE, PING, GOAWAY, CONTINUATION] = [0, 1, 3, 4, 5, 6, 7, 9]
const [END_STREAM, END_HEADERS] = [1, 4]
const frame = (type: number, flags: number, stream: number, payload: readonly number[] | Uint8Array = []): Buffer =>
  Buffer.from([payload.length >> 16, payload.length >> 8, payload.length, type, flags, 0, 0, 0, stream, ...payload])
const settings = frame(SETTINGS, 0, 0)
/** `:status: 200` is the eighth of HPACK's static table. */
const ok = frame(HEADERS, END_HEADERS, 1, [0x88])
/** A header that is not put into the table: `a: a`. */
const literal = [0, 1, 97, 1, 97]

/** A server that sends frames of our own when the request has come. */
const sending = (...frames: readonly Buffer[]) => tlsPeer(socket => socket.once('data', () => socket.write(Buffer.concat([settings, ...frames]))), { ALPNProtocols: ['h2'] })

/** The same frames without end. */
const repeating = (first: readonly Buffer[], again: Buffer) => tlsPeer(socket => socket.once('data', () => {
  socket.write(Buffer.concat([settings, ...first]))
  void flood(socket, Buffer.concat(Array<Buffer>(100).fill(again)))
}), { ALPNProtocols: ['h2'] })

async function flood(socket: TLSSocket, bytes: Buffer): Promise<void> {
  while (!socket.destroyed) if (!socket.write(bytes)) await Promise.race([once(socket, 'drain'), once(socket, 'close')]).catch(() => {})
}

describe('a peer that misbehaves over HTTP/2', () => {
  test.each<[what: string, server: () => ReturnType<typeof sending>, failure: Partial<Failure>]>([
    ['says nothing', () => tlsPeer(() => {}, { ALPNProtocols: ['h2'] }), { stage: 'headers', reason: 'timeout' }],
    ['says hello, and nothing else', () => sending(), { stage: 'headers', reason: 'timeout' }],
    ['begins a body', () => sending(ok, frame(DATA, 0, 1, [97])), { stage: 'body', reason: 'timeout' }],
    ['begins headers', () => sending(frame(HEADERS, 0, 1, [0x88])), { stage: 'headers', reason: 'timeout' }],
    ['ends the stream', () => sending(frame(RST_STREAM, 0, 1, [0, 0, 0, 7])), { stage: 'headers', message: expect.stringMatching(/REFUSED_STREAM/) }],
    ['ends the stream in the body', () => sending(ok, frame(RST_STREAM, 0, 1, [0, 0, 0, 2])), { stage: 'body', message: expect.stringMatching(/INTERNAL_ERROR/) }],
    ['goes away', () => sending(frame(GOAWAY, 0, 0, [0, 0, 0, 0, 0, 0, 0, 11])), { stage: 'headers', reason: 'closed', message: expect.stringMatching(/ENHANCE_YOUR_CALM/) }],
    ['speaks HTTP/1.1', () => tlsPeer(socket => socket.end('HTTP/1.1 400 Bad Request\r\n\r\n'), { ALPNProtocols: ['h2'] }), { stage: 'headers', reason: 'malformed' }],
    ['sends headers that cannot be unpacked', () => sending(frame(HEADERS, END_HEADERS, 1, [0xff, 0xff, 0xff, 0xff, 0xff, 0xff])), { stage: 'headers', reason: 'malformed' }],
    ['sends a push that nobody wanted', () => sending(frame(PUSH_PROMISE, END_HEADERS, 1, [0, 0, 0, 2, 0x88])), { stage: 'headers' }],
    ['sends headers without end', () => repeating([frame(HEADERS, 0, 1, [0x88])], frame(CONTINUATION, 0, 1, literal)), { stage: 'headers' }],
    ['sends PINGs without end', () => repeating([], frame(PING, 0, 0, Array(8).fill(0))), { stage: 'headers' }],
    ['sends SETTINGS without end', () => repeating([], settings), { stage: 'headers' }],
    ['sends empty DATA without end', () => repeating([ok], frame(DATA, 0, 1)), { stage: 'body' }],
    ['hangs up', () => tlsPeer(socket => socket.once('data', () => socket.end()), { ALPNProtocols: ['h2'] }), { stage: 'headers', reason: 'closed' }],
    ['hangs up in the body', () => tlsPeer(socket => socket.once('data', () => socket.end(Buffer.concat([settings, ok]))), { ALPNProtocols: ['h2'] }), { stage: 'body', reason: 'closed' }],
  ])('%s: that is a failure, in time and with little memory', async (_, server, failure) => {
    await using peer = await server()
    const [started, before] = [performance.now(), process.memoryUsage().rss]
    const exchanged = await exchange(request(peer.port, over2))
    expect(exchanged.failure).toMatchObject(failure)
    expect(exchanged.tls?.alpn).toBe('h2')
    expect(performance.now() - started).toBeLessThan(deadline + 300)
    expect(process.memoryUsage().rss - before).toBeLessThan(64 * 1024 * 1024)
    await expect.poll(() => peer.open.size, { timeout: 2000 }).toBe(0)
  })

  test('a body without end is cut', async () => {
    const server = createSecureServer({ cert: usual.certificate, key: usual.key }, (_asked, answer) => {
      const go = (): void => void answer.write(Buffer.alloc(10_000, 'x'), error => error ?? setImmediate(go))
      go()
    })
    server.on('sessionError', () => {})
    await new Promise<void>(resolve => server.listen(0, '127.0.0.1', resolve))
    const exchanged = await exchange(request((server.address() as { port: number }).port, { ...over2, deadline: 2000 }))
    server.close()
    expect(exchanged).toMatchObject({ failure: { stage: 'body', reason: 'too-large' }, answer: { status: 200 } })
    expect(exchanged.answer!.body).toHaveLength(limit)
  })

  test('an answer that ends with its headers is whole', async () => {
    await using peer = await sending(frame(HEADERS, END_HEADERS | END_STREAM, 1, [0x88, ...literal]))
    const { answer, failure } = await exchange(request(peer.port, over2))
    expect([answer?.status, answer?.headers, answer?.body.length, failure]).toEqual([200, [['a', 'a']], 0, undefined])
  })

  test('what HTTP/2 cannot carry is not sent', async () => {
    await using peer = await sending(ok)
    expect(await exchange(request(peer.port, { ...over2, headers: [['Host', 'a'], ['Host', 'b']] }))).toMatchObject({ failure: { stage: 'request', reason: 'malformed' } })
    expect(await exchange(request(peer.port, { ...over2, headers: [['X y', 'a']] }))).toMatchObject({ failure: { stage: 'request', reason: 'malformed' } })
  })
})
