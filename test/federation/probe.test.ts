import { once } from 'node:events'
import { request } from 'node:https'
import { createServer, connect as connectPlain, type AddressInfo } from 'node:net'
import { buffer } from 'node:stream/consumers'
import { connect, type TLSSocket } from 'node:tls'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { judgeKeys } from '../../src/federation/key-document.ts'
import { openProbe, type Probe } from '../../src/federation/probe.ts'
import { isSigned } from '../../src/federation/signature.ts'
import { makeCertificate } from '../../src/lab/certificate.ts'

const day = 24 * 60 * 60 * 1000
const hour = 60 * 60 * 1000
const { certificate, key } = makeCertificate({ commonName: 'probe.test', names: ['probe.test'], notBefore: new Date(Date.now() - day), notAfter: new Date(Date.now() + day) })

const world = { now: () => Date.now(), random: (count: number) => crypto.getRandomValues(new Uint8Array(count)) }

let probe: Probe
let port: number
beforeEach(async () => {
  port = await freePort()
  probe = await openProbe({ world, name: `probe.test:${port}`, listen: { address: '127.0.0.1', port }, certificate, key })
})
afterEach(() => probe.close())

async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1')
  await once(server, 'listening')
  const { port } = server.address() as AddressInfo
  server.close()
  await once(server, 'close')
  return port
}

/** Asks as a peer that trusts the certificate. */
const ask = (method: string, path: string, body?: string) =>
  new Promise<{ status: number; body: Buffer; type: string | undefined }>((resolve, reject) => {
    request({ host: '127.0.0.1', port, servername: 'probe.test', ca: certificate, method, path, agent: false }, async response => {
      resolve({ status: response.statusCode!, body: await buffer(response), type: response.headers['content-type'] })
    }).on('error', reject).end(body)
  })

/** A connection's end, in peace or not. */
const closing = (socket: TLSSocket) => new Promise<void>(resolve => void socket.on('error', () => {}).on('close', () => resolve()))

/** What the probe has noted, once there is something. */
const noted = () => expect.poll(() => probe.seen.map(({ from, requests, failure }) => ({ from, requests, failure })))

describe('it is a homeserver as far as others ask one for its keys', () => {
  test('its key document is good for about an hour', async () => {
    const { status, body, type } = await ask('GET', '/_matrix/key/v2/server')
    const exchanged = { milliseconds: 1, answer: { status, reason: '', version: '1.1' as const, headers: [['content-type', type!]] as const, body } }
    const { problems, document } = judgeKeys(probe.name, { address: '127.0.0.1', port }, exchanged, Date.now() - 1000)
    expect(problems).toEqual([])
    expect(document!.keys.map(({ id }) => id)).toEqual([probe.keyId])
    expect(document!.validUntil! - Date.now()).toBeGreaterThan(hour - 10_000)
    expect(document!.validUntil! - Date.now()).toBeLessThanOrEqual(hour)
    await noted().toEqual([{ from: '127.0.0.1', requests: [{ method: 'GET', target: '/_matrix/key/v2/server', status: 200 }], failure: undefined }])
  })

  test('each has a key of its own', async () => {
    const other = await openProbe({ world, name: 'other.test', listen: { address: '127.0.0.1', port: await freePort() }, certificate, key })
    expect(other.keyId).toMatch(/^ed25519:p[0-9a-f]{12}$/)
    expect(other.keyId).not.toBe(probe.keyId)
    await other.close()
  })

  test.each([['/_matrix/federation/v1/version', 200], ['/_matrix/federation/v1/query/directory?room_alias=%23a%3Aprobe.test', 404]])('%s', async (path, status) =>
    expect(await ask('GET', path)).toMatchObject({ status, type: 'application/json' }))
})

describe('it does nothing for strangers', () => {
  test.each([
    ['GET', '/'], ['GET', '/_matrix/key/v2/query/matrix.org'], ['POST', '/_matrix/key/v2/query'], ['GET', '/_matrix/client/versions'], ['PUT', '/_matrix/federation/v1/send/1'],
    ['GET', 'http://127.0.0.1:22/'], ['OPTIONS', '*'], ['HEAD', '/_matrix/key/v2/server'], ['POST', '/_matrix/key/v2/server'], ['GET', '/_matrix/key/v2/server/'],
  ])('%s %s', async (method, path) => expect(await ask(method, path, method === 'PUT' ? '{}' : undefined)).toMatchObject({ status: 404 }))

  const spoken = async (text: string): Promise<string> => {
    const socket = connect({ host: '127.0.0.1', port, servername: 'probe.test', ca: certificate })
    await once(socket, 'secureConnect')
    socket.write(text)
    let heard = ''
    socket.on('data', chunk => (heard += String(chunk)))
    await closing(socket)
    return heard
  }
  test('a tunnel is refused', async () => expect(await spoken('CONNECT 127.0.0.1:22 HTTP/1.1\r\nHost: x\r\n\r\n')).toBe(''))
  test('so are endless headers', async () => expect(await spoken(`GET / HTTP/1.1\r\nHost: x\r\nX: ${'a'.repeat(100_000)}\r\n\r\n`)).toMatch(/^HTTP\/1.1 431 /))
  test('and what is no HTTP', async () => expect(await spoken('EHLO x\r\n')).toMatch(/^HTTP\/1.1 400 /))
})

describe('it sees who comes and says nothing', () => {
  test('a peer that does not trust its certificate', async () => {
    const socket = connect({ host: '127.0.0.1', port, servername: 'probe.test' })
    await expect(once(socket, 'secureConnect')).rejects.toThrow('self-signed')
    await noted().toEqual([{ from: '127.0.0.1', requests: [], failure: expect.stringMatching(/ended/) }])
  })
  test('a peer that speaks no TLS', async () => {
    const socket = connectPlain(port, '127.0.0.1')
    socket.write('GET / HTTP/1.1\r\n\r\n')
    socket.resume()
    await once(socket, 'close')
    await noted().toEqual([{ from: '127.0.0.1', requests: [], failure: expect.stringMatching(/http request/) }])
  })
  test('a peer that goes at once', async () => {
    const socket = connectPlain(port, '127.0.0.1')
    await once(socket, 'connect')
    socket.destroy()
    await noted().toEqual([{ from: '127.0.0.1', requests: [], failure: 'the connection ended in the TLS handshake' }])
  })
})

test('closed, it leaves nothing open, whoever is still there', async () => {
  const sockets: TLSSocket[] = await Promise.all([1, 2, 3].map(async () => {
    const socket = connect({ host: '127.0.0.1', port, servername: 'probe.test', ca: certificate })
    await once(socket, 'secureConnect')
    return socket
  }))
  sockets[0]!.write('GET /_matrix/key/v2/server HTTP/1.1\r\n')
  const ended = Promise.all(sockets.map(closing))
  await probe.close()
  await ended
  await expect(ask('GET', '/')).rejects.toThrow('ECONNREFUSED')
  probe = await openProbe({ world, name: `probe.test:${port}`, listen: { address: '127.0.0.1', port }, certificate, key })
})

test('its requests are signed with that key, over what goes over the wire', async () => {
  const request = { method: 'PUT', target: '/_matrix/federation/v1/send/%2F?a=%23', content: { pdus: [], text: 'ü' } }
  const parts = /^X-Matrix origin="([^"]+)",destination="([^"]+)",key="([^"]+)",sig="([^"]+)"$/.exec(probe.sign(request, 'hs.example'))
  const [, origin, destination, keyId, sig] = parts!
  expect([origin, destination, keyId]).toEqual([probe.name, 'hs.example', probe.keyId])
  const document = JSON.parse((await ask('GET', '/_matrix/key/v2/server')).body.toString()) as { verify_keys: { [id: string]: { key: string } } }
  const { method, target: uri, content } = request
  const signed = { method, uri, origin, destination, content, signatures: { [origin!]: { [keyId!]: sig } } }
  expect(isSigned(signed, probe.name, probe.keyId, document.verify_keys[probe.keyId]!.key)).toBe(true)
})
