import { createPrivateKey, X509Certificate } from 'node:crypto'
import { once } from 'node:events'
import type { AddressInfo } from 'node:net'
import { connect, createServer } from 'node:tls'
import { expect, test } from 'vitest'
import { makeCertificate } from '../../src/lab/certificate.ts'

const day = 24 * 60 * 60 * 1000
const validity = (from: number, until: number) => ({ notBefore: new Date(Date.now() + from * day), notAfter: new Date(Date.now() + until * day) })

const root = makeCertificate({ commonName: 'Root', authority: { depth: 1 }, ...validity(-1, 20_000) })
const issuer = { ...makeCertificate({ commonName: 'Issuer', authority: { depth: 0 }, issuer: { ...root, commonName: 'Root' }, ...validity(-1, 3650) }), commonName: 'Issuer' }
const leaf = (from: number, until: number) => makeCertificate({ commonName: 'lab1.test', names: ['lab1.test', '*.lab1.test'], issuer, ...validity(from, until) })

/** What a client that trusts the root says to a server: undefined when it is content. */
async function judged(chain: string, key: string, servername: string): Promise<string | undefined> {
  const server = createServer({ cert: chain, key }, socket => socket.on('error', () => {})).listen(0, '127.0.0.1')
  await once(server, 'listening')
  const client = connect({ host: '127.0.0.1', port: (server.address() as AddressInfo).port, servername, ca: root.certificate })
  const verdict = await new Promise<string | undefined>(done => {
    client.once('secureConnect', () => done(undefined))
    client.once('error', (error: NodeJS.ErrnoException) => done(error.code))
  })
  client.destroy()
  server.close()
  return verdict
}

test.each([
  ['its own name', 'lab1.test', -1, 90, true, undefined],
  ['a name under it', 'matrix.lab1.test', -1, 90, true, undefined],
  ['another name', 'lab2.test', -1, 90, true, 'ERR_TLS_CERT_ALTNAME_INVALID'],
  ['a certificate that is over', 'lab1.test', -10, -1, true, 'CERT_HAS_EXPIRED'],
  ['a certificate that is not valid yet', 'lab1.test', 1, 90, true, 'CERT_NOT_YET_VALID'],
  ['a chain without its issuer', 'lab1.test', -1, 90, false, 'UNABLE_TO_VERIFY_LEAF_SIGNATURE'],
])('a TLS client judges %s as it should', async (_, servername, from, until, whole, expected) => {
  const { certificate, key } = leaf(from, until)
  expect(await judged(whole ? certificate + issuer.certificate : certificate, key, servername)).toBe(expected)
})

test('a certificate is readable and belongs to its key', () => {
  const { certificate, key } = leaf(-1, 90)
  const read = new X509Certificate(certificate)
  expect(read.subject).toBe('CN=lab1.test')
  expect(read.issuer).toBe('CN=Issuer')
  expect(read.subjectAltName).toBe('DNS:lab1.test, DNS:*.lab1.test')
  expect(read.ca).toBe(false)
  expect(read.checkPrivateKey(createPrivateKey(key))).toBe(true)
  expect(new X509Certificate(root.certificate).ca).toBe(true)
  expect(new Date(new X509Certificate(root.certificate).validTo).getUTCFullYear()).toBeGreaterThan(2049)
})
