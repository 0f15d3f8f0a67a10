import { ProvisionError } from '../../core/error.ts'
import type { Position } from '../../core/position.ts'
import { positionWithin } from '../positions.ts'

/** A template's text and where it stands, so that a place in the text is a place in the user's file. */
export class Source {
  readonly text: string
  readonly at: Position | undefined
  readonly #folded: boolean

  /**
   * @param at where the first character stands; absent for text that is in no file
   * @param folded the lines of the text are not those of the file, so every place is given as the start
   */
  constructor(text: string, at: Position | undefined, folded = false) {
    this.text = text
    this.at = at
    this.#folded = folded
  }

  /** The place of a part of the text. Where the file that it came from is not at hand, further lines begin in the column of the first. */
  position(start: number, end: number): Position {
    const exact = this.at && positionWithin(this.at, this.text, start, Math.max(end, start + 1))
    if (exact) return exact
    const { file, line, column } = this.at ?? { file: '<template>', line: 1, column: 1 }
    if (this.#folded && this.text.lastIndexOf('\n', start - 1) >= 0) return { file, line, column }
    const lineStart = this.text.lastIndexOf('\n', start - 1) + 1
    const lineEnd = this.text.indexOf('\n', start)
    const last = Math.max(start + 1, Math.min(end, lineEnd < 0 ? this.text.length : lineEnd))
    let lines = 0
    for (let at = this.text.indexOf('\n'); at >= 0 && at < start; at = this.text.indexOf('\n', at + 1)) lines++
    return { file, line: line + lines, column: column + start - lineStart, endColumn: column + last - lineStart }
  }

  /** An error with its place, unless it has one. Text that is in no file is shown with the error. */
  locate(error: ProvisionError, start: number, end: number): ProvisionError {
    if (error.at) return error
    const { code, message, hint, cause, context } = error
    return new ProvisionError(code, message, { at: this.position(start, end), hint, cause, context, source: error.source ?? (this.at ? undefined : this.text) })
  }
}
