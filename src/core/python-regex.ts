import { ProvisionError } from './error.ts'

/**
 * Regular expressions as Python's `re` reads and applies them, for everything that Ansible hands to Python:
 * `regex_replace`, `lineinfile`, `search`. See https://docs.python.org/3/library/re.html.
 *
 * Not supported, and refused by name: conditional groups `(?(1)a|b)`, atomic groups `(?>…)`, possessive quantifiers.
 * Behind an empty match the next one is looked for one character further on, where Python would first try for one of
 * another length at the same place: that matters to patterns such as `|a`, which prefer to match nothing.
 */
export interface PatternFlags {
  readonly ignoreCase?: boolean
  readonly multiline?: boolean
  readonly dotAll?: boolean
  readonly verbose?: boolean
  readonly ascii?: boolean
}

export interface PatternMatch {
  readonly text: string
  /** Index in the text's UTF-16 units, as all JavaScript indexes. */
  readonly start: number
  readonly end: number
  /** The groups in order without the whole; `undefined` for one that took no part. */
  readonly groups: readonly (string | undefined)[]
  readonly named: ReadonlyMap<string, string | undefined>
}

const compiled = new Map<string, Pattern>()
const mostKept = 1000

/** A compiled pattern; kept, so that compiling the same again costs nothing. @throws ProvisionError pattern */
export function pattern(text: string, flags: PatternFlags = {}): Pattern {
  const key = `${flags.ignoreCase ? 'i' : ''}${flags.multiline ? 'm' : ''}${flags.dotAll ? 's' : ''}${flags.verbose ? 'x' : ''}${flags.ascii ? 'a' : ''}/${text}`
  const known = compiled.get(key)
  if (known) return known
  const made = new Pattern(text, flags)
  if (compiled.size >= mostKept) compiled.delete(compiled.keys().next().value!)
  compiled.set(key, made)
  return made
}

export class Pattern {
  readonly text: string
  readonly groupNames: ReadonlyMap<string, number>
  readonly groupCount: number
  readonly #anywhere: RegExp
  readonly #sticky: RegExp
  readonly #whole: RegExp

  constructor(text: string, flags: PatternFlags = {}) {
    const { source, ignoreCase, names, count } = new Translator(text, flags).translate()
    this.text = text
    this.groupNames = names
    this.groupCount = count
    const make = (body: string, mode: string): RegExp => {
      try {
        return new RegExp(body, `v${ignoreCase ? 'i' : ''}${mode}`)
      } catch (error) {
        return refuse(text, error instanceof Error ? error.message.replace(/^.*: /, '').toLowerCase() : String(error))
      }
    }
    this.#anywhere = make(source, 'g')
    this.#sticky = make(source, 'y')
    this.#whole = make(`(?:${source})(?![\\s\\S])`, 'y')
  }

  /** The first match at or behind an index. */
  search(text: string, from = 0): PatternMatch | undefined {
    return this.#run(this.#anywhere, text, from)
  }

  /** A match that begins at the index. */
  match(text: string, from = 0): PatternMatch | undefined {
    return this.#run(this.#sticky, text, from)
  }

  /** A match of the whole text. */
  fullMatch(text: string): PatternMatch | undefined {
    return this.#run(this.#whole, text, 0)
  }

  #run(expression: RegExp, text: string, from: number): PatternMatch | undefined {
    expression.lastIndex = from
    const found = expression.exec(text)
    if (!found) return undefined
    const groups = found.slice(1)
    return {
      text: found[0],
      start: found.index,
      end: found.index + found[0].length,
      groups,
      named: new Map(Array.from(this.groupNames, ([name, at]) => [name, groups[at - 1]])),
    }
  }

  /** All matches from left to right that do not overlap. */
  *matches(text: string): Generator<PatternMatch> {
    for (let from = 0; from <= text.length;) {
      const found = this.search(text, from)
      if (!found) return
      yield found
      from = found.end > found.start ? found.end : found.end + ((text.codePointAt(found.end) ?? 0) > 0xffff ? 2 : 1)
    }
  }

  /** Python's `re.findall`: whole matches, the only group, or lists of the groups. */
  findAll(text: string): (string | string[])[] {
    return Array.from(this.matches(text), found =>
      this.groupCount === 0 ? found.text : this.groupCount === 1 ? (found.groups[0] ?? '') : found.groups.map(group => group ?? ''))
  }

  /**
   * Python's `re.subn`.
   *
   * @param replacement with `\1`, `\g<1>`, `\g<name>` and the escapes of Python's text
   * @param count at most so many, 0 for all
   */
  substitute(text: string, replacement: string, count = 0): { readonly text: string; readonly count: number } {
    const parts = this.#template(replacement)
    let result = ''
    let behind = 0
    let done = 0
    for (const found of this.matches(text)) {
      result += text.slice(behind, found.start) + filled(parts, found)
      behind = found.end
      if (++done === count) break
    }
    return { text: result + text.slice(behind), count: done }
  }

  /** A replacement filled from a match (Python's `match.expand`). */
  expand(replacement: string, found: PatternMatch): string {
    return filled(this.#template(replacement), found)
  }

  /** Python's `re.split`. */
  split(text: string, most = 0): (string | undefined)[] {
    const parts: (string | undefined)[] = []
    let behind = 0
    for (const found of this.matches(text)) {
      parts.push(text.slice(behind, found.start), ...found.groups)
      behind = found.end
      if (most > 0 && parts.length >= most * (1 + this.groupCount)) break
    }
    return [...parts, text.slice(behind)]
  }

  /** A group by number or name, as `\g<…>` names it. @throws ProvisionError pattern */
  groupNumber(name: string): number {
    const number = /^\d+$/.test(name) ? Number(name) : this.groupNames.get(name)
    return number !== undefined && number <= this.groupCount ? number : refuse(this.text, `it has no group '${name}'`)
  }

  #template(replacement: string): (string | number)[] {
    if (!replacement.includes('\\')) return [replacement]
    const parts: (string | number)[] = []
    const form = /\\(?:g<([^>]*)>|(0[0-7]{0,2}|[1-3][0-7]{2})|([1-9]\d?)|([\s\S]))|[^\\]+|\\$/g
    for (const [all, name, octal, number, other] of replacement.matchAll(form)) {
      if (name !== undefined) parts.push(this.groupNumber(name))
      else if (octal !== undefined) parts.push(String.fromCharCode(Number.parseInt(octal, 8)))
      else if (number !== undefined) parts.push(this.groupNumber(number))
      else if (other === undefined) parts.push(all === '\\' ? refuse(replacement, 'it ends with a backslash') : all)
      else if (/[a-zA-Z]/.test(other)) parts.push(controls[other] ?? refuse(replacement, `\\${other} means nothing in a replacement`))
      else parts.push(other === '\\' ? '\\' : all)
    }
    return parts
  }
}

const filled = (parts: readonly (string | number)[], found: PatternMatch): string =>
  parts.map(part => (typeof part === 'string' ? part : part === 0 ? found.text : (found.groups[part - 1] ?? ''))).join('')

/** Python's `re.escape`. */
export const escapePattern = (text: string): string =>
  text.replaceAll(/[()[\]{}?*+\-|^$\\.&~# \t\n\r\v\f]/g, character => `\\${character}`)

const refuse = (text: string, why: string): never => {
  throw new ProvisionError('pattern', `the regular expression '${text}' cannot be used: ${why}`)
}

const controls: Readonly<Record<string, string>> = { a: '\x07', b: '\b', f: '\f', n: '\n', r: '\r', t: '\t', v: '\v' }
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
class Translator {
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
