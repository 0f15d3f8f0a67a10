import { ProvisionError } from '../../core/error.ts'
import { didYouMean } from '../../core/nearest.ts'
import { fail } from './fail.ts'
import type { Frame } from './frame.ts'
import { entriesOf } from './python/dict-methods.ts'
import { repr, str } from './python/text.ts'
import { type Arguments, Callable, Opaque, type Thing, Undefined } from './thing.ts'

/** `namespace(…)`: the only object whose members `{% set %}` can change from within a loop. */
export class Namespace extends Opaque {
  readonly type = 'Namespace'
  readonly #members: Map<string, Thing>

  constructor(given: Arguments) {
    super()
    this.#members = new Map(entriesOf(given, 'namespace').map(([name, value]) => [str(name), value]))
  }

  override member(name: string): Thing | undefined {
    return this.#members.get(name)
  }

  override members(): readonly string[] {
    return [...this.#members.keys()]
  }

  set(name: string, value: Thing): void {
    this.#members.set(name, value)
  }

  override text(): string {
    return `<Namespace {${Array.from(this.#members, ([name, value]) => `${repr(name)}: ${repr(value)}`).join(', ')}}>`
  }
}

/** An imported template: the names that it sets at its top level. */
export class Module extends Opaque {
  readonly type = 'module'
  readonly #name: string
  readonly #frame: Frame
  readonly #text: () => string

  constructor(name: string, frame: Frame, text: () => string) {
    super()
    this.#name = name
    this.#frame = frame
    this.#text = text
  }

  override member(name: string): Thing | undefined {
    return name.startsWith('_') ? undefined : this.#frame.names.get(name)
  }

  override members(): readonly string[] {
    return [...this.#frame.names.keys()].filter(name => !name.startsWith('_'))
  }

  /** A name for `{% from … import %}`, which may be used only where it is defined. */
  exported(name: string): Thing {
    return this.member(name) ?? new Undefined(() => new ProvisionError('undefined-variable', `'${this.#name}' has no '${name}'`, { hint: didYouMean(name, this.members()) }))
  }

  override text(): string {
    return this.#text()
  }
}

/** `cycler(a, b, …)`: gives one after the other, round and round. */
export class Cycler extends Opaque {
  readonly type = 'Cycler'
  readonly #items: readonly Thing[]
  #at = 0

  constructor(items: readonly Thing[]) {
    super()
    if (items.length === 0) fail('cycler() needs something to choose from')
    this.#items = items
  }

  override members(): readonly string[] {
    return ['current', 'next', 'reset']
  }

  override member(name: string): Thing | undefined {
    const current = this.#items[this.#at]!
    if (name === 'current') return current
    if (name === 'next') return new Callable('next', () => {
      const item = this.#items[this.#at]!
      this.#at = (this.#at + 1) % this.#items.length
      return item
    })
    return name === 'reset' ? new Callable('reset', () => (this.#at = 0, null)) : undefined
  }
}

/** `joiner(separator)`: nothing when first called, then the separator. */
export class Joiner extends Opaque {
  readonly type = 'Joiner'
  readonly #separator: string
  #used = false

  constructor(separator: string) {
    super()
    this.#separator = separator
  }

  override call(): Thing {
    const first = !this.#used
    this.#used = true
    return first ? '' : this.#separator
  }
}
