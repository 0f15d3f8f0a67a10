import { createPrivateKey, createPublicKey, sign, verify, type KeyObject } from 'node:crypto'
import { decodeBase64, encodeBase64 } from './base64.ts'

/** A server's own Ed25519 key. */
export interface SigningKey {
  /** `ed25519:a_1`. */
  readonly id: string
  /** What others verify with: 32 bytes, unpadded base64. */
  readonly verifyKey: string
  /** @returns the signature: 64 bytes, unpadded base64 */
  sign(message: string): string
}

/** DER before the 32 bytes of an Ed25519 key (RFC 8410): as PKCS#8, and as SubjectPublicKeyInfo. */
const privatePrefix = Buffer.from('302e020100300506032b657004220420', 'hex')
const publicPrefix = Buffer.from('302a300506032b6570032100', 'hex')

/**
 * @param id `ed25519:` and a version of letters, digits and `_`
 * @param seed 32 bytes, secret
 */
export function signingKey(id: string, seed: Uint8Array): SigningKey {
  if (seed.length !== 32) throw new RangeError(`an Ed25519 key is made from 32 bytes, not ${seed.length}`)
  const key = createPrivateKey({ key: Buffer.concat([privatePrefix, seed]), format: 'der', type: 'pkcs8' })
  return {
    id,
    verifyKey: encodeBase64(createPublicKey(key).export({ format: 'der', type: 'spki' }).subarray(publicPrefix.length)),
    sign: message => encodeBase64(sign(null, Buffer.from(message), key)),
  }
}

/** A key to verify with; undefined where the base64 is not that of 32 bytes. */
export function verifyKey(base64: string): KeyObject | undefined {
  const bytes = decodeBase64(base64)
  if (bytes?.length !== 32) return undefined
  return createPublicKey({ key: Buffer.concat([publicPrefix, bytes]), format: 'der', type: 'spki' })
}

/** Whether a signature (base64) is that of a message. */
export function isSignature(signature: string, message: string, key: KeyObject): boolean {
  const bytes = decodeBase64(signature)
  return bytes?.length === 64 && verify(null, Buffer.from(message), key, bytes)
}
