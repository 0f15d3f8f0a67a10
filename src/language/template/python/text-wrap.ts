import { textLength } from './type.ts'
import { strip } from './split.ts'

interface WrapOptions {
  readonly width: number
  readonly breakLongWords: boolean
  readonly breakOnHyphens: boolean
}

const gap = '[\\t\\n\\v\\f\\r ]'
const word = '[\\p{L}\\p{N}_]'
const letter = '[\\p{L}\\p{Nl}\\p{No}_]'
const inWord = `[\\p{L}\\p{N}_!"'&.,?]`
const gaps = new RegExp(`(${gap}+)`)
/** White space; a dash between words; words, which end behind a hyphen between letters too. */
const pieces = () => new RegExp(`${gap}+|(?<=${inWord})-{2,}(?=${word})|[^\\t\\n\\v\\f\\r ]+?(?:-(?:(?<=${letter}{2}-)|(?<=${letter}-${letter}-))(?=${letter}-?${letter})|(?=${gap}|$)|(?<=${inWord})(?=-{2,}${word}))`, 'gu')

/** Python's `textwrap.wrap` of one line, which keeps its tabs and other white space. */
export function wrap(text: string, { width, breakLongWords, breakOnHyphens }: WrapOptions): string[] {
  const chunks = (breakOnHyphens ? (text.match(pieces()) ?? []) : text.split(gaps).filter(chunk => chunk !== '')).reverse()
  const lines: string[] = []
  while (chunks.length > 0) {
    const line: string[] = []
    let size = 0
    if (lines.length > 0 && strip(chunks.at(-1)!, undefined) === '') chunks.pop()
    while (chunks.length > 0 && size + textLength(chunks.at(-1)!) <= width) {
      size += textLength(chunks.at(-1)!)
      line.push(chunks.pop()!)
    }
    if (chunks.length > 0 && textLength(chunks.at(-1)!) > width) {
      const room = width < 1 ? 1 : width - size
      const long = chunks.pop()!
      if (breakLongWords) {
        const cut = breakOnHyphens ? hyphenCut(long, room) : room
        line.push(long.slice(0, cut))
        chunks.push(long.slice(cut))
      } else if (line.length === 0) line.push(long)
      else chunks.push(long)
    }
    if (line.length > 0 && strip(line.at(-1)!, undefined) === '') line.pop()
    if (line.length > 0) lines.push(line.join(''))
  }
  return lines
}

/** Where to break a word that is too long: behind the last hyphen that fits, unless only hyphens stand before it. */
function hyphenCut(word: string, room: number): number {
  const at = word.length > room ? word.lastIndexOf('-', room - 1) : -1
  return at > 0 && /[^-]/.test(word.slice(0, at)) ? at + 1 : room
}
