import { failWith } from './fail.ts'

/** Enough for any honest template, reached within a second or two by one that does not end. */
const mostSteps = 1_000_000
const deepest = 600
const longest = 16_000_000

/** What a rendering may use up, so that a template that does not come to an end is an error and not a hang. */
export class Fuel {
  #steps = mostSteps
  #depth = 0

  /** Counts rounds of loops, calls, and items that are made. */
  spend(steps = 1): void {
    this.#steps -= steps
    if (this.#steps < 0) failWith('template-fuel', `the template does not come to an end: it took more than ${mostSteps.toLocaleString('en')} steps`)
  }

  /** Begins something that may nest: an expression, a statement, a variable in a variable. Each needs its `leave`, also when this throws. */
  enter(): void {
    if (++this.#depth > deepest) failWith('template-fuel', 'the template nests too deep', 'Look for a macro, an include or a recursive loop that calls itself without end.')
  }

  leave(): void {
    this.#depth--
  }

  /** Whether nothing is being rendered, so that the next rendering starts with a full tank. */
  get idle(): boolean {
    return this.#depth === 0
  }

  refill(): void {
    this.#steps = mostSteps
  }
}

const deepestValue = 200

/** Refuses to go deeper into a value, which perhaps contains itself. */
export function shallow(level: number): void {
  if (level > deepestValue) failWith('template-fuel', 'the value nests too deep, or contains itself')
}

/** Refuses to build what would fill the memory: a text of so many characters or a list of so many items. */
export function bounded(size: number): void {
  if (!(size <= longest)) failWith('template-fuel', `the result would be too large: more than ${longest.toLocaleString('en')} characters or items`)
}
