import { fail } from '../fail.ts'
import { present, type Thing, type Things } from '../thing.ts'
import { isInteger, isNumber, numberOf, parseInteger } from './number.ts'
import { iterate } from './sequence.ts'
import { typeName } from './type.ts'

/** Readings of arguments. `what` names the argument in the message. */

export function textOf(thing: Thing, what: string): string {
  const it = present(thing)
  return typeof it === 'string' ? it : fail(`${what} must be text, and is ${typeName(it)}`)
}

/** An integer that fits a JavaScript number; digits in text are taken too, as Ansible's options allow. */
export function integerOf(thing: Thing, what: string): number {
  const it = present(thing)
  if (isInteger(it)) return Number(it)
  const parsed = typeof it === 'string' ? parseInteger(it) : undefined
  return parsed === undefined ? fail(`${what} must be an integer, and is ${typeName(it)}`) : Number(parsed)
}

export function floatOf(thing: Thing, what: string): number {
  const it = present(thing)
  return isNumber(it) ? numberOf(it) : fail(`${what} must be a number, and is ${typeName(it)}`)
}

export function dictionaryOf(thing: Thing, what: string): Things {
  const it = present(thing)
  return it instanceof Map ? it : fail(`${what} must be a dictionary, and is ${typeName(it)}`)
}

export function listOf(thing: Thing, what: string): Thing[] {
  const it = present(thing)
  return Array.isArray(it) ? it : fail(`${what} must be a list, and is ${typeName(it)}`)
}

/** The items of anything that a `for` goes through, as a list of its own. */
export const itemsOf = (thing: Thing): Thing[] => [...iterate(thing)]
