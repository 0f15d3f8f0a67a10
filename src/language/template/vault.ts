import { crypto } from './digest.ts'
import { failWith } from './fail.ts'
import { decode } from './python/codec.ts'

/** Keys of Ansible Vault's format 1.1 and 1.2 (AES256): one to encrypt, one to authenticate, and a counter to begin with. */
function keys(secret: Uint8Array, salt: Uint8Array): { readonly cipher: Buffer; readonly mac: Buffer; readonly counter: Buffer } {
  const derived = crypto().pbkdf2Sync(secret, salt, 10_000, 80, 'sha256')
  return { cipher: derived.subarray(0, 32), mac: derived.subarray(32, 64), counter: derived.subarray(64, 80) }
}

/** Text that Ansible Vault has encrypted, in plain; other text as it is. */
export function decryptVault(text: string, secret: Uint8Array): string {
  if (!text.startsWith('$ANSIBLE_VAULT')) return text
  const [header, ...lines] = text.trim().split('\n')
  if (!/^\$ANSIBLE_VAULT;1\.[12];AES256(?:;|$)/.test(header!.trim())) return failWith('vault', `the vault format '${header!.trim()}' is not supported`)
  const parts = Buffer.from(lines.join('').replaceAll(/\s/g, ''), 'hex').toString('latin1').split('\n').map(part => Buffer.from(part, 'hex'))
  if (parts.length !== 3) return failWith('vault', 'the encrypted text is damaged')
  const [salt, mac, content] = parts as [Buffer, Buffer, Buffer]
  const key = keys(secret, salt)
  const expected = crypto().createHmac('sha256', key.mac).update(content).digest()
  if (mac.length !== expected.length || !crypto().timingSafeEqual(mac, expected)) return failWith('vault', 'the secret does not fit the encrypted text')
  const decipher = crypto().createDecipheriv('aes-256-ctr', key.cipher, key.counter)
  const padded = Buffer.concat([decipher.update(content), decipher.final()])
  return decode(padded.subarray(0, padded.length - padded.at(-1)!), 'utf-8')
}

export function encryptVault(content: Uint8Array, secret: Uint8Array, id: string, salt?: string): string {
  const salted = salt === undefined ? crypto().randomBytes(32) : Buffer.from(salt, 'utf8')
  const key = keys(secret, salted)
  const fill = 16 - (content.length % 16)
  const cipher = crypto().createCipheriv('aes-256-ctr', key.cipher, key.counter)
  const encrypted = Buffer.concat([cipher.update(content), cipher.update(Buffer.alloc(fill, fill)), cipher.final()])
  const mac = crypto().createHmac('sha256', key.mac).update(encrypted).digest()
  const body = Buffer.from([salted, mac, encrypted].map(part => part.toString('hex')).join('\n'), 'latin1').toString('hex')
  const header = id === 'default' || id === '' ? '$ANSIBLE_VAULT;1.1;AES256' : `$ANSIBLE_VAULT;1.2;AES256;${id}`
  return `${header}\n${body.replaceAll(/.{80}(?=.)/g, '$&\n')}\n`
}
