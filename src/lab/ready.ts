import { connect } from 'node:net'
import { setTimeout as sleep } from 'node:timers/promises'

/**
 * Waits until an SSH server greets.
 *
 * @param stopped ends the waiting when it becomes true
 * @param patience milliseconds to wait
 * @returns whether it greeted
 */
export async function greets(address: string, port: number, stopped: () => boolean, patience = 60_000): Promise<boolean> {
  const deadline = performance.now() + patience
  while (performance.now() < deadline && !stopped()) {
    if (await greetsNow(address, port)) return true
    await sleep(20)
  }
  return false
}

const greetsNow = (address: string, port: number): Promise<boolean> =>
  new Promise(done => {
    const socket = connect({ host: address, port, timeout: 1000 })
    const finish = (greeted: boolean) => {
      socket.destroy()
      done(greeted)
    }
    socket.once('data', greeting => finish(greeting.toString('latin1').startsWith('SSH-')))
    socket.once('timeout', () => finish(false))
    socket.once('error', () => finish(false))
    socket.once('close', () => finish(false))
  })
