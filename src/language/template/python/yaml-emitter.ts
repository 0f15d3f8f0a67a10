import { bounded } from '../fuel.ts'
import { scalarStyles } from './yaml-scalar.ts'

/** A document as the emitter takes it. */
export type Node =
  | { readonly kind: 'scalar'; readonly text: string; /** Plain is right: it reads back as what it is. */ readonly plain: boolean; readonly tag?: string; readonly style?: string }
  | { readonly kind: 'sequence'; readonly items: readonly Node[]; readonly flow: boolean }
  | { readonly kind: 'mapping'; readonly entries: readonly (readonly [Node, Node])[]; readonly flow: boolean }

export interface YamlStyle {
  readonly indent: number
  readonly width: number
  readonly explicitStart: boolean
  readonly explicitEnd: boolean
}

const breaks = '\n\x85\u2028\u2029'

/** Writes YAML character for character as PyYAML with libyaml does: where lines break, what is quoted and how. */
export class YamlEmitter {
  readonly #style: YamlStyle
  #out = ''
  #column = 0
  #whitespace = true
  #indention = true
  #indent: number | undefined
  #flowLevel = 0
  #openEnded = false

  constructor(style: YamlStyle) {
    this.#style = style
  }

  document(root: Node): string {
    if (this.#style.explicitStart) this.#indicator('---', true)
    this.#node(root, {})
    this.#writeIndent()
    if (this.#style.explicitEnd || this.#openEnded) {
      this.#indicator('...', true)
      this.#writeIndent()
    }
    return this.#out
  }

  #node(node: Node, context: Context): void {
    if (node.kind === 'scalar') this.#scalar(node, context)
    else if (node.kind === 'sequence') this.#flowLevel > 0 || node.flow || node.items.length === 0 ? this.#flowSequence(node.items) : this.#blockSequence(node.items, context)
    else if (this.#flowLevel > 0 || node.flow || node.entries.length === 0) this.#flowMapping(node.entries)
    else this.#blockMapping(node.entries)
  }

  #deeper(body: () => void, flow: boolean, indentless = false): void {
    const before = this.#indent
    this.#indent = before === undefined ? (flow ? this.#style.indent : 0) : indentless ? before : before + this.#style.indent
    body()
    this.#indent = before
  }

  #flowSequence(items: readonly Node[]): void {
    this.#flow('[', ']', items, item => this.#node(item, {}))
  }

  #flowMapping(entries: readonly (readonly [Node, Node])[]): void {
    this.#flow('{', '}', entries, ([key, value]) => {
      if (isSimpleKey(key)) {
        this.#node(key, { simpleKey: true })
        this.#indicator(':', false)
      } else {
        this.#indicator('?', true)
        this.#node(key, { mapping: true })
        if (this.#column > this.#style.width) this.#writeIndent()
        this.#indicator(':', true)
      }
      this.#node(value, { mapping: true })
    })
  }

  #flow<T>(open: string, close: string, members: readonly T[], write: (member: T) => void): void {
    this.#indicator(open, true, true)
    this.#flowLevel++
    this.#deeper(() => members.forEach((member, at) => {
      if (at > 0) this.#indicator(',', false)
      if (this.#column > this.#style.width) this.#writeIndent()
      write(member)
    }), true)
    this.#flowLevel--
    this.#indicator(close, false)
  }

  #blockSequence(items: readonly Node[], context: Context): void {
    this.#deeper(() => {
      for (const item of items) {
        this.#writeIndent()
        this.#indicator('-', true, false, true)
        this.#node(item, {})
      }
    }, false, context.mapping === true && !this.#indention)
  }

  #blockMapping(entries: readonly (readonly [Node, Node])[]): void {
    this.#deeper(() => {
      for (const [key, value] of entries) {
        this.#writeIndent()
        if (isSimpleKey(key)) {
          this.#node(key, { mapping: true, simpleKey: true })
          this.#indicator(':', false)
        } else {
          this.#indicator('?', true, false, true)
          this.#node(key, { mapping: true })
          this.#writeIndent()
          this.#indicator(':', true, false, true)
        }
        this.#node(value, { mapping: true })
      }
    }, false)
  }

  #scalar(node: Node & { kind: 'scalar' }, { simpleKey = false }: Context): void {
    const styles = scalarStyles(node.text)
    if (node.tag !== undefined) this.#indicator(node.tag, true)
    this.#deeper(() => {
      const split = !simpleKey
      const plainFits = this.#flowLevel > 0 ? styles.plainInFlow : styles.plainInBlock
      if (node.style === undefined && node.plain && plainFits && !(simpleKey && (node.text === '' || styles.multiline))) this.#plain(node.text, split)
      else if ((node.style === '|' || node.style === '>') && this.#flowLevel === 0 && !simpleKey && styles.literal) this.#literal(node.text, node.style)
      else if ((node.style === undefined || node.style === "'") && styles.singleQuoted && !(simpleKey && styles.multiline)) this.#singleQuoted(node.text, split)
      else this.#doubleQuoted(node.text, split)
    }, true)
  }

  #write(text: string): void {
    this.#out += text
    this.#column += Array.from(text).length
    bounded(this.#out.length)
  }

  #indicator(text: string, apart: boolean, whitespace = false, indention = false): void {
    this.#write(this.#whitespace || !apart ? text : ` ${text}`)
    this.#whitespace = whitespace
    this.#indention &&= indention
    this.#openEnded = false
  }

  #lineBreak(character = '\n'): void {
    this.#out += character
    this.#whitespace = this.#indention = true
    this.#column = 0
  }

  #writeIndent(): void {
    const indent = this.#indent ?? 0
    if (!this.#indention || this.#column > indent || (this.#column === indent && !this.#whitespace)) this.#lineBreak()
    if (this.#column < indent) this.#write(' '.repeat(indent - this.#column))
    this.#whitespace = this.#indention = true
  }

  #plain(text: string, split: boolean): void {
    if (text === '') return
    if (!this.#whitespace) this.#write(' ')
    this.#whitespace = this.#indention = false
    for (const run of runs(text)) {
      if (run === ' ' && split && this.#column > this.#style.width) {
        this.#writeIndent()
        this.#whitespace = this.#indention = false
      } else this.#write(run)
    }
    this.#whitespace = this.#indention = false
  }

  #singleQuoted(text: string, split: boolean): void {
    this.#indicator("'", true)
    let at = 0
    for (const run of runs(text)) {
      if (run === ' ' && split && this.#column > this.#style.width && at > 0 && at + 1 < text.length) this.#writeIndent()
      else if (breaks.includes(run[0]!)) {
        if (run.startsWith('\n')) this.#lineBreak()
        for (const character of run) this.#lineBreak(character)
        this.#writeIndent()
      } else {
        this.#write(run.replaceAll("'", "''"))
        this.#indention = false
      }
      at += run.length
    }
    this.#whitespace = this.#indention = false
    this.#indicator("'", false)
  }

  #doubleQuoted(text: string, split: boolean): void {
    this.#indicator('"', true)
    const characters = Array.from(text)
    let behindBlank = false
    characters.forEach((character, at) => {
      if (character === ' ') {
        if (split && !behindBlank && this.#column > this.#style.width && at > 0 && at < characters.length - 1) {
          this.#writeIndent()
          if (characters[at + 1] === ' ') this.#write('\\')
        } else this.#write(' ')
        behindBlank = true
        return
      }
      this.#write(needsEscape(character) ? escaped(character) : character)
      behindBlank = false
    })
    this.#whitespace = this.#indention = false
    this.#indicator('"', false)
  }

  #literal(text: string, style: string): void {
    const last = text.at(-1)!
    const chomping = !breaks.includes(last) ? '-' : text.length === 1 || breaks.includes(text.at(-2)!) ? '+' : ''
    this.#indicator(`${style}${/^[ \n\x85\u2028\u2029]/.test(text) ? this.#style.indent : ''}${chomping}`, true)
    if (chomping === '+') this.#openEnded = true
    this.#lineBreak()
    const lines = text.split('\n')
    if (chomping !== '-') lines.pop()
    lines.forEach((line, at) => {
      if (at > 0) this.#lineBreak()
      if (line === '') return
      this.#writeIndent()
      this.#write(line)
    })
    this.#whitespace = this.#indention = false
  }
}

interface Context {
  readonly mapping?: boolean
  readonly simpleKey?: boolean
}

/** Runs of blanks, of line breaks, and of everything else. */
const runs = (text: string): readonly string[] => text.match(/ +|[\n\x85\u2028\u2029]+|[^ \n\x85\u2028\u2029]+/g) ?? []

function isSimpleKey(key: Node): boolean {
  if (key.kind === 'scalar') return Buffer.byteLength(key.text) <= 128 && !scalarStyles(key.text).multiline
  return key.kind === 'sequence' ? key.items.length === 0 : key.entries.length === 0
}

const needsEscape = (character: string): boolean => {
  const code = character.codePointAt(0)!
  return '"\\\x85\u2028\u2029\ufeff'.includes(character) || !((code >= 0x20 && code <= 0x7e) || (code >= 0xa0 && code <= 0xd7ff) || (code >= 0xe000 && code <= 0xfffd))
}

const short: Readonly<Record<string, string>> = {
  '\0': '0', '\x07': 'a', '\b': 'b', '\t': 't', '\n': 'n', '\v': 'v', '\f': 'f', '\r': 'r', '\x1b': 'e', '"': '"', '\\': '\\', '\x85': 'N', '\xa0': '_', '\u2028': 'L', '\u2029': 'P',
}

function escaped(character: string): string {
  const code = character.codePointAt(0)!
  const hex = code.toString(16).toUpperCase()
  return `\\${short[character] ?? (code <= 0xff ? `x${hex.padStart(2, '0')}` : code <= 0xffff ? `u${hex.padStart(4, '0')}` : `U${hex.padStart(8, '0')}`)}`
}
