import { fail } from './fail.ts'
import { equal } from './python/compare.ts'
import { type Arguments, Callable, Opaque, orElse, type Thing, tuple, Undefined } from './thing.ts'
import { ProvisionError } from '../../core/error.ts'

/** What a `for` loop's body knows of it as `loop`. */
export class Loop extends Opaque {
  readonly type = 'loop'
  readonly #items: readonly Thing[]
  readonly #depth: number
  readonly #recurse: ((items: Thing, depth: number) => Thing) | undefined
  #at = -1
  #last: readonly Thing[] | undefined

  /** @param recurse renders the loop over other items; absent where the loop is not recursive */
  constructor(items: readonly Thing[], depth: number, recurse?: (items: Thing, depth: number) => Thing) {
    super()
    this.#items = items
    this.#depth = depth
    this.#recurse = recurse
  }

  next(): void {
    this.#at++
  }

  override members(): readonly string[] {
    return ['index', 'index0', 'revindex', 'revindex0', 'first', 'last', 'length', 'depth', 'depth0', 'previtem', 'nextitem', 'cycle', 'changed']
  }

  override member(name: string): Thing | undefined {
    const at = this.#at
    const { length } = this.#items
    switch (name) {
      case 'index': return at + 1
      case 'index0': return at
      case 'revindex': return length - at
      case 'revindex0': return length - at - 1
      case 'first': return at === 0
      case 'last': return at === length - 1
      case 'length': return length
      case 'depth': return this.#depth
      case 'depth0': return this.#depth - 1
      case 'previtem': return orElse(this.#items[at - 1], () => beyond('previtem', 'first'))
      case 'nextitem': return orElse(this.#items[at + 1], () => beyond('nextitem', 'last'))
      case 'cycle': return new Callable('cycle', ({ positional }) => orElse(positional[at % positional.length], () => fail('cycle() needs something to choose from')))
      case 'changed': return new Callable('changed', ({ positional }) => this.#changed(positional))
    }
    return undefined
  }

  #changed(values: readonly Thing[]): boolean {
    const same = this.#last !== undefined && equal(tuple(this.#last), tuple(values))
    this.#last = values
    return !same
  }

  override call({ positional }: Arguments): Thing {
    if (!this.#recurse) return fail('this loop cannot be called', 'Write {% for … recursive %} to have a loop that calls itself.')
    return this.#recurse(positional[0] ?? fail('loop() needs the items to go through'), this.#depth + 1)
  }
}

const beyond = (name: string, which: string): Undefined =>
  new Undefined(() => new ProvisionError('undefined-variable', `loop.${name} is not defined for the ${which} item`))
