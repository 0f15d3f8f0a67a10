import { exitCodes } from '../core/exit-codes.ts'
import { fileTrouble } from '../core/file-trouble.ts'
import { mistakeText } from './mistake.ts'
import { restoreTerminal } from './restore.ts'

/**
 * Runs the whole program and ends the process with what comes back.
 *
 * @param answer gives the exit code
 */
export async function program(answer: () => Promise<number>): Promise<void> {
  // What cannot be written is no reason to break off what runs; it is told at the end, unless the reader has seen enough (`| head`) or is gone.
  let unwritten: string | undefined
  for (const stream of [process.stdout, process.stderr]) {
    stream.on('error', (error: NodeJS.ErrnoException) => {
      if (error.code !== 'EPIPE' && error.code !== 'EIO') unwritten ??= `${stream === process.stdout ? 'the output' : 'messages'} could not be written: ${fileTrouble(error.code)}`
    })
  }
  process.on('uncaughtException', error => {
    restoreTerminal()
    process.stderr.write(`${mistakeText(error)}\n`)
    process.exit(exitCodes.wrongUse)
  })

  const exit = await answer()
  // What is still open (a connection that does not close) must not hold the program; what is still unwritten must.
  process.stdout.write('', () => setImmediate(() => {
    if (unwritten !== undefined) process.stderr.write(`error: ${unwritten}\n`)
    process.stderr.write('', () => process.exit(unwritten === undefined ? exit : exit || exitCodes.wrongUse))
  }))
}
