import net from 'node:net'
import { kill } from 'node:process'
import { Duplex } from 'node:stream'
import { ConnectionFailure } from './connection.ts'
import type { Target } from './ssh-target.ts'

/**
 * A TCP connection to the server, with Nagle's algorithm off: ssh2 leaves it on, and each step of a login then waits 40 ms.
 *
 * @throws ConnectionFailure with kind `unreachable`
 */
export function dialServer(target: Target, timeout: number): Promise<Duplex> {
  return new Promise((resolve, reject) => {
    const socket = net.connect({ host: target.host, port: target.port, noDelay: true })
    const timer = setTimeout(() => {
      socket.destroy()
      reject(noAnswer(target))
    }, timeout)
    socket.once('error', error => {
      clearTimeout(timer)
      reject(unreachable(target, error))
    })
    socket.once('connect', () => {
      clearTimeout(timer)
      socket.removeAllListeners('error')
      socket.on('error', () => {})
      resolve(together(socket))
    })
  })
}

/**
 * What is written in one turn of the event loop leaves in one segment: ssh2 writes each packet in three pieces, and each
 * would wake the server.
 */
function together(socket: net.Socket): net.Socket {
  const write = socket.write.bind(socket) as (...words: unknown[]) => boolean
  socket.write = (...words: unknown[]): boolean => {
    if (socket.writableCorked === 0) {
      socket.cork()
      process.nextTick(() => socket.uncork())
    }
    return write(...words)
  }
  return socket
}

/** What stands between us and the server is a program of the user's. It ends when the socket is closed. */
export async function proxyCommandSocket(command: string): Promise<Duplex> {
  const { execa } = await import('execa')
  const child = execa('/bin/sh', ['-c', `exec ${command}`], {
    stdin: 'pipe', stdout: 'pipe', stderr: 'ignore', buffer: false, reject: false, detached: true,
  })
  const socket = Duplex.from({ readable: child.stdout, writable: child.stdin })
  socket.on('error', () => {}).once('close', () => {
    try {
      kill(-child.pid!, 'SIGTERM')
    } catch {
      // It has ended.
    }
  })
  return socket
}

export const noAnswer = (target: Target): ConnectionFailure =>
  new ConnectionFailure('unreachable', `${target.label}: no answer within ${target.timeout / 1000} s`, {
    hint: 'Check the address, the network and firewalls, or give more time with --timeout.',
  })

export function unreachable(target: Target, error: Error): ConnectionFailure {
  const [said, hint] = networkErrors[causeOf(error).code ?? ''] ?? [causeOf(error).message, undefined]
  return new ConnectionFailure('unreachable', `${target.label}: ${said.replaceAll('HOST', target.host)}`, { hint: hint?.replaceAll('HOST', target.host).replaceAll('PORT', String(target.port)), cause: error })
}

/** Node tries every address of a name and reports all of it. */
const causeOf = (error: Error): NodeJS.ErrnoException => (error instanceof AggregateError && error.errors[0] instanceof Error ? error.errors[0] : error)

const networkErrors: Record<string, [said: string, hint: string]> = {
  ECONNREFUSED: ['connection refused', 'Check that sshd runs there and listens on port PORT (ansible_port).'],
  ENOTFOUND: ['the name HOST is not known', 'Check the spelling, /etc/hosts and DNS, or give ansible_host.'],
  EAI_AGAIN: ['the name HOST could not be looked up', 'Check DNS on this machine, or give ansible_host.'],
  EHOSTUNREACH: ['no route to the host', 'Check that the host is up and the network between.'],
  ENETUNREACH: ['the network is unreachable', 'Check the network of this machine.'],
  ETIMEDOUT: ['no answer', 'Check the address, the network and firewalls.'],
  ECONNRESET: ['the connection was cut', 'Check that an SSH server listens on port PORT.'],
}
