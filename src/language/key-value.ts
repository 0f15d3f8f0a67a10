import { ProvisionError } from '../core/error.ts'
import type { Position } from '../core/position.ts'
import { TemplateText, type RawDict } from '../core/value.ts'
import { placeMember, positionIn } from './positions.ts'
import { isTemplate } from './yaml.ts'

/** What `module: a=1 b="x y" rest` says. */
export interface KeyValues {
  /** All values are texts, or templates that give texts. */
  readonly named: RawDict
  /** Words that are no `key=value`, with the blanks and line breaks between them. */
  readonly free: string | TemplateText | undefined
}

/** Options of a free-form line that are not part of the command (`parsing/splitter.py`, `parse_kv`). */
const besideCommand = new Set(['creates', 'removes', 'chdir', 'executable', 'warn', 'stdin', 'stdin_add_newline', 'strip_empty_ends'])

/**
 * Reads parameters that are written in one line, by Ansible's rules: blanks separate except in quotes and in `{{ }}`,
 * `{% %}` and `{# #}`; quotes around a value go; `\n` and the like are escapes; `\=` is no separator.
 *
 * @param command the line is a command with options: only `creates=`, `chdir=` and the like are taken out of it
 * @param at where the text stands, if it is no template
 * @throws ProvisionError `playbook-syntax` when a quote or a template is not closed
 */
export function parseKeyValues(written: string | TemplateText, command = false, at?: Position): KeyValues {
  const text = written instanceof TemplateText ? written.text : written
  // The place of a plain text is that of its first character when it has an end in the same line.
  const where = (offset: number): Position | undefined =>
    written instanceof TemplateText ? positionIn(written, offset) : at?.endColumn === undefined ? at : { file: at.file, line: at.line, column: at.column + offset }
  const named: RawDict = new Map()
  const free: string[] = []
  let offset = 0
  for (const word of splitArguments(text, at ?? (written instanceof TemplateText ? written.at : undefined))) {
    const start = Math.max(offset, text.indexOf(word.trimEnd(), offset))
    offset = start + word.trimEnd().length
    const decoded = unescape(word)
    const equals = separator(decoded)
    const key = equals > 0 ? decoded.slice(0, equals).trim() : ''
    if (equals < 0) free.push(decoded.includes('=') ? decoded.replaceAll('\\=', '=') : word)
    else if (command && !besideCommand.has(decoded.slice(0, equals))) free.push(word)
    else {
      const value = unquote(decoded.slice(equals + 1).trim())
      const valueAt = where(start + /=\s*["']?/d.exec(word)!.indices![0]![1])
      named.set(key, isTemplate(value) ? new TemplateText(value, valueAt) : value)
      const keyAt = where(start)
      if (keyAt && valueAt) placeMember(named, key, keyAt, valueAt)
    }
  }
  if (free.length === 0) return { named, free: undefined }
  const line = joinArguments(free)
  return { named, free: isTemplate(line) ? new TemplateText(line, where(text.indexOf(free[0]!.trimEnd())) ?? at) : line }
}

/** Offset of the `=` between key and value; -1 where there is none. */
function separator(word: string): number {
  let at = word.indexOf('=', 1)
  while (at > 0 && word[at - 1] === '\\') at = word.indexOf('=', at + 1)
  return at
}

/**
 * Splits a line into words at blanks and line breaks that are not in quotes or in a template. Further blanks stay at
 * the end of the word before them, so that a command can be put together again.
 */
export function splitArguments(text: string, at?: Position): string[] {
  const words: string[] = []
  const depth = { '{{': 0, '{%': 0, '{#': 0 }
  const open = () => depth['{{'] + depth['{%'] + depth['{#'] > 0
  const append = (piece: string) => {
    if (words.length > 0) words[words.length - 1] += piece
  }
  let quote = ''
  const lines = text.split('\n')
  for (const [row, line] of lines.entries()) {
    let goesOn = false
    for (const [column, token] of line.split(' ').entries()) {
      if (token === '' && column > 0) {
        append(' ')
        continue
      }
      if (token === '\\' && quote === '') {
        goesOn = true
        continue
      }
      const inside = open() || quote !== ''
      quote = quoteAfter(token, quote)
      if (inside) append(column > 0 ? ` ${token}` : token)
      else if (token !== '') words.push(token)
      for (const start of ['{{', '{%', '{#'] as const) depth[start] = Math.max(0, depth[start] + count(token, start) - count(token, closing[start]))
    }
    if (row < lines.length - 1 && !goesOn) append('\n')
  }
  if (open() || quote !== '')
    throw new ProvisionError('playbook-syntax', `parameters cannot be split: ${quote ? `a quote (${quote})` : 'a template'} is not closed`, {
      at,
      hint: 'Write the parameters as a dictionary, one a line.',
    })
  return words
}

const closing = { '{{': '}}', '{%': '%}', '{#': '#}' } as const

const count = (text: string, part: string) => text.split(part).length - 1

/** The quote that is open behind a token. */
function quoteAfter(token: string, quote: string): string {
  for (let at = 0; at < token.length; at++) {
    const character = token[at]!
    if ((character !== '"' && character !== "'") || (at > 0 && token[at - 1] === '\\')) continue
    if (quote === '') quote = character
    else if (quote === character) quote = ''
  }
  return quote
}

function joinArguments(words: readonly string[]): string {
  let line = ''
  for (const word of words) line += line === '' || line.endsWith('\n') ? word : ` ${word}`
  return line
}

/** Without the quotes around it, if it has some. */
export function unquote(text: string): string {
  const quote = text[0]
  const quoted = text.length > 1 && (quote === '"' || quote === "'") && text.endsWith(quote) && text.at(-2) !== '\\'
  return quoted ? text.slice(1, -1) : text
}

const single: { readonly [letter: string]: string } = { a: '\x07', b: '\b', f: '\f', n: '\n', r: '\r', t: '\t', v: '\v' }

const unescape = (text: string): string =>
  text.replaceAll(/\\(?:U([0-9a-fA-F]{8})|u([0-9a-fA-F]{4})|x([0-9a-fA-F]{2})|([\\'"abfnrtv]))/g, (whole, long, short, byte, letter) => {
    if (letter !== undefined) return single[letter as string] ?? (letter as string)
    const code = Number.parseInt((long ?? short ?? byte) as string, 16)
    return code <= 0x10ffff ? String.fromCodePoint(code) : (whole as string)
  })
