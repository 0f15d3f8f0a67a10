import { stripVTControlCharacters } from 'node:util'

/** How many columns a text takes on a terminal; colours take none, wide characters two. */
export function width(text: string): number {
  const bare = stripVTControlCharacters(text)
  if (/^[\x20-\x7e]*$/.test(bare)) return bare.length
  let columns = 0
  for (const character of bare) columns += takesNone(character) ? 0 : takesTwo(character) ? 2 : 1
  return columns
}

const takesNone = (character: string): boolean => /^[\p{Mark}\p{Cf}]$/u.test(character)
const takesTwo = (character: string): boolean =>
  /^[\u1100-\u115f\u2e80-\u303e\u3041-\ua4cf\uac00-\ud7a3\uf900-\ufaff\ufe30-\ufe6f\uff00-\uff60\uffe0-\uffe6\u{20000}-\u{3fffd}]$|^\p{Emoji_Presentation}$/u.test(character)

/** `text` filled up with blanks to `columns`. */
export const pad = (text: string, columns: number): string => text + ' '.repeat(Math.max(0, columns - width(text)))

/** `left` and `right` at the two edges of a line; at least two blanks between them, even when that is too long. */
export const edges = (left: string, right: string, columns: number): string =>
  right === '' ? left : `${left}${' '.repeat(Math.max(2, columns - width(left) - width(right)))}${right}`

/** `text` (without colours) cut so that it takes at most `columns`, with `…` where something is missing. */
export function fit(text: string, columns: number): string {
  if (width(text) <= columns) return text
  let kept = ''
  let taken = 0
  for (const character of text) {
    taken += width(character)
    if (taken > columns - 1) break
    kept += character
  }
  return `${kept}…`
}

/** Words (which stay whole) filled into lines of at most `columns`. */
export function fill(words: readonly string[], columns: number): string[] {
  const lines: string[] = []
  for (const word of words) {
    const last = lines.at(-1)
    if (last !== undefined && width(last) + 1 + width(word) <= columns) lines[lines.length - 1] = `${last} ${word}`
    else lines.push(word)
  }
  return lines
}

/** Every line of `text` moved to the right. */
export const indent = (text: string, by: number): string => text.replaceAll(/^(?=.)/gm, ' '.repeat(by))
