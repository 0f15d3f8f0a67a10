import { setTimeout as sleep } from 'node:timers/promises'
import type { Duplex } from 'node:stream'
import { ConnectionFailure } from '../../connection/connection.ts'
import { bytesAsText } from '../../core/byte-pattern.ts'
import type { WaitStep } from '../../host/step.ts'
import { searchIn, type Look, type Seen, type Way } from './look.ts'

/** A port as the host sees it, through the connection: no tool of the host is needed. */
export function lookAtPort({ host, port, state, search }: Extract<WaitStep['until'], { kind: 'port' }>, { connection, connectTimeout }: Way): Look {
  return async left => {
    const end = performance.now() + left * 1000
    const stream = await within(Math.min(connectTimeout, state === 'stopped' ? Infinity : Math.ceil(left)), connection.forward(host, port))
    if (state === 'stopped') stream?.destroy()
    if (stream === undefined || state === 'stopped') return stream === undefined && state === 'stopped' ? {} : undefined
    try {
      return search === undefined ? {} : await heard(stream, search, end)
    } finally {
      stream.destroy()
    }
  }
}

/** The stream; undefined where nothing answers in time. */
async function within(seconds: number, opening: Promise<Duplex>): Promise<Duplex | undefined> {
  const timer = new AbortController()
  try {
    const stream = await Promise.race([opening, sleep(seconds * 1000, undefined, { signal: timer.signal })])
    if (stream === undefined) opening.then(late => late.destroy(), () => {})
    return stream
  } catch (error) {
    if (error instanceof ConnectionFailure && error.kind === 'refused') return undefined
    throw error
  } finally {
    timer.abort()
  }
}

/** What it says until it has said what is searched for, has ended, or the time is over. */
async function heard(stream: Duplex, search: string, end: number): Promise<Seen | undefined> {
  const timer = setTimeout(() => stream.destroy(), Math.max(0, end - performance.now()))
  let said = ''
  try {
    for await (const chunk of stream) {
      said += bytesAsText(chunk as Uint8Array)
      const found = searchIn(said, search)
      if (found) return found
    }
  } catch {
    // It was broken off.
  } finally {
    clearTimeout(timer)
  }
  return undefined
}
