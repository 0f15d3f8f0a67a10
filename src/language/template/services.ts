import type { Context } from './context.ts'
import type { Position } from '../../core/position.ts'
import type { Thing } from './thing.ts'
import type { Template } from './template.ts'

/** What the evaluator of expressions and statements asks of the evaluation it works for. */
export interface Services extends Context {
  /** A function that every template can call: `range`, `lookup`. */
  global(name: string): Thing | undefined
  globalNames(): Iterable<string>
  positionOf(name: string): Position | undefined
  /** A text as a template of its own. */
  renderText(text: string): Thing
  /** The first of the named templates that exists on the search path. */
  load(names: readonly string[]): Template | undefined
}
