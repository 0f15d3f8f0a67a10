import { mkdir, readdir, rm } from 'node:fs/promises'
import { join } from 'node:path'
import { readText, writeWhole } from '../cache.ts'
import { place, type Place, type Variant } from '../host.ts'

/** A machine has one lab; this is where its hosts are. */
export const stateDirectory = '/var/lib/matrix-provision-lab'

/** What is written down about a host while it is there. */
export interface HostRecord extends Place, Variant {
  /** Directories that it stands on, uppermost first. */
  readonly layers: readonly string[]
  /** Whether it has taken logins once; what it was before that is not worth keeping. */
  readonly made: boolean
}

/** The directory of a host's own files: `upper`, `work`, `root` and `console.log`. */
export const hostDirectory = ({ name }: Pick<Place, 'name'>): string => join(stateDirectory, name)

export async function readRecords(): Promise<HostRecord[]> {
  const names = await readdir(stateDirectory).catch(() => [])
  const texts = await Promise.all(names.filter(name => /^lab\d+\.json$/.test(name)).map(name => readText(join(stateDirectory, name))))
  const records = texts.filter(text => text !== undefined).map(text => JSON.parse(text) as Pick<HostRecord, 'number' | 'release' | 'bare' | 'synapse' | 'layers' | 'made'>)
  return records.map(record => ({ ...place(record.number), ...record })).sort((a, b) => a.number - b.number)
}

export const writeRecord = ({ name, number, release, bare, synapse, layers, made }: HostRecord): Promise<void> =>
  writeWhole(join(stateDirectory, `${name}.json`), `${JSON.stringify({ number, release, bare, synapse, layers, made })}\n`, 0o644)

/** Makes a host's directories; with `fresh` empty ones. Root alone enters: what is in `root` has setuid programs. */
export async function makeDirectories(host: Place, fresh: boolean): Promise<void> {
  const own = hostDirectory(host)
  if (fresh) await rm(own, { recursive: true, force: true })
  // A file system that was mounted `volatile` leaves a mark in `work` that forbids to mount it again.
  await rm(join(own, 'work'), { recursive: true, force: true })
  await mkdir(own, { recursive: true, mode: 0o700 })
  for (const name of ['upper', 'work', 'root']) await mkdir(join(own, name), { recursive: true })
}
