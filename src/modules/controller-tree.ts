import { posix } from 'node:path'
import type { Controller, TreeEntry } from './module.ts'
import type { TreeItem } from './place-tree.ts'
import { refuse } from './refusal.ts'

/**
 * What is to be copied of a directory of the controller.
 *
 * @param name with a slash at the end: only what is in it
 * @param follow whether links are replaced by what they lead to; one that leads above itself, or nowhere, stays a link
 * @returns null where there is no such directory
 */
export function controllerTree(name: string, controller: Controller, { follow, decrypt }: { readonly follow: boolean; readonly decrypt: boolean }): { readonly path: string; readonly items: readonly TreeItem[] } | null {
  const directory = name.replace(/\/+$/, '') || '/'
  const tree = controller.readTree(directory, decrypt)
  return tree && { path: tree.path, items: itemsOf(directory, tree.entries, name.endsWith('/') ? '' : posix.basename(directory), 0) }

  function itemsOf(source: string, entries: readonly TreeEntry[], target: string, links: number): TreeItem[] {
    if (links > 40) refuse(`${source} leads through too many links`)
    return entries.flatMap((entry): TreeItem[] => {
      const path = posix.join(target, entry.path)
      if (entry.type === 'directory') return [{ type: 'directory', path }]
      if (entry.type === 'file') return [{ type: 'file', path, source: { content: entry.content ?? new Uint8Array() }, mode: entry.mode & 0o7777 }]
      const link: TreeItem = { type: 'link', path, target: entry.target ?? '' }
      if (!follow || leadsAbove(entry.path, link.target)) return [link]
      const file = controller.readFile(posix.join(source, entry.path), 'files', decrypt)
      if (file) return [{ type: 'file', path, source: { content: file.content }, mode: file.mode & 0o7777 }]
      const below = controller.readTree(posix.join(source, entry.path), decrypt)
      return below ? [{ type: 'directory', path }, ...itemsOf(posix.join(source, entry.path), below.entries, path, links + 1)] : [link]
    })
  }
}

/** Whether a link in a tree leads to a directory that it is in. */
function leadsAbove(link: string, target: string): boolean {
  if (target.startsWith('/')) return false
  const place = posix.join(posix.dirname(link), target)
  return place === '.' || place === './' || place.startsWith('..') || `${link}/`.startsWith(place.endsWith('/') ? place : `${place}/`)
}
