import { commandNamed } from './commands.ts'
import { exitCodes } from '../core/exit-codes.ts'
import { commandHelp, programHelp } from './help.ts'
import { mistakeText } from './mistake.ts'
import { programVersion } from '../core/version.ts'

/**
 * Does what a command line says. Never throws: what goes wrong is said on stderr.
 *
 * @param argv without `node` and the program's own name
 * @returns the exit code
 */
export async function frontDoor(argv: readonly string[]): Promise<number> {
  try {
    const quick = quickAnswer(argv)
    if (quick !== undefined) {
      process.stdout.write(`${quick}\n`)
      return exitCodes.ok
    }
    if (argv.length === 0) {
      process.stderr.write(`${programHelp()}\n`)
      return exitCodes.wrongUse
    }
    const { parse } = await import('./parse.ts')
    const line = parse(argv)
    const { run } = await commandNamed(line.command)!.run()
    return await run(line)
  } catch (error) {
    process.stderr.write(`${mistakeText(error)}\n`)
    return exitCodes.wrongUse
  }
}

/** Help and version need no parser. */
function quickAnswer(argv: readonly string[]): string | undefined {
  const [first, second] = argv
  if (first === '--version' || first === '-V') return programVersion()
  const asked = argv.slice(0, argv.includes('--') ? argv.indexOf('--') : undefined)
  const command = commandNamed((first === 'help' ? second : first) ?? '')
  if (first !== 'help' && !asked.some(word => word === '--help' || word === '-h')) return undefined
  if (command) return commandHelp(command)
  return first === 'help' || first?.startsWith('-') ? programHelp() : undefined
}
