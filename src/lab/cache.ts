import { mkdir, readFile, rename, writeFile } from 'node:fs/promises'
import { homedir } from 'node:os'
import { dirname, join } from 'node:path'

/** What is made once for a machine: images, keys, the certificate authority. Nothing in it is needed to take a lab down. */
export function cacheDirectory(): string {
  if (process.getuid?.() === 0) return '/var/cache/matrix-provision'
  const { XDG_CACHE_HOME } = process.env
  return join(XDG_CACHE_HOME?.startsWith('/') ? XDG_CACHE_HOME : join(homedir(), '.cache'), 'matrix-provision')
}

/** Writes a file whole or not at all; only its owner can read it unless `mode` says more. */
export async function writeWhole(path: string, content: string, mode = 0o600): Promise<void> {
  await mkdir(dirname(path), { recursive: true })
  const temporary = `${path}.${process.pid}.new`
  await writeFile(temporary, content, { mode })
  await rename(temporary, path)
}

/** What is being made, so that two who ask at once get the same. */
const making = new Map<string, Promise<string>>()

/** The text of a file of the cache that `make` writes when it is not there yet. Callers hold the lab's lock. */
export function cached(path: string, make: () => string | Promise<string>): Promise<string> {
  const begun = making.get(path) ?? foundOrMade(path, make).finally(() => making.delete(path))
  making.set(path, begun)
  return begun
}

async function foundOrMade(path: string, make: () => string | Promise<string>): Promise<string> {
  const found = await readText(path)
  if (found !== undefined) return found
  const made = await make()
  await writeWhole(path, made)
  return made
}

/** The text of a file, or undefined when there is none. */
export async function readText(path: string): Promise<string | undefined> {
  try {
    return await readFile(path, 'utf8')
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined
    throw error
  }
}
