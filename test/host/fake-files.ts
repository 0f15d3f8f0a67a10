import { absentFile, type FactKinds, type FileState } from '../../src/host/fact.ts'

/** One file, directory or link, under as many names as it has. */
export interface Inode {
  readonly number: number
  readonly type: Exclude<FileState['type'], 'absent'>
  mode: number
  uid: number
  gid: number
  links: number
  modified: number
  changed: number
  accessed: number
  content: Uint8Array
  target: string
  readonly entries: Map<string, Inode>
}

/** Who makes something. */
export interface Maker {
  readonly uid: number
  readonly gid: number
}

/** What a system call would have said. */
export class FileError extends Error {}

/** A file system in memory: names, links of both kinds, permissions, owners and times. Rights are not enforced. */
export class FakeFiles {
  /** Seconds since 1970. */
  now: number
  /** Names of users and groups by number. */
  readonly users: ReadonlyMap<number, string>
  readonly groups: ReadonlyMap<number, string>
  readonly #root: Inode
  #last = 1

  constructor(now: number, users: ReadonlyMap<number, string>, groups: ReadonlyMap<number, string>) {
    this.now = now
    this.users = users
    this.groups = groups
    this.#root = this.#inode('directory', 0o755, { uid: 0, gid: 0 })
  }

  /** What is at a path; `follow`: behind the last link too. */
  find(path: string, follow: boolean): Inode | undefined {
    return this.#walk(path, follow)?.inode
  }

  /** The path without any link in it; its last name may be missing. */
  real(path: string): string | undefined {
    return this.#walk(path, true)?.path
  }

  state(path: string): FileState {
    const inode = this.find(path, false)
    return inode ? this.#stateOf(inode) : absentFile
  }

  followed(path: string): FactKinds['followed'] {
    const inode = this.find(path, true)
    const state = inode ? this.#stateOf(inode) : absentFile
    if (this.find(path, false)?.type !== 'link' && !path.split('/').includes('..')) return { ...state, path }
    const { real, through } = this.#beyond(path)
    return { ...state, path: real ?? path, ...(through.length > 0 && { through }) }
  }

  /** Where a path leads, by names that are no links; what is missing keeps its name. Nowhere in a circle, and where `..` follows what is no directory. */
  #beyond(path: string): { readonly real?: string; readonly through: readonly string[] } {
    let real: string[] = []
    const through = new Set<string>()
    const rest = path.split('/')
    for (let hops = 0; rest.length > 0; ) {
      const name = rest.shift()
      if (name === '' || name === '.') continue
      if (name === '..') {
        if (this.find(`/${real.join('/')}`, false)?.type !== 'directory') return { through: [...through] }
        real = real.slice(0, -1)
        continue
      }
      const place = `/${[...real, name].join('/')}`
      const link = this.find(place, false)
      if (link?.type !== 'link') {
        real.push(name!)
        continue
      }
      through.add(place)
      if (++hops > 40) return { through: [...through] }
      if (link.target.startsWith('/')) real = []
      rest.unshift(...link.target.split('/'))
    }
    return { real: `/${real.join('/')}`, through: [...through] }
  }

  content(path: string): Uint8Array | null {
    const inode = this.find(path, true)
    return inode?.type === 'file' ? inode.content : null
  }

  listing(path: string): readonly string[] | null {
    const inode = this.find(path, true)
    return inode?.type === 'directory' ? [...inode.entries.keys()].sort() : null
  }

  /** Makes something and gives it a name. What had the name is replaced, as a rename does. */
  make(path: string, type: Inode['type'], mode: number, by: Maker): Inode {
    const [parent, name] = this.#placeFor(path)
    const inherits = (parent.mode & 0o2000) !== 0
    const inode = this.#inode(type, inherits && type === 'directory' ? mode | 0o2000 : mode, inherits ? { uid: by.uid, gid: parent.gid } : by)
    this.#name(parent, name, path, inode)
    return inode
  }

  /** Another name for a file. */
  nameToo(path: string, inode: Inode): void {
    const [parent, name] = this.#placeFor(path)
    if (parent.entries.get(name) === inode) return
    inode.links++
    inode.changed = this.now
    this.#name(parent, name, path, inode)
  }

  remove(path: string, recursive: boolean): void {
    const inode = this.find(path, false)
    if (!inode) return
    if (inode.type === 'directory' && inode.entries.size > 0) {
      if (!recursive) throw new FileError(`rmdir: failed to remove '${path}': Directory not empty`)
      for (const name of [...inode.entries.keys()]) this.remove(`${path === '/' ? '' : path}/${name}`, true)
    }
    const [parent, name] = this.#placeFor(path)
    inode.links--
    parent.entries.delete(name)
    parent.modified = this.now
  }

  /** Every path with all that a person could see of it but inodes and times: equal for equal trees. */
  snapshot(directory = '/'): { readonly [path: string]: string } {
    const lines: { [path: string]: string } = {}
    const visit = (path: string, inode: Inode) => {
      const { type, mode, owner, group, target } = this.#stateOf(inode)
      lines[path] = [type, type === 'link' ? '' : mode.toString(8), owner, group, target ?? '', Buffer.from(inode.content).toString('latin1')].join(' ')
      for (const [name, child] of inode.entries) visit(`${path === '/' ? '' : path}/${name}`, child)
    }
    const start = this.find(directory, false)
    if (start) visit(directory, start)
    return Object.fromEntries(Object.entries(lines).sort(([a], [b]) => (a < b ? -1 : 1)))
  }

  #stateOf(inode: Inode): FileState {
    const { type, mode, uid, gid, links, modified, changed, accessed, number } = inode
    return {
      type, mode, uid, gid, links, modified, changed, accessed, inode: number, device: 1,
      owner: this.users.get(uid) ?? String(uid),
      group: this.groups.get(gid) ?? String(gid),
      size: type === 'directory' ? 4096 : type === 'link' ? Buffer.byteLength(inode.target) : inode.content.length,
      ...(type === 'link' && { target: inode.target }),
    }
  }

  #inode(type: Inode['type'], mode: number, { uid, gid }: Maker): Inode {
    return {
      number: this.#last++, type, mode, uid, gid, links: type === 'directory' ? 2 : 1, modified: this.now, changed: this.now, accessed: this.now,
      content: new Uint8Array(), target: '', entries: new Map(),
    }
  }

  #name(parent: Inode, name: string, path: string, inode: Inode): void {
    const former = parent.entries.get(name)
    if (former?.type === 'directory') throw new FileError(`${path}: Is a directory`)
    if (former) former.links--
    parent.entries.set(name, inode)
    parent.modified = this.now
  }

  #placeFor(path: string): readonly [Inode, string] {
    const at = path.lastIndexOf('/')
    const parent = this.find(path.slice(0, at) || '/', true)
    if (parent?.type !== 'directory') throw new FileError(`${path}: No such file or directory`)
    return [parent, path.slice(at + 1)]
  }

  /** The inode at a path, undefined at its end where only the last name is missing; nothing where more is. */
  #walk(path: string, follow: boolean, hops = 0): { readonly path: string; readonly inode: Inode | undefined } | undefined {
    if (hops > 40) return undefined
    let inode: Inode | undefined = this.#root
    let real: string[] = []
    const parts = path.split('/').filter(part => part !== '' && part !== '.')
    for (const [index, part] of parts.entries()) {
      if (inode?.type !== 'directory') return undefined
      if (part === '..') {
        real = real.slice(0, -1)
        inode = this.#walk(`/${real.join('/')}`, false, hops + 1)?.inode
        continue
      }
      const child = inode.entries.get(part)
      if (child?.type === 'link' && (follow || index < parts.length - 1)) {
        const base = child.target.startsWith('/') ? '' : `/${real.join('/')}`
        return this.#walk([`${base}/${child.target}`, ...parts.slice(index + 1)].join('/'), follow, hops + 1)
      }
      real = [...real, part]
      if (!child && index < parts.length - 1) return undefined
      inode = child
    }
    return { path: `/${real.join('/')}`, inode }
  }
}
