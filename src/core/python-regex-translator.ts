import { ProvisionError } from './error.ts'
import type { PatternFlags } from './python-regex.ts'

export const refuse = (text: string, why: string): never => {
  throw new ProvisionError('pattern', `the regular expression '${text}' cannot be used: ${why}`)
}

export const controls: Readonly<Record<string, string>> = { a: '\x07', b: '\b', f: '\f', n: '\n', r: '\r', t: '\t', v: '\v' }
const blanks = '\\t-\\r\\x1c-\\x20\\x85\\xa0\\u1680\\u2000-\\u200a\\u2028\\u2029\\u202f\\u205f\\u3000'

/** What stands for a set of characters, inside and outside of `[]`, with Unicode or in ASCII. */
const sets: Readonly<Record<string, readonly [unicode: string, ascii: string]>> = {
  d: ['\\p{Nd}', '0-9'],
  w: ['\\p{L}\\p{N}_', 'A-Za-z0-9_'],
  s: [blanks, '\\t-\\r\\x20'],
}

const start = '(?<![\\s\\S])'
const end = '(?![\\s\\S])'

interface Flags {
  readonly i: boolean
  readonly m: boolean
  readonly s: boolean
  readonly x: boolean
  readonly a: boolean
}

/** Rewrites a pattern for JavaScript's `v` mode. */
export class Translator {
  readonly #text: string
  readonly #names = new Map<string, number>()
  #flags: Flags
  /** Case is ignored everywhere; parts that differ from it are written out by character. */
  #ignoreCase: boolean
  #count = 0
  #closed: boolean[] = []
  #at = 0

  constructor(text: string, flags: PatternFlags) {
    this.#text = text
    this.#flags = { i: flags.ignoreCase ?? false, m: flags.multiline ?? false, s: flags.dotAll ?? false, x: flags.verbose ?? false, a: flags.ascii ?? false }
    this.#ignoreCase = this.#flags.i
  }

  translate(): { readonly source: string; readonly ignoreCase: boolean; readonly names: ReadonlyMap<string, number>; readonly count: number } {
    for (let found = this.#take(/\(\?([aiLmsux]+)\)/y); found; found = this.#take(/\(\?([aiLmsux]+)\)/y)) this.#flags = this.#with(found[1]!, '')
    this.#ignoreCase = this.#flags.i
    const source = this.#alternatives()
    if (this.#at < this.#text.length) this.#refuse("a ')' has no '('")
    return { source, ignoreCase: this.#ignoreCase, names: this.#names, count: this.#count }
  }

  #refuse(why: string): never {
    return refuse(this.#text, why)
  }

  #take(form: RegExp): RegExpExecArray | null {
    form.lastIndex = this.#at
    const found = form.exec(this.#text)
    if (found) this.#at = form.lastIndex
    return found
  }

  #with(on: string, off: string): Flags {
    const set = (name: keyof Flags) => (on.includes(name) ? true : off.includes(name) ? false : this.#flags[name])
    return { i: set('i'), m: set('m'), s: set('s'), x: set('x'), a: on.includes('u') ? false : set('a') }
  }

  /** Up to a closing parenthesis or the end. */
  #alternatives(): string {
    let result = ''
    while (this.#at < this.#text.length && this.#text[this.#at] !== ')') {
      if (this.#flags.x && this.#take(/\s+|#[^\n]*\n?/y)) continue
      if (this.#take(/\|/y)) {
        result += '|'
        continue
      }
      const anchor = /^(?:[\^$]|\\[AbBZ])/.test(this.#text.slice(this.#at, this.#at + 2))
      const lookaround = /^\(\?(?:[=!]|<[=!])/.test(this.#text.slice(this.#at, this.#at + 4))
      const item = this.#item()
      result += item === '' ? '' : this.#quantified(item, anchor, lookaround)
    }
    return result
  }

  #quantified(item: string, anchor: boolean, lookaround: boolean): string {
    if (this.#flags.x) this.#take(/(?:\s+|#[^\n]*\n?)+/y)
    const found = this.#take(/[*+?]|\{(\d*)(,?)(\d*)\}/y)
    if (!found) return item
    const [all, least, comma, most] = found
    if (all === '{}') {
      this.#at -= 2
      return item
    }
    if (anchor) this.#refuse('nothing to repeat')
    const quantifier = all.startsWith('{') ? `{${least || '0'}${comma}${most}}` : all
    if (this.#take(/\+/y)) this.#refuse('possessive quantifiers are not supported')
    const lazy = this.#take(/\?/y) ? '?' : ''
    if (this.#text[this.#at] === '*' || (this.#text[this.#at] === '+' || this.#text[this.#at] === '?')) this.#refuse('a quantifier follows a quantifier')
    return (lookaround ? `(?:${item})` : item) + quantifier + lazy
  }

  #item(): string {
    const character = String.fromCodePoint(this.#text.codePointAt(this.#at)!)
    this.#at += character.length
    switch (character) {
      case '.': return this.#flags.s ? '[\\s\\S]' : '[^\\n]'
      case '^': return this.#flags.m ? '(?<![^\\n])' : start
      case '$': return this.#flags.m ? '(?![^\\n])' : '(?=\\n?(?![\\s\\S]))'
      case '[': return this.#class()
      case '(': return this.#group()
      case '\\': return this.#escape()
      case '{': if (/^(?:\d+|\d*,\d*)\}/.test(this.#text.slice(this.#at))) this.#refuse('nothing to repeat'); break
      case '*': case '+': case '?': return this.#refuse('nothing to repeat')
    }
    return this.#literal(character)
  }

  #literal(character: string): string {
    const plain = escapeCharacter(character)
    if (this.#flags.i === this.#ignoreCase) return plain
    const [lower, upper] = [character.toLowerCase(), character.toUpperCase()]
    return lower === upper || !this.#flags.i ? plain : `[${escapeCharacter(lower)}${escapeCharacter(upper)}]`
  }

  #group(): string {
    const outer = this.#flags
    if (this.#take(/\?#[^)]*/y)) return this.#close('')
    const name = this.#take(/\?P<([^>]*)>/y)?.[1]
    if (name !== undefined) {
      if (!/^[\p{L}_][\p{L}\p{N}_]*$/u.test(name)) this.#refuse(`'${name}' cannot be the name of a group`)
      if (this.#names.has(name)) this.#refuse(`it has two groups named '${name}'`)
    }
    const back = this.#take(/\?P=([^)]*)/y)?.[1]
    if (back !== undefined) return this.#close(`(?:\\${this.#names.get(back) ?? this.#refuse(`it has no group '${back}' before the place where it is used`)})`)
    if (this.#text[this.#at] === '?' && name === undefined) return this.#special(outer)
    const number = ++this.#count
    if (name !== undefined) this.#names.set(name, number)
    const body = this.#alternatives()
    this.#flags = outer
    this.#closed[number] = true
    return this.#close(`(${body})`)
  }

  #special(outer: Flags): string {
    const head = this.#take(/\?(?::|=|!|<=|<!)/y)?.[0]
    if (head !== undefined) {
      const body = this.#alternatives()
      this.#flags = outer
      return this.#close(`(${head}${body})`)
    }
    const flags = this.#take(/\?([aiLmsux]*)(?:-([imsx]+))?:/y)
    if (flags) {
      this.#flags = this.#with(flags[1]!, flags[2] ?? '')
      if (!this.#flags.i && this.#ignoreCase) this.#refuse('case cannot be minded in a part of it when it is ignored elsewhere')
      const body = this.#alternatives()
      this.#flags = outer
      return this.#close(`(?:${body})`)
    }
    if (this.#take(/\?\(/y)) this.#refuse('conditional groups are not supported')
    if (this.#take(/\?>/y)) this.#refuse('atomic groups are not supported')
    if (this.#take(/\?[aiLmsux]+\)/y)) this.#refuse('flags for the whole of it must stand at its beginning')
    return this.#refuse(`'(${this.#text.slice(this.#at, this.#at + 2)}' has no meaning`)
  }

  #close(result: string): string {
    return this.#take(/\)/y) ? result : this.#refuse("a '(' is not closed")
  }

  #set(letter: string): string {
    return sets[letter]![this.#flags.a ? 1 : 0]
  }

  #escape(): string {
    const letter = this.#text[this.#at]
    if (letter === undefined) return this.#refuse('it ends with a backslash')
    const octal = this.#take(/0[0-7]{0,2}|[1-3][0-7]{2}/y)
    if (octal) return this.#literal(String.fromCharCode(Number.parseInt(octal[0], 8)))
    const reference = this.#take(/[1-9]\d?/y)
    if (reference) {
      const number = Number(reference[0])
      if (number > this.#count) this.#refuse(`it has no group ${number}`)
      if (!this.#closed[number]) this.#refuse(`group ${number} is used within itself`)
      return `(?:\\${number})`
    }
    const code = this.#code()
    if (code !== undefined) return this.#literal(code)
    this.#at++
    const word = `[${this.#set('w')}]`
    switch (letter) {
      case 'A': return start
      case 'Z': return end
      case 'b': return `(?:(?<=${word})(?!${word})|(?<!${word})(?=${word}))`
      case 'B': return `(?:(?<=${word})(?=${word})|(?<!${word})(?!${word})(?:(?<=[\\s\\S])|(?=[\\s\\S])))`
      case 'd': case 'w': case 's': return `[${this.#set(letter)}]`
      case 'D': case 'W': case 'S': return `[^${this.#set(letter.toLowerCase())}]`
    }
    if (/[a-zA-Z0-9]/.test(letter)) return this.#literal(controls[letter] ?? this.#refuse(`\\${letter} means nothing`))
    this.#at--
    return this.#literal(this.#character())
  }

  /** `\xhh`, `\uhhhh` and `\Uhhhhhhhh`. */
  #code(): string | undefined {
    const found = this.#take(/x([0-9a-fA-F]{2})|u([0-9a-fA-F]{4})|U([0-9a-fA-F]{8})/y)
    if (!found) return undefined
    const code = Number.parseInt(found[1] ?? found[2] ?? found[3]!, 16)
    return code <= 0x10ffff ? String.fromCodePoint(code) : this.#refuse(`\\${found[0]} is no character`)
  }

  #character(): string {
    const character = String.fromCodePoint(this.#text.codePointAt(this.#at)!)
    this.#at += character.length
    return character
  }

  #class(): string {
    const negated = this.#take(/\^/y) ? '^' : ''
    let body = ''
    for (let first = true; ; first = false) {
      if (this.#at >= this.#text.length) this.#refuse("a '[' is not closed")
      if (!first && this.#take(/\]/y)) break
      const low = this.#member()
      if (low.length > 1 && low.startsWith('[')) {
        body += low
        continue
      }
      if (!this.#take(/-(?!\])/y)) {
        body += this.#cased(low, low)
        continue
      }
      const high = this.#member()
      if (high.length > 1 && high.startsWith('[')) {
        body += `${this.#cased(low, low)}\\-${high}`
        continue
      }
      if (low.codePointAt(0)! > high.codePointAt(0)!) this.#refuse(`the range ${low}-${high} runs backwards`)
      body += this.#cased(low, high)
    }
    return `[${negated}${body}]`
  }

  /** A range of characters in a class, in both cases where only this part ignores it. */
  #cased(low: string, high: string): string {
    const range = (from: string, to: string) => (from === to ? escapeCharacter(from) : `${escapeCharacter(from)}-${escapeCharacter(to)}`)
    const plain = range(low, high)
    if (!this.#flags.i || this.#ignoreCase) return plain
    const [from, to] = [low.codePointAt(0)!, high.codePointAt(0)!]
    let others = ''
    for (let code = from; code <= Math.min(to, from + 0x24f); code++) {
      const character = String.fromCodePoint(code)
      for (const other of [character.toLowerCase(), character.toUpperCase()]) if (other !== character && other.length === character.length) others += escapeCharacter(other)
    }
    return plain + others
  }

  /** One character of a class, or a set of them in brackets of its own. */
  #member(): string {
    if (this.#at >= this.#text.length) this.#refuse("a '[' is not closed")
    if (!this.#take(/\\/y)) return this.#character()
    const octal = this.#take(/[0-7]{1,3}/y)
    if (octal) return String.fromCharCode(Number.parseInt(octal[0], 8))
    const code = this.#code()
    if (code !== undefined) return code
    const letter = this.#at < this.#text.length ? this.#character() : this.#refuse("a '[' is not closed")
    if ('dws'.includes(letter)) return `[${this.#set(letter)}]`
    if ('DWS'.includes(letter)) return `[^${this.#set(letter.toLowerCase())}]`
    return /[a-zA-Z]/.test(letter) ? (controls[letter] ?? this.#refuse(`\\${letter} means nothing`)) : letter
  }
}

/** A character for `v` mode, where all punctuation may be escaped or coded. */
const escapeCharacter = (character: string): string =>
  /^[\p{L}\p{N}_ ]$/u.test(character) ? character : `\\u{${character.codePointAt(0)!.toString(16)}}`
