import type { ClientChannel, PseudoTtyOptions } from 'ssh2'
import type { Channel, ChannelEnd } from './channel.ts'
import { ConnectionFailure } from './connection.ts'
import { hurry } from './hurry.ts'
import type { Link } from './ssh-link.ts'

/** Terminal modes (RFC 4254, 8): nothing is echoed or changed on its way, even before the loop asks for a raw terminal. */
const quietTerminal: PseudoTtyOptions = { term: 'dumb', cols: 200, rows: 50, height: 0, width: 0, modes: { ECHO: 0, ISIG: 0, OPOST: 0, IXON: 0, IXOFF: 0 } }

/**
 * Runs a command line in a channel of its own, which is given when the server has started it. Nothing can be sent sooner:
 * sshd opens a session with a window of no bytes.
 *
 * @throws ConnectionFailure with kind `refused` when the server opens no more sessions, `become` when it gives no
 *   terminal, `not-sent` when the link is gone
 */
export function openSession(link: Link, host: string, command: string, stream: 'pipe' | 'pty', timeout: number): Promise<Channel> {
  return new Promise((resolve, reject) => {
    const gone = (why: string) => new ConnectionFailure('not-sent', `${host}: ${why}; the program has not run`)
    const stopHurrying = hurry(link.client, link.socket)
    let late = false
    const timer = setTimeout(() => {
      late = true
      reject(gone(`the server opened no session within ${timeout / 1000} s`))
    }, timeout)
    try {
      link.client.exec(command, stream === 'pty' ? { pty: quietTerminal } : {}, (error, session) => {
        clearTimeout(timer)
        stopHurrying()
        if (late) return session?.close()
        if (!error) return resolve(channelOf(session, stream, link))
        if (link.lost) return reject(gone('the connection broke'))
        if (/pseudo-terminal/.test(error.message))
          return reject(new ConnectionFailure('become', `${host}: the server gives no terminal, which the password is asked on`, { hint: 'Allow it (PermitTTY in sshd_config), or use sudo.' }))
        if (/exec/.test(error.message)) return reject(new ConnectionFailure('unreachable', `${host}: the server runs no commands for this user`))
        reject(new ConnectionFailure('refused', `${host}: the server opens no more sessions on one connection`, { hint: 'Raise MaxSessions in its sshd_config.', cause: error }))
      })
    } catch {
      clearTimeout(timer)
      reject(gone('the connection broke'))
    }
  })
}

function channelOf(session: ClientChannel, stream: 'pipe' | 'pty', link: Link): Channel {
  let status: number | undefined
  session.on('exit', (code: number | null) => {
    status = code ?? undefined
  })
  const ended = Promise.all([
    new Promise(resolve => session.once('close', resolve)),
    new Promise(resolve => session.stderr.once('end', resolve).once('close', resolve)),
  ]).then((): ChannelEnd => ({ lost: link.lost, status }))
  if (stream === 'pty') session.stderr.resume()
  return {
    stdin: session,
    stdout: session,
    stderr: stream === 'pty' ? undefined : session.stderr,
    ended,
    destroy: () => session.close(),
  }
}
