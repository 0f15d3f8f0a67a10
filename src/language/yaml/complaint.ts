import { ProvisionError } from '../../core/error.ts'
import type { SourceText } from '../positions.ts'

/** What the parser says when a text is no YAML. */
export interface Complaint {
  readonly code: string
  readonly message: string
  readonly pos: readonly [number, number]
}

/**
 * The parser's complaint in words that say what to do.
 *
 * @param openQuote where the quoted text begins that ends where the complaint is
 */
export function yamlError(complaint: Complaint, source: SourceText, openQuote: () => number | undefined): ProvisionError {
  const { message, hint, start = complaint.pos[0], end = complaint.pos[1] } = explain(complaint, source.text, openQuote)
  return new ProvisionError('yaml-syntax', message, { at: source.position(Math.min(start, source.text.length), end), hint })
}

interface Explanation {
  readonly message: string
  readonly hint?: string
  readonly start?: number
  readonly end?: number
}

const quoteTemplate = 'Put quotes around a value that begins with {{, as in "{{ name }}": without them YAML reads a dictionary.'

function explain({ code, message, pos: [start] }: Complaint, text: string, openQuote: () => number | undefined): Explanation {
  const lineStart = text.lastIndexOf('\n', start - 1) + 1
  const line = text.slice(lineStart).split('\n', 1)[0]!
  const tab = /^ *\t/.exec(line)
  if (code === 'TAB_AS_INDENT' || (code === 'BAD_SCALAR_START' && message.includes('tab')) || tab) {
    const at = tab ? lineStart + tab[0].length - 1 : start
    return { message: 'a tab is used for indentation', hint: 'Indent with spaces: YAML does not allow tabs there.', start: at, end: at + 1 }
  }
  if (message.startsWith('Missing closing')) {
    const kind = message.includes('"') ? 'double' : 'single'
    const quote = openQuote() ?? start
    return { message: `a text in ${kind} quotes has no end`, hint: 'Close the quote, or put the other kind of quotes around the whole value.', start: quote, end: quote + 1 }
  }
  const bare = /(?:^|[:\-,[])\s*(\{\{.*)/d.exec(line)
  if (bare) {
    const [from, to] = bare.indices![1]!
    return { message: 'a value begins with {{ and has no quotes', hint: quoteTemplate, start: lineStart + from, end: lineStart + to }
  }
  if (message.includes('Nested mappings are not allowed') && /:\s/.test(text.slice(start, lineStart + line.length)))
    return { message: 'a second colon stands in the same value', hint: 'Put quotes around the value: a colon followed by a blank begins a new key.' }
  if (message.includes('Nested mappings are not allowed') || message.includes('items must start at the same column'))
    return {
      message: 'the lines from here on are indented differently from their neighbours',
      hint: 'Give all keys of a dictionary, and all items of a list, the same indentation.',
    }
  if (code === 'BAD_SCALAR_START') return { message: plain(message), hint: 'Put quotes around the value.' }
  if (message.startsWith('Unexpected scalar at node end'))
    return { message: 'the value has ended and something follows it', hint: 'Put quotes around the whole value, not around a part of it.' }
  if (message.startsWith('Unexpected block-seq-ind on same line'))
    return { message: 'a list begins in the same line as its key', hint: 'Begin the list in the next line, or put quotes around a text that begins with "- ".' }
  if (code === 'MULTILINE_IMPLICIT_KEY' || message.includes('Implicit map keys need to be followed'))
    return { message: 'a key with no colon behind it, or a value that goes on where a key should begin', hint: 'Look for a missing colon, or for quotes that end before the value does.' }
  return { message: plain(message) }
}

/** The duplicate of a key, and where it stands first. */
export function duplicateKey(key: string, source: SourceText, at: readonly [number, number], firstLine: number): ProvisionError {
  return new ProvisionError('yaml-syntax', `the key '${key}' is there twice`, {
    at: source.position(...at),
    hint: `It stands first in line ${firstLine}. Remove one of them: only the last would count.`,
  })
}

/** A dictionary or a list as a key, most often `{{ name }}` without quotes. */
export function badKey(source: SourceText, at: readonly [number, number]): ProvisionError {
  const bare = source.text.startsWith('{', at[0]) && source.text[at[0] - 1] === '{'
  const start = bare ? at[0] - 1 : at[0]
  return new ProvisionError('yaml-syntax', bare ? 'a value begins with {{ and has no quotes' : 'a key must be a single value', {
    at: source.position(start, bare ? at[1] + 1 : at[1]),
    hint: bare ? quoteTemplate : 'Write the key as a text or a number.',
  })
}

/** The library's message without the parts that its own pretty printer adds. */
const plain = (message: string) => message.split('\n')[0]!.replace(/ at line \d+, column \d+:?$/, '').replace(/^[A-Z](?=[a-z])/, first => first.toLowerCase())
