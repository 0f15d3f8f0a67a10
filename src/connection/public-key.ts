/** The type that stands at the start of a public key as SSH sends it (RFC 4253, 6.6); absent when it is none. */
export function keyType(key: Buffer): string | undefined {
  const type = firstString(key)?.toString('latin1')
  return type !== undefined && /^[\w@.-]+$/.test(type) ? type : undefined
}

/**
 * The public half of a private key file that may be encrypted: OpenSSH's own format holds it in the clear (PROTOCOL.key).
 *
 * @returns absent for the older PEM formats
 */
export function publicHalf(privateKey: string): Buffer | undefined {
  const body = /-----BEGIN OPENSSH PRIVATE KEY-----([\s\S]*?)-----END/.exec(privateKey)?.[1]
  if (body === undefined) return undefined
  const magic = 'openssh-key-v1\0'
  const bytes = Buffer.from(body, 'base64')
  if (bytes.toString('latin1', 0, magic.length) !== magic) return undefined
  let at = magic.length
  for (let skipped = 0; skipped < 3; skipped++) {
    const field = firstString(bytes.subarray(at))
    if (!field) return undefined
    at += 4 + field.length
  }
  return firstString(bytes.subarray(at + 4))
}

/** A length in four bytes and as many bytes (RFC 4251, 5). */
function firstString(bytes: Buffer): Buffer | undefined {
  if (bytes.length < 4) return undefined
  const length = bytes.readUInt32BE(0)
  return bytes.length < 4 + length ? undefined : bytes.subarray(4, 4 + length)
}
