import { exitCodes } from '../core/exit-codes.ts'
import { mistakeText } from './mistake.ts'
import { restoreTerminal } from './restore.ts'

/**
 * Runs the whole program and ends the process with what comes back.
 *
 * @param answer gives the exit code
 */
export async function program(answer: () => Promise<number>): Promise<void> {
  // A reader that has seen enough (`| head`), or a terminal that is gone, is no reason to break off what runs.
  for (const stream of [process.stdout, process.stderr]) {
    stream.on('error', (error: NodeJS.ErrnoException) => {
      if (error.code !== 'EPIPE' && error.code !== 'EIO') throw error
    })
  }
  process.on('uncaughtException', error => {
    restoreTerminal()
    process.stderr.write(`${mistakeText(error)}\n`)
    process.exit(exitCodes.wrongUse)
  })

  const exit = await answer()
  // What is still open (a connection that does not close) must not hold the program; what is still unwritten must.
  process.stdout.write('', () => process.stderr.write('', () => process.exit(exit)))
}
