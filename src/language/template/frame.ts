import type { Services } from './services.ts'
import type { Source } from './source.ts'
import type { Template } from './template.ts'
import type { Thing } from './thing.ts'
import type { StatementOf } from './tree.ts'

/** One template in the course of being rendered. Included and inherited templates have one each. */
export interface Rendering {
  readonly services: Services
  readonly source: Source
  /** False in imports and includes `without context`: they see no variables. */
  readonly seesVariables: boolean
  /** A single `{{ }}` keeps its type; false where text is wanted (files). */
  readonly native: boolean
  /** Bodies of each block, the most derived template's first. Shared by all templates of one inheritance. */
  readonly blocks: Map<string, Derived[]>
}

export interface Derived {
  readonly block: StatementOf<'block'>
  readonly rendering: Rendering
}

/** Names that a template sets itself: by `set`, `for`, macros' parameters, imports. */
export class Frame {
  readonly rendering: Rendering
  readonly parent: Frame | undefined
  /** The frame of the template's top level. */
  readonly top: Frame
  readonly names = new Map<string, Thing>()
  /** On a template's top level: the template that it turned out to extend. */
  inherits: Template | undefined

  constructor(rendering: Rendering, parent?: Frame, isTop = parent === undefined) {
    this.rendering = rendering
    this.parent = parent
    this.top = isTop ? this : parent!.top
  }

  inner(): Frame {
    return new Frame(this.rendering, this)
  }

  find(name: string): Thing | undefined {
    for (let frame: Frame | undefined = this; frame; frame = frame.parent) {
      const thing = frame.names.get(name)
      if (thing !== undefined) return thing
    }
    return undefined
  }

  *localNames(): Iterable<string> {
    for (let frame: Frame | undefined = this; frame; frame = frame.parent) yield* frame.names.keys()
  }
}
