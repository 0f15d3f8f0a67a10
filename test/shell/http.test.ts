import { createServer, type IncomingMessage, type RequestListener, type Server } from 'node:http'
import { createServer as createSecureServer, type ServerOptions } from 'node:https'
import type { AddressInfo } from 'node:net'
import { setTimeout as sleep } from 'node:timers/promises'
import type { TLSSocket } from 'node:tls'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import type { Connection } from '../../src/connection/connection.ts'
import type { HttpResponse } from '../../src/host/fact.ts'
import { makeCertificate } from '../../src/lab/certificate.ts'
import { httpFrom, type AnyRequest } from '../../src/shell/http.ts'
import { openShell } from './shells.ts'

let connection: Connection
beforeAll(async () => {
  connection = await openShell('/bin/sh')
})
afterAll(() => connection.close())

interface Seen {
  readonly method: string
  readonly url: string
  readonly headers: IncomingMessage['headers']
  readonly body: string
}

/** A server on a port of its own, and what it was asked. */
async function serving(answer: RequestListener, secure?: ServerOptions) {
  const seen: Seen[] = []
  const listener: RequestListener = async (request, response) => {
    const chunks: Buffer[] = []
    for await (const chunk of request) chunks.push(chunk as Buffer)
    seen.push({ method: request.method!, url: request.url!, headers: request.headers, body: Buffer.concat(chunks).toString('latin1') })
    answer(request, response)
  }
  const server: Server = secure ? createSecureServer(secure, listener) : createServer(listener)
  await new Promise<void>(resolve => server.listen(0, '127.0.0.1', resolve))
  const { port } = server.address() as AddressInfo
  return {
    seen, url: `${secure ? 'https' : 'http'}://127.0.0.1:${port}`,
    [Symbol.asyncDispose]: async () => {
      server.closeAllConnections()
      await new Promise(resolve => server.close(resolve))
    },
  }
}

const ask = (url: string, more: Partial<AnyRequest> = {}) => httpFrom(connection, { method: 'GET', url, timeout: 10, ...more })
const asked = async (url: string, more: Partial<AnyRequest> = {}) => (await ask(url, more)) as HttpResponse

describe('a request', () => {
  test('takes its headers, its body byte by byte, and who asks', async () => {
    await using server = await serving((_, response) => response.setHeader('X-Two', ['a', 'b']).writeHead(201, 'Made').end(Buffer.from([0, 255, 10])))
    const answer = await asked(`${server.url}/path?q=%20`, { method: 'PUT', body: Uint8Array.of(0, 200, 13), headers: { 'Content-Type': 'x/y' }, credentials: { user: 'ann', password: 'pä:ss' } })
    expect(answer).toMatchObject({ status: 201, reason: 'Made', url: `${server.url}/path?q=%20`, headers: { 'x-two': 'a, b' } })
    expect([...answer.body]).toEqual([0, 255, 10])
    expect(server.seen).toMatchObject([{ method: 'PUT', url: '/path?q=%20', body: '\u0000\u00c8\r', headers: { 'content-type': 'x/y', 'content-length': '3', authorization: `Basic ${Buffer.from('ann:pä:ss').toString('base64')}` } }])
  })

  test.each([['POST', '0'], ['PUT', '0'], ['PATCH', '0'], ['DELETE', undefined], ['GET', undefined]])('%s without a body says its length: %s', async (method, length) => {
    await using server = await serving((_, response) => response.end())
    await ask(server.url, { method })
    expect(server.seen[0]!.headers['content-length']).toBe(length)
  })

  test('that nobody answers, or not in time, or with too much, says so', async () => {
    await using server = await serving(async (request, response) => {
      if (request.url === '/slow') await sleep(3000)
      response.end('x'.repeat(1000))
    })
    expect(await ask('http://127.0.0.1:9/')).toMatchObject({ status: -1, error: expect.stringContaining('nothing answers on 127.0.0.1:9') })
    expect(await ask(`${server.url}/slow`, { timeout: 0.3 })).toMatchObject({ status: -1, error: 'no answer within 0.3 seconds' })
    expect(await ask(`${server.url}/`, { limit: 999 })).toMatchObject({ status: -1, error: 'the answer is larger than 999 bytes' })
  })
})

describe('a redirect', () => {
  const headers = { 'X-Once': '1', 'X-Always': '2' }
  test.each([
    ['GET', 302, 'safe', 'GET', 200], ['HEAD', 301, 'safe', 'HEAD', 200], ['POST', 302, 'safe', undefined, 302], ['POST', 302, 'all', 'GET', 200],
    ['POST', 307, 'all', 'POST', 200], ['GET', 308, 'none', undefined, 308], ['PUT', 303, 'all', 'GET', 200],
  ] as const)('of %s with %s, where %s is followed', async (method, status, followRedirects, then, last) => {
    await using server = await serving((request, response) => (request.url === '/' ? response.writeHead(status, { Location: 'next' }).end() : response.end()))
    const answer = await asked(`${server.url}/`, { method, followRedirects, headers, unredirected: ['x-once'], ...(method !== 'GET' && method !== 'HEAD' && { body: 'sent' }) })
    expect(answer.status).toBe(last)
    expect(server.seen[0]).toMatchObject({ method, headers: { 'x-once': '1', 'x-always': '2' } })
    expect(server.seen[1]?.method).toBe(then)
    if (then === undefined) return
    expect(server.seen[1]!.headers).toMatchObject({ 'x-always': '2' })
    expect(server.seen[1]!.headers).not.toHaveProperty('x-once')
    expect(server.seen[1]!.body).toBe(then === 'POST' ? 'sent' : '')
  })

  test('to another server does not take the password along', async () => {
    await using other = await serving((_, response) => response.end())
    await using server = await serving((request, response) => response.writeHead(302, { Location: request.url === '/' ? '/here' : `${other.url}/` }).end())
    expect(await ask(`${server.url}/`, { credentials: { user: 'a', password: 'b' } })).toMatchObject({ status: 200, url: `${other.url}/` })
    expect(server.seen.map(({ headers }) => 'authorization' in headers)).toEqual([true, true])
    expect(other.seen.map(({ headers }) => 'authorization' in headers)).toEqual([false])
  })

  test('in a circle ends', async () => {
    await using server = await serving((_, response) => response.writeHead(302, { Location: '/' }).end())
    expect(await ask(`${server.url}/`)).toMatchObject({ status: 302 })
  })
})

describe('a secure server', () => {
  const day = 86_400_000
  const dates = { notBefore: new Date(Date.now() - day), notAfter: new Date(Date.now() + day) }
  const authority = makeCertificate({ commonName: 'an authority', authority: { depth: 0 }, ...dates })
  const issued = (commonName: string) => makeCertificate({ commonName, names: [commonName], issuer: { ...authority, commonName: 'an authority' }, ...dates })
  const server = issued('server.test')
  const client = issued('client.test')
  const options: ServerOptions = { cert: server.certificate, key: server.key }
  // The name counts for the certificate, and the address for the way.
  const at = (url: string) => url.replace('127.0.0.1', 'server.test')
  const there = { address: '127.0.0.1' }

  test('is trusted by the authority that is given, and not by that of the host', async () => {
    await using secure = await serving((_, response) => response.end('secret'), options)
    expect(await ask(at(secure.url), there)).toMatchObject({ status: -1, error: expect.stringMatching(/unable to (verify|get)/) })
    expect(Buffer.from((await asked(at(secure.url), { ...there, authorities: authority.certificate })).body).toString()).toBe('secret')
    expect(await ask(at(secure.url), { ...there, validateCertificates: false })).toMatchObject({ status: 200 })
    expect(await ask(secure.url, { authorities: authority.certificate })).toMatchObject({ status: -1, error: expect.stringContaining('altnames') })
  })

  test('learns who we are from our certificate', async () => {
    await using secure = await serving(
      (request, response) => response.end((request.socket as TLSSocket).getPeerCertificate().subject.CN),
      { ...options, ca: authority.certificate, requestCert: true, rejectUnauthorized: true },
    )
    const known = { ...there, authorities: authority.certificate }
    expect(await ask(at(secure.url), known)).toMatchObject({ status: -1 })
    for (const own of [{ certificate: client.certificate, certificateKey: client.key }, { certificate: client.certificate + client.key }])
      expect(Buffer.from((await asked(at(secure.url), { ...known, ...own })).body).toString()).toBe('client.test')
    expect(await ask(at(secure.url), { ...there, validateCertificates: false, certificate: client.certificate, certificateKey: client.key })).toMatchObject({ status: 200 })
  })
})
