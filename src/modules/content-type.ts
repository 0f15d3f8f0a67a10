import { isUtf8 } from 'node:buffer'
import type { FileState } from '../host/fact.ts'

export interface ContentType {
  readonly mimetype: string
  readonly charset: string
}

/** Words that the program `file` has for what is no regular file. */
const special: { readonly [T in FileState['type']]?: string } = {
  directory: 'inode/directory', link: 'inode/symlink', fifo: 'inode/fifo', socket: 'inode/socket', block: 'inode/blockdevice', character: 'inode/chardevice',
}

/** The kind of a file: text or not, and in which characters. Null for bytes that were not read. */
export function contentType(type: FileState['type'], content: Uint8Array | null): ContentType {
  const word = special[type]
  if (word !== undefined) return { mimetype: word, charset: 'binary' }
  if (!content) return { mimetype: 'unknown', charset: 'unknown' }
  if (content.length === 0) return { mimetype: 'inode/x-empty', charset: 'binary' }
  // Control characters that no text has: all but bell to carriage return, and escape.
  if (content.some(byte => byte < 7 || (byte > 13 && byte < 32 && byte !== 27) || byte === 127)) return { mimetype: 'application/octet-stream', charset: 'binary' }
  const charset = content.every(byte => byte < 128) ? 'us-ascii' : isUtf8(content) ? 'utf-8' : 'unknown-8bit'
  return { mimetype: 'text/plain', charset }
}
