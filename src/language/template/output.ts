import { bounded } from './fuel.ts'
import { literal } from './native.ts'
import { str } from './python/text.ts'
import { present, type Thing } from './thing.ts'

/** What a template or a part of one has put out so far: its own text, and values. */
export class Output {
  readonly #isText: boolean
  readonly #pieces: Thing[] = []
  #values = 0
  #size = 0

  /** @param isText only text is wanted, so values are printed as they come */
  constructor(isText = true) {
    this.#isText = isText
  }

  data(text: string): void {
    this.#add(text, text.length)
  }

  /** @throws UnknownReached: a text with an unknown in it is unknown */
  value(thing: Thing): void {
    const it = present(thing)
    this.#values++
    if (this.#isText && it !== null) this.data(str(it))
    else this.#add(it, typeof it === 'string' ? it.length : 1)
  }

  #add(piece: Thing, size: number): void {
    bounded(this.#size += size)
    this.#pieces.push(piece)
  }

  /** Everything as one text. A value None is no text, as in Ansible (inside lists and dictionaries it is `None`). */
  text(): string {
    const parts = this.#pieces.map(piece => (piece === null ? '' : str(piece)))
    bounded(parts.reduce((size, part) => size + part.length, 0))
    return parts.join('')
  }

  /**
   * The value of a template that is no file. A single value keeps its type, also beside values None
   * (`{{ list.append(x) }}` gives one), and a list or dictionary beside empty text. All else is text.
   *
   * @param literals text that looks like a list or dictionary becomes one, as before Ansible 2.19
   */
  native(literals: boolean): Thing {
    const pieces = this.#pieces.length > 1 ? this.#pieces.filter(piece => piece !== null) : this.#pieces
    if (pieces.length === 1 && this.#values > 0) return pieces[0]!
    const [only, ...others] = pieces.filter(piece => piece !== '')
    if (others.length === 0 && (Array.isArray(only) || only instanceof Map)) return only
    const text = this.text()
    return literals ? literal(text) : text
  }
}
