import { X509Certificate } from 'node:crypto'
import { isIPv4 } from 'node:net'
import { join } from 'node:path'
import { cacheDirectory, cached, readText, writeWhole } from './cache.ts'
import { makeCertificate, type Certificate } from './certificate.ts'

const rootName = 'matrix-provision lab root'
const issuerName = 'matrix-provision lab issuer'
const day = 24 * 60 * 60 * 1000

/** A certificate as a server sends it. */
export interface Chain {
  /** The certificate, then the intermediate one; the root is what the other side has. PEM. */
  readonly fullchain: string
  /** The certificate alone, as a server sends it by mistake. PEM. */
  readonly certificate: string
  readonly key: string
}

export interface Validity {
  /** Days from now, negative for the past. */
  readonly from: number
  readonly until: number
}

const directory = (): string => join(cacheDirectory(), 'authority')

/** The root certificate that the hosts trust. PEM. */
export const rootCertificate = async (): Promise<string> => (await root()).certificate

/**
 * A new certificate of the lab's authority.
 *
 * @param names DNS names and IPv4 addresses, the first of which becomes the common name
 * @param validity for tests of certificates that are over or not valid yet
 */
export async function issueCertificate(names: readonly string[], validity: Validity = { from: -1, until: 90 }): Promise<Chain> {
  const issuer = await intermediate()
  const now = Date.now()
  const { certificate, key } = makeCertificate({
    commonName: names[0] ?? 'unnamed',
    names: names.filter(name => !isIPv4(name)),
    addresses: names.filter(name => isIPv4(name)),
    notBefore: new Date(now + validity.from * day),
    notAfter: new Date(now + validity.until * day),
    issuer: { ...issuer, commonName: issuerName },
  })
  return { fullchain: certificate + issuer.certificate, certificate, key }
}

/** The certificate of a host, the same until it has 30 days left, so that a host that is made anew is the same peer. */
export async function hostCertificate(name: string, names: readonly string[]): Promise<Chain> {
  const path = join(directory(), `${name}.json`)
  const kept = await readText(path)
  const { certificate: issuer } = await intermediate()
  if (kept !== undefined) {
    const chain = JSON.parse(kept) as Chain
    const validTo = Date.parse(new X509Certificate(chain.certificate).validTo)
    if (validTo > Date.now() + 30 * day && chain.fullchain === chain.certificate + issuer) return chain
  }
  const chain = await issueCertificate(names)
  await writeWhole(path, JSON.stringify(chain))
  return chain
}

const root = (): Promise<Certificate> =>
  authority('root', { commonName: rootName, authority: { depth: 1 } })

const intermediate = async (): Promise<Certificate> =>
  authority('issuer', { commonName: issuerName, authority: { depth: 0 }, issuer: { ...(await root()), commonName: rootName } })

async function authority(file: string, request: Omit<Parameters<typeof makeCertificate>[0], 'notBefore' | 'notAfter'>): Promise<Certificate> {
  const validity = { notBefore: new Date(Date.now() - day), notAfter: new Date(Date.now() + 3650 * day) }
  const made = () => JSON.stringify(makeCertificate({ ...request, ...validity }))
  return JSON.parse(await cached(join(directory(), `${file}.json`), made)) as Certificate
}
