import { fail } from '../fail.ts'

const encodings: Readonly<Record<string, BufferEncoding>> = {
  utf8: 'utf8', ascii: 'latin1', usascii: 'latin1', latin1: 'latin1', iso88591: 'latin1', utf16le: 'utf16le', utf16: 'utf16le',
}

/** Node's name of a Python encoding. */
export function encodingOf(name: string): BufferEncoding {
  return encodings[name.toLowerCase().replaceAll(/[^a-z0-9]/g, '')] ?? fail(`the encoding ${name} is not known`, 'Known are utf-8, ascii, latin-1 and utf-16.')
}

/** Text as bytes; Python's utf-16 begins with its byte order mark. */
export function encode(text: string, name: string): Uint8Array {
  const encoding = encodingOf(name)
  const widest = /ascii/i.test(name) ? 0x7f : encoding === 'latin1' ? 0xff : 0x10ffff
  for (const character of text) if (character.codePointAt(0)! > widest) fail(`'${character}' cannot be written in ${name}`)
  const marked = /^utf-?_?16$/i.test(name) ? `\ufeff${text}` : text
  return new Uint8Array(Buffer.from(marked, encoding))
}

/** Bytes as text. */
export function decode(bytes: Uint8Array, name: string): string {
  const encoding = encodingOf(name)
  if (encoding !== 'utf8') return Buffer.from(bytes).toString(encoding).replace(/^\ufeff/, '')
  try {
    return new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(bytes)
  } catch {
    return fail(`the bytes are not valid ${name}`)
  }
}
