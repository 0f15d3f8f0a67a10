import { join } from 'node:path'
import { cacheDirectory, cached } from './cache.ts'

/** An SSH key pair as OpenSSH writes it. */
export interface SshKey {
  readonly private: string
  /** One line: type, key, comment. */
  readonly public: string
}

/** The key that logs in on every lab host. */
export const clientKey = (): Promise<SshKey> => sshKey('id', 'matrix-provision-lab')

/** The key by which every lab host, made today or tomorrow, is known: known_hosts entries stay valid. */
export const hostKey = (): Promise<SshKey> => sshKey('host', 'matrix-provision-lab-host')

async function sshKey(file: string, comment: string): Promise<SshKey> {
  const make = async () => {
    const { default: ssh2 } = await import('ssh2')
    const { private: secret, public: open } = ssh2.utils.generateKeyPairSync('ed25519', { comment })
    return JSON.stringify({ private: secret, public: open })
  }
  return JSON.parse(await cached(join(cacheDirectory(), 'keys', `${file}.json`), make)) as SshKey
}
