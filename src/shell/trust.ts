import { createHash } from 'node:crypto'
import type { SecureContext, SecureContextOptions } from 'node:tls'
import type { Become, Connection } from '../connection/connection.ts'

/** Where distributions keep the certificates that programs on the host trust, in the order of OpenSSL's own habits. */
const bundles = ['/etc/ssl/certs/ca-certificates.crt', '/etc/pki/tls/certs/ca-bundle.crt', '/etc/ssl/ca-bundle.pem', '/etc/ssl/cert.pem']

/** Certificates that a host trusts, PEM, and the context made of them: that takes longer than a handshake. */
interface Bundle {
  readonly ca: string | undefined
  readonly context: SecureContext
}

/** Bundles by their SHA-256: hosts of one kind have the same, so each is fetched once in a run. */
const fetched = new Map<string, Promise<Bundle>>()

const asked = new WeakMap<Connection, Promise<Bundle>>()

/** Whether this host's own store has been needed before: then it is asked at once. */
export const needsOwnTrust = (connection: Connection): boolean => asked.has(connection)

/**
 * What a host trusts, ready for TLS. Asked once for a connection, and fetched only where no other host of the run has the
 * same bundle.
 *
 * @param own a certificate of our own, and its key
 * @param as whose shell it is read in: one that is open already costs no login shell
 * @throws ConnectionFailure
 */
export async function trustOf(connection: Connection, own: SecureContextOptions, as: Become | undefined): Promise<SecureContext> {
  let trust = asked.get(connection)
  if (!trust) asked.set(connection, (trust = readTrust(connection, as)))
  const { ca, context } = await trust
  if (own.cert === undefined) return context
  const { createSecureContext } = await import('node:tls')
  return createSecureContext({ ...own, ...(ca !== undefined && { ca }) })
}

async function readTrust(connection: Connection, as: Become | undefined): Promise<Bundle> {
  const { createSecureContext } = await import('node:tls')
  const bundle = (ca: string | undefined): Bundle => ({ ca, context: createSecureContext(ca === undefined ? {} : { ca }) })
  const seen = await connection.run({
    ...(as && { as }),
    program: `for f in ${bundles.join(' ')}; do [ -r $f ] && { sha256sum $f; exit 0; }; done; exit 1`,
    deadline: 30_000,
  })
  const [, digest, path] = /^([0-9a-f]{64})\s+(\S+)/.exec(Buffer.from(seen.stdout).toString()) ?? []
  if (!digest || !path) return bundle(undefined)
  const known = fetched.get(digest)
  if (known) return known
  const reading = connection.run({ ...(as && { as }), program: `cat ${path}`, deadline: 60_000 }).then(answer => {
    // The bundle has changed in between: what was read is used, and nobody else is given it.
    if (createHash('sha256').update(answer.stdout).digest('hex') !== digest) fetched.delete(digest)
    return bundle(Buffer.from(answer.stdout).toString())
  })
  fetched.set(digest, reading)
  reading.catch(() => fetched.delete(digest))
  return reading
}
