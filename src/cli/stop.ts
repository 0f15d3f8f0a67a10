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
      process.stderr.write('Stopped at once: what was running on a host may go on there. Run again to see what is left to do.\n')
      process.exit(exitCodes.interrupted)
    }
    asked = true
    stop()
  }
  for (const signal of signals) process.on(signal, take)
  return () => signals.forEach(signal => process.off(signal, take))
}

const signals = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const
