import { createHash, createHmac, randomBytes } from 'node:crypto'
import { patternList } from './patterns.ts'
import { keyType } from './public-key.ts'

/** A line of a known_hosts file, sshd(8) "SSH_KNOWN_HOSTS FILE FORMAT". */
export interface KnownKey {
  readonly file: string
  /** Counts from 1. */
  readonly line: number
  readonly marker: 'cert-authority' | 'revoked' | undefined
  readonly type: string
  readonly key: Buffer
  /** @param name in lower case, `[name]:port` where the port is not 22 */
  matches(name: string): boolean
}

/** Lines that cannot be understood are passed over, as OpenSSH does. */
export function parseKnownHosts(text: string, file: string): KnownKey[] {
  return text.split('\n').flatMap((content, index): KnownKey[] => {
    const words = content.trim().split(/[ \t]+/)
    const marker = words[0] === '@cert-authority' ? 'cert-authority' : words[0] === '@revoked' ? 'revoked' : undefined
    const [hosts, type, encoded] = marker ? words.slice(1) : words
    if (!hosts || hosts.startsWith('#') || !type || !encoded) return []
    const key = Buffer.from(encoded, 'base64')
    const named = keyType(key)
    if (named === undefined) return []
    return [{ file, line: index + 1, marker, type: named, key, matches: hostMatcher(hosts) }]
  })
}

function hostMatcher(hosts: string): (name: string) => boolean {
  if (hosts.startsWith('|1|')) {
    const [, , salt, hash] = hosts.split('|')
    return name => hashOf(name, Buffer.from(salt ?? '', 'base64')) === hash
  }
  if (!/[*?!]/.test(hosts)) {
    const names = new Set(hosts.toLowerCase().split(','))
    return name => names.has(name)
  }
  return patternList(hosts.split(','))
}

const hashOf = (name: string, salt: Buffer): string => createHmac('sha1', salt).update(name).digest('base64')

/** How known_hosts names a host. */
export const knownName = (host: string, port: number): string => (port === 22 ? host : `[${host}]:${port}`).toLowerCase()

export type Verdict =
  | { readonly verdict: 'known' }
  /** `authorities`: certificate authorities that may stand for the host. They cannot be asked: ssh2 offers no host certificates. */
  | { readonly verdict: 'unknown'; readonly authorities: readonly KnownKey[] }
  /** Other keys are known. Also one of another type: a server does not forget the keys that it has. */
  | { readonly verdict: 'changed'; readonly known: readonly KnownKey[] }
  | { readonly verdict: 'revoked'; readonly by: KnownKey }

/**
 * What the known keys say about the key that a server showed.
 *
 * As OpenSSH does, an entry without the port is good for a host on another port, if it has that key.
 */
export function judge(lines: readonly KnownKey[], host: string, port: number, key: Buffer): Verdict {
  const name = knownName(host, port)
  const own = lines.filter(line => line.matches(name))
  const revoked = own.find(line => line.marker === 'revoked' && line.key.equals(key))
  if (revoked) return { verdict: 'revoked', by: revoked }
  const plain = own.filter(line => line.marker === undefined)
  if (plain.some(line => line.key.equals(key))) return { verdict: 'known' }
  if (plain.length > 0) return { verdict: 'changed', known: plain }
  const withoutPort = port === 22 ? [] : lines.filter(line => line.key.equals(key) && line.matches(host.toLowerCase()))
  const by = withoutPort.find(line => line.marker === 'revoked')
  if (by) return { verdict: 'revoked', by }
  if (withoutPort.some(line => line.marker === undefined)) return { verdict: 'known' }
  return { verdict: 'unknown', authorities: own.filter(line => line.marker === 'cert-authority') }
}

/**
 * `offered` with the algorithms first whose keys are known, as OpenSSH orders them: otherwise the server may show a key of
 * another type, and look changed.
 */
export function knownFirst<Algorithm extends string>(lines: readonly KnownKey[], host: string, port: number, offered: readonly Algorithm[]): Algorithm[] {
  const names = port === 22 ? [knownName(host, 22)] : [knownName(host, port), knownName(host, 22)]
  for (const name of names) {
    const types = new Set(lines.filter(line => line.marker === undefined && line.matches(name)).map(line => line.type))
    if (types.size === 0) continue
    const known = (algorithm: Algorithm) => types.has(algorithm.startsWith('rsa-sha2-') ? 'ssh-rsa' : algorithm)
    return [...offered.filter(known), ...offered.filter(algorithm => !known(algorithm))]
  }
  return [...offered]
}

/** A line for known_hosts, with its newline. @param hashed as with OpenSSH's HashKnownHosts */
export function knownHostsLine(host: string, port: number, key: Buffer, hashed: boolean): string {
  const name = knownName(host, port)
  const salt = randomBytes(20)
  const shown = hashed ? `|1|${salt.toString('base64')}|${hashOf(name, salt)}` : name
  return `${shown} ${keyType(key)} ${key.toString('base64')}\n`
}

/** As `ssh-keygen -l` prints it. */
export const fingerprint = (key: Buffer): string => `SHA256:${createHash('sha256').update(key).digest('base64').replace(/=+$/, '')}`
