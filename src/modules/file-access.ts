import type { Facts, FileState } from '../host/fact.ts'
import { actor } from './file-attributes.ts'

/** What the user that a task runs as may do with a file, as its permissions say. */
export interface Access {
  readonly readable: boolean
  readonly writeable: boolean
  readonly executable: boolean
}

export async function accessOf(facts: Facts): Promise<(state: FileState) => Access> {
  const { uid, gid, groups } = await actor(facts)
  return ({ type, mode, uid: owner, gid: group, group: name }) => {
    if (type === 'absent') return { readable: false, writeable: false, executable: false }
    if (uid === 0) return { readable: true, writeable: true, executable: type === 'directory' || (mode & 0o111) !== 0 }
    const bits = (owner === uid ? mode >> 6 : group === gid || groups.includes(name) ? mode >> 3 : mode) & 7
    return { readable: (bits & 4) !== 0, writeable: (bits & 2) !== 0, executable: (bits & 1) !== 0 }
  }
}
