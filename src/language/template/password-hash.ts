import { crypto } from './digest.ts'
import { fail, failWith } from './fail.ts'

export interface PasswordOptions {
  /** 1 to 16 characters of `./0-9A-Za-z` (8 for md5); absent: random. */
  readonly salt?: string
  readonly saltSize?: number
  /** Absent: as many as passlib takes, like Ansible. */
  readonly rounds?: number
}

const letters = './0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz'
const names: Readonly<Record<string, string>> = { md5: 'md5_crypt', sha256: 'sha256_crypt', sha512: 'sha512_crypt', blowfish: 'bcrypt' }
const usualRounds: Readonly<Record<string, number>> = { sha256_crypt: 535_000, sha512_crypt: 656_000 }
const made = new Map<string, string>()

/** A password as `/etc/shadow` stores it: sha512_crypt, sha256_crypt or md5_crypt. The same again is remembered. */
export function passwordHash(password: string, type: string, options: PasswordOptions = {}): string {
  const name = names[type] ?? type
  if (!['md5_crypt', 'sha256_crypt', 'sha512_crypt'].includes(name))
    return failWith('unsupported', `password_hash does not support '${name}'`, 'It can make sha512 (which Debian uses), sha256 and md5.')
  const longest = name === 'md5_crypt' ? 8 : 16
  const salt = options.salt || randomText(options.saltSize ?? longest)
  if (salt.length > longest || /[^./0-9A-Za-z]/.test(salt)) fail(`the salt of ${name} is at most ${longest} letters, digits, dots and slashes`)
  const key = `${name}\0${salt}\0${options.rounds ?? ''}\0${password}`
  const known = made.get(key)
  if (known !== undefined) return known
  const secret = Buffer.from(password, 'utf8')
  const result = name === 'md5_crypt' ? md5Crypt(secret, salt) : shaCrypt(secret, salt, name === 'sha512_crypt' ? 512 : 256, options.rounds || usualRounds[name]!)
  made.set(key, result)
  return result
}

/** Random letters for a salt. */
export function randomText(length: number, from = letters): string {
  return Array.from({ length }, () => from[crypto().randomInt(from.length)]!).join('')
}

const digest = (algorithm: string, ...parts: readonly Uint8Array[]): Buffer => crypto().hash(algorithm, Buffer.concat(parts), 'buffer')

/** The bytes of a digest, again and again, up to a length. */
const stretched = (bytes: Buffer, length: number): Buffer => Buffer.alloc(length, bytes)

/** https://www.akkadia.org/drepper/SHA-crypt.txt */
function shaCrypt(secret: Buffer, saltText: string, bits: 256 | 512, wantedRounds: number): string {
  const algorithm = `sha${bits}`
  const rounds = Math.min(Math.max(wantedRounds, 1000), 999_999_999)
  const salt = Buffer.from(saltText, 'latin1')
  const other = digest(algorithm, secret, salt, secret)
  const mixed: Buffer[] = [secret, salt, stretched(other, secret.length)]
  for (let rest = secret.length; rest > 0; rest >>= 1) mixed.push(rest & 1 ? other : secret)
  let result = digest(algorithm, ...mixed)
  const p = stretched(digest(algorithm, ...Array<Buffer>(secret.length).fill(secret)), secret.length)
  const s = stretched(digest(algorithm, ...Array<Buffer>(16 + result[0]!).fill(salt)), salt.length)
  for (let round = 0; round < rounds; round++) {
    const odd = round % 2 === 1
    result = digest(algorithm, odd ? p : result, ...(round % 3 ? [s] : []), ...(round % 7 ? [p] : []), odd ? result : p)
  }
  const shown = rounds === 5000 ? '' : `rounds=${rounds}$`
  return `$${bits === 512 ? 6 : 5}$${shown}${saltText}$${crypt64(result, bits === 512 ? order512 : order256)}`
}

/** The scheme of FreeBSD's MD5-based crypt. */
function md5Crypt(secret: Buffer, saltText: string): string {
  const salt = Buffer.from(saltText, 'latin1')
  const other = digest('md5', secret, salt, secret)
  const mixed: Buffer[] = [secret, Buffer.from('$1$'), salt, stretched(other, secret.length)]
  for (let rest = secret.length; rest > 0; rest >>= 1) mixed.push(rest & 1 ? Buffer.from([0]) : secret.subarray(0, 1))
  let result = digest('md5', ...mixed)
  for (let round = 0; round < 1000; round++) {
    const odd = round % 2 === 1
    result = digest('md5', odd ? secret : result, ...(round % 3 ? [salt] : []), ...(round % 7 ? [secret] : []), odd ? result : secret)
  }
  return `$1$${saltText}$${crypt64(result, orderMd5)}`
}

/** Triples of byte positions in the order in which crypt writes them, and what is left over. */
type ByteOrder = readonly (readonly number[])[]

const rotating = (count: number, step: number, turn: 1 | -1, rest: readonly number[]): ByteOrder =>
  [...Array.from({ length: count }, (_, at) => {
    const triple = [at, at + step, at + 2 * step]
    const shift = (((turn * at) % 3) + 3) % 3
    return [...triple.slice(shift), ...triple.slice(0, shift)]
  }), rest]

const order512 = rotating(21, 21, 1, [63])
const order256 = rotating(10, 10, -1, [31, 30])
const orderMd5: ByteOrder = [[0, 6, 12], [1, 7, 13], [2, 8, 14], [3, 9, 15], [4, 10, 5], [11]]

function crypt64(bytes: Buffer, order: ByteOrder): string {
  return order.map(positions => {
    const word = positions.reduce((value, at) => (value << 8) | bytes[at]!, 0)
    const count = positions.length === 3 ? 4 : positions.length === 2 ? 3 : 2
    return Array.from({ length: count }, (_, at) => letters[(word >> (6 * at)) & 63]!).join('')
  }).join('')
}
