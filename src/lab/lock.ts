import { once } from 'node:events'
import { connect, createServer } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { unlink } from 'node:fs/promises'

/** Gives the lock back. */
export type Unlock = () => Promise<void>

/**
 * Waits until nobody else on this machine holds the lock `name`, and takes it. The lock is a listening socket, so the
 * kernel gives it back when its holder ends, however it ends. On Linux the socket has no file.
 *
 * @param onWait called once when somebody else holds the lock
 */
export async function takeLock(name: string, onWait: () => void = () => {}): Promise<Unlock> {
  const path = process.platform === 'linux' ? `\0${name}` : join(tmpdir(), `${name}.lock`)
  for (let told = false; ; ) {
    const unlock = await tryLock(path)
    if (unlock) return unlock
    if (!told) onWait()
    told = true
    await untilReleased(path)
  }
}

/** Runs `work` while holding the lock `name`. */
export async function withLock<T>(name: string, onWait: () => void, work: () => Promise<T>): Promise<T> {
  const unlock = await takeLock(name, onWait)
  try {
    return await work()
  } finally {
    await unlock()
  }
}

async function tryLock(path: string): Promise<Unlock | undefined> {
  const waiting = new Set<{ destroy(): void }>()
  const server = createServer(socket => {
    waiting.add(socket)
    socket.on('error', () => {}).on('close', () => waiting.delete(socket))
  })
  server.unref().listen(path)
  try {
    await once(server, 'listening')
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'EADDRINUSE') return undefined
    throw error
  }
  return async () => {
    const closed = new Promise(done => server.close(done))
    for (const socket of waiting) socket.destroy()
    await closed
  }
}

/** A connection to the holder closes when the holder ends or lets go. */
async function untilReleased(path: string): Promise<void> {
  const socket = connect(path)
  const closed = await new Promise<string | undefined>(done => {
    socket.on('error', (error: NodeJS.ErrnoException) => done(error.code))
    socket.on('close', () => done(undefined))
    socket.resume()
  })
  // Only a socket with a file can be left behind by a holder that is gone.
  if (closed === 'ECONNREFUSED' && !path.startsWith('\0')) await unlink(path).catch(() => {})
}
