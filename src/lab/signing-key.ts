import { createPrivateKey, createPublicKey, generateKeyPairSync, sign } from 'node:crypto'

/** What a homeserver says about its keys, and the key itself. */
export interface KeyDocument {
  /** The body of `/_matrix/key/v2/server`. */
  readonly document: string
  /** The private key, PEM. */
  readonly key: string
  /** The 32 bytes that the private key is made from (RFC 8032), as unpadded base64. */
  readonly seed: string
}

const keyId = 'ed25519:lab'

/**
 * A signed key document (Matrix server-server API, "Publishing keys"), good for a year.
 *
 * @param key the private key as PEM; absent: a new one
 */
export function keyDocument(serverName: string, key?: string, now = Date.now()): KeyDocument {
  const secret = key ? createPrivateKey(key) : generateKeyPairSync('ed25519').privateKey
  const { d } = secret.export({ format: 'jwk' })
  const { x } = createPublicKey(secret).export({ format: 'jwk' })
  // Members are written in canonical order (sorted), so that plain JSON.stringify gives canonical JSON.
  const content = {
    old_verify_keys: {},
    server_name: serverName,
    valid_until_ts: now + 365 * 24 * 60 * 60 * 1000,
    verify_keys: { [keyId]: { key: unpadded(Buffer.from(x ?? '', 'base64url')) } },
  }
  const signature = unpadded(sign(null, Buffer.from(JSON.stringify(content)), secret))
  return {
    document: JSON.stringify({ ...content, signatures: { [serverName]: { [keyId]: signature } } }),
    key: secret.export({ type: 'pkcs8', format: 'pem' }) as string,
    seed: unpadded(Buffer.from(d ?? '', 'base64url')),
  }
}

/** Matrix writes base64 without padding. */
const unpadded = (bytes: Buffer): string => bytes.toString('base64').replaceAll('=', '')
