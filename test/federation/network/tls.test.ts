import { createSecureContext } from 'node:tls'
import { describe, expect, test } from 'vitest'
import { networkWorld } from '../../../src/federation/network/world.ts'
import type { TlsWish } from '../../../src/federation/world.ts'
import type { Certificate } from '../../../src/lab/certificate.ts'
import { answering, authority, certificateFor, named, request, tls, tlsPeer, usual } from './peer.ts'

const { exchange } = networkWorld({ allowPrivate: true, roots: [authority.certificate] })
const hello = answering('HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok')
const ago = (days: number) => new Date(Date.now() - days * 86_400_000)

const intermediate = named('Test intermediate', { authority: { depth: 0 }, issuer: authority })
const below = certificateFor(['hs.example'], { issuer: intermediate })
const stranger = named('Strange authority', { authority: { depth: 0 } })
const itself = certificateFor(['hs.example'], { issuer: undefined })

describe('a certificate is judged, and never ends an exchange', () => {
  test.each<[what: string, shown: Certificate, chain: object, more?: Partial<TlsWish>, name?: object]>([
    ['trusted', usual, { ok: true }],
    ['with its intermediate', { ...below, certificate: below.certificate + intermediate.certificate }, { ok: true }],
    ['without its intermediate', below, { ok: false, code: 'UNABLE_TO_VERIFY_LEAF_SIGNATURE', message: expect.stringContaining('missing') }],
    ['signed by itself', itself, { ok: false, code: 'DEPTH_ZERO_SELF_SIGNED_CERT' }],
    ['of an unknown authority, which is sent', (({ certificate, key }) => ({ certificate: certificate + stranger.certificate, key }))(certificateFor(['hs.example'], { issuer: stranger })), { ok: false, code: 'SELF_SIGNED_CERT_IN_CHAIN' }],
    ['expired', certificateFor(['hs.example'], { notAfter: ago(0.5) }), { ok: false, code: 'CERT_HAS_EXPIRED', message: expect.stringContaining('expired') }],
    ['not valid yet', certificateFor(['hs.example'], { notBefore: ago(-0.5) }), { ok: false, code: 'CERT_NOT_YET_VALID' }],
    ['for another name', certificateFor(['other.example']), { ok: true }, {}, { ok: false, code: 'ERR_TLS_CERT_ALTNAME_INVALID', message: 'the certificate is not for hs.example' }],
    ['for no name', certificateFor([]), { ok: true }, {}, { ok: false }],
    ['with a star', certificateFor(['*.hs.example']), { ok: true }, { identity: 'matrix.hs.example' }, { ok: true }],
    ['with a star, which does not hold for two labels', certificateFor(['*.example']), { ok: true }, { identity: 'matrix.hs.example' }, { ok: false }],
    ['in capitals', certificateFor(['HS.Example']), { ok: true }, {}, { ok: true }],
    ['for an address', certificateFor([], { addresses: ['127.0.0.1'] }), { ok: true }, { identity: '127.0.0.1', servername: null }, { ok: true }],
    ['for an address that is written as a name', certificateFor(['127.0.0.1']), { ok: true }, { identity: '127.0.0.1', servername: null }, { ok: false }],
  ])('%s', async (_, { certificate, key }, chain, more = {}, name = { ok: true }) => {
    await using server = await tlsPeer(hello, { cert: certificate, key })
    const exchanged = await exchange(request(server.port, { tls: { ...tls, ...more } }))
    expect(exchanged).toMatchObject({ answer: { status: 200 }, tls: { protocol: 'TLSv1.3', cipher: 'TLS_AES_256_GCM_SHA384', chain, name } })
    expect(exchanged.failure).toBeUndefined()
  })

  test('its fields are told', async () => {
    const { certificate, key } = certificateFor(['hs.example', '*.hs.example'], { addresses: ['203.0.113.9'], notBefore: new Date(Date.UTC(2020, 0, 1)), notAfter: new Date(Date.UTC(2060, 0, 1)) })
    await using server = await tlsPeer(hello, { cert: certificate, key })
    const { tls: session } = await exchange(request(server.port, { tls }))
    expect(session!.certificates).toEqual([
      { subject: 'CN=hs.example', issuer: 'CN=Test authority', names: ['hs.example', '*.hs.example'], addresses: ['203.0.113.9'], notBefore: Date.UTC(2020, 0, 1), notAfter: Date.UTC(2060, 0, 1), fingerprint: expect.stringMatching(/^[0-9a-f]{64}$/), selfSigned: false },
      expect.objectContaining({ subject: 'CN=Test authority', selfSigned: true }),
    ])
  })

  test.each<[what: string, names: readonly string[]]>([
    ['a name with a comma, a quote and what looks like another name', ['a, DNS:evil.example, b"c']],
    ['a name with control characters', ['a\x1b[31m\nDNS:evil.example\0.example']],
    ['an empty name', ['']],
    ['three thousand names', Array.from({ length: 3000 }, (_, index) => `n${index}.example`)],
    ['a name of 5000 letters', ['x'.repeat(5000)]],
  ])('absurd fields are data: %s', async (_, names) => {
    const { certificate, key } = certificateFor(names, { commonName: 'hs.example\nCN=evil\x1b[2J'.repeat(20), notAfter: new Date(Date.UTC(9999, 11, 31)) })
    await using server = await tlsPeer(hello, { cert: certificate, key })
    const exchanged = await exchange(request(server.port, { tls: { servername: 'hs.example', identity: 'evil.example' } }))
    expect(exchanged).toMatchObject({ answer: { status: 200 }, tls: { name: { ok: false }, certificates: [{ names: expect.any(Array), notAfter: Date.UTC(9999, 11, 31) }, {}] } })
    expect(exchanged.tls!.certificates[0]!.names).toHaveLength(names.length)
    expect(exchanged.tls!.certificates[0]!.subject).not.toMatch(/[\x00-\x1f]/)
  })
})

test.each(['', 'nonsense', '-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n', usual.key])('what is to be trusted must be a certificate: %j', root => {
  expect(() => networkWorld({ roots: [authority.certificate, root] })).toThrow(expect.objectContaining({ code: 'wrong-use', message: expect.stringContaining('cannot be read') }))
})

describe('what is offered in the handshake', () => {
  test('a name, or none', async () => {
    const asked: (string | false | null)[] = []
    await using server = await tlsPeer(socket => {
      asked.push(socket.servername)
      hello(socket)
    })
    await exchange(request(server.port, { tls }))
    await exchange(request(server.port, { tls: { ...tls, servername: null } }))
    expect(asked).toEqual(['hs.example', false])
  })

  test('another certificate may come without a name', async () => {
    const other = certificateFor(['default.example'])
    await using server = await tlsPeer(hello, { cert: other.certificate, key: other.key, SNICallback: (_, give) => give(null, createSecureContext({ cert: usual.certificate, key: usual.key })) })
    expect(await exchange(request(server.port, { tls }))).toMatchObject({ tls: { name: { ok: true } } })
    expect(await exchange(request(server.port, { tls: { ...tls, servername: null } }))).toMatchObject({ tls: { name: { ok: false } } })
  })

  test.each(['TLSv1', 'TLSv1.1', 'TLSv1.2', 'TLSv1.3'] as const)('%s alone', async version => {
    await using server = await tlsPeer(hello, { minVersion: 'TLSv1', ciphers: 'ALL:@SECLEVEL=0' })
    expect(await exchange(request(server.port, { tls: { ...tls, version } }))).toMatchObject({ tls: { protocol: version, chain: { ok: true } }, answer: { status: 200 } })
  })

  test('what is outdated is not offered by itself', async () => {
    await using server = await tlsPeer(hello, { minVersion: 'TLSv1', maxVersion: 'TLSv1.1', ciphers: 'ALL:@SECLEVEL=0' })
    expect(await exchange(request(server.port, { tls }))).toMatchObject({ failure: { stage: 'tls', reason: 'tls' } })
    expect(await exchange(request(server.port, { tls: { ...tls, version: 'TLSv1.1' } }))).toMatchObject({ tls: { protocol: 'TLSv1.1' } })
  })
})

describe('a handshake that fails', () => {
  test.each([
    ['TLSv1.2', { stage: 'tls', reason: 'tls', message: expect.stringMatching(/handshake failure/) }],
    ['TLSv1.3', { stage: 'headers', reason: 'tls', message: expect.stringMatching(/certificate required/) }],
  ] as const)('a certificate of ours is required, with %s', async (version, failure) => {
    await using server = await tlsPeer(hello, { requestCert: true, rejectUnauthorized: true, maxVersion: version, ca: [authority.certificate] })
    const exchanged = await exchange(request(server.port, { tls }))
    expect(exchanged.failure).toEqual(failure)
    expect(exchanged.answer).toBeUndefined()
  })

  test('only HTTP/2 is spoken', async () => {
    await using server = await tlsPeer(hello, { ALPNProtocols: ['h2'] })
    expect(await exchange(request(server.port, { tls }))).toMatchObject({ failure: { stage: 'tls', reason: 'tls', message: expect.stringMatching(/no application protocol/i) } })
  })

  test('no cipher in common', async () => {
    await using server = await tlsPeer(hello, { maxVersion: 'TLSv1.2', ciphers: 'AES128-SHA' })
    expect(await exchange(request(server.port, { tls: { ...tls } }))).toMatchObject({ failure: { stage: 'tls', reason: 'tls', message: expect.stringMatching(/handshake failure/i) } })
  })
})
