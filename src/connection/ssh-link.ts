import { setTimeout as delay } from 'node:timers/promises'
import type { Duplex } from 'node:stream'
import type { NodeSSH } from 'node-ssh'
import type { Client } from 'ssh2'
import { ConnectionFailure } from './connection.ts'
import type { KeyFiles } from './key-files.ts'
import type { KnownHostsFiles } from './known-hosts-files.ts'
import { HungUpEarly, login } from './ssh-login.ts'
import type { Target } from './ssh-target.ts'

/** One login, for as long as it lasts. */
export interface Link {
  readonly target: Target
  readonly client: Client
  readonly socket: Duplex
  readonly lost: boolean
  /** Resolves when it is no more, by our will or not. */
  readonly gone: Promise<void>
  /**
   * A channel to a port as the host sees it.
   *
   * @throws ConnectionFailure with kind `refused`, or `not-sent` when the link is gone
   */
  forward(host: string, port: number): Promise<Duplex>
  close(): Promise<void>
}

const attempts = 6

/**
 * Logs in, again if the server hangs up before the login began: an sshd that is asked by many at once drops some of them
 * (MaxStartups).
 *
 * @param dial opens the socket within so many milliseconds
 * @throws ConnectionFailure
 */
export async function openLink(
  target: Target, dial: (timeout: number) => Promise<Duplex>, secrets: { keys: KeyFiles; knownHosts: KnownHostsFiles },
): Promise<Link> {
  const start = performance.now()
  for (let attempt = 1; ; attempt++) {
    const left = target.timeout - (performance.now() - start)
    try {
      return linkOf(target, await login(target, dial, Math.max(left, 1), secrets))
    } catch (error) {
      if (!(error instanceof HungUpEarly)) throw error
      const pause = 100 * 2 ** attempt * (0.5 + Math.random())
      if (attempt === attempts || pause > target.timeout - (performance.now() - start)) throw hungUp(target, error)
      await delay(pause)
    }
  }
}

const hungUp = ({ label, proxyCommand }: Target, { message }: Error): ConnectionFailure =>
  proxyCommand === undefined
    ? new ConnectionFailure('unreachable', `${label}: the server hangs up before the login (${message})`, {
      hint: 'Check that it is an SSH server. If it takes only some logins at a time, raise MaxStartups in its sshd_config.',
    })
    : new ConnectionFailure('unreachable', `${label}: the ProxyCommand of ~/.ssh/config ends before the login`, { hint: `Try it by hand: ${proxyCommand}` })

function linkOf(target: Target, { ssh, socket }: { ssh: NodeSSH; socket: Duplex }): Link {
  const client = ssh.connection!
  let lost = false
  const gone = new Promise<void>(resolve => {
    const end = () => {
      lost = true
      resolve()
    }
    client.once('end', end).once('close', end)
  })
  return {
    target,
    client,
    socket,
    gone,
    get lost() {
      return lost
    },
    forward: (host, port) => forward(ssh, target, host, port, () => lost),
    close: async () => {
      ssh.dispose()
      const impatience = setTimeout(() => socket.destroy(), 1_000)
      await gone
      clearTimeout(impatience)
    },
  }
}

/** Reasons of SSH_MSG_CHANNEL_OPEN_FAILURE (RFC 4254, 5.1). */
const prohibited = 1

async function forward(ssh: NodeSSH, target: Target, host: string, port: number, lost: () => boolean): Promise<Duplex> {
  const refused = (message: string) => new ConnectionFailure('refused', `${target.name}: ${message}`)
  const opening = ssh.forwardOut('127.0.0.1', 0, host, port)
  let timer: NodeJS.Timeout | undefined
  try {
    const late = new Promise<'late'>(resolve => timer = setTimeout(resolve, target.timeout, 'late'))
    const channel = await Promise.race([opening, late])
    if (channel === 'late') {
      opening.then(tooLate => tooLate.destroy(), () => {})
      throw refused(`nothing answers on ${host}:${port} within ${target.timeout / 1000} s`)
    }
    channel.on('error', () => {})
    return channel
  } catch (error) {
    if (error instanceof ConnectionFailure) throw error
    if (lost()) throw new ConnectionFailure('not-sent', `${target.name}: the connection broke`)
    const { reason, message } = error as Error & { reason?: unknown }
    if (reason === prohibited)
      throw new ConnectionFailure('forbidden', `${target.name}: the server forwards nothing to ${host}:${port}`, { hint: 'Allow it (AllowTcpForwarding and PermitOpen in its sshd_config).' })
    throw refused(`nothing answers on ${host}:${port} (${message.replace(/^\(SSH\) Channel open failure: /, '').toLowerCase() || 'refused'})`)
  } finally {
    clearTimeout(timer)
  }
}
