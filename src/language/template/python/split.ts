import { fail } from '../fail.ts'
import { blank } from './type.ts'

const blanks = new RegExp(`[${blank}]+`, 'g')
const notBlank = new RegExp(`[^${blank}]+`, 'g')

/** Python's `text.split(separator, maximum)`; without a separator at runs of white space. */
export function split(text: string, separator: string | undefined, maximum = -1): string[] {
  if (separator === undefined) return splitBlanks(text, maximum)
  if (separator === '') fail('the separator must not be empty')
  const parts = text.split(separator)
  if (maximum < 0 || parts.length <= maximum + 1) return parts
  return [...parts.slice(0, maximum), parts.slice(maximum).join(separator)]
}

function splitBlanks(text: string, maximum: number): string[] {
  if (maximum < 0) return text.match(notBlank) ?? []
  const parts: string[] = []
  let rest = strip(text, undefined, 'left')
  while (rest !== '' && parts.length < maximum) {
    const [word] = rest.match(notBlank)!
    parts.push(word)
    rest = strip(rest.slice(word.length), undefined, 'left')
  }
  return rest === '' ? parts : [...parts, rest]
}

/** Python's `text.rsplit(separator, maximum)`: as `split`, counted from the end. */
export function splitRight(text: string, separator: string | undefined, maximum = -1): string[] {
  const all = separator === undefined ? splitBlanks(text, -1) : split(text, separator)
  if (maximum < 0 || all.length <= maximum) return all
  if (separator !== undefined) {
    if (all.length === maximum + 1) return all
    const head = all.slice(0, all.length - maximum)
    return [head.join(separator), ...all.slice(all.length - maximum)]
  }
  const tail = all.slice(all.length - maximum)
  let end = text.length
  for (const word of tail.toReversed()) end = text.lastIndexOf(word, end - word.length)
  return [strip(text.slice(0, end), undefined, 'right'), ...tail].filter((part, at) => at > 0 || part !== '')
}

/** Python's `text.splitlines(keep)`. */
export function splitLines(text: string, keep = false): string[] {
  const lines = text.match(/[^\n\r\v\f\x1c-\x1e\x85\u2028\u2029]*(?:\r\n|[\n\r\v\f\x1c-\x1e\x85\u2028\u2029])|[^\n\r\v\f\x1c-\x1e\x85\u2028\u2029]+$/g) ?? []
  return keep ? lines : lines.map(line => line.replace(/(?:\r\n|[\n\r\v\f\x1c-\x1e\x85\u2028\u2029])$/, ''))
}

/** Python's `strip`, `lstrip` and `rstrip`: white space, or any of the given characters. */
export function strip(text: string, unwanted: string | undefined, side: 'both' | 'left' | 'right' = 'both'): string {
  const isUnwanted = unwanted === undefined ? (character: string) => (blanks.lastIndex = 0, blanks.test(character)) : (character: string) => unwanted.includes(character)
  const characters = Array.from(text)
  let start = 0
  let end = characters.length
  if (side !== 'right') while (start < end && isUnwanted(characters[start]!)) start++
  if (side !== 'left') while (end > start && isUnwanted(characters[end - 1]!)) end--
  return characters.length === end - start ? text : characters.slice(start, end).join('')
}
