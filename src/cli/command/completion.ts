import { completionScript, type Shell } from '../completion.ts'
import type { RunCommand } from '../commands.ts'

/** Writes the completion of a shell. */
export const run: RunCommand = async line => {
  process.stdout.write(completionScript(line.arguments[0] as Shell))
  return 0
}
