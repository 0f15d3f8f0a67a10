/**
 * Text from a host or a file as it may be shown: control characters (a terminal would obey them) and those that turn
 * the direction of writing (a reader would be deceived by them) become visible escapes. Newlines and tabs stay.
 */
export const printable = (text: string): string =>
  text.replaceAll(/\r\n/g, '\n').replaceAll(dangerous, character => escapeOf(character.codePointAt(0)!))

/** The same for text that must stay on one line. */
export const printableLine = (text: string): string => printable(text).replaceAll('\n', '\\n').replaceAll('\t', ' ')

/** The same for a line of a file's content, where a carriage return at the end is worth seeing. */
export const printableContent = (line: string): string => line.replaceAll(dangerous, character => escapeOf(character.codePointAt(0)!))

const dangerous = /[\u0000-\u0008\u000b-\u001f\u007f-\u009f\u061c\u200e\u200f\u2028-\u202e\u2066-\u2069]/g

const escapeOf = (code: number): string =>
  code === 13 ? '\\r' : code < 0x100 ? `\\x${code.toString(16).padStart(2, '0')}` : `\\u${code.toString(16).padStart(4, '0')}`
