import { ProvisionError } from '../../core/error.ts'
import type { Source } from './source.ts'
import type { Token, TokenType } from './token.ts'

const deepest = 150

/** The place in a template's tokens that a parser has come to. */
export class Cursor {
  readonly source: Source
  readonly #tokens: readonly Token[]
  #at = 0
  #depth = 0

  constructor(source: Source, tokens: readonly Token[]) {
    this.source = source
    this.#tokens = tokens
  }

  get current(): Token {
    return this.#tokens[this.#at]!
  }

  get following(): Token {
    return this.#tokens[Math.min(this.#at + 1, this.#tokens.length - 1)]!
  }

  /** End of the token that was taken last. */
  get behind(): number {
    return this.#at === 0 ? 0 : this.#tokens[this.#at - 1]!.end
  }

  take(): Token {
    const token = this.current
    if (token.type !== 'end') this.#at++
    return token
  }

  isOperator(...operators: readonly string[]): boolean {
    return this.current.type === 'operator' && operators.includes(this.current.value)
  }

  isWord(...words: readonly string[]): boolean {
    return this.current.type === 'name' && words.includes(this.current.value)
  }

  takeOperator(operator: string): boolean {
    const found = this.isOperator(operator)
    if (found) this.#at++
    return found
  }

  takeWord(word: string): boolean {
    const found = this.isWord(word)
    if (found) this.#at++
    return found
  }

  expect(type: TokenType, what: string): Token {
    return this.current.type === type ? this.take() : this.unexpected(what)
  }

  expectOperator(operator: string): void {
    if (!this.takeOperator(operator)) this.unexpected(`'${operator}'`)
  }

  expectWord(word: string): void {
    if (!this.takeWord(word)) this.unexpected(`'${word}'`)
  }

  unexpected(expected: string): never {
    const { current } = this
    const found = current.type === 'end' ? 'the template ends' : current.type === 'data' ? 'there is text' : current.value === '' ? 'the tag ends' : `there is '${current.value}'`
    return this.fail(`${expected} is expected, and ${found}`, current)
  }

  fail(message: string, at: { readonly start: number; readonly end: number } = this.current, hint?: string, code: 'template-syntax' | 'unknown-filter' = 'template-syntax'): never {
    throw this.source.locate(new ProvisionError(code, message, { hint }), at.start, at.end)
  }

  /** Runs a rule that may contain itself. */
  nested<T>(rule: () => T): T {
    if (++this.#depth > deepest) this.fail('the template nests too deep')
    const result = rule()
    this.#depth--
    return result
  }
}
