import type { FactKinds, Facts } from '../host/fact.ts'
import { inside } from './normal-path.ts'

/** Something beneath a directory of the host. */
export interface HostEntry {
  readonly path: string
  readonly state: FactKinds['file']
}

/**
 * Everything beneath a directory, each directory in front of what is in it. Links are not followed. A level of the tree is
 * one round trip.
 *
 * @param most how many entries are read at most
 * @returns undefined where there are more
 */
export async function readHostTree(directory: string, facts: Facts, most: number): Promise<readonly HostEntry[] | undefined> {
  let count = 0
  const walk = async (path: string, names: readonly string[]): Promise<HostEntry[]> => {
    count += names.length
    if (count > most) return []
    const paths = names.map(name => inside(path, name))
    const read = await Promise.all(paths.map(each => Promise.all([facts.file(each), facts.listing(each)])))
    const below = await Promise.all(
      read.map(async ([state, listing], index) => {
        const entry = { path: paths[index] as string, state }
        // A listing can be read through a link.
        return state.type === 'directory' ? [entry, ...(await walk(entry.path, listing ?? []))] : [entry]
      }),
    )
    return below.flat()
  }
  const entries = await walk(directory, (await facts.listing(directory)) ?? [])
  return count > most ? undefined : entries.filter(entry => entry.state.type !== 'absent')
}
