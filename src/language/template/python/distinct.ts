import { Float } from '../../../core/value.ts'
import { present, type Thing } from '../thing.ts'
import { equal } from './compare.ts'

/** A set of things by Python's equality, which takes lists and dictionaries too. */
export class Distinct {
  readonly #simple = new Set<unknown>()
  readonly #others: Thing[] = []

  constructor(things: readonly Thing[] = []) {
    for (const thing of things) this.add(thing)
  }

  has(thing: Thing): boolean {
    const simple = simpleKey(present(thing))
    return simple === undefined ? this.#others.some(other => equal(other, thing)) : this.#simple.has(simple)
  }

  /** Whether it is new. */
  add(thing: Thing): boolean {
    const simple = simpleKey(present(thing))
    if (simple === undefined) {
      if (this.#others.some(other => equal(other, thing))) return false
      this.#others.push(thing)
      return true
    }
    if (this.#simple.has(simple)) return false
    this.#simple.add(simple)
    return true
  }
}

/** What is equal exactly when the things are; none for lists and the like. */
function simpleKey(thing: Thing): unknown {
  if (typeof thing === 'boolean') return Number(thing)
  if (thing instanceof Float) return thing.value + 0
  return thing === null || typeof thing !== 'object' ? thing : undefined
}

export function distinct(things: readonly Thing[]): Thing[] {
  const seen = new Distinct()
  return things.filter(thing => seen.add(thing))
}
