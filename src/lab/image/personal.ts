import { randomBytes } from 'node:crypto'
import { join } from 'node:path'
import { hostCertificate } from '../authority.ts'
import { cacheDirectory, readText, writeWhole } from '../cache.ts'
import type { Place, Variant } from '../host.ts'
import type { HostFile } from './host-file.ts'
import { keyDocumentPath } from './homeserver-stub.ts'
import { keyDocument, type KeyDocument } from '../signing-key.ts'
import { synapseIdentity } from './synapse.ts'

export const certificatePaths = { chain: '/etc/ssl/matrix/fullchain.pem', key: '/etc/ssl/matrix/privkey.pem' } as const

/** The files that tell one host from another. A host that is made anew gets the same identity again. */
export async function personalFiles(host: Place & Variant): Promise<HostFile[]> {
  const { name, serverName, fqdn } = host
  const chain = await hostCertificate(name, [serverName, fqdn, `*.${serverName}`])
  const { document, seed } = await signingKey(host)
  return [
    { path: '/etc/machine-id', mode: 0o444, content: `${randomBytes(16).toString('hex')}\n` },
    { path: certificatePaths.chain, mode: 0o644, content: chain.fullchain },
    { path: certificatePaths.key, mode: 0o600, content: chain.key },
    { path: keyDocumentPath, mode: 0o644, content: document },
    ...(host.synapse ? synapseIdentity(host, seed) : []),
  ]
}

async function signingKey({ name, serverName }: Place): Promise<KeyDocument> {
  const path = join(cacheDirectory(), 'signing', `${name}.pem`)
  const made = keyDocument(serverName, await readText(path))
  await writeWhole(path, made.key)
  return made
}
