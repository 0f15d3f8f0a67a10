import { fail } from './fail.ts'
import type { Arguments, Thing } from './thing.ts'

/**
 * Parameters as words: `'old new count?'` has two that must be given and one that may be; `*rest` takes what is left
 * over by position, so words behind it are only given by name; `**options` takes what is left over by name.
 */
export type Bound<Words extends string> = Words extends `${infer First} ${infer Rest}` ? One<First> & Bound<Rest> : Words extends '' ? unknown : One<Words>

type One<Word extends string> = Word extends `**${infer Name}` ? { readonly [K in Name]: Map<string, Thing> }
  : Word extends `*${infer Name}` ? { readonly [K in Name]: Thing[] }
  : Word extends `${infer Name}?` ? { readonly [K in Name]?: Thing }
  : { readonly [K in Word]: Thing }

export interface Signature {
  readonly words: string
  readonly names: readonly string[]
  /** How many of the names may be given by position. */
  readonly places: number
  readonly required: number
  readonly rest: string | undefined
  readonly options: string | undefined
}

const parsed = new Map<string, Signature>()

export function signature(words: string): Signature {
  const known = parsed.get(words)
  if (known) return known
  const all = words === '' ? [] : words.split(' ')
  const plain = all.filter(word => !word.startsWith('*'))
  const made: Signature = {
    words,
    names: plain.map(word => word.replace(/\?$/, '')),
    places: all.findIndex(word => /^\*[^*]/.test(word)) < 0 ? plain.length : all.findIndex(word => /^\*[^*]/.test(word)),
    required: plain.filter(word => !word.endsWith('?')).length,
    rest: all.find(word => /^\*[^*]/.test(word))?.slice(1),
    options: all.find(word => word.startsWith('**'))?.slice(2),
  }
  parsed.set(words, made)
  return made
}

/** Arguments by the names of their parameters, as Python binds them. */
export function bind<Words extends string>(words: Words, given: Arguments, name: string): Bound<Words> {
  const { names, places, required, rest, options } = signature(words)
  const bound: Record<string, unknown> = {}
  given.positional.forEach((value, at) => {
    if (at < places) bound[names[at]!] = value
    else if (rest === undefined) fail(`${name} takes ${count(places)} and got ${given.positional.length}`, names.length > 0 ? `Its parameters are ${names.join(', ')}.` : undefined)
  })
  if (rest !== undefined) bound[rest] = given.positional.slice(places)
  const others = new Map<string, Thing>()
  for (const [key, value] of given.named) {
    if (names.includes(key)) {
      if (key in bound) fail(`${name} got ${key} twice`)
      bound[key] = value
    } else if (options === undefined) fail(`${name} has no parameter ${key}`, names.length > 0 ? `Its parameters are ${names.join(', ')}.` : undefined)
    else others.set(key, value)
  }
  if (options !== undefined) bound[options] = others
  for (const missing of names.slice(0, required)) if (!(missing in bound)) fail(`${name} needs ${missing}`)
  return bound as Bound<Words>
}

const count = (number: number): string => (number === 0 ? 'no arguments' : number === 1 ? 'at most one argument' : `at most ${number} arguments`)
