import { pattern, type PatternFlags, type PatternMatch } from './python-regex.ts'

/** Bytes as text of one character each. */
export const bytesAsText = (bytes: Uint8Array): string => Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString('latin1')

/** The text that such characters stand for, where they are UTF-8. */
export const textOfBytes = (characters: string): string => Buffer.from(characters, 'latin1').toString('utf8')

/**
 * A pattern of bytes, as Python applies `re.compile(b'…')`: `.` is one byte, and `\w` knows ASCII only. It is searched for in
 * what `bytesAsText` gives.
 *
 * @throws ProvisionError pattern
 */
export function bytePattern(text: string, flags: PatternFlags = {}): BytePattern {
  const compiled = pattern(Buffer.from(text, 'utf8').toString('latin1'), { ...flags, ascii: true })
  return { search: bytes => compiled.search(bytes) }
}

export interface BytePattern {
  search(bytes: string): PatternMatch | undefined
}
