import { ProvisionError } from '../../core/error.ts'
import { type Raw, TemplateText, type Value } from '../../core/value.ts'
import { failWith } from './fail.ts'
import type { Fuel } from './fuel.ts'
import { LazyDictionary } from './lazy.ts'
import type { Variables } from './scope.ts'
import { type Thing, type Things, Undefined } from './thing.ts'

/** Variables as templates see them: each rendered when it is first used, and once. */
export class RenderedVariables {
  readonly #variables: Variables
  readonly #fuel: Fuel
  readonly #render: (template: TemplateText) => Thing
  readonly #rendered = new Map<string, Thing>()
  /** Variables and members of variables that are being rendered, the outermost first. */
  readonly #underWay: string[] = []

  constructor(variables: Variables, fuel: Fuel, render: (template: TemplateText) => Thing) {
    this.#variables = variables
    this.#fuel = fuel
    this.#render = render
  }

  /** `undefined` where there is none; `vars` is the dictionary of all of them. */
  get(name: string): Thing | undefined {
    const known = this.#rendered.get(name)
    if (known !== undefined) return known
    const raw = this.#variables.get(name)
    if (raw === undefined) return name === 'vars' ? this.#all() : undefined
    const thing = this.#inTurn(name, () => this.thing(raw, name))
    this.#rendered.set(name, thing)
    return thing
  }

  /**
   * A value with its templates rendered, those in dictionaries when they are looked at.
   *
   * @param path how the value is reached from a variable, for errors
   */
  thing(raw: Raw, path?: string): Thing {
    if (raw instanceof TemplateText) return this.#render(raw)
    if (Array.isArray(raw)) return raw.map(item => this.thing(item, path))
    if (!(raw instanceof Map) || raw instanceof LazyDictionary) return raw as Thing
    const members = raw as ReadonlyMap<Value, Raw>
    return new LazyDictionary({
      keys: () => members.keys(),
      has: key => members.has(key as Value),
      get: key => this.#member(members.get(key as Value)!, path === undefined ? undefined : `${path}.${String(key)}`),
      size: members.size,
    })
  }

  #member(raw: Raw, path: string | undefined): Thing {
    return path === undefined ? this.thing(raw) : this.#inTurn(path, () => this.thing(raw, path))
  }

  /** Renders something unless that is already under way. An undefined name in it makes it undefined. */
  #inTurn(path: string, body: () => Thing): Thing {
    const start = this.#underWay.indexOf(path)
    if (start >= 0) return this.#cycle([...this.#underWay.slice(start), path])
    this.#underWay.push(path)
    try {
      this.#fuel.enter()
      return body()
    } catch (error) {
      if (!(error instanceof ProvisionError)) throw error
      const explained = error.within(`used by variable '${path}'${this.#place(path, place => ` (${place})`)}`)
      if (error.code === 'undefined-variable') return new Undefined(() => explained)
      throw explained
    } finally {
      this.#fuel.leave()
      this.#underWay.pop()
    }
  }

  #cycle(paths: readonly string[]): never {
    const chain = paths.map(path => path + this.#place(path, place => ` (${place})`)).join(' → ')
    return failWith('variable-cycle', `variables refer to each other in a circle: ${chain}`)
  }

  #place(path: string, describe: (place: string) => string): string {
    const at = this.#variables.positionOf?.(path.split('.')[0]!)
    return at ? describe(`${at.file}:${at.line}`) : ''
  }

  #all(): Things {
    const names = () => this.#variables.names()
    return new LazyDictionary({
      keys: names,
      has: key => typeof key === 'string' && this.#variables.get(key) !== undefined,
      get: key => this.get(key as string),
      get size() {
        return [...names()].length
      },
    })
  }
}
