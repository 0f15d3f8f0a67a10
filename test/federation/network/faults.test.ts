import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { connect, type Socket } from 'node:net'
import { setTimeout as sleep } from 'node:timers/promises'
import { brotliCompressSync, gzipSync } from 'node:zlib'
import { describe, expect, test } from 'vitest'
import { networkWorld } from '../../../src/federation/network/world.ts'
import type { Exchange, Exchanged, Failure } from '../../../src/federation/world.ts'
import { answering, authority, peer, request, tls, tlsPeer, type Peer } from './peer.ts'

const { exchange } = networkWorld({ allowPrivate: true, roots: [authority.certificate] })
const deadline = 400
const limit = 50 * 1024

/** An exchange, the time that it took, and how much more memory the process held meanwhile. */
async function measured(asked: Exchange): Promise<{ exchanged: Exchanged; took: number; grew: number }> {
  const [started, before] = [performance.now(), process.memoryUsage().rss]
  let most = before
  const sampler = setInterval(() => (most = Math.max(most, process.memoryUsage().rss)), 10)
  const exchanged = await exchange(asked)
  clearInterval(sampler)
  return { exchanged, took: performance.now() - started, grew: Math.max(most, process.memoryUsage().rss) - before }
}

/** Writes without end, as fast as it is read. */
const endlessly = (socket: Socket, piece: string | Uint8Array, pause = 0): void => {
  const go = async () => {
    while (!socket.destroyed) {
      if (!socket.write(piece)) await Promise.race([once(socket, 'drain'), once(socket, 'close')]).catch(() => {})
      if (pause > 0) await sleep(pause)
    }
  }
  void go()
}

const afterRequest = (then: (socket: Socket) => void) => (socket: Socket) => void socket.once('data', () => then(socket))
const ok = 'HTTP/1.1 200 OK\r\n'
const zeros = Buffer.alloc(16 * 1024 * 1024)
const silent = () => {}

interface Case {
  readonly what: string
  readonly peer: () => Promise<Peer>
  readonly failure: Partial<Failure>
  readonly secure?: boolean
  /** Bytes of the body that are there nevertheless. */
  readonly body?: number
}

const late = (stage: Failure['stage']) => ({ stage, reason: 'timeout' }) as const
const tooLarge = { stage: 'body', reason: 'too-large', message: 'the body is larger than 50 KiB' } as const

const cases: readonly Case[] = [
  // Hanging
  { what: 'TLS that is never answered', peer: () => peer(silent), secure: true, failure: { ...late('tls'), message: 'no end of the TLS handshake within 0.4 s' } },
  { what: 'TLS a byte at a time', peer: () => peer(socket => (socket.write(Buffer.from([22, 3, 3, 64, 0, 2, 0, 63, 252])), endlessly(socket, '\0', 20))), secure: true, failure: late('tls') },
  { what: 'no answer', peer: () => peer(silent), failure: { ...late('headers'), message: 'no answer within 0.4 s' } },
  { what: 'no answer behind TLS', peer: () => tlsPeer(silent), secure: true, failure: late('headers') },
  { what: 'half a header', peer: () => peer(afterRequest(socket => socket.write(`${ok}X-A: `))), failure: late('headers') },
  { what: 'headers a byte at a time', peer: () => peer(afterRequest(socket => (socket.write(`${ok}X: `), endlessly(socket, 'x', 20)))), failure: late('headers') },
  { what: 'early hints without end', peer: () => peer(afterRequest(socket => endlessly(socket, 'HTTP/1.1 103 Early Hints\r\nX: y\r\n\r\n'))), failure: late('headers') },
  { what: 'half a body', peer: () => peer(afterRequest(socket => socket.write(`${ok}Content-Length: 10\r\n\r\nhalf`))), failure: { ...late('body'), message: 'no end of the body within 0.4 s' }, body: 4 },
  { what: 'a body a byte at a time', peer: () => peer(afterRequest(socket => (socket.write(`${ok}\r\n`), endlessly(socket, 'x', 20)))), failure: late('body') },
  { what: 'a chunk that never comes', peer: () => peer(afterRequest(socket => socket.write(`${ok}Transfer-Encoding: chunked\r\n\r\n5\r\nab`))), failure: late('body'), body: 2 },
  // Without end
  { what: 'a header without end', peer: () => peer(afterRequest(socket => (socket.write(`${ok}X: `), endlessly(socket, 'x'.repeat(10_000))))), failure: { stage: 'headers', reason: 'too-large', message: 'the headers are larger than 64 KiB' } },
  { what: 'headers without end', peer: () => peer(afterRequest(socket => (socket.write(ok), endlessly(socket, 'X: y\r\n'.repeat(1000))))), failure: { stage: 'headers', reason: 'too-large' } },
  { what: 'a body without end', peer: () => peer(afterRequest(socket => (socket.write(`${ok}\r\n`), endlessly(socket, 'x'.repeat(65_536))))), failure: tooLarge, body: limit },
  { what: 'a body without end behind TLS', peer: () => tlsPeer(afterRequest(socket => (socket.write(`${ok}\r\n`), endlessly(socket, 'x'.repeat(65_536))))), secure: true, failure: tooLarge, body: limit },
  { what: 'chunks without end', peer: () => peer(afterRequest(socket => (socket.write(`${ok}Transfer-Encoding: chunked\r\n\r\n`), endlessly(socket, `2000\r\n${'x'.repeat(0x2000)}\r\n`)))), failure: tooLarge, body: limit },
  { what: 'an extension of a chunk without end', peer: () => peer(afterRequest(socket => (socket.write(`${ok}Transfer-Encoding: chunked\r\n\r\n5;`), endlessly(socket, 'x'.repeat(65_536))))), failure: { stage: 'body', reason: 'malformed' } },
  { what: 'a body that says it is larger', peer: () => peer(answering(`${ok}Content-Length: 99999999999\r\n\r\n`, 'x'.repeat(limit + 1))), failure: tooLarge, body: limit },
  // Bombs
  { what: 'a gzip bomb', peer: () => peer(afterRequest(socket => (socket.write(`${ok}Content-Encoding: gzip\r\n\r\n`), endlessly(socket, bombs.gzip)))), failure: tooLarge },
  { what: 'a brotli bomb', peer: () => peer(afterRequest(socket => void socket.write(Buffer.concat([Buffer.from(`${ok}Content-Encoding: br\r\n\r\n`), bombs.brotli])))), failure: tooLarge, body: limit },
  { what: 'a bomb in a bomb', peer: () => peer(afterRequest(socket => void socket.write(Buffer.concat([Buffer.from(`${ok}Content-Encoding: gzip, gzip, gzip\r\n\r\n`), gzipSync(gzipSync(bombs.gzip))])))), failure: tooLarge },
  { what: 'a body packed a hundred times', peer: () => peer(answering(`${ok}Content-Encoding: ${Array(100).fill('gzip').join(', ')}\r\n\r\nx`)), failure: { stage: 'body', reason: 'malformed', message: 'the body is compressed 100 times' } },
  // Nonsense
  { what: 'no HTTP', peer: () => peer(answering('SSH-2.0-OpenSSH_9.2p1\r\n')), failure: { stage: 'headers', reason: 'malformed' } },
  { what: 'a plain answer to TLS', peer: () => peer(answering('HTTP/1.1 400 Bad Request\r\n\r\n')), secure: true, failure: { stage: 'tls', reason: 'tls' } },
  { what: 'a header with a NUL', peer: () => peer(answering(`${ok}X: a\0b\r\n\r\n`)), failure: { stage: 'headers', reason: 'malformed' } },
  { what: 'two lengths', peer: () => peer(answering(`${ok}Content-Length: 1\r\nContent-Length: 2\r\n\r\nab`)), failure: { stage: 'headers', reason: 'malformed' } },
  { what: 'a chunk of no length', peer: () => peer(answering(`${ok}Transfer-Encoding: chunked\r\n\r\nzz\r\n`)), failure: { stage: 'body', reason: 'malformed' } },
  { what: 'gzip that is none', peer: () => peer(answering(`${ok}Content-Encoding: gzip\r\n\r\nnot packed`)), failure: { stage: 'body', reason: 'malformed' } },
  { what: 'gzip that is cut off', peer: () => peer(answering(`${ok}Content-Encoding: gzip\r\n\r\n`, gzipSync('packed').subarray(0, -4))), failure: { stage: 'body', reason: 'malformed' } },
  { what: 'brotli that is none', peer: () => peer(answering(`${ok}Content-Encoding: br\r\n\r\nnot packed`)), failure: { stage: 'body', reason: 'malformed' } },
  // Ends too early
  { what: 'a reset before TLS', peer: () => peer(socket => setTimeout(() => socket.resetAndDestroy(), 50)), secure: true, failure: { stage: 'tls', reason: 'reset' } },
  { what: 'an end before TLS', peer: () => peer(socket => socket.end()), secure: true, failure: { stage: 'tls', reason: 'closed' } },
  { what: 'a reset in TLS', peer: () => peer(afterRequest(socket => socket.resetAndDestroy())), secure: true, failure: { stage: 'tls', reason: 'reset' } },
  { what: 'a reset instead of an answer', peer: () => peer(afterRequest(socket => socket.resetAndDestroy())), failure: { stage: 'headers', reason: 'reset', message: 'the connection was reset' } },
  { what: 'an end instead of an answer', peer: () => peer(answering()), failure: { stage: 'headers', reason: 'closed' } },
  { what: 'an end in the headers', peer: () => peer(answering(`${ok}X-`)), failure: { stage: 'headers', reason: 'closed' } },
  { what: 'an end in the body', peer: () => peer(answering(`${ok}Content-Length: 10\r\n\r\nhalf`)), failure: { stage: 'body', reason: 'closed' }, body: 4 },
  { what: 'an end in a chunk', peer: () => peer(answering(`${ok}Transfer-Encoding: chunked\r\n\r\n5\r\nab`)), failure: { stage: 'body', reason: 'closed' }, body: 2 },
  { what: 'a reset in the body', peer: () => peer(afterRequest(socket => (socket.write(`${ok}Content-Length: 10\r\n\r\nhalf`), setTimeout(() => socket.resetAndDestroy(), 50)))), failure: { stage: 'body', reason: 'reset' }, body: 4 },
]

const bombs = { gzip: gzipSync(zeros), brotli: brotliCompressSync(zeros) }

describe('a peer that misbehaves ends as a failure, in time and with little memory', () => {
  test.each(cases)('$what', async ({ peer, failure, secure, body }) => {
    await using server = await peer()
    const { exchanged, took, grew } = await measured(request(server.port, { deadline, limit, ...(secure && { tls }) }))
    expect(exchanged.failure).toMatchObject(failure)
    if (body !== undefined) expect(exchanged.answer?.body).toHaveLength(body)
    expect(exchanged.answer?.body.length ?? 0).toBeLessThanOrEqual(limit)
    expect(took).toBeLessThan(deadline + 300)
    expect(grew).toBeLessThan(64 * 1024 * 1024)
    await expect.poll(() => server.open.size, { timeout: 2000 }).toBe(0) // nothing is left open
  })

  test('nothing listens', async () => {
    const { port } = await using_(await peer(silent))
    expect(await exchange(request(port, { deadline }))).toMatchObject({ failure: { stage: 'connect', reason: 'refused', message: 'connection refused' } })
  })

  test('a connection that nobody takes: half of the deadline is enough', async () => {
    await using full = await backlogged()
    const { exchanged, took } = await measured(request(full.port, { deadline }))
    expect(exchanged).toEqual({ failure: { stage: 'connect', reason: 'timeout', message: 'no connection within 0.2 s' }, milliseconds: expect.any(Number) })
    expect(took).toBeLessThan(deadline)
  })

  test('this machine has no way there', async () => {
    const { failure } = await exchange(request(443, { address: '2001:db8::1', deadline }))
    expect(failure).toMatchObject({ stage: 'connect', reason: expect.stringMatching(/^(no-route|unreachable|timeout)$/) })
  })
})

/** The port of a peer that is gone. */
async function using_(server: Peer): Promise<{ readonly port: number }> {
  await server[Symbol.asyncDispose]()
  return server
}

/** A process that listens and takes no connection, with as many waiting as it lets wait: the next one hangs. */
async function backlogged(): Promise<AsyncDisposable & { readonly port: number }> {
  const script = `const server = require('net').createServer().listen({ host: '127.0.0.1', port: 0, backlog: 1 }, () => {
    require('fs').writeSync(1, String(server.address().port))
    Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0)
  })`
  const child = spawn(process.execPath, ['-e', script], { stdio: ['ignore', 'pipe', 'inherit'] })
  const port = Number(await once(child.stdout, 'data'))
  const waiting = Array.from({ length: 4 }, () => connect(port, '127.0.0.1').on('error', silent))
  await sleep(100)
  return { port, [Symbol.asyncDispose]: async () => {
    for (const socket of waiting) socket.destroy()
    child.kill('SIGKILL')
    await once(child, 'exit')
  } }
}
