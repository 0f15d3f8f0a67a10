import { X509Certificate } from 'node:crypto'
import { checkServerIdentity, type DetailedPeerCertificate, type TLSSocket } from 'node:tls'
import type { Certificate, Judgement, TlsSession } from '../world.ts'

/** No more certificates of a chain are shown. */
const longestChain = 10

/** What a handshake showed, judged: OpenSSL's verdict on the chain, and whether it is for `identity`. */
export function tlsSession(socket: TLSSocket, identity: string): TlsSession {
  return {
    protocol: socket.getProtocol() ?? '',
    cipher: socket.getCipher().standardName,
    alpn: socket.alpnProtocol || null,
    certificates: certificatesOf(socket.getPeerCertificate(true)),
    // A string, whatever the types say.
    chain: socket.authorized ? { ok: true } : chainJudgement(String(socket.authorizationError)),
    name: nameJudgement(identity, socket),
  }
}

const chainJudgement = (code: string): Judgement => ({ ok: false, code, message: meanings[code] ?? `the certificate is not trusted (${code})` })

const meanings: { readonly [code: string]: string } = {
  CERT_HAS_EXPIRED: 'the certificate has expired, or one above it',
  CERT_NOT_YET_VALID: 'the certificate is not valid yet, or one above it',
  DEPTH_ZERO_SELF_SIGNED_CERT: 'the certificate is signed by itself',
  SELF_SIGNED_CERT_IN_CHAIN: 'the certificate leads to an authority that is not trusted',
  UNABLE_TO_GET_ISSUER_CERT: 'the certificate of its authority is missing: it was not sent and is not known',
  UNABLE_TO_GET_ISSUER_CERT_LOCALLY: 'the certificate of its authority is missing: it was not sent and is not known',
  UNABLE_TO_VERIFY_LEAF_SIGNATURE: 'the certificate of its authority is missing: it was not sent and is not known',
  CERT_REVOKED: 'the certificate is revoked',
  CERT_CHAIN_TOO_LONG: 'the chain of certificates is too long',
  INVALID_PURPOSE: 'the certificate is not meant for servers',
  INVALID_CA: 'a certificate is signed by one that is no authority',
  PATH_LENGTH_EXCEEDED: 'an authority has more authorities below it than it may',
}

function nameJudgement(identity: string, socket: TLSSocket): Judgement {
  try {
    const error = checkServerIdentity(identity, socket.getPeerCertificate()) as (Error & { readonly reason?: string }) | undefined
    return error ? { ok: false, code: 'ERR_TLS_CERT_ALTNAME_INVALID', message: `the certificate is not for ${identity}` } : { ok: true }
  } catch (error) {
    return { ok: false, code: (error as NodeJS.ErrnoException).code ?? 'UNREADABLE', message: `the names of the certificate cannot be read: ${(error as Error).message}` }
  }
}

function certificatesOf(first: DetailedPeerCertificate): Certificate[] {
  const certificates: Certificate[] = []
  const seen = new Set<string>()
  for (let next: DetailedPeerCertificate | undefined = first; next?.raw && certificates.length < longestChain && !seen.has(next.fingerprint256); next = next.issuerCertificate) {
    seen.add(next.fingerprint256)
    certificates.push(certificateOf(next.raw))
  }
  return certificates
}

/** A certificate as data. Fields that cannot be read are empty, dates 0. */
export function certificateOf(der: Buffer): Certificate {
  const certificate = new X509Certificate(der)
  const { names, addresses } = alternativeNames(certificate.subjectAltName ?? '')
  return {
    subject: onOneLine(certificate.subject), issuer: onOneLine(certificate.issuer), names, addresses,
    notBefore: Date.parse(certificate.validFrom) || 0,
    notAfter: Date.parse(certificate.validTo) || 0,
    fingerprint: certificate.fingerprint256.replaceAll(':', '').toLowerCase(),
    selfSigned: certificate.subject === certificate.issuer,
  }
}

/** `C=DE\nCN=example.org` as `C=DE, CN=example.org`. */
const onOneLine = (name: string | undefined): string => (name ?? '').trim().replaceAll('\n', ', ')

/** Reads `DNS:example.org, IP Address:203.0.113.9, DNS:"with, a comma"`: Node quotes as JSON what could be mistaken. */
function alternativeNames(text: string): { readonly names: readonly string[]; readonly addresses: readonly string[] } {
  const [names, addresses]: [string[], string[]] = [[], []]
  for (const [, kind, value = ''] of text.matchAll(/(DNS|IP Address|[^:,]+):("(?:[^"\\]|\\.)*"|[^,]*)(?:, |$)/g)) {
    if (kind === 'DNS') names.push(value.startsWith('"') ? unquoted(value) : value)
    if (kind === 'IP Address') addresses.push(value)
  }
  return { names, addresses }
}

function unquoted(text: string): string {
  try {
    return JSON.parse(text) as string
  } catch {
    return text
  }
}
