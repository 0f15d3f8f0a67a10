import type { Facts, FileState } from '../host/fact.ts'
import { type HostEntry, readHostTree } from './host-tree.ts'
import { inside } from './normal-path.ts'
import type { TreeItem } from './place-tree.ts'
import { refuse } from './refusal.ts'
import { bytesFor } from './replace-file.ts'

/** More than this is no work for a tool that looks at every file. */
const most = 20_000

/**
 * What is to be copied of a directory of the host to another place there.
 *
 * @param target where it goes, relative to the place; empty: it becomes the place itself
 * @param options `follow`: links are replaced by what they lead to; `mode`: for all files, absent: that of each; `plainTop`: the directory itself goes
 *   without its mode
 */
export async function copiedTree(directory: string, target: string, facts: Facts, options: { follow: boolean; mode?: string | number; plainTop?: boolean }): Promise<readonly TreeItem[]> {
  const mode = options.plainTop ? undefined : (await facts.followed(directory)).mode
  return [{ type: 'directory', path: target, mode }, ...(await itemsOf(directory, target, 0))]

  async function itemsOf(source: string, into: string, links: number): Promise<TreeItem[]> {
    if (links > 40) refuse(`${source} leads through too many links`)
    const entries = await readHostTree(source, facts, most)
    if (!entries) refuse(`${source} holds more than ${most} files`, { hint: 'Copy it with the module command and `cp -a`.' })
    const items = await Promise.all(entries.map(entry => itemOf(entry, `${into}/${entry.path.slice(source.length + 1)}`.replace(/^\//, ''), links)))
    return items.flat()
  }

  async function itemOf({ path: from, state }: HostEntry, path: string, links: number): Promise<TreeItem[]> {
    if (state.type === 'directory') return [{ type: 'directory', path, mode: state.mode }]
    if (state.type === 'file') return [await file(from, path, state)]
    if (state.type !== 'link') return []
    const link: TreeItem = { type: 'link', path, target: state.target ?? '' }
    if (!options.follow) return [link]
    const followed = await facts.followed(from)
    if (followed.type === 'file') return [await file(followed.path, path, followed)]
    if (followed.type !== 'directory' || `${from}/`.startsWith(`${followed.path}/`)) return [link]
    return [{ type: 'directory', path, mode: followed.mode }, ...(await itemsOf(inside(from, ''), path, links + 1))]
  }

  async function file(from: string, path: string, state: FileState): Promise<TreeItem> {
    const [digest, content] = await Promise.all([facts.digest(from), bytesFor(from, state, facts)])
    if (digest === null) refuse(`${from} can not be read`)
    const asked = options.mode === undefined || options.mode === 'preserve' ? state.mode : options.mode
    return { type: 'file', path, source: { from, digest, size: state.size, content }, mode: asked }
  }
}
