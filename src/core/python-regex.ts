import { controls, refuse, Translator } from './python-regex-translator.ts'
import { mayRunAway, timedExec } from './timed-match.ts'

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
  readonly #mayRunAway: boolean

  constructor(text: string, flags: PatternFlags = {}) {
    const { source, ignoreCase, names, count } = new Translator(text, flags).translate()
    this.text = text
    this.groupNames = names
    this.#mayRunAway = mayRunAway(source)
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
    const found = this.#mayRunAway && text.length > 20 ? timedExec(expression, text) : expression.exec(text)
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
