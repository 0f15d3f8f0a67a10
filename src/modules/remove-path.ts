import type { Change } from '../host/change.ts'
import type { Facts } from '../host/fact.ts'
import type { Step } from '../host/step.ts'
import { nothingAt, pathChange, restore, type Seen, shownBytes } from './file-change.ts'
import { readHostTree } from './host-tree.ts'
import { bytesFor } from './replace-file.ts'

/** A tree of more entries is not kept for undo. */
const mostEntries = 1000

/** Removes what is at a path, a directory with all that is in it; a link itself, not what it leads to. */
export async function removal(observed: Seen, facts: Facts): Promise<Change> {
  const { path, state } = observed
  if (state.type === 'directory') {
    const undo = await treeBack(observed, facts)
    const note = undo ? {} : { note: 'holds too much to be put back' }
    return pathChange(observed, nothingAt(path), [{ step: 'remove', path, recursive: true }], { undo, ...note })
  }
  const former = { ...observed, content: await bytesFor(path, state, facts) }
  return pathChange(former, nothingAt(path), [{ step: 'remove', path }])
}

/** The steps that make a directory again with all that is in it; null where that is too much, or no file. */
async function treeBack(directory: Seen, facts: Facts): Promise<readonly Step[] | null> {
  const entries = await readHostTree(directory.path, facts, mostEntries)
  const size = entries?.reduce((sum, { state }) => sum + (state.type === 'file' ? state.size : 0), 0) ?? Infinity
  if (!entries || size > shownBytes) return null
  const steps = await Promise.all(
    [directory, ...entries].map(async ({ path, state }) => restore({ path, state, content: await bytesFor(path, state, facts) }, nothingAt(path))),
  )
  return steps.includes(null) ? null : steps.flatMap(each => each ?? [])
}
