import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'

/** One call of a case's `site.yml`, with what Ansible made of it. */
export interface RecordedRun {
  /** The version that told it. */
  readonly ansible: string
  /** Beside `-c local` and the inventory; `DIR` stands for the case's directory. */
  readonly arguments: readonly string[]
  readonly exit: number
  readonly story: readonly string[]
  readonly recap: { readonly [host: string]: string }
}

export const casesDirectory = join(import.meta.dirname, 'cases')

export const caseNames = (): string[] => readdirSync(casesDirectory).sort()

export const directoryOf = (name: string): string => join(casesDirectory, name)

export const runsFile = (name: string): string => join(directoryOf(name), 'runs.json')

/** Calls that are not recorded yet have their arguments only. */
export const runsOf = (name: string): RecordedRun[] => (existsSync(runsFile(name)) ? (JSON.parse(readFileSync(runsFile(name), 'utf8')) as RecordedRun[]) : [{ ansible: '', arguments: [], exit: 0, story: [], recap: {} }])

/** The whole command line of a call. A case without an inventory of its own has the hosts a, b and c. */
export function argumentsOf(name: string, run: RecordedRun): string[] {
  const directory = directoryOf(name)
  const inventory = readdirSync(directory).find(file => file.startsWith('inventory'))
  const own = run.arguments.map(argument => argument.replaceAll('DIR', directory))
  return [join(directory, 'site.yml'), '-i', inventory ? join(directory, inventory) : 'a,b,c,', '-c', 'local', ...own]
}
