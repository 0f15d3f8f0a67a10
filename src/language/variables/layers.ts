import type { Position } from '../../core/position.ts'
import type { Raw, RawDict, Value } from '../../core/value.ts'
import { positionOf } from '../positions.ts'
import type { Variables } from '../template/scope.ts'

/** Variables of one origin. It may change while it is in use. */
export type Layer = ReadonlyMap<Value, Raw> | RawDict

/** Variables of several origins, of which later ones win. Nothing is copied: a name is looked up when it is used. */
export class LayeredVariables implements Variables {
  readonly #layers: readonly Layer[]

  /** @param layers those that count least first */
  constructor(layers: readonly Layer[]) {
    this.#layers = layers
  }

  get(name: string): Raw | undefined {
    for (let index = this.#layers.length - 1; index >= 0; index--) {
      const raw = this.#layers[index]!.get(name)
      if (raw !== undefined) return raw
    }
    return undefined
  }

  names(): Iterable<string> {
    const names = new Set<string>()
    for (const layer of this.#layers) for (const name of layer.keys()) if (typeof name === 'string') names.add(name)
    return names
  }

  positionOf(name: string): Position | undefined {
    return positionOf(this.#layers.findLast(layer => layer.has(name)), name)
  }
}
