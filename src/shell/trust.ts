import { createHash } from 'node:crypto'
import type { Connection } from '../connection/connection.ts'

/** Where distributions keep the certificates that programs on the host trust, in the order of OpenSSL's own habits. */
const bundles = ['/etc/ssl/certs/ca-certificates.crt', '/etc/pki/tls/certs/ca-bundle.crt', '/etc/ssl/ca-bundle.pem', '/etc/ssl/cert.pem']

/** Bundles by their SHA-256: hosts of one kind have the same, so each is fetched once in a run. */
const fetched = new Map<string, Promise<string>>()

/**
 * The certificates that a host trusts, as PEM. Costs a small answer when another host of the run has the same.
 *
 * @throws ConnectionFailure
 */
export async function trustedBy(connection: Connection): Promise<string> {
  const list = bundles.join(' ')
  const seen = await connection.run({
    program: `for f in ${list}; do [ -r $f ] && { sha256sum $f; exit 0; }; done; exit 1`,
    deadline: 30_000,
  })
  const [, digest, path] = /^([0-9a-f]{64})\s+(\S+)/.exec(Buffer.from(seen.stdout).toString()) ?? []
  if (!digest || !path) return ''
  const known = fetched.get(digest)
  if (known) return known
  const reading = connection.run({ program: `cat ${path}`, deadline: 60_000 }).then(answer => Buffer.from(answer.stdout).toString())
  fetched.set(digest, reading)
  reading.catch(() => fetched.delete(digest))
  const text = await reading
  if (createHash('sha256').update(text).digest('hex') !== digest) fetched.delete(digest)
  return text
}
