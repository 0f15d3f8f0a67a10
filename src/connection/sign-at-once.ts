import type { Client, ParsedKey } from 'ssh2'

/** What of ssh2's inner protocol is called here. */
interface Protocol {
  authPK(username: string, key: ParsedKey, algorithm: string | undefined, sign?: Sign): void
}

type Sign = (data: Buffer, done: (signature: Buffer) => void) => void

/** Hash functions of RSA's signature algorithms (RFC 8332, 3; RFC 4253, 6.6); those of other keys have one of their own. */
const hashes: { readonly [algorithm: string]: string } = { 'rsa-sha2-512': 'sha512', 'rsa-sha2-256': 'sha256', 'ssh-rsa': 'sha1' }

/**
 * Lets a client prove that it has a key in the first request, where the private key is at hand. To ask first whether the
 * server would take the key (RFC 4252, 7) is for keys that a person has to be asked for; ssh2 always does, which is a
 * round trip and has the server look through its authorized keys twice. What an agent holds is still asked about.
 */
export function signAtOnce(client: Client): void {
  const { _protocol: protocol } = client as Client & { _protocol?: Protocol }
  if (typeof protocol?.authPK !== 'function') return
  const ask = protocol.authPK.bind(protocol)
  protocol.authPK = (username, key, algorithm, sign) => {
    if (sign || !key.isPrivateKey()) return ask(username, key, algorithm, sign)
    const hash = algorithm === undefined ? undefined : hashes[algorithm]
    ask(username, key, algorithm, (data, done) => {
      const signature = key.sign(data, hash)
      if (signature instanceof Error) ask(username, key, algorithm)
      else done(signature)
    })
  }
}
