import type { Listener } from '../core/event.ts'
import { Activity, waitingFor } from './activity.ts'
import type { Sink } from './sink.ts'

/** How far a run is, beside its results. */
export interface Progress extends Sink {
  readonly listener: Listener
  /** Leaves the terminal as it was found. To be called once, also when the run was cut. */
  close(): Promise<void>
  /** The same at once, for a program that is about to end. */
  abandon(): void
  /** Draws and prints nothing, since somebody is asked something. @returns goes on with what has come up since */
  hold(): () => void
}

export interface PlainOptions {
  readonly stdout: NodeJS.WritableStream
  readonly stderr: NodeJS.WritableStream
  readonly columns: number
  /** Called before the program says what it waits for. */
  readonly onWait?: () => void
}

/**
 * Progress without a terminal: nothing but a line when a task takes longer than ten seconds, then at twice the time
 * each, at the latest every minute.
 */
export function createPlain(options: PlainOptions): Progress {
  const activity = new Activity()
  const err = (text: string) => void options.stderr.write(`${text}\n`)
  let next = 10
  let saidFor: unknown

  const timer = setInterval(() => {
    const running = activity.running()
    const [oldest] = running
    if (!oldest) return
    if (saidFor !== oldest) next = 10
    saidFor = oldest
    const waited = (performance.now() - oldest.since) / 1000
    if (waited < next) return
    next = waited + Math.min(waited, 60)
    options.onWait?.()
    err(`… ${waitingFor(running, options.columns)}`)
  }, 1000)
  timer.unref()

  const stop = () => clearInterval(timer)
  return {
    listener: activity.listener,
    out: text => void options.stdout.write(`${text}\n`),
    err,
    close: async () => stop(),
    abandon: stop,
    // There is no terminal, so that nobody can be asked.
    hold: () => () => {},
  }
}
