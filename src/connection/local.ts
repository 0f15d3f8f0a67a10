import net from 'node:net'
import os from 'node:os'
import { kill } from 'node:process'
import type { Duplex } from 'node:stream'
import type { Channel, ChannelEnd, OpenChannel } from './channel.ts'
import { ConnectionFailure, defaultConnectTimeout, type Connection, type Endpoint } from './connection.ts'
import { Shells } from './shells.ts'

/**
 * This machine, by the same loop and protocol as over SSH.
 *
 * Node gives a child sockets, and sockets cannot be opened again by name (`echo >/dev/stderr` fails with ENXIO), so two
 * `cat` turn them into pipes. The child leads a session of its own: nothing that runs in it can ask on the user's terminal,
 * and Ctrl-C there does not reach it.
 */
const withPipes = '{ /bin/sh -c "$1" 2>&1 >&3 3>&- | cat >&2 3>&- ; } 3>&1 | cat'

/** @throws ConnectionFailure with kind `refused` when nothing answers on the port; never when it connects */
export async function connectLocal(endpoint: Endpoint): Promise<Connection> {
  const { execa } = await import('execa')
  const statistics = { requests: 0, bytesSent: 0, bytesReceived: 0 }
  const startTimeout = endpoint.connectTimeout ?? defaultConnectTimeout

  const open: OpenChannel = async (command, stream): Promise<Channel> => {
    const words = stream === 'pipe' ? ['/bin/sh', '-c', withPipes, 'mp', command] : ['script', '-q', '-e', '-c', command, '/dev/null']
    const child = execa(words[0]!, words.slice(1), {
      stdin: 'pipe', stdout: 'pipe', stderr: 'pipe', buffer: false, encoding: 'buffer', reject: false, stripFinalNewline: false,
      // A bash that is nobody's child and whose stdin is a socket takes itself for a remote login, and reads ~/.bashrc.
      env: { SHLVL: String(Math.max(1, Number(process.env.SHLVL) || 0)) },
      detached: true, ...(endpoint.directory !== undefined && { cwd: endpoint.directory }),
    })
    const ended = child.then((result): ChannelEnd => ({
      lost: false,
      status: result.exitCode ?? (result.code === 'ENOENT' ? 127 : undefined),
    }))
    return {
      stdin: child.stdin, stdout: child.stdout, stderr: stream === 'pipe' ? child.stderr : undefined, ended,
      destroy: () => {
        child.stdin.destroy()
        child.stdout.destroy()
        child.stderr.destroy()
        // The group holds the loop and what carries its output. A worker is not in it, but runs nothing when it cannot announce itself.
        try {
          kill(-child.pid!, 'SIGKILL')
        } catch {
          // It has ended.
        }
      },
    }
  }
  const shells = new Shells(open, {
    host: endpoint.name, user: os.userInfo().username, shell: endpoint.shell ?? '/bin/sh', startTimeout, statistics, elsewhere: open,
  })
  return {
    run: request => shells.run(request),
    forward: (host, port) => dial(endpoint.name, host, port, startTimeout),
    statistics,
    close: () => shells.close(2_000),
  }
}

function dial(name: string, host: string, port: number, timeout: number): Promise<Duplex> {
  return new Promise((resolve, reject) => {
    const refuse = (why: string) => {
      socket.destroy()
      reject(new ConnectionFailure('refused', `${name}: nothing answers on ${host}:${port} (${why})`))
    }
    const socket = net.connect({ host, port, noDelay: true })
    const timer = setTimeout(() => refuse(`no answer within ${timeout / 1000} s`), timeout)
    socket.once('error', error => refuse(error.message))
    socket.once('connect', () => {
      clearTimeout(timer)
      socket.removeAllListeners('error')
      socket.on('error', () => {})
      resolve(socket)
    })
  })
}
