import type { Dict, Value } from '../../core/value.ts'
import type { Thing, Things } from './thing.ts'

/** Where a lazy dictionary gets its members from. */
export interface Members {
  keys(): Iterable<Thing>
  has(key: Thing): boolean
  /** Called once for each key. */
  get(key: Thing): Thing | undefined
  readonly size: number
}

/**
 * A dictionary whose members are made when they are looked at: a variable of which one member is used needs the
 * others neither rendered nor renderable, and `hostvars` does not render every variable of every host.
 */
export class LazyDictionary extends Map<Thing, Thing> {
  #members: Members | undefined

  constructor(members: Members) {
    super()
    this.#members = members
  }

  override get(key: Thing): Thing | undefined {
    if (!this.#members || super.has(key)) return super.get(key)
    if (!this.#members.has(key)) return undefined
    const value = this.#members.get(key)
    if (value !== undefined) super.set(key, value)
    return value
  }

  override has(key: Thing): boolean {
    return this.#members ? this.#members.has(key) : super.has(key)
  }

  override get size(): number {
    return this.#members ? this.#members.size : super.size
  }

  override keys(): MapIterator<Thing> {
    return this.#members ? [...this.#members.keys()].values() as MapIterator<Thing> : super.keys()
  }

  override values(): MapIterator<Thing> {
    return this.#made().#plain('values') as MapIterator<Thing>
  }

  override entries(): MapIterator<[Thing, Thing]> {
    return this.#made().#plain('entries') as MapIterator<[Thing, Thing]>
  }

  override [Symbol.iterator](): MapIterator<[Thing, Thing]> {
    return this.entries()
  }

  override forEach(callback: (value: Thing, key: Thing, map: Things) => void): void {
    for (const [key, value] of this) callback(value, key, this)
  }

  override set(key: Thing, value: Thing): this {
    this.#made()
    return super.set(key, value)
  }

  override delete(key: Thing): boolean {
    this.#made()
    return super.delete(key)
  }

  override clear(): void {
    this.#members = undefined
    super.clear()
  }

  #plain(what: 'values' | 'entries'): unknown {
    return what === 'values' ? super.values() : super.entries()
  }

  /** All members made, in their order. */
  #made(): this {
    const members = this.#members
    if (!members) return this
    const all = Array.from(members.keys(), key => [key, this.get(key)] as const)
    this.#members = undefined
    super.clear()
    for (const [key, value] of all) if (value !== undefined) super.set(key, value)
    return this
  }
}

/**
 * A dictionary whose members are asked for when a template looks at them, for `hostvars` and the like.
 *
 * @param keys asked for anew each time
 * @param get called at most once for each key
 */
export function lazily(keys: () => Iterable<string>, get: (key: string) => Value | undefined): Dict {
  return new LazyDictionary({
    keys,
    has: key => typeof key === 'string' && [...keys()].includes(key),
    get: key => get(key as string),
    get size() {
      return [...keys()].length
    },
  }) as Map<Thing, Thing> as Dict
}
