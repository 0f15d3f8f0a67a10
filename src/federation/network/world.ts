import { randomBytes, X509Certificate } from 'node:crypto'
import { createSecureContext, type SecureContext } from 'node:tls'
import { ProvisionError } from '../../core/error.ts'
import type { Exchange, Exchanged, Pin, TlsWish, World } from '../world.ts'
import { exchange } from './exchange.ts'
import { isPrivate } from './private-address.ts'
import { nameServers } from './resolver.ts'

export interface NetworkOptions {
  /** Addresses that the user gives for names and ports. They may be private: who gives them knows. */
  readonly pins?: readonly Pin[]
  /** Name servers to ask, as `192.0.2.53` or `192.0.2.53:5353`; absent: those of this machine. */
  readonly servers?: readonly string[]
  /** Certificates of authorities, PEM, that are trusted and no others; absent: those that Node trusts. */
  readonly roots?: readonly string[]
  /** Look also at addresses that only a private network reaches. Not for whoever lets strangers say what is looked at. */
  readonly allowPrivate?: boolean
}

/**
 * The world as this machine's network shows it.
 *
 * @throws ProvisionError `wrong-use` where what should be trusted is no certificate
 */
export function networkWorld({ pins = [], servers, roots, allowPrivate = false }: NetworkOptions = {}): World {
  roots?.forEach(checkRoot)
  const pinned = new Set(pins.flatMap(({ addresses }) => addresses))
  const contexts = new Map<TlsWish['version'], SecureContext>()

  /** Made once, since reading the authorities takes longer than a handshake. */
  function contextFor(version: TlsWish['version']): SecureContext {
    const context = contexts.get(version) ?? createSecureContext({ ...(roots && { ca: [...roots] }), ...(version && { minVersion: version, maxVersion: version }), ...(version && outdated.has(version) && { ciphers: 'ALL:@SECLEVEL=0' }) })
    contexts.set(version, context)
    return context
  }

  return {
    now: () => Date.now(),
    random: count => randomBytes(count),
    pins,
    resolver: nameServers(servers),
    exchange: async (request: Exchange): Promise<Exchanged> => {
      if (!allowPrivate && isPrivate(request.address) && !pinned.has(request.address))
        return { failure: { stage: 'connect', reason: 'private', message: `${request.address} is an address that only a private network reaches, and was not looked at` }, milliseconds: 0 }
      return exchange(request, contextFor)
    },
  }
}

/** OpenSSL passes over in silence what is no certificate, and the server would seem to be wrong. */
function checkRoot(pem: string): void {
  const certificates = pem.match(/-----BEGIN CERTIFICATE-----[^-]*-----END CERTIFICATE-----/g) ?? []
  try {
    if (certificates.length === 0) throw new Error('no certificate')
    for (const certificate of certificates) new X509Certificate(certificate)
  } catch (cause) {
    const what = certificates.length === 0 ? 'there is none in it' : 'what stands there is no certificate'
    throw new ProvisionError('wrong-use', `The certificates to trust cannot be read: ${what}`, { cause, hint: 'They are PEM: a text with -----BEGIN CERTIFICATE-----' })
  }
}

/** OpenSSL speaks these only when it is told that nothing has to be safe. */
const outdated: ReadonlySet<string> = new Set(['TLSv1', 'TLSv1.1'])
