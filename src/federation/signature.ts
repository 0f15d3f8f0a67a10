import { canonicalJson } from './canonical-json.ts'
import { isObject, type JsonObject } from './json.ts'
import { isSignature, verifyKey, type SigningKey } from './signing-key.ts'

/** The text of a JSON object that its signatures are for (appendices, "Signing JSON"). Throws as canonicalJson does. */
function signedText({ signatures: _, unsigned: __, ...content }: JsonObject): string {
  return canonicalJson(content)
}

/** The object with a signature of `signer` added to those that it has. */
export function signJson(content: JsonObject, signer: string, key: SigningKey): SignedObject {
  const others = isObject(content.signatures) ? content.signatures : {}
  const own = isObject(others[signer]) ? others[signer] : {}
  return { ...content, signatures: { ...others, [signer]: { ...own, [key.id]: key.sign(signedText(content)) } } } as SignedObject
}

export interface SignedObject extends JsonObject {
  readonly signatures: { readonly [signer: string]: { readonly [keyId: string]: string } }
}

/** The signature by one key as it stands in an object; undefined where there is none. */
export function signatureIn(content: JsonObject, signer: string, keyId: string): string | undefined {
  const signatures = isObject(content.signatures) ? content.signatures : {}
  const own = Object.hasOwn(signatures, signer) && isObject(signatures[signer]) ? signatures[signer] : {}
  const signature = Object.hasOwn(own, keyId) ? own[keyId] : undefined
  return typeof signature === 'string' ? signature : undefined
}

/**
 * Whether an object is signed by `signer` with this key.
 *
 * @param key 32 bytes, base64
 */
export function isSigned(content: JsonObject, signer: string, keyId: string, key: string): boolean {
  const signature = signatureIn(content, signer, keyId)
  const by = verifyKey(key)
  if (signature === undefined || !by) return false
  try {
    return isSignature(signature, signedText(content), by)
  } catch (error) {
    if (error instanceof RangeError) return false // a number that has no canonical form cannot have been signed
    throw error
  }
}
