import { posix } from 'node:path'
import fc from 'fast-check'
import { FakeHost, type FakeHostOptions } from '../host/fake-host.ts'

/** Names are few, so that what is generated meets itself. */
const name = fc.constantFrom('a', 'b', 'c')
export const path = fc.array(name, { minLength: 1, maxLength: 3 }).map(names => `/srv/${names.join('/')}`)

const owner = fc.constantFrom('root', 'daemon', 'nobody')
const group = fc.constantFrom('root', 'daemon', 'adm')
const fileMode = fc.constantFrom(0o644, 0o600, 0o755, 0o4755, 0o640)
const directoryMode = fc.constantFrom(0o755, 0o700, 0o2775, 0o1777)
export const content = fc.constantFrom('', 'one\n', 'two\nlines\n', 'no end', 'bytes \u00ff\u0000\n', 'ü\n')
export const mode = fc.constantFrom('0644', '0600', '755', 'u=rwX,g-w,o=', '+x', 'g=u', '02755', 420)

type Item =
  | { readonly type: 'file'; readonly path: string; readonly content: string; readonly mode: number; readonly owner: string; readonly group: string }
  | { readonly type: 'directory'; readonly path: string; readonly mode: number; readonly owner: string; readonly group: string }
  | { readonly type: 'link'; readonly path: string; readonly target: string; readonly owner: string; readonly group: string }
  | { readonly type: 'hard'; readonly path: string; readonly source: string }

const item: fc.Arbitrary<Item> = fc.oneof(
  fc.record({ type: fc.constant('file' as const), path, content, mode: fileMode, owner, group }),
  fc.record({ type: fc.constant('directory' as const), path, mode: directoryMode, owner, group }),
  fc.record({ type: fc.constant('link' as const), path, target: fc.oneof(path, name, fc.constant('../a'), fc.constant('.')), owner, group }),
  fc.record({ type: fc.constant('hard' as const), path, source: path }),
)

export const items = fc.array(item, { maxLength: 8 })

/** A host with these beneath /srv; what cannot stand where it should is left out. */
export function hostWith(list: readonly Item[], options: FakeHostOptions = {}): FakeHost {
  const host = new FakeHost(options)
  for (const item of list) {
    if (host.files.find(item.path, false)) continue
    try {
      if (item.type === 'file') host.file(item.path, item.content, item)
      else if (item.type === 'directory') host.directory(item.path, item)
      else if (item.type === 'link') host.link(item.path, item.target, item)
      else {
        const source = host.files.find(item.source, false)
        if (source?.type === 'file') host.files.nameToo(item.path, source)
      }
    } catch {
      // Its parent is no directory.
    }
  }
  return host
}

/** Whether a path leads through the very link that it names: `a/a` where `a` is a link to its own directory. What is done there moves the ground. */
export function leadsThroughItself(host: FakeHost, path: string): boolean {
  const placeOf = (each: string) => `${host.files.real(posix.dirname(each))}/${posix.basename(each)}`
  for (let above = posix.dirname(path); above !== '/'; above = posix.dirname(above)) if (placeOf(above) === placeOf(path)) return true
  return false
}

/** Whether what `path` leads to hangs on what is at `ground`. */
export function leadsThrough(list: readonly Item[], path: string, ground: string): boolean {
  const [whole, without] = [hostWith(list), hostWith(list)]
  without.files.remove(ground, true)
  return whole.files.find(path, true)?.number !== without.files.find(path, true)?.number
}
