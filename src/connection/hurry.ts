import type { Duplex } from 'node:stream'
import type { Client } from 'ssh2'

/** What leaves carries the acknowledgement along. A socket that leads through a jump host does not count. */
const bytesWritten = (socket: Duplex): number | undefined => (socket as Duplex & { bytesWritten?: number }).bytesWritten

/** Milliseconds from an arrival to our message, in which something useful may go out instead. */
const pause = 1

/**
 * Keeps a server from waiting for our acknowledgements while a session is opened.
 *
 * Until then sshd leaves Nagle's algorithm on: with one small packet on its way it holds back the next until the first is
 * acknowledged, and our kernel delays that by 40 ms when we have nothing to send. It happens to one login in two. So
 * whatever arrives and is answered with nothing else is answered with a message that means nothing and asks for no reply: to
 * cancel a forwarding that was never asked for (RFC 4254, 7.1), the one that ssh2 lets us send.
 *
 * @returns ends it
 */
export function hurry(client: Client, socket: Duplex): () => void {
  let timer: NodeJS.Timeout | undefined
  let before: number | undefined
  const prod = () => {
    timer = undefined
    if (before !== bytesWritten(socket)) return
    try {
      client.unforwardIn('127.0.0.1', 0)
    } catch {
      // The link has broken; that is told elsewhere.
    }
  }
  const arrival = () => {
    before = bytesWritten(socket)
    timer ??= setTimeout(prod, pause)
  }
  const stop = () => {
    clearTimeout(timer)
    socket.off('data', arrival)
  }
  arrival()
  socket.on('data', arrival)
  return stop
}
