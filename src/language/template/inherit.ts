import { fail } from './fail.ts'
import { type Derived, Frame } from './frame.ts'
import type { Output } from './output.ts'
import { outputFor, result, run } from './render.ts'
import type { Template } from './template.ts'
import { Callable, Opaque, type Thing } from './thing.ts'
import type { StatementOf } from './tree.ts'

/** Adds a template's blocks behind those of the templates that extend it. */
export function offerBlocks(template: Template, frame: Frame): void {
  const { blocks } = frame.rendering
  for (const block of template.blocks) blocks.set(block.name, [...(blocks.get(block.name) ?? []), { block, rendering: frame.rendering }])
  if (template.blocks.length > 0) frame.names.set('self', new Self(blocks, frame))
}

/** A block where it stands: the most derived template's version of it. A template that extends another puts none out itself. */
export function renderBlock(node: StatementOf<'block'>, frame: Frame, output: Output): void {
  if (frame.top.inherits) return
  const versions = frame.rendering.blocks.get(node.name)!
  if (versions.length === 1 && node.required) fail(`the block '${node.name}' must be filled by a template that extends this one`)
  renderVersion(versions, 0, node.scoped || versions[0]!.block.scoped ? frame : frame.top, output)
}

function renderVersion(versions: readonly Derived[], at: number, outer: Frame, output: Output): void {
  const { block, rendering } = versions[at]!
  const frame = new Frame(rendering, outer)
  frame.names.set('super', new Callable('super', () =>
    at + 1 < versions.length ? captured(versions, at + 1, outer) : fail(`there is no block '${block.name}' above this one`)))
  run(block.body, frame, output)
}

function captured(versions: readonly Derived[], at: number, outer: Frame): Thing {
  const output = outputFor(outer)
  renderVersion(versions, at, outer, output)
  return result(output, outer)
}

/** `self.name()` renders a block once more. */
class Self extends Opaque {
  readonly type = 'TemplateReference'
  readonly #blocks: ReadonlyMap<string, readonly Derived[]>
  readonly #outer: Frame

  constructor(blocks: ReadonlyMap<string, readonly Derived[]>, outer: Frame) {
    super()
    this.#blocks = blocks
    this.#outer = outer
  }

  override members(): readonly string[] {
    return [...this.#blocks.keys()]
  }

  override member(name: string): Thing | undefined {
    const versions = this.#blocks.get(name)
    return versions && new Callable(name, () => captured(versions, 0, this.#outer))
  }
}
