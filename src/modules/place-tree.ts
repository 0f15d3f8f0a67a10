import { posix } from 'node:path'
import type { Change } from '../host/change.ts'
import { type Directories, planDirectories } from './directories.ts'
import { actor, type AskedAttributes } from './file-attributes.ts'
import type { PlanContext } from './module.ts'
import { inside, linkTarget } from './normal-path.ts'
import { type Placed, placeFile, type Placement } from './place-file.ts'
import { refuse } from './refusal.ts'
import type { Source } from './replace-file.ts'
import { linkChange } from './symbolic-link.ts'

/** What a tree that is to be copied holds, relative to where it goes. Directories come before what is in them. */
export type TreeItem =
  | { readonly type: 'file'; readonly path: string; readonly source: Source; readonly mode?: string | number }
  /** `mode` is for one that is made, where the user asks for none. */
  | { readonly type: 'directory'; readonly path: string; readonly mode?: number }
  | { readonly type: 'link'; readonly path: string; readonly target: string }

export type TreePlacement = Omit<Placement, 'source' | 'name' | 'dest'>

/** Puts a tree beneath a directory, which is made when there is something to put into it. What is there beside it stays. */
export async function placeTree(items: readonly TreeItem[], root: string, how: TreePlacement, context: PlanContext): Promise<Omit<Placed, 'result'> & { readonly warnings: readonly string[] }> {
  if (items.length === 0) return { changes: [], warnings: [] }
  const directories = await planDirectories(
    [
      { path: root, asked: how.askedDirectory },
      ...items
        .filter(item => item.type === 'directory')
        .map(({ path, mode }) => ({ path: inside(root, path), asked: { mode, ...how.askedDirectory }, adjust: how.askedDirectory })),
    ],
    context,
  )
  const placed = await Promise.all(
    items.map(async item => {
      if (item.type === 'directory') return []
      if (item.type === 'link') return placeLink(inside(root, item.path), item.target, how.asked, directories.states, context)
      const asked = item.mode === undefined ? how.asked : { ...how.asked, mode: item.mode }
      const { changes, result } = await placeFile({ ...how, asked, dest: inside(root, item.path), source: item.source }, context, directories.states)
      return { changes, warnings: (result.warnings ?? []).filter(warning => !asked.warnings.includes(warning)) }
    }),
  )
  const made = placed.map(each => ('changes' in each ? each : { changes: each, warnings: [] }))
  return { changes: [...directories.changes, ...made.flatMap(each => each.changes)], warnings: [...how.asked.warnings, ...made.flatMap(each => each.warnings)] }
}

/** As the module `file` with `state=link force=true follow=false`. */
async function placeLink(path: string, target: string, asked: AskedAttributes, planned: Directories['states'], context: PlanContext): Promise<Change[]> {
  const { facts, now } = context
  const [file, leadsTo, listing, by] = await Promise.all([facts.file(path), facts.followed(linkTarget(path, target)), facts.listing(path), actor(facts)])
  if (file.type === 'directory' && (listing ?? []).length > 0) refuse(`the directory ${path} is not empty, refusing to convert it`, { path })
  const change = linkChange({ path, state: file, leadsTo }, { target, leadsTo }, asked, { by, parent: planned.get(posix.dirname(path)), now })
  return change ? [change] : []
}
