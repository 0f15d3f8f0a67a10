import { createHash, createPrivateKey, createPublicKey, generateKeyPairSync, randomBytes, sign } from 'node:crypto'

/** A certificate with its private key, both PEM. */
export interface Certificate {
  readonly certificate: string
  readonly key: string
}

export interface CertificateRequest {
  readonly commonName: string
  /** DNS names; none for an authority. */
  readonly names?: readonly string[]
  /** IPv4 addresses. */
  readonly addresses?: readonly string[]
  /** An authority signs other certificates. `depth` is how many authorities may stand below it. */
  readonly authority?: { readonly depth: number }
  readonly notBefore: Date
  readonly notAfter: Date
  /** Who signs it, with the common name there; absent: it signs itself. */
  readonly issuer?: Certificate & { readonly commonName: string }
}

/**
 * Makes an X.509 certificate (RFC 5280) with a new P-256 key. Written here because Node can read certificates but not
 * make them, and because the tests need those that no tool makes willingly: expired, not valid yet, for a wrong name.
 */
export function makeCertificate(request: CertificateRequest): Certificate {
  const key = generateKeyPairSync('ec', { namedCurve: 'prime256v1' }).privateKey
  const issuerKey = request.issuer ? createPrivateKey(request.issuer.key) : key
  const signed = sequence(
    tagged(0, integer(Buffer.from([2]))),
    integer(Buffer.concat([Buffer.from([1]), randomBytes(15)])),
    ecdsaWithSha256,
    distinguishedName(request.issuer?.commonName ?? request.commonName),
    sequence(time(request.notBefore), time(request.notAfter)),
    distinguishedName(request.commonName),
    publicKeyInfo(key),
    tagged(3, sequence(...extensions(request, keyId(key), keyId(issuerKey)))),
  )
  const certificate = sequence(signed, ecdsaWithSha256, bitString(sign('sha256', signed, issuerKey)))
  return { certificate: pem(certificate), key: key.export({ type: 'pkcs8', format: 'pem' }) as string }
}

function extensions({ authority, names = [], addresses = [] }: CertificateRequest, own: Buffer, issuer: Buffer): Buffer[] {
  const always = [
    extension('2.5.29.14', false, octets(own)), // subject key identifier
    extension('2.5.29.35', false, sequence(der(0x80, issuer))), // authority key identifier
  ]
  if (authority)
    return [
      extension('2.5.29.19', true, sequence(der(0x01, Buffer.from([0xff])), integer(Buffer.from([authority.depth])))), // basic constraints
      extension('2.5.29.15', true, der(0x03, Buffer.from([1, 0b0000_0110]))), // key usage: certificates, revocation lists
      ...always,
    ]
  return [
    extension('2.5.29.19', true, sequence()),
    extension('2.5.29.15', true, der(0x03, Buffer.from([7, 0b1000_0000]))), // key usage: digital signature
    extension('2.5.29.37', false, sequence(objectId('1.3.6.1.5.5.7.3.1'), objectId('1.3.6.1.5.5.7.3.2'))), // server, client
    extension('2.5.29.17', false, sequence( // alternative names
      ...names.map(name => der(0x82, Buffer.from(name))),
      ...addresses.map(address => der(0x87, Buffer.from(address.split('.').map(Number)))),
    )),
    ...always,
  ]
}

const publicKeyInfo = (key: ReturnType<typeof createPrivateKey>): Buffer =>
  createPublicKey(key).export({ type: 'spki', format: 'der' }) as Buffer

const keyId = (key: ReturnType<typeof createPrivateKey>): Buffer => createHash('sha1').update(publicKeyInfo(key)).digest()

const pem = (content: Buffer): string =>
  `-----BEGIN CERTIFICATE-----\n${content.toString('base64').replaceAll(/.{1,64}/g, '$&\n')}-----END CERTIFICATE-----\n`

// DER (X.690): a tag, a length, the content.

function der(tag: number, ...content: readonly Buffer[]): Buffer {
  const body = Buffer.concat(content)
  const size = Buffer.from(body.length.toString(16).padStart(body.length > 255 ? 4 : 2, '0'), 'hex')
  const length = body.length < 128 ? size : Buffer.concat([Buffer.from([0x80 | size.length]), size])
  return Buffer.concat([Buffer.from([tag]), length, body])
}

const sequence = (...content: readonly Buffer[]): Buffer => der(0x30, ...content)
const tagged = (number: number, content: Buffer): Buffer => der(0xa0 | number, content)
/** `value` is big-endian and its first bit is 0. */
const integer = (value: Buffer): Buffer => der(0x02, value)
const octets = (content: Buffer): Buffer => der(0x04, content)
const bitString = (content: Buffer): Buffer => der(0x03, Buffer.from([0]), content)

function objectId(dotted: string): Buffer {
  const [first = 0, second = 0, ...rest] = dotted.split('.').map(Number)
  const bytes = [first * 40 + second, ...rest].flatMap(arc => {
    const groups = [arc & 0x7f]
    for (let high = arc >>> 7; high > 0; high >>>= 7) groups.unshift(0x80 | (high & 0x7f))
    return groups
  })
  return der(0x06, Buffer.from(bytes))
}

/** Two digits of the year up to 2049, four from then on (RFC 5280, 4.1.2.5). */
function time(date: Date): Buffer {
  const digits = `${date.toISOString().slice(0, 19).replaceAll(/[-:T]/g, '')}Z`
  return date.getUTCFullYear() < 2050 ? der(0x17, Buffer.from(digits.slice(2))) : der(0x18, Buffer.from(digits))
}

const distinguishedName = (commonName: string): Buffer =>
  sequence(der(0x31, sequence(objectId('2.5.4.3'), der(0x0c, Buffer.from(commonName)))))

const extension = (id: string, critical: boolean, value: Buffer): Buffer =>
  sequence(objectId(id), ...(critical ? [der(0x01, Buffer.from([0xff]))] : []), octets(value))

const ecdsaWithSha256 = sequence(objectId('1.2.840.10045.4.3.2'))
