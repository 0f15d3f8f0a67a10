import { pattern, type Pattern, type PatternFlags } from './python-regex.ts'

/*
 * Bytes are searched as text of one character each (latin1): the form in which they are handed to a pattern, and in which its
 * groups come back.
 */

export const bytesAsText = (bytes: Uint8Array): string => Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString('latin1')

/** A text as the bytes that it is in UTF-8. */
export const asBytes = (text: string): string => Buffer.from(text, 'utf8').toString('latin1')

/** The text that bytes are in UTF-8. */
export const textOfBytes = (bytes: string): string => Buffer.from(bytes, 'latin1').toString('utf8')

/**
 * A pattern of bytes, as Python applies `re.compile(b'…')`: `.` is one byte, and `\w` knows ASCII only.
 *
 * @throws ProvisionError pattern
 */
export const bytePattern = (bytes: string, flags: PatternFlags = {}): Pattern => pattern(bytes, { ...flags, ascii: true })
