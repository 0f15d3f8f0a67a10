/** A quotation that is opened and not closed, or a backslash with nothing behind it. */
export class UnclosedText extends Error {}

/**
 * Words of a command line, split as Python's `shlex.split` does: spaces part words, quotes join them, a backslash makes
 * the next character ordinary. Nothing is expanded.
 *
 * @param comments a `#` outside of quotes ends the line, wherever it stands
 * @throws UnclosedText with Python's message, `No closing quotation` or `No escaped character`
 */
export function splitWords(text: string, comments = false): string[] {
  const words: string[] = []
  let word: string | undefined
  for (let at = 0; at < text.length; at++) {
    const character = text[at]!
    if (isSpace(character)) {
      if (word !== undefined) words.push(word)
      word = undefined
    } else if (comments && character === '#') {
      if (word !== undefined) words.push(word)
      word = undefined
      const end = text.indexOf('\n', at)
      at = end < 0 ? text.length : end
    } else if (character === "'") {
      const end = text.indexOf("'", at + 1)
      if (end < 0) throw new UnclosedText('No closing quotation')
      word = (word ?? '') + text.slice(at + 1, end)
      at = end
    } else if (character === '"') {
      const { content, end } = quoted(text, at + 1)
      word = (word ?? '') + content
      at = end
    } else if (character === '\\') {
      if (++at === text.length) throw new UnclosedText('No escaped character')
      word = (word ?? '') + text[at]!
    } else {
      word = (word ?? '') + character
    }
  }
  if (word !== undefined) words.push(word)
  return words
}

/** What stands between double quotes: in them a backslash is one, unless a quote or another backslash follows. */
function quoted(text: string, start: number): { readonly content: string; readonly end: number } {
  let content = ''
  for (let at = start; at < text.length; at++) {
    const character = text[at]!
    if (character === '"') return { content, end: at }
    if (character !== '\\') content += character
    else if (++at === text.length) throw new UnclosedText('No escaped character')
    else content += text[at] === '"' || text[at] === '\\' ? text[at]! : `\\${text[at]!}`
  }
  throw new UnclosedText('No closing quotation')
}

const isSpace = (character: string): boolean => character === ' ' || character === '\t' || character === '\n' || character === '\r'
