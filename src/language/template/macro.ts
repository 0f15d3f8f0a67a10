import { ProvisionError } from '../../core/error.ts'
import { fail } from './fail.ts'
import { evaluate } from './evaluate.ts'
import type { Frame } from './frame.ts'
import { mentions } from './names.ts'
import { outputFor, result, run } from './render.ts'
import { type Arguments, Opaque, type Thing, tuple, Undefined } from './thing.ts'
import type { MacroBody } from './tree.ts'

/** A macro, or the body of a call block, with the frame that it was written in. */
export class Macro extends Opaque {
  readonly type = 'Macro'
  readonly #name: string
  readonly #macro: MacroBody
  readonly #frame: Frame

  constructor(name: string, macro: MacroBody, frame: Frame) {
    super()
    this.#name = name
    this.#macro = macro
    this.#frame = frame
  }

  override members(): readonly string[] {
    return ['name', 'arguments', 'caller', 'catch_kwargs', 'catch_varargs']
  }

  override member(name: string): Thing | undefined {
    switch (name) {
      case 'name': return this.#name
      case 'arguments': return tuple(this.#macro.parameters.map(parameter => parameter.name))
      case 'caller': return mentions(this.#macro, 'caller')
      case 'catch_kwargs': return mentions(this.#macro, 'kwargs')
      case 'catch_varargs': return mentions(this.#macro, 'varargs')
    }
    return undefined
  }

  override call(given: Arguments): Thing {
    const frame = this.#frame.inner()
    this.#bind(given, frame)
    const output = outputFor(frame)
    run(this.#macro.body, frame, output)
    return result(output, frame)
  }

  override text(): string {
    return `<Macro '${this.#name}'>`
  }

  /** A parameter that is not given has its default, and without one is undefined. */
  #bind({ positional, named }: Arguments, frame: Frame): void {
    const { parameters } = this.#macro
    const others = new Map<Thing, Thing>(named)
    parameters.forEach(({ name, default: fallback }, at) => {
      const value = at < positional.length ? positional[at] : named.get(name)
      if (positional.length > at && named.has(name)) fail(`${this.#name} got ${name} twice`)
      others.delete(name)
      if (value !== undefined && !(value instanceof Undefined && fallback)) frame.names.set(name, value)
      else if (fallback) frame.names.set(name, evaluate(fallback, frame))
      else frame.names.set(name, new Undefined(() => new ProvisionError('undefined-variable', `the parameter '${name}' of ${this.#name} is not given`)))
    })
    const rest = positional.slice(parameters.length)
    if (rest.length > 0 && !mentions(this.#macro, 'varargs')) fail(`${this.#name} takes at most ${parameters.length} arguments and got ${positional.length}`)
    const caller = others.get('caller')
    others.delete('caller')
    if (others.size > 0 && !mentions(this.#macro, 'kwargs')) fail(`${this.#name} has no parameter ${String([...others.keys()][0])}`)
    frame.names.set('varargs', tuple(rest))
    frame.names.set('kwargs', others)
    if (caller !== undefined) frame.names.set('caller', caller)
  }
}
