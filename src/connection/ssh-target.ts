import { join } from 'node:path'
import { ConnectionFailure, defaultConnectTimeout, type Endpoint } from './connection.ts'
import type { SshConfig } from './ssh-config.ts'

/** Where and how to log in: the endpoint, completed by OpenSSH's configuration and defaults. */
export interface Target {
  /** `lab1 (10.77.0.11:22)`, for messages. */
  readonly label: string
  readonly name: string
  readonly host: string
  readonly port: number
  readonly user: string
  readonly password?: string
  /** Key files that were named for this host, in order. */
  readonly keyFiles: readonly string[]
  /** The first of them stands in the playbook, the inventory or on the command line: it must be usable. */
  readonly privateKeyIsExplicit: boolean
  /** Tried when none was named. */
  readonly defaultKeyFiles: readonly string[]
  readonly keyPassphrase?: string
  /** Only keys that were named are offered, even if the agent has more. */
  readonly namedKeysOnly: boolean
  /** Path of the agent's socket. */
  readonly agent?: string
  readonly jumps: readonly string[]
  readonly proxyCommand?: string
  readonly hostKeys: 'strict' | 'accept-new' | 'off'
  /** The name to look for in known_hosts. */
  readonly hostKeyName: string
  /** The first is where accepted keys are written. */
  readonly knownHostsFiles: readonly string[]
  readonly hashKnownHosts: boolean
  /** Milliseconds. */
  readonly timeout: number
  readonly shell: string
}

export interface TargetDefaults {
  readonly home: string
  /** The user who runs this program. */
  readonly localUser: string
  /** $SSH_AUTH_SOCK. */
  readonly agent?: string
}

/** What the playbook and the inventory say wins over ~/.ssh/config. */
export function targetOf(endpoint: Endpoint, config: SshConfig, { home, localUser, agent }: TargetDefaults): Target {
  const ssh = (name: string) => join(home, '.ssh', name)
  const host = config.hostName ?? endpoint.address ?? endpoint.name
  const port = endpoint.port ?? config.port ?? 22
  const place = `${host.includes(':') ? `[${host}]` : host}:${port}`
  return {
    label: endpoint.name === host && port === 22 ? endpoint.name : `${endpoint.name} (${place})`,
    name: endpoint.name,
    host,
    port,
    user: endpoint.user ?? config.user ?? localUser,
    password: endpoint.password,
    keyFiles: [...(endpoint.privateKeyFile === undefined ? [] : [absolute(endpoint.privateKeyFile, home)]), ...(config.identityFiles ?? [])],
    privateKeyIsExplicit: endpoint.privateKeyFile !== undefined,
    defaultKeyFiles: ['id_ed25519', 'id_ecdsa', 'id_rsa'].map(ssh),
    keyPassphrase: endpoint.privateKeyPassphrase,
    namedKeysOnly: config.identitiesOnly ?? false,
    agent: agentOf(config.identityAgent, agent),
    jumps: endpoint.proxyJump ?? config.proxyJump ?? [],
    proxyCommand: endpoint.proxyJump === undefined ? config.proxyCommand : undefined,
    hostKeys: endpoint.hostKeys ?? config.hostKeys ?? 'strict',
    hostKeyName: config.hostKeyAlias ?? host,
    knownHostsFiles: (endpoint.knownHostsFiles ?? config.knownHostsFiles ?? [ssh('known_hosts'), ssh('known_hosts2'), '/etc/ssh/ssh_known_hosts', '/etc/ssh/ssh_known_hosts2'])
      .map(file => absolute(file, home)),
    hashKnownHosts: config.hashKnownHosts ?? false,
    timeout: endpoint.connectTimeout ?? config.connectTimeout ?? defaultConnectTimeout,
    shell: endpoint.shell ?? '/bin/sh',
  }
}

const absolute = (path: string, home: string): string => path.replace(/^~(?=\/|$)/, home)

/** IdentityAgent: `none`, `SSH_AUTH_SOCK`, or a path; a variable other than that one is not known here. */
const agentOf = (configured: string | undefined, socket: string | undefined): string | undefined =>
  configured === undefined || /^\$?\{?SSH_AUTH_SOCK\}?$/.test(configured) ? socket : configured === 'none' ? undefined : configured

/**
 * The endpoint of a jump host, as ProxyJump writes it: `user@host:port`, `ssh://user@host:port`, `[2001:db8::9]:22`. It is
 * logged in to like any other host; of the host behind it, it shares the key file and how host keys are checked, and
 * never the password.
 *
 * @throws ConnectionFailure with kind `unreachable` when it is none
 */
export function jumpEndpoint(jump: string, behind: Endpoint): Endpoint {
  const [, user, six, four, port] = /^(?:ssh:\/\/)?(?:(.+)@)?(?:\[([^\]]+)\]|([^:/\s]+))(?::(\d+))?\/?$/.exec(jump.trim()) ?? []
  const host = six ?? four
  if (host === undefined) throw new ConnectionFailure('unreachable', `${behind.name}: '${jump}' is no jump host`, { hint: 'Write it as user@host:port.' })
  const { hostKeys, knownHostsFiles, connectTimeout, privateKeyFile, privateKeyPassphrase } = behind
  return { name: host, connection: 'ssh', user, port: port === undefined ? undefined : Number(port), hostKeys, knownHostsFiles, connectTimeout, privateKeyFile, privateKeyPassphrase }
}
