import type { Duplex } from 'node:stream'
import { ConnectionFailure, type Endpoint } from './connection.ts'
import type { KeyFiles } from './key-files.ts'
import type { KnownHostsFiles } from './known-hosts-files.ts'
import type { SshConfig } from './ssh-config.ts'
import { openLink, type Link } from './ssh-link.ts'
import { dialServer, proxyCommandSocket } from './ssh-socket.ts'
import { jumpEndpoint, targetOf, type Target, type TargetDefaults } from './ssh-target.ts'

/** What all SSH connections of a run share. */
export interface SshSurroundings extends TargetDefaults {
  readonly keys: KeyFiles
  readonly knownHosts: KnownHostsFiles
  configOf(host: string, port?: number, user?: string): Promise<SshConfig>
  /** Bounds how many logins are under way at once. */
  limited<T>(work: () => Promise<T>): Promise<T>
  readonly jumps: Map<string, SharedLink>
}

/** A jump host with its one login, shared by all hosts behind it; it ends with the last of them. */
export interface SharedLink {
  readonly link: Promise<Link>
  users: number
}

/** A jump host in use. `release` says that it is no longer. */
interface Via {
  readonly key: string
  readonly link: Link
  release(): void
}

/**
 * Logs in to a host, by way of its jump hosts.
 *
 * @param trail the jump hosts that are reached by way of this one
 * @throws ConnectionFailure
 */
export async function openRoute(endpoint: Endpoint, around: SshSurroundings, trail: readonly string[] = []): Promise<Link> {
  const config = await around.configOf(endpoint.address ?? endpoint.name, endpoint.port, endpoint.user)
  const target = targetOf(endpoint, config, around)
  const jumps = target.jumps.filter(jump => jump !== 'none')
  if (jumps.some(jump => trail.includes(jump))) throw new ConnectionFailure('unreachable', `${target.name}: its jump hosts lead in a circle`, { hint: 'Check ProxyJump in ~/.ssh/config.' })

  let via: Via | undefined
  try {
    for (const jump of jumps) via = await shared(jump, endpoint, around, via, trail)
  } catch (error) {
    if (!(error instanceof ConnectionFailure)) throw error
    throw new ConnectionFailure(error.kind, `${target.name}: its jump host ${error.message}`, { hint: error.hint, cause: error })
  }
  try {
    const link = await around.limited(() => openLink(target, timeout => socketTo(target, via?.link, timeout), around))
    if (via) void link.gone.then(via.release)
    return link
  } catch (error) {
    via?.release()
    throw error
  }
}

async function socketTo(target: Target, via: Link | undefined, timeout: number): Promise<Duplex> {
  if (!via) return target.proxyCommand === undefined ? dialServer(target, timeout) : proxyCommandSocket(target.proxyCommand)
  try {
    return await via.forward(target.host, target.port)
  } catch (error) {
    if (!(error instanceof ConnectionFailure)) throw error
    throw new ConnectionFailure('unreachable', `${target.label}: cannot be reached from the jump host ${error.message}`, { hint: error.hint })
  }
}

/** The login to a jump host, behind the one before it: the one that is there, or a new one. */
async function shared(jump: string, behind: Endpoint, around: SshSurroundings, before: Via | undefined, trail: readonly string[]): Promise<Via> {
  const { hostKeys, knownHostsFiles, privateKeyFile, connectTimeout } = behind
  const key = JSON.stringify([trail, before?.key, jump, hostKeys, knownHostsFiles, privateKeyFile, connectTimeout])
  let entry = around.jumps.get(key)
  if (!entry) {
    const opened: SharedLink = { users: 0, link: openBehind(jumpEndpoint(jump, behind), around, before?.link, [...trail, jump]) }
    entry = opened
    around.jumps.set(key, opened)
    const forget = () => {
      if (around.jumps.get(key) === opened) around.jumps.delete(key)
    }
    opened.link.then(link => link.gone.then(forget), forget)
    if (before) opened.link.then(link => link.gone.then(before.release), before.release)
  } else before?.release()
  const used = entry
  used.users++
  const release = () => {
    if (--used.users === 0) {
      if (around.jumps.get(key) === used) around.jumps.delete(key)
      void used.link.then(link => link.close(), () => {})
    }
  }
  try {
    return { key, link: await used.link, release }
  } catch (error) {
    release()
    throw error
  }
}

/** Only the first jump follows its own ProxyJump, as with OpenSSH; each later one is reached from the one before. */
async function openBehind(endpoint: Endpoint, around: SshSurroundings, before: Link | undefined, trail: readonly string[]): Promise<Link> {
  if (!before) return openRoute(endpoint, around, trail)
  const target = targetOf(endpoint, await around.configOf(endpoint.name, endpoint.port, endpoint.user), around)
  return around.limited(() => openLink(target, timeout => socketTo(target, before, timeout), around))
}
