import { appendFile, mkdir, open } from 'node:fs/promises'
import { dirname } from 'node:path'
import { knownHostsLine, parseKnownHosts, type KnownKey } from './known-hosts.ts'
import { textOf } from './text-of.ts'

/** The known_hosts files of a run: each is read once, and added to one host at a time. */
export interface KnownHostsFiles {
  /** Keys of all files that exist. */
  read(files: readonly string[]): KnownKey[]
  /** Adds a host's key to a file, making it (0600) and its directory (0700) where there is none. @throws Error of the file system */
  add(file: string, host: string, port: number, key: Buffer, hashed: boolean): Promise<void>
}

export function knownHostsFiles(): KnownHostsFiles {
  const read = new Map<string, KnownKey[]>()
  let adding: Promise<unknown> = Promise.resolve()

  const lines = (file: string): KnownKey[] => {
    const known = read.get(file) ?? parseKnownHosts(textOf(file) ?? '', file)
    read.set(file, known)
    return known
  }
  return {
    read: files => files.flatMap(lines),
    add: (file, host, port, key, hashed) => {
      const added = adding.then(async () => {
        await mkdir(dirname(file), { mode: 0o700 }).catch(() => {})
        const newline = (await endsInMiddleOfLine(file)) ? '\n' : ''
        await appendFile(file, newline + knownHostsLine(host, port, key, hashed), { mode: 0o600 })
        read.delete(file)
      })
      adding = added.catch(() => {})
      return added
    },
  }
}

async function endsInMiddleOfLine(file: string): Promise<boolean> {
  const handle = await open(file, 'r').catch(() => undefined)
  if (!handle) return false
  try {
    const { size } = await handle.stat()
    if (size === 0) return false
    const { buffer } = await handle.read(Buffer.alloc(1), 0, 1, size - 1)
    return buffer[0] !== 10
  } finally {
    await handle.close()
  }
}
