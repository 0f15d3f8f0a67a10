import { ProvisionError } from '../core/error.ts'
import type { FlagValues } from './commands.ts'

/**
 * The whole number that a flag has.
 *
 * @throws ProvisionError `wrong-use`
 */
export function positive(flags: FlagValues, flag: string, least = 1): number | undefined {
  const given = text(flags[flag])
  if (given === undefined) return undefined
  const number = Number(given)
  if (/^\d+$/.test(given) && Number.isSafeInteger(number) && number >= least) return number
  throw new ProvisionError('wrong-use', `--${flag} must be a whole number from ${least} on, and is ${given}`)
}

/** The text of a flag that is given once. */
export const text = (value: FlagValues[string]): string | undefined => (typeof value === 'string' ? value : undefined)

/** The texts of a flag that may be given several times. */
export const list = (value: FlagValues[string]): readonly string[] | undefined => (Array.isArray(value) ? (value as readonly string[]) : undefined)

export const splitCommas = (value: string | undefined): string[] => (value ?? '').split(',').map(part => part.trim()).filter(part => part !== '')

/** A member that is there only where it has a value. */
export const given = <K extends string, T>(key: K, value: T | undefined): { [P in K]?: T } => (value === undefined ? {} : ({ [key]: value } as { [P in K]?: T }))
