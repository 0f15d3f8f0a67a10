import { posix } from 'node:path'
import type { Change } from '../host/change.ts'
import type { FileState } from '../host/fact.ts'
import { planDirectories } from './directories.ts'
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
  /** `mode` is for one that is made, where the user asks for none. An empty path: the place itself, which keeps its mode. */
  | { readonly type: 'directory'; readonly path: string; readonly mode?: number }
  | { readonly type: 'link'; readonly path: string; readonly target: string }

export type TreePlacement = Omit<Placement, 'source' | 'name' | 'dest'>

/** Puts a tree beneath a directory, which is made when there is something to put into it. What is there beside it stays. */
export async function placeTree(items: readonly TreeItem[], root: string, how: TreePlacement, context: PlanContext): Promise<Omit<Placed, 'result'> & { readonly warnings: readonly string[] }> {
  if (items.length === 0) return { changes: [], warnings: [] }
  const { mode: _, ...ownership } = how.askedDirectory
  const directories = await planDirectories(
    [
      { path: root, asked: how.askedDirectory },
      ...items
        .filter(item => item.type === 'directory')
        .map(({ path, mode }) => ({ path: inside(root, path), asked: { mode, ...how.askedDirectory }, adjust: path === '' ? ownership : how.askedDirectory })),
    ],
    context,
  )
  const files = await Promise.all(
    items.map(async item => {
      if (item.type !== 'file') return { changes: [], warnings: [] }
      const asked = item.mode === undefined ? how.asked : { ...how.asked, mode: item.mode }
      const { changes, result } = await placeFile({ ...how, asked, dest: inside(root, item.path), source: item.source }, context, directories.states)
      return { changes, warnings: (result.warnings ?? []).filter(warning => !asked.warnings.includes(warning)) }
    }),
  )
  const made = [...directories.changes, ...files.flatMap(each => each.changes)]
  const links = await Promise.all(
    items.map(async item => (item.type === 'link' ? placeLink(inside(root, item.path), item.target, how.asked, directories.states, statesIn(made), context) : undefined)),
  )
  return { changes: [...made, ...links.filter(change => change !== undefined)], warnings: [...how.asked.warnings, ...files.flatMap(each => each.warnings)] }
}

type States = ReadonlyMap<string, FileState>

/** As the module `file` with `state=link force=true follow=false`. */
async function placeLink(path: string, target: string, asked: AskedAttributes, directories: States, made: States, context: PlanContext): Promise<Change | undefined> {
  const { facts, now } = context
  const place = linkTarget(path, target)
  const [file, observed, by] = await Promise.all([facts.file(path), facts.followed(place), actor(facts)])
  if (file.type === 'directory' && ((await facts.listing(path)) ?? []).length > 0) refuse(`the directory ${path} is not empty, refusing to convert it`, { path })
  const state = made.get(place) ?? directories.get(place)
  // What is not there yet may come with the tree, by another spelling of its path.
  const leadsTo = state ? { ...state, path: place } : observed.type === 'absent' || observed.path === path ? undefined : observed
  return linkChange({ path, state: file }, { target, leadsTo }, asked, { by, parent: directories.get(posix.dirname(path)), now })
}

/** Paths as changes leave them. */
const statesIn = (changes: readonly Change[]): States =>
  new Map(changes.flatMap(({ predicts }) => predicts.flatMap(({ kind, key, value }) => (kind === 'file' ? [[key, value as FileState] as const] : []))))
