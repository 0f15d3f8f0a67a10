import type { CommandLine } from './commands.ts'
import type { ShellVariables } from '../language/template/scope.ts'

/** Flags first, then the two variables that all programs know (force-color.org, no-color.org), then the terminal. */
export function wantsColor({ flags }: CommandLine, environment: ShellVariables, terminal: boolean): boolean {
  if (flags['no-color'] === true) return false
  if (flags.color === true) return true
  if (environment.FORCE_COLOR !== undefined && environment.FORCE_COLOR !== '') return environment.FORCE_COLOR !== '0'
  return !environment.NO_COLOR && terminal
}
