import { ProvisionError } from '../../core/error.ts'
import { type Integer, parseInteger } from './python/number.ts'
import type { Source } from './source.ts'
import { unescape } from './text-literal.ts'

export type TokenType = 'data' | 'output-begin' | 'output-end' | 'block-begin' | 'block-end' | 'name' | 'text' | 'integer' | 'float' | 'operator' | 'end'

export interface Token {
  readonly type: TokenType
  /** The text of data, names, operators and text literals (escapes resolved); a number as it is written. */
  readonly value: string
  readonly start: number
  readonly end: number
  readonly number?: Integer
}

/** How a template is written: its delimiters and what happens to the white space around blocks. */
export interface Syntax {
  readonly trimBlocks: boolean
  readonly lstripBlocks: boolean
  readonly keepTrailingNewline: boolean
  readonly newlineSequence: string
  readonly blockStart: string
  readonly blockEnd: string
  readonly variableStart: string
  readonly variableEnd: string
  readonly commentStart: string
  readonly commentEnd: string
  /** A line that begins with it is a statement. */
  readonly lineStatementPrefix?: string
  /** What follows it on a line is a comment. */
  readonly lineCommentPrefix?: string
  /**
   * In `{{ }}`, a backslash in a text literal is a backslash. Ansible has it so for templates in playbooks, where
   * YAML has already had its turn; template files and `{% %}` know Python's escapes.
   */
  readonly plainBackslashes: boolean
}

export const standardSyntax: Syntax = {
  trimBlocks: true,
  lstripBlocks: false,
  keepTrailingNewline: false,
  newlineSequence: '\n',
  blockStart: '{%',
  blockEnd: '%}',
  variableStart: '{{',
  variableEnd: '}}',
  commentStart: '{#',
  commentEnd: '#}',
  plainBackslashes: false,
}

/** The tokens of a template, the one of type `end` last. @throws ProvisionError template-syntax */
export const tokens = (source: Source, syntax: Syntax): Token[] => new Lexer(source, syntax).template()

/** The tokens of a bare expression. @throws ProvisionError template-syntax */
export const expressionTokens = (source: Source): Token[] => new Lexer(source, standardSyntax).expression()

/** Most names are plain, and Unicode's classes take a millisecond to compile. */
const plainNameForm = /[a-z_]\w*(?![\w\x80-\uffff])/iy
const nameForm = /[\p{L}\p{Nl}_][\p{L}\p{Nl}\p{Mn}\p{Mc}\p{Nd}\p{Pc}]*/uy
const floatForm = /(?:\d+_)*\d+(?:(?:\.(?:\d+_)*\d+)?e[+-]?(?:\d+_)*\d+|\.(?:\d+_)*\d+)/iy
const integerForm = /0b(?:_?[01])+|0o(?:_?[0-7])+|0x(?:_?[\da-f])+|[1-9](?:_?\d)*|0(?:_?0)*/iy
const textForm = /'[^'\\]*(?:\\.[^'\\]*)*'|"[^"\\]*(?:\\.[^"\\]*)*"/sy
const operatorForm = /\*\*|\/\/|==|!=|<=|>=|[-+*/%~[\](){}<>=.:|,;]/y
const blankForm = /\s+/y
const closers: Readonly<Record<string, string>> = { '(': ')', '[': ']', '{': '}' }

class Lexer {
  readonly #source: Source
  readonly #text: string
  readonly #syntax: Syntax
  readonly #tokens: Token[] = []
  #at = 0

  constructor(source: Source, syntax: Syntax) {
    this.#source = source
    this.#syntax = syntax
    this.#text = syntax.keepTrailingNewline ? source.text : source.text.replace(/\n$/, '')
  }

  expression(): Token[] {
    this.#inside('end')
    return this.#finish()
  }

  template(): Token[] {
    while (this.#at < this.#text.length) {
      const tag = this.#nextTag()
      this.#data(this.#at, tag?.start ?? this.#text.length, tag)
      if (!tag) break
      this.#at = tag.bodyStart
      if (tag.kind === 'comment') this.#comment(tag.start)
      else if (tag.kind === 'line-comment') this.#at = this.#lineEnd()
      else if (tag.kind === 'line') this.#delimited('block-begin', 'line-end', tag.start, tag.bodyStart)
      else if (tag.kind === 'output') this.#delimited('output-begin', 'output-end', tag.start, tag.bodyStart)
      else if (!this.#raw(tag.start)) this.#delimited('block-begin', 'block-end', tag.start, tag.bodyStart)
    }
    return this.#finish()
  }

  #finish(): Token[] {
    this.#push('end', '', this.#text.length, this.#text.length)
    return this.#tokens
  }

  #push(type: TokenType, value: string, start: number, end: number, number?: Integer): void {
    this.#tokens.push({ type, value, start, end, number })
  }

  #fail(message: string, start: number, end = start + 1): never {
    throw this.#source.locate(new ProvisionError('template-syntax', message), start, end)
  }

  /** The nearest beginning of a tag; of two at the same place the longer delimiter. */
  #nextTag(): Tag | undefined {
    const { blockStart, variableStart, commentStart } = this.#syntax
    let best: { kind: Tag['kind']; start: number; length: number } | undefined
    for (const [kind, delimiter] of [['comment', commentStart], ['block', blockStart], ['output', variableStart]] as const) {
      const start = this.#text.indexOf(delimiter, this.#at)
      if (start < 0) continue
      if (!best || start < best.start || (start === best.start && delimiter.length > best.length)) best = { kind, start, length: delimiter.length }
    }
    const line = this.#nextLineTag()
    if (line && (!best || line.start < best.start || (line.start === best.start && line.bodyStart - line.start > best.length))) return line
    if (!best) return undefined
    const after = best.start + best.length
    const sign = this.#text[after]
    return sign === '-' || sign === '+'
      ? { kind: best.kind, start: best.start, bodyStart: after + 1, sign }
      : { kind: best.kind, start: best.start, bodyStart: after, sign: '' }
  }

  #nextLineTag(): Tag | undefined {
    const { lineStatementPrefix, lineCommentPrefix } = this.#syntax
    const find = (kind: Tag['kind'], prefix: string | undefined, before: string): Tag | undefined => {
      if (!prefix) return undefined
      const form = new RegExp(`${before}${escape(prefix)}([-+]?)`, 'gm')
      form.lastIndex = this.#at
      const found = form.exec(this.#text)
      return found ? { kind, start: found.index, bodyStart: form.lastIndex, sign: found[1] as Tag['sign'] } : undefined
    }
    const statement = find('line', lineStatementPrefix, '^[ \\t\\v]*')
    const comment = find('line-comment', lineCommentPrefix, '(?:^|(?<=\\S))[^\\S\\n]*')
    return !statement || (comment && comment.start < statement.start) ? comment : statement
  }

  #lineEnd(): number {
    const end = this.#text.indexOf('\n', this.#at)
    return end < 0 ? this.#text.length : end
  }

  #data(start: number, end: number, tag: Pick<Tag, 'kind' | 'sign'> | undefined): void {
    let text = this.#text.slice(start, end)
    if (tag?.sign === '-') text = text.trimEnd()
    else if (tag && tag.sign !== '+' && this.#syntax.lstripBlocks && tag.kind !== 'output') {
      const line = text.lastIndexOf('\n') + 1
      const beginsLine = line > 0 || start === 0 || this.#text[start - 1] === '\n'
      if (beginsLine && text.slice(line).trim() === '') text = text.slice(0, line)
    }
    if (text === '') return
    const { newlineSequence } = this.#syntax
    this.#push('data', newlineSequence === '\n' ? text : text.replaceAll('\n', newlineSequence), start, start + text.length)
  }

  #comment(start: number): void {
    const { commentEnd } = this.#syntax
    const end = this.#text.indexOf(commentEnd, this.#at)
    if (end < 0) this.#fail(`the comment is not closed: ${commentEnd} is missing`, start, this.#at)
    const sign = end > this.#at ? this.#text[end - 1]! : ''
    this.#at = end + commentEnd.length
    this.#afterTag(sign)
  }

  /** `{% raw %}` up to `{% endraw %}` is data. */
  #raw(start: number): boolean {
    const { blockStart, blockEnd } = this.#syntax
    const open = this.#match(new RegExp(`\\s*raw\\s*(-|)${escape(blockEnd)}`, 'y'))
    if (!open) return false
    if (open[1] === '-') this.#skipBlanks()
    const from = this.#at
    const close = new RegExp(`${escape(blockStart)}([-+]|)\\s*endraw\\s*([-+]|)${escape(blockEnd)}`, 'g')
    close.lastIndex = from
    const end = close.exec(this.#text)
    if (!end) this.#fail('the raw block is not closed: endraw is missing', start, from)
    this.#data(from, end.index, { kind: 'block', sign: end[1] as Tag['sign'] })
    this.#at = end.index + end[0].length
    this.#afterTag(end[2]!)
    return true
  }

  #match(pattern: RegExp): RegExpExecArray | null {
    pattern.lastIndex = this.#at
    const match = pattern.exec(this.#text)
    if (match) this.#at = pattern.lastIndex
    return match
  }

  /** White space behind the end of a block or comment: `-` takes it all, without a sign `trimBlocks` takes one newline. */
  #afterTag(sign: string): void {
    if (sign === '-') this.#skipBlanks()
    else if (sign !== '+' && this.#syntax.trimBlocks && this.#text[this.#at] === '\n') this.#at++
  }

  #skipBlanks(): void {
    while (this.#at < this.#text.length && /\s/.test(this.#text[this.#at]!)) this.#at++
  }

  #delimited(begin: 'output-begin' | 'block-begin', end: 'output-end' | 'block-end' | 'line-end', start: number, bodyStart: number): void {
    this.#push(begin, '', start, bodyStart)
    this.#inside(end)
  }

  /** The tokens of an expression or statement, up to the end of its tag. */
  #inside(end: 'output-end' | 'block-end' | 'line-end' | 'end'): void {
    const open: string[] = []
    const delimiter = end === 'output-end' ? this.#syntax.variableEnd : end === 'block-end' ? this.#syntax.blockEnd : undefined
    for (;;) {
      if (end === 'line-end' && open.length === 0 && this.#match(/\s*\n|\s*$/y)) return this.#push('block-end', '', this.#at, this.#at)
      blankForm.lastIndex = this.#at
      if (blankForm.test(this.#text)) this.#at = blankForm.lastIndex
      const start = this.#at
      if (start >= this.#text.length) {
        if (delimiter !== undefined) this.#fail(`the tag is not closed: ${delimiter} is missing`, start - 1, start)
        if (open.length > 0) this.#fail(`'${open.at(-1)}' is missing`, start, start)
        return
      }
      if (delimiter !== undefined && open.length === 0 && this.#close(delimiter, end as 'output-end' | 'block-end')) return
      if (!this.#literal(end === 'output-end') && !this.#operator(open)) this.#fail(`unexpected character '${String.fromCodePoint(this.#text.codePointAt(start)!)}'`, start)
    }
  }

  #close(delimiter: string, type: 'output-end' | 'block-end'): boolean {
    const sign = this.#text[this.#at] === '-' || (type === 'block-end' && this.#text[this.#at] === '+') ? this.#text[this.#at]! : ''
    const start = this.#at + sign.length
    if (!this.#text.startsWith(delimiter, start)) return false
    this.#push(type, '', this.#at, start + delimiter.length)
    this.#at = start + delimiter.length
    if (type === 'block-end') this.#afterTag(sign)
    else if (sign === '-') this.#skipBlanks()
    return true
  }

  #literal(output: boolean): boolean {
    const start = this.#at
    const take = (pattern: RegExp): string | undefined => this.#match(pattern)?.[0]
    const real = this.#text[start - 1] === '.' ? undefined : take(floatForm)
    if (real !== undefined) return this.#push('float', real.replaceAll('_', ''), start, this.#at), true
    const whole = take(integerForm)
    if (whole !== undefined) return this.#push('integer', whole, start, this.#at, parseInteger(whole, 0)!), true
    const name = take(plainNameForm) ?? take(nameForm)
    if (name !== undefined) return this.#push('name', name, start, this.#at), true
    const text = take(textForm)
    if (text === undefined) return false
    const body = text.slice(1, -1)
    this.#push('text', output && this.#syntax.plainBackslashes ? body : unescape(body, message => this.#fail(message, start, this.#at)), start, this.#at)
    return true
  }

  #operator(open: string[]): boolean {
    const start = this.#at
    const operator = this.#match(operatorForm)?.[0]
    if (operator === undefined) return false
    if (operator in closers) open.push(closers[operator]!)
    else if (operator === ')' || operator === ']' || operator === '}') {
      const expected = open.pop()
      if (expected !== operator) this.#fail(`unexpected '${operator}'${expected === undefined ? '' : `, '${expected}' is missing before it`}`, start)
    }
    this.#push('operator', operator, start, this.#at)
    return true
  }
}

interface Tag {
  readonly kind: 'comment' | 'block' | 'output' | 'line' | 'line-comment'
  readonly start: number
  /** Behind the delimiter and its sign. */
  readonly bodyStart: number
  readonly sign: '-' | '+' | ''
}

const escape = (text: string): string => text.replaceAll(/[\\^$.*+?()[\]{}|]/g, '\\$&')
