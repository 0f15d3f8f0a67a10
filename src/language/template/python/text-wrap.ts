import { blank, textLength } from './type.ts'
import { strip } from './split.ts'

interface WrapOptions {
  readonly width: number
  readonly breakLongWords: boolean
  readonly breakOnHyphens: boolean
}

const gaps = new RegExp(`([${blank}]+)`)
/** Behind a hyphen between letters a line may end, and so it may before and behind a dash. */
const hyphens = /((?:(?<=[\w!"'&.,?])-{2,}(?=\w)|[^\s\w]*\w+[^0-9\W]-(?=\w+[^0-9\W])))/

/** Python's `textwrap.wrap` of one line, which keeps its tabs and other white space. */
export function wrap(text: string, { width, breakLongWords, breakOnHyphens }: WrapOptions): string[] {
  const chunks = text.split(gaps).filter(chunk => chunk !== '').flatMap(chunk => (breakOnHyphens ? chunk.split(hyphens).filter(part => part !== '') : [chunk])).reverse()
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
      if (breakLongWords && room > 0) {
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
