import { ConnectionFailure } from './connection.ts'
import { fingerprint, judge, knownName, type KnownKey } from './known-hosts.ts'
import type { KnownHostsFiles } from './known-hosts-files.ts'
import { keyType } from './public-key.ts'
import type { Target } from './ssh-target.ts'

/**
 * Whether a server may be trusted, by the key that it shows. Under `accept-new` a host that was never seen is added to the
 * first known_hosts file; one that has changed is refused all the same.
 *
 * @returns why not; absent when it may
 */
export async function checkHostKey(
  target: Target, known: readonly KnownKey[], key: Buffer, files: KnownHostsFiles,
): Promise<ConnectionFailure | undefined> {
  if (target.hostKeys === 'off') return undefined
  const { hostKeyName: name, port, label } = target
  const shown = `${keyType(key)} ${fingerprint(key)}`
  const refuse = (message: string, hint: string) => new ConnectionFailure('host-key', `${label}: ${message}`, { hint })
  const judgement = judge(known, name, port, key)

  switch (judgement.verdict) {
    case 'known':
      return undefined
    case 'revoked':
      return refuse(`its host key ${shown} is revoked (${place(judgement.by)})`, 'Do not connect: whoever answers holds a key that was given up. Ask who runs the host for its new key.')
    case 'changed':
      return refuse(
        `its host key has changed: it shows ${shown}, but known is ${judgement.known.map(line => `${line.type} ${fingerprint(line.key)} (${place(line)})`).join(', ')}`,
        `Someone may be listening in. If the host was made anew, remove the old key: ssh-keygen -f ${judgement.known[0]!.file} -R '${knownName(name, port)}'`,
      )
    case 'unknown': {
      const [first] = target.knownHostsFiles
      if (target.hostKeys === 'accept-new' && first !== undefined) return accept(first)
      const [authority] = judgement.authorities
      const why = authority ? `; a certificate authority is known for it (${place(authority)}), but host certificates are not supported` : ''
      return refuse(
        `its host key is not known: ${shown}${why}`,
        `Compare the fingerprint, then: ssh-keyscan -p ${port} ${target.host} >> ${first ?? '~/.ssh/known_hosts'}; or trust what answers first with --host-keys accept-new.`,
      )
    }
  }

  async function accept(file: string): Promise<ConnectionFailure | undefined> {
    try {
      await files.add(file, name, port, key, target.hashKnownHosts)
      return undefined
    } catch (error) {
      return refuse(`its host key ${shown} is new and could not be written down (${(error as Error).message})`, `Make ${file} writable.`)
    }
  }
}

const place = (line: KnownKey): string => `${line.file}:${line.line}`
