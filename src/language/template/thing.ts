import type { ProvisionError } from '../../core/error.ts'
import { Unknown, UnknownReached } from '../../core/unknown.ts'
import type { Bytes, Float, Omit } from '../../core/value.ts'

/**
 * What an expression can give while a template is rendered: every `Value`, and what exists only meanwhile: undefined
 * names, tuples, and objects such as macros, methods and `loop`. Nothing of the latter leaves the engine (`settle`).
 */
export type Thing = null | boolean | number | bigint | string | Float | Bytes | Unknown | Omit | Undefined | Opaque | Thing[] | Things
export type Things = Map<Thing, Thing>

/** A name or member that nothing defines. It may be passed on and tested; using it is the error that it carries. */
export class Undefined {
  readonly #error: () => ProvisionError
  /** The variable's name, where it is one. */
  readonly variable: string | undefined

  /** @param error made only when it is needed, since finding near names is work */
  constructor(error: () => ProvisionError, variable?: string) {
    this.#error = error
    this.variable = variable
  }

  error(): ProvisionError {
    return this.#error()
  }

  raise(): never {
    throw this.#error()
  }
}

/** What `x if y` gives when y is false and there is no else: undefined, but it may be used, as empty text. */
export class Nothing extends Undefined {}

/** Python's tuple: a list that prints in parentheses and cannot be changed. Members may have names as well. */
export class Tuple extends Array<Thing> {
  names?: readonly string[]

  static override get [Symbol.species](): ArrayConstructor {
    return Array
  }
}

export function tuple(items: readonly Thing[], names?: readonly string[]): Tuple {
  const result = new Tuple()
  for (const item of items) result.push(item)
  if (names) result.names = names
  return result
}

/** A thing, or another where there is none. None is a thing, so `??` will not do. */
export const orElse = (thing: Thing | undefined, instead: () => Thing): Thing => (thing === undefined ? instead() : thing)

/** Arguments of a call as they were written. */
export interface Arguments {
  readonly positional: readonly Thing[]
  readonly named: ReadonlyMap<string, Thing>
}

export const noArguments: Arguments = { positional: [], named: new Map() }

/** An object of the template engine: a macro, a method, `loop`, a namespace, a date. Templates see only what it offers here. */
export abstract class Opaque {
  /** Python's name of its type. */
  abstract readonly type: string

  /** A member by name, `undefined` where there is none. */
  member(_name: string): Thing | undefined {
    return undefined
  }

  /** Names for messages. */
  members(): readonly string[] {
    return []
  }

  /** Absent where it cannot be called. */
  call?(given: Arguments): Thing

  text(): string {
    return `<${this.type}>`
  }

  /** Inside lists and dictionaries. */
  repr(): string {
    return this.text()
  }

  truth(): boolean {
    return true
  }

  /** `format(this, specification)`. */
  format(_specification: string): string {
    return this.text()
  }

  /** Its order against another object; `undefined` where they have none. */
  compare(_other: Opaque): number | undefined {
    return undefined
  }

  /** `this operator right`; `undefined` where that has no meaning. */
  operate(_operator: string, _right: Thing): Thing | undefined {
    return undefined
  }

  /** `left operator this`, where `left` is no object. */
  operateFromRight(_operator: string, _left: Thing): Thing | undefined {
    return undefined
  }
}

/** A function that templates can call. */
export class Callable extends Opaque {
  readonly type: string = 'function'
  readonly name: string
  readonly #body: (given: Arguments) => Thing

  constructor(name: string, body: (given: Arguments) => Thing) {
    super()
    this.name = name
    this.#body = body
  }

  override call(given: Arguments): Thing {
    return this.#body(given)
  }

  override text(): string {
    return `<function ${this.name}>`
  }
}

/** Leaves the computation when a thing is undefined or unknown: every use of a thing goes through here. */
export function present<T extends Thing>(thing: T): Exclude<T, Undefined | Unknown> {
  if (thing instanceof Nothing) return '' as Exclude<T, Undefined | Unknown>
  if (thing instanceof Undefined) thing.raise()
  if (thing instanceof Unknown) throw new UnknownReached(thing)
  return thing as Exclude<T, Undefined | Unknown>
}

/** The first of a value and the arguments given with it that is not known. */
export function unknownAmong(value: Thing, { positional, named }: Arguments): Unknown | undefined {
  if (value instanceof Unknown) return value
  for (const argument of positional) if (argument instanceof Unknown) return argument
  for (const argument of named.values()) if (argument instanceof Unknown) return argument
  return undefined
}
