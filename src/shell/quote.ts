import { ProvisionError } from '../core/error.ts'

/** A word for sh that stands for exactly this text. @throws ProvisionError where it contains NUL */
export function quote(text: string): string {
  if (text.includes('\0')) throw new ProvisionError('module-parameters', 'a text with a NUL character can be no path, name or argument on a host')
  return /^[\w@%+=:,./-]+$/.test(text) ? text : `'${text.replaceAll("'", `'\\''`)}'`
}

export const quoteAll = (words: readonly string[]): string => words.map(quote).join(' ')

/** Octal digits for chmod: `00644`. With five, GNU chmod takes the set-id bits of a directory away too; with four it leaves them. */
export const octal = (mode: number): string => mode.toString(8).padStart(5, '0')

/**
 * A command that prints exactly these bytes. Text travels as it is; bytes that no program text can hold (NUL, what is not
 * UTF-8) travel as octal escapes, which every sh knows, or where they are many as base64, which takes a third of the room.
 */
export function printBytes(bytes: Uint8Array): string {
  const text = asText(bytes)
  if (text !== undefined) return `printf %s ${quote(text)}`
  if (bytes.length > 4096) return `printf %s ${Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length).toString('base64')} | base64 -d`
  let escaped = ''
  for (const byte of bytes) {
    const character = String.fromCharCode(byte)
    escaped += /[\w @%+=:,./\n-]/.test(character) ? character : `\\0${byte.toString(8).padStart(3, '0')}`
  }
  return `printf %b '${escaped}'`
}

const decoder = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true })

function asText(bytes: Uint8Array): string | undefined {
  try {
    const text = decoder.decode(bytes)
    return text.includes('\0') ? undefined : text
  } catch {
    return undefined
  }
}
