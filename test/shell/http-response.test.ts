import { request } from 'node:http'
import { Duplex } from 'node:stream'
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { ResponseReader, type Response } from '../../src/shell/http-response.ts'

/** Gives a reader an answer in pieces, and then the end. */
function read(text: string, { method = 'GET', limit = 1_000_000, cuts = [] as readonly number[] } = {}): Response {
  const bytes = Buffer.from(text, 'latin1')
  const reader = new ResponseReader(method, limit)
  const edges = [0, ...cuts.map(cut => cut % (bytes.length + 1)).sort((a, b) => a - b), bytes.length]
  for (const [index, edge] of edges.slice(1).entries()) {
    const response = reader.take(bytes.subarray(edges[index], edge))
    if (response) return response
  }
  return reader.close()
}

const shown = ({ status, reason, headers, body }: Response) => [status, reason, headers, body.toString('latin1')]

describe('an answer', () => {
  test.each<[what: string, text: string, method: string, expected: readonly unknown[]]>([
    ['of a known length', 'HTTP/1.1 200 OK\r\nContent-Length: 3\r\n\r\nabc', 'GET', [200, 'OK', { 'content-length': '3' }, 'abc']],
    ['that goes on behind its length is cut off there', 'HTTP/1.1 200 OK\r\nContent-Length: 3\r\n\r\nabcdef', 'GET', [200, 'OK', { 'content-length': '3' }, 'abc']],
    ['that ends with the connection', 'HTTP/1.0 200 OK\r\n\r\nabc', 'GET', [200, 'OK', {}, 'abc']],
    ['without a reason', 'HTTP/1.1 404\r\nContent-Length: 0\r\n\r\n', 'GET', [404, '', { 'content-length': '0' }, '']],
    ['in chunks, with extensions and a trailer', 'HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n3;x=y\r\nabc\r\nA\r\n0123456789\r\n0\r\nX-Later: 1\r\n\r\n', 'GET', [200, 'OK', { 'transfer-encoding': 'chunked' }, 'abc0123456789']],
    ['to HEAD has no body, whatever it says of one', 'HTTP/1.1 200 OK\r\nContent-Length: 3\r\n\r\n', 'HEAD', [200, 'OK', { 'content-length': '3' }, '']],
    ['304 has none either', 'HTTP/1.1 304 Not Modified\r\nTransfer-Encoding: chunked\r\n\r\n', 'GET', [304, 'Not Modified', { 'transfer-encoding': 'chunked' }, '']],
    ['comes behind interim ones', 'HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 103 Early Hints\r\nLink: x\r\n\r\nHTTP/1.1 204 No Content\r\n\r\n', 'GET', [204, 'No Content', {}, '']],
    ['with a header several times, or over several lines', 'HTTP/1.1 200 OK\r\nX-A: 1\r\nx-a:2\t\r\nX-B: one\r\n  two\r\nX-C:\r\nContent-Length: 0, 0\r\n\r\n', 'GET', [200, 'OK', { 'x-a': '1, 2', 'x-b': 'one two', 'x-c': '', 'content-length': '0, 0' }, '']],
    ['with bytes beyond ASCII', 'HTTP/1.1 200 Tr\u00e8s bien\r\nX: \u00ff\r\nContent-Length: 1\r\n\r\n\u00fe', 'GET', [200, 'Tr\u00e8s bien', { x: '\u00ff', 'content-length': '1' }, '\u00fe']],
  ])('%s', (_, text, method, expected) => {
    expect(shown(read(text, { method }))).toEqual(expected)
    for (let at = 0; at < text.length; at++) expect(shown(read(text, { method, cuts: [at, at + 1] }))).toEqual(expected)
  })

  test.each([
    ['', 'without an answer'],
    ['HTTP/1.1 200 OK\r\nX', 'within the head'],
    ['SSH-2.0-OpenSSH\r\n\r\n', 'no HTTP: "SSH-2.0-OpenSSH"'],
    ['HTTP/2 200\r\n\r\n', 'no HTTP'],
    ['HTTP/1.1 200 OK\r\nno header\r\n\r\n', 'a header that is none: "no header"'],
    ['HTTP/1.1 200 OK\r\nName : x\r\n\r\n', 'a header that is none'],
    ['HTTP/1.1 200 OK\r\nContent-Length: -1\r\n\r\n', 'how long'],
    ['HTTP/1.1 200 OK\r\nContent-Length: 1\r\nContent-Length: 2\r\n\r\nab', 'how long'],
    ['HTTP/1.1 200 OK\r\nContent-Length: 3\r\n\r\nab', 'before its answer was complete'],
    ['HTTP/1.1 200 OK\r\nTransfer-Encoding: gzip, chunked\r\n\r\n', 'encoding'],
    ['HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n-5\r\nabc', 'size'],
    ['HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\n', 'size'],
    ['HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n2\r\nabc\r\n', 'longer than it says'],
    ['HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n2\r\nab\r\n', 'before its answer was complete'],
    [`HTTP/1.1 200 OK\r\nX: ${'x'.repeat(70_000)}`, 'longer than 64 KiB'],
    [`HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n${'1'.repeat(70_000)}`, 'does not end'],
    ['HTTP/1.1 200 OK\r\nContent-Length: 2000000\r\n\r\n', 'larger than 1000000 bytes'],
    [`HTTP/1.1 200 OK\r\n\r\n${'x'.repeat(1_000_001)}`, 'larger than 1000000 bytes'],
  ])('that is none, or not whole, is refused: %j', (text, why) => {
    expect(() => read(text)).toThrow(why)
  })

  test('never hangs and never gives more than was sent, whatever bytes come', () => {
    const pieces = fc.constantFrom('HTTP/1.1 200 OK\r\n', '\r\n', 'Transfer-Encoding: chunked\r\n', 'Content-Length: 5\r\n', '5\r\n', '-5\r\n', '0\r\n', 'hello', '\n', ' x\r\n', 'HTTP/1.1 100 C\r\n\r\n')
    fc.assert(fc.property(fc.array(fc.oneof(pieces, fc.string({ unit: 'binary-ascii' }))), fc.array(fc.nat(300)), (parts, cuts) => {
      try {
        expect(read(parts.join(''), { cuts }).body.length).toBeLessThanOrEqual(parts.join('').length)
      } catch (error) {
        expect((error as Error).message).toMatch(/answer|no HTTP/)
      }
    }))
  })

  test('is what Node itself reads, however it is sent and cut', () => {
    const token = fc.stringMatching(/^[A-Za-z][A-Za-z0-9-]{0,8}$/)
    const answers = fc.record({
      status: fc.constantFrom(200, 201, 301, 404, 500), reason: fc.stringMatching(/^[ -~]{0,12}$/).map(text => text.trim()),
      headers: fc.array(fc.tuple(token.map(name => `X-${name}`), fc.stringMatching(/^[ -~]{0,20}$/)), { maxLength: 4 }),
      body: fc.uint8Array({ maxLength: 200 }), framing: fc.constantFrom('length', 'chunked', 'close'), sizes: fc.array(fc.integer({ min: 1, max: 50 }), { minLength: 1, maxLength: 5 }), cuts: fc.array(fc.nat(600), { maxLength: 6 }),
    })
    return fc.assert(fc.asyncProperty(answers, async ({ status, reason, headers, body, framing, sizes, cuts }) => {
      const bytes = Buffer.from(body).toString('latin1')
      const chunks: string[] = []
      for (let at = 0, turn = 0; at < bytes.length; at += chunks.at(-1)!.length) chunks.push(bytes.slice(at, at + sizes[turn++ % sizes.length]!))
      const framed = framing === 'length' ? `Content-Length: ${bytes.length}\r\n\r\n${bytes}` : framing === 'close' ? `\r\n${bytes}`
        : `Transfer-Encoding: chunked\r\n\r\n${[...chunks, ''].map(chunk => `${chunk.length.toString(16)}\r\n${chunk}\r\n`).join('')}`
      const text = `HTTP/1.1 ${status} ${reason}\r\n${headers.map(([name, value]) => `${name}: ${value}\r\n`).join('')}${framed}`
      expect(shown(read(text, { cuts }))).toEqual(await nodes(text))
    }), { numRuns: 150 })
  })
})

/** What Node's client makes of an answer. */
const nodes = (text: string) => new Promise((resolve, reject) => {
  const stream = new Duplex({
    read() {},
    write(_chunk, _encoding, done) {
      this.push(Buffer.from(text, 'latin1'))
      this.push(null)
      done()
    },
  })
  request({ method: 'GET', path: '/', headers: { host: 'x', connection: 'close' }, createConnection: () => stream as never }, message => {
    const chunks: Buffer[] = []
    message.on('data', (chunk: Buffer) => chunks.push(chunk)).on('error', reject)
    message.on('end', () => resolve([message.statusCode, message.statusMessage, message.headers, Buffer.concat(chunks).toString('latin1')]))
  }).on('error', reject).end()
})
