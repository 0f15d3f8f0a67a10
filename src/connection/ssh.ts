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

  let closed = false
  /** Absent when the link has broken. */
  let login: Promise<Login> | undefined

  const logIn = async (): Promise<Login> => {
    const link = await openRoute(endpoint, around)
    const { user, shell, timeout } = link.target
    const open: OpenChannel = (command, stream) => openSession(link, endpoint.name, command, stream, timeout)
    const elsewhere: OpenChannel = async (command, stream) => {
      const another = await openRoute(endpoint, around)
      const closeIt = () => void another.close()
      const opening = openSession(another, endpoint.name, command, stream, timeout)
      opening.then(channel => channel.ended.then(closeIt), closeIt)
      return opening
    }
    return { link, shells: new Shells(open, { host: endpoint.name, user, shell, startTimeout: timeout, statistics, elsewhere }) }
  }

  /** One attempt for all who ask at the same time. Everyone waits for the same promise, so that nobody overtakes. */
  const alive = (): Promise<Login> => {
    if (closed) return Promise.reject(new ConnectionFailure('not-sent', `${endpoint.name}: the connection is closed`))
    if (login) return login
    const attempt = login = logIn()
    const forget = () => {
      if (login === attempt) login = undefined
    }
    attempt.then(({ link }) => link.gone.then(forget), forget)
    return attempt
  }
  await alive()

  return {
    run: request => alive().then(({ shells }) => shells.run(request)),
    forward: (host, port) => alive().then(({ link }) => link.forward(host, port)),
    statistics,
    close: async () => {
      closed = true
      const open = await login?.catch(() => undefined)
      if (!open) return
      // Shells that are idle end with the link, and nobody need wait to see it.
      if (!open.shells.idle) await open.shells.close(1_000)
      void open.link.close()
    },
  }
}
