import { homedir, userInfo } from 'node:os'
import type { Connection, Endpoint } from './connection.ts'
import { gate } from '../core/gate.ts'
import { keyFiles, type AskPassphrase } from './key-files.ts'
import { knownHostsFiles } from './known-hosts-files.ts'
import { sshConfigs } from './ssh-config.ts'

export interface PoolOptions {
  /** How many logins may be under way at once; absent: 50. */
  readonly concurrency?: number
  /** Path of the SSH agent's socket ($SSH_AUTH_SOCK). */
  readonly agent?: string
  /** Asks the user for the passphrase of a key file, once for each; absent or answered with undefined: the key is passed over. */
  readonly askPassphrase?: AskPassphrase
  /** Where ~/.ssh is; absent: the user's home directory. */
  readonly home?: string
  /** Read instead of ~/.ssh/config and /etc/ssh/ssh_config, as with `ssh -F`. */
  readonly sshConfigFile?: string
}

/** The connections of a run, which share jump hosts, keys, and what is known of hosts. */
export interface ConnectionPool {
  /**
   * Makes a connection; what SSH needs is loaded with the first that needs it.
   *
   * @throws ConnectionFailure with kind `unreachable`, `host-key` or `authentication`
   * @throws ProvisionError `connection-setup` when ~/.ssh/config cannot be followed
   */
  connect(endpoint: Endpoint): Promise<Connection>
  /** Closes every connection that is still open. */
  close(): Promise<void>
}

export function connectionPool(options: PoolOptions = {}): ConnectionPool {
  const home = options.home ?? homedir()
  const surroundings = {
    home,
    localUser: userInfo().username,
    agent: options.agent,
    keys: keyFiles(options.askPassphrase),
    knownHosts: knownHostsFiles(),
    configOf: sshConfigs({ home, configFile: options.sshConfigFile }),
    limited: gate(options.concurrency ?? 50),
    jumps: new Map(),
  }
  const open = new Set<Connection>()
  return {
    connect: async endpoint => {
      const connection = endpoint.connection === 'local'
        ? await (await import('./local.ts')).connectLocal(endpoint)
        : await (await import('./ssh.ts')).connectSsh(endpoint, surroundings)
      open.add(connection)
      return {
        run: request => connection.run(request),
        forward: (host, port) => connection.forward(host, port),
        statistics: connection.statistics,
        close: () => {
          open.delete(connection)
          return connection.close()
        },
      }
    },
    close: async () => {
      await Promise.all([...open].map(connection => connection.close()))
      open.clear()
    },
  }
}
