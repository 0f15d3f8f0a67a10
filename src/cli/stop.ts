import { exitCodes } from '../core/exit-codes.ts'
import { restoreTerminal } from './restore.ts'

/**
 * Calls `stop` at the first Ctrl-C (or when the system asks the program to end); the second ends it at once.
 *
 * @returns gives the signals back
 */
export function onStop(stop: () => void): () => void {
  let asked = false
  const take = () => {
    if (asked) {
      restoreTerminal()
      process.exit(exitCodes.interrupted)
    }
    asked = true
    stop()
  }
  for (const signal of signals) process.on(signal, take)
  return () => signals.forEach(signal => process.off(signal, take))
}

const signals = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const
