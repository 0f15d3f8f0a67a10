import { createHash } from 'node:crypto'

/** A public key's fingerprint as `ssh-keygen -l` prints it: `256 SHA256:… comment (ED25519)`. Undefined for another text. */
export function fingerprint(publicKey: string): string | undefined {
  const [type, encoded, ...comment] = publicKey.trim().split(/\s+/)
  if (type === undefined || encoded === undefined) return undefined
  const blob = Buffer.from(encoded, 'base64')
  const fields = readFields(blob)
  if (fields[0]?.toString() !== type) return undefined
  const digest = createHash('sha256').update(blob).digest('base64').replace(/=+$/, '')
  return `${bitsOf(type, fields)} SHA256:${digest} ${comment.join(' ') || 'no comment'} (${nameOf(type)})`
}

/** RFC 4251 strings: a length in four bytes, then as many bytes. */
function readFields(blob: Buffer): Buffer[] {
  const fields: Buffer[] = []
  for (let at = 0; at + 4 <= blob.length;) {
    const length = blob.readUInt32BE(at)
    fields.push(blob.subarray(at + 4, at + 4 + length))
    at += 4 + length
  }
  return fields
}

function bitsOf(type: string, fields: readonly Buffer[]): number {
  if (type === 'ssh-rsa') return BigInt(`0x${fields[2]?.toString('hex') || '0'}`).toString(2).length
  if (type === 'ssh-dss') return BigInt(`0x${fields[1]?.toString('hex') || '0'}`).toString(2).length
  return Number(/nistp(\d+)/.exec(type)?.[1] ?? 256)
}

const nameOf = (type: string): string =>
  type === 'ssh-rsa'
    ? 'RSA'
    : type === 'ssh-dss'
      ? 'DSA'
      : type.startsWith('sk-')
        ? `${type.includes('ecdsa') ? 'ECDSA' : 'ED25519'}-SK`
        : type.includes('ecdsa')
          ? 'ECDSA'
          : 'ED25519'
