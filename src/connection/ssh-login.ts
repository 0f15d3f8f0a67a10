import type { Duplex } from 'node:stream'
import type { NodeSSH } from 'node-ssh'
import type { KexAlgorithm, ServerHostKeyAlgorithm } from 'ssh2'
import { ConnectionFailure } from './connection.ts'
import { checkHostKey } from './host-key.ts'
import type { KeyFiles } from './key-files.ts'
import { knownFirst } from './known-hosts.ts'
import type { KnownHostsFiles } from './known-hosts-files.ts'
import { authentication, type Authentication } from './ssh-auth.ts'
import { signAtOnce } from './sign-at-once.ts'
import { noAnswer, unreachable } from './ssh-socket.ts'
import type { Target } from './ssh-target.ts'

/** What ssh2 offers when it is left alone, in its order. */
const hostKeyAlgorithms: readonly ServerHostKeyAlgorithm[] =
  ['ssh-ed25519', 'ecdsa-sha2-nistp256', 'ecdsa-sha2-nistp384', 'ecdsa-sha2-nistp521', 'rsa-sha2-512', 'rsa-sha2-256', 'ssh-rsa']

/** The same of key exchanges, but P-256 first: OpenSSH has fast code for it, and takes milliseconds more for Curve25519. */
const keyExchanges: readonly KexAlgorithm[] =
  ['ecdh-sha2-nistp256', 'curve25519-sha256', 'curve25519-sha256@libssh.org', 'ecdh-sha2-nistp384', 'ecdh-sha2-nistp521', 'diffie-hellman-group-exchange-sha256', 'diffie-hellman-group14-sha256',
    'diffie-hellman-group15-sha512', 'diffie-hellman-group16-sha512', 'diffie-hellman-group17-sha512', 'diffie-hellman-group18-sha512']

/** Milliseconds between two signs of life, and how many may fail before the link counts as broken. */
const keepalive = { keepaliveInterval: 15_000, keepaliveCountMax: 3 }

/** Thrown when the server hung up before it showed its key: it was too busy (MaxStartups), and may not be next time. */
export class HungUpEarly extends Error {}

/**
 * Opens a socket to a server and logs in.
 *
 * @param dial opens the socket within so many milliseconds
 * @param timeout milliseconds, not counting the time in which a person is asked for a passphrase
 * @throws ConnectionFailure with kind `unreachable`, `host-key` or `authentication`; HungUpEarly
 */
export async function login(
  target: Target, dial: (timeout: number) => Promise<Duplex>, timeout: number, { keys, knownHosts }: { keys: KeyFiles; knownHosts: KnownHostsFiles },
): Promise<{ ssh: NodeSSH; socket: Duplex }> {
  const clock = patientClock(timeout)
  let ssh: NodeSSH | undefined
  let refusal: ConnectionFailure | undefined
  let showedKey = false
  const dialing = dial(timeout)
  dialing.catch(() => {})
  try {
    const [{ NodeSSH }, known, proofs] = await Promise.all([
      import('node-ssh'),
      target.hostKeys === 'off' ? [] : knownHosts.read(target.knownHostsFiles),
      authentication(target, { keys, patiently: clock.patiently }),
    ])
    const socket = await dialing
    if (socket.destroyed) throw new HungUpEarly('the connection was closed')
    clock.onTimeout(() => {
      refusal ??= noAnswer(target)
      socket.destroy()
    })
    ssh = new NodeSSH()
    const connecting = ssh.connect({
      sock: socket as never,
      username: target.user,
      readyTimeout: 0,
      ...keepalive,
      algorithms: { kex: [...keyExchanges], serverHostKey: knownFirst(known, target.hostKeyName, target.port, hostKeyAlgorithms) },
      authHandler: proofs.handler,
      hostVerifier: (key: Buffer, verify: (good: boolean) => void) => {
        showedKey = true
        void checkHostKey(target, known, key, knownHosts).then(failure => {
          refusal ??= failure
          verify(failure === undefined)
        })
      },
    })
    if (ssh.connection) signAtOnce(ssh.connection)
    ssh.connection?.on('change password', () => {
      refusal ??= new ConnectionFailure('authentication', `${target.label}: the password of ${target.user} has expired`, { hint: 'Log in by hand and change it.' })
      socket.destroy()
    })
    await connecting.catch((error: LoginError) => {
      throw refusal ?? (error.level === 'client-authentication' ? proofs.failure() : failureOf(error, target, showedKey, proofs))
    })
    // A link that breaks says so twice. The close is for those who wait; the error would end the program if nobody took it.
    ssh.connection?.on('error', () => {})
    if (!ssh.connection) throw new HungUpEarly('the connection was closed')
    return { ssh, socket }
  } catch (error) {
    ssh?.connection?.on('error', () => {})
    void dialing.then(left => left.on('error', () => {}).destroy(), () => {})
    throw error
  } finally {
    clock.stop()
  }
}

type LoginError = Error & { readonly level?: string; readonly code?: unknown }

function failureOf(error: LoginError, target: Target, showedKey: boolean, proofs: Authentication): Error {
  const saidGoodbye = isDisconnect(error)
  if (showedKey && saidGoodbye) {
    const { message, hint } = proofs.failure()
    return new ConnectionFailure('authentication', `${message}; it said: ${error.message}`, { hint })
  }
  if (!showedKey && !saidGoodbye && error.level !== 'handshake') return new HungUpEarly(error.message, { cause: error })
  // node-ssh's words for a connection that was closed before the login was done; nobody has waited.
  if (error.message === 'No response from server')
    return new ConnectionFailure('unreachable', `${target.label}: the connection was closed while ${target.user} logged in`, {
      hint: 'If it was the server, its log says why (journalctl -u ssh): the account may have expired or be locked, or /run/nologin keeps all but root out.',
    })
  return unreachable(target, error)
}

/** A timeout that stands still while a person is asked for something, and then begins anew. */
function patientClock(timeout: number) {
  let expire = () => {}
  let timer = setTimeout(() => expire(), timeout)
  return {
    onTimeout: (action: () => void) => {
      expire = action
    },
    patiently: async <T>(work: () => Promise<T>): Promise<T> => {
      clearTimeout(timer)
      try {
        return await work()
      } finally {
        timer = setTimeout(() => expire(), timeout)
      }
    },
    stop: () => clearTimeout(timer),
  }
}

/** SSH_MSG_DISCONNECT carries a number, an error of the network a name. */
const isDisconnect = (error: { code?: unknown }): boolean => typeof error.code === 'number'
