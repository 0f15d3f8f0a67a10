import type { OpenChannel } from './channel.ts'
import { ConnectionFailure, type Connection, type Endpoint } from './connection.ts'
import { Shells } from './shells.ts'
import type { Link } from './ssh-link.ts'
import { openRoute, type SshSurroundings } from './ssh-route.ts'
import { openSession } from './ssh-session.ts'

interface Login {
  readonly link: Link
  readonly shells: Shells
}

/**
 * Logs in to a host. All its shells and forwarded ports share that one login.
 *
 * @throws ConnectionFailure with kind `unreachable`, `host-key` or `authentication`
 */
export async function connectSsh(endpoint: Endpoint, around: SshSurroundings): Promise<Connection> {
  const statistics = { requests: 0, bytesSent: 0, bytesReceived: 0 }

  const logIn = async (): Promise<Login> => {
    const link = await openRoute(endpoint, around)
    const { user, shell, timeout } = link.target
    const open: OpenChannel = (command, stream) => openSession(link, endpoint.name, command, stream, timeout)
    return { link, shells: new Shells(open, { host: endpoint.name, user, shell, startTimeout: timeout, statistics }) }
  }

  let closed = false
  let current = await logIn()
  let again: Promise<Login> | undefined

  /** The login, made anew if the link broke: one attempt for all who ask at the same time. */
  const alive = async (): Promise<Login> => {
    if (closed) throw new ConnectionFailure('not-sent', `${endpoint.name}: the connection is closed`)
    if (!current.link.lost) return current
    again ??= logIn().then(login => current = login).finally(() => {
      again = undefined
    })
    return again
  }

  return {
    run: async request => (await alive()).shells.run(request),
    forward: async (host, port) => (await alive()).link.forward(host, port),
    statistics,
    close: async () => {
      closed = true
      await again?.catch(() => {})
      await current.shells.close(1_000)
      await current.link.close()
    },
  }
}
