import { Float, type Value } from './value.ts'

/**
 * A Python literal as a value: what `ast.literal_eval` accepts, with tuples and sets as lists. Ansible reads values of
 * INI inventories and dictionaries in module parameters this way.
 *
 * @returns undefined where the text is no literal
 */
export function parseLiteral(text: string): Value | undefined {
  const reader = new Reader(text.replace(/^[ \t]+/, ''))
  try {
    return reader.top()
  } catch (error) {
    if (error === notALiteral) return undefined
    throw error
  }
}

const notALiteral = Symbol('not a literal')
const deepest = 100

const integer = /0[xX](?:_?[0-9a-fA-F])+|0[oO](?:_?[0-7])+|0[bB](?:_?[01])+|[1-9](?:_?[0-9])*|0(?:_?0)*/y
const float = /(?:[0-9](?:_?[0-9])*)?\.[0-9](?:_?[0-9])*(?:[eE][+-]?[0-9](?:_?[0-9])*)?|[0-9](?:_?[0-9])*\.(?:[eE][+-]?[0-9](?:_?[0-9])*)?|[0-9](?:_?[0-9])*[eE][+-]?[0-9](?:_?[0-9])*/y
const word = /[A-Za-z_][A-Za-z0-9_]*/y
const stringStart = /([rRuUbB]{0,2})('''|"""|'|")/y

class Reader {
  readonly #text: string
  #at = 0
  #depth = 0

  constructor(text: string) {
    this.#text = text
  }

  top(): Value {
    const first = this.#value()
    const value = this.#next(',') ? this.#rest([first]) : first
    if (this.#at < this.#text.length) throw notALiteral
    return value
  }

  /** The members of a tuple without parentheses, behind its first comma. */
  #rest(items: Value[]): Value[] {
    while (this.#blank() < this.#text.length) {
      items.push(this.#value())
      if (!this.#next(',')) break
    }
    this.#blank()
    return items
  }

  #value(): Value {
    this.#blank()
    if (this.#next('-')) return negate(this.#value())
    if (this.#next('+')) return negate(negate(this.#value()))
    if (this.#next('[')) return this.#items(']').items
    if (this.#next('{')) return this.#braces()
    if (this.#next('(')) return this.#parentheses()
    return this.#string() ?? this.#number() ?? this.#word()
  }

  #parentheses(): Value {
    const { items, commas } = this.#items(')')
    return items.length === 1 && commas === 0 ? items[0]! : items
  }

  #items(end: string, items: Value[] = []): { items: Value[]; commas: number } {
    if (++this.#depth > deepest) throw notALiteral
    let commas = 0
    while (!this.#next(end)) {
      items.push(this.#value())
      if (this.#next(',')) commas++
      else if (!this.#next(end)) throw notALiteral
      else break
    }
    this.#depth--
    return { items, commas }
  }

  /** A dictionary, or a set as a list. */
  #braces(): Value {
    if (++this.#depth > deepest) throw notALiteral
    const members = new Map<Value, Value>()
    while (!this.#next('}')) {
      const key = this.#value()
      if (!this.#next(':')) {
        if (members.size > 0) throw notALiteral
        this.#depth--
        if (this.#next(',')) return [...new Set(this.#items('}', [key]).items)]
        if (this.#next('}')) return [key]
        throw notALiteral
      }
      if (Array.isArray(key) || key instanceof Map) throw notALiteral
      members.set(key, this.#value())
      if (!this.#next(',') && !this.#ahead('}')) throw notALiteral
    }
    this.#depth--
    return members
  }

  /** Texts that follow each other are one. */
  #string(): Value | undefined {
    let result: string | Uint8Array | undefined
    for (;;) {
      this.#blank()
      const start = this.#match(stringStart)
      if (!start) return result
      const prefix = start[1]!.toLowerCase()
      const body = this.#body(start[2]!, prefix.includes('r'), prefix.includes('b'))
      const part = prefix.includes('b') ? Uint8Array.from(body, character => character.codePointAt(0)!) : body
      if (result === undefined) result = part
      else if (typeof result === 'string' && typeof part === 'string') result += part
      else throw notALiteral
    }
  }

  #body(quote: string, raw: boolean, bytes: boolean): string {
    let result = ''
    for (;;) {
      if (this.#at >= this.#text.length) throw notALiteral
      if (this.#text.startsWith(quote, this.#at)) {
        this.#at += quote.length
        return result
      }
      const character = this.#text[this.#at++]!
      if (character === '\n' && quote.length === 1) throw notALiteral
      if (character !== '\\') result += character
      else if (raw) result += character + (this.#text[this.#at++] ?? '')
      else result += this.#escape(bytes)
    }
  }

  #escape(bytes: boolean): string {
    const character = this.#text[this.#at++]
    if (character === undefined) throw notALiteral
    const simple = escapes[character]
    if (simple !== undefined) return simple
    const octal = /^[0-7]{1,3}/.exec(this.#text.slice(this.#at - 1, this.#at + 2))
    if (octal) {
      this.#at += octal[0].length - 1
      return String.fromCharCode(Number.parseInt(octal[0], 8))
    }
    const digits = character === 'x' ? 2 : bytes ? 0 : character === 'u' ? 4 : character === 'U' ? 8 : 0
    if (digits === 0) return `\\${character}`
    const code = this.#text.slice(this.#at, this.#at + digits)
    if (!/^[0-9a-fA-F]+$/.test(code) || code.length < digits || Number.parseInt(code, 16) > 0x10ffff) throw notALiteral
    this.#at += digits
    return String.fromCodePoint(Number.parseInt(code, 16))
  }

  #number(): Value | undefined {
    const real = this.#match(float)
    if (real) return wholeFloat(Number(real[0].replaceAll('_', '')))
    const whole = this.#match(integer)
    if (!whole) return undefined
    if (/[0-9A-Za-z_]/.test(this.#text[this.#at] ?? '')) throw notALiteral
    return shortest(BigInt(whole[0].replaceAll('_', '')))
  }

  #word(): Value {
    const name = this.#match(word)?.[0]
    if (name === 'None') return null
    if (name === 'True') return true
    if (name === 'False') return false
    throw notALiteral
  }

  #match(pattern: RegExp): RegExpExecArray | null {
    pattern.lastIndex = this.#at
    const match = pattern.exec(this.#text)
    if (match) this.#at = pattern.lastIndex
    return match
  }

  #next(character: string): boolean {
    if (!this.#ahead(character)) return false
    this.#at++
    this.#blank()
    return true
  }

  #ahead(character: string): boolean {
    return this.#text[this.#blank()] === character
  }

  #blank(): number {
    const blank = /(?:\s|#[^\n]*)*/y
    blank.lastIndex = this.#at
    blank.exec(this.#text)
    return (this.#at = blank.lastIndex)
  }
}

const escapes: { readonly [character: string]: string } = {
  '\n': '', '\\': '\\', "'": "'", '"': '"', a: '\x07', b: '\b', f: '\f', n: '\n', r: '\r', t: '\t', v: '\v',
}

/** A float, told from an integer where its value is whole. */
export const wholeFloat = (value: number): Value => (Number.isInteger(value) ? new Float(value) : value)

/** An integer in the smallest type that holds it exactly. */
export const shortest = (value: bigint): number | bigint =>
  value >= BigInt(Number.MIN_SAFE_INTEGER) && value <= BigInt(Number.MAX_SAFE_INTEGER) ? Number(value) : value

function negate(value: Value): Value {
  if (typeof value === 'number') return value === 0 ? 0 : -value
  if (typeof value === 'bigint') return shortest(-value)
  if (value instanceof Float) return new Float(-value.value)
  throw notALiteral
}
