/** Base64 as Matrix writes it: without padding (appendices, "Unpadded Base64"). */
export const encodeBase64 = (bytes: Uint8Array): string => Buffer.from(bytes).toString('base64').replaceAll('=', '')

/**
 * Bytes of base64, with or without padding; undefined where it is none. Node itself skips what it does not know. Bits that are
 * left over may be anything, as in the specification's own seed.
 */
export function decodeBase64(text: string): Uint8Array | undefined {
  const digits = text.replace(/=*$/, '')
  const padding = text.length - digits.length
  if (!/^[A-Za-z0-9+/]*$/.test(digits) || digits.length % 4 === 1 || (padding > 0 && text.length % 4 !== 0) || padding > 2) return undefined
  return Uint8Array.from(Buffer.from(digits, 'base64'))
}
