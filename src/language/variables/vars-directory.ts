import { readdirSync, statSync } from 'node:fs'
import { extname, join } from 'node:path'
import { ProvisionError } from '../../core/error.ts'
import type { Raw, RawDict, Value } from '../../core/value.ts'
import { copyPlace } from '../positions.ts'
import { loadYaml } from '../text-file.ts'
import type { YamlOptions } from '../yaml.ts'

const extensions = ['', '.yml', '.yaml', '.json']

const nothing: RawDict = new Map<Value, Raw>()

/**
 * `group_vars/` or `host_vars/` beside an inventory or a playbook: for a name a directory of files or a file, with or
 * without an ending; the first that there is (`plugins/vars/host_group_vars.py`). Each is read once.
 */
export class VarsDirectories {
  readonly #options: YamlOptions
  readonly #known = new Map<string, RawDict>()
  /** Names in each directory; most hosts and groups have no file, and that costs nothing then. */
  readonly #listings = new Map<string, ReadonlySet<string>>()

  constructor(options: YamlOptions = {}) {
    this.#options = options
  }

  /** Variables that a directory gives a group or host. @throws ProvisionError */
  read(base: string, kind: 'group_vars' | 'host_vars', name: string): RawDict {
    const directory = join(base, kind)
    const names = this.#namesIn(directory)
    // A name with a slash (a chroot) would leave the directory; no file is meant for it.
    const ending = name.includes('/') ? undefined : extensions.find(extension => names.has(name + extension))
    if (ending === undefined) return nothing
    const path = join(directory, name + ending)
    let vars = this.#known.get(path)
    if (!vars) this.#known.set(path, (vars = this.#readAll(filesAt(path))))
    return vars
  }

  #namesIn(directory: string): ReadonlySet<string> {
    let names = this.#listings.get(directory)
    if (!names) {
      names = new Set(statSync(directory, { throwIfNoEntry: false })?.isDirectory() ? readdirSync(directory) : [])
      this.#listings.set(directory, names)
    }
    return names
  }

  #readAll(files: readonly string[]): RawDict {
    const vars: RawDict = new Map()
    for (const file of files) {
      const content = loadYaml(file, this.#options)
      if (content === null) continue
      if (!(content instanceof Map)) throw new ProvisionError('inventory-syntax', `${file} must hold a dictionary of variables`, { at: { file, line: 1, column: 1 } })
      for (const [key, value] of content as RawDict) {
        vars.set(key, value)
        copyPlace(content, vars, key)
      }
    }
    return vars
  }
}

/** A file itself, or all files beneath a directory that are meant to be read, in the order of their names. */
function filesAt(path: string): string[] {
  if (!statSync(path).isDirectory()) return [path]
  return readdirSync(path).sort().flatMap(name => {
    const inner = join(path, name)
    const extension = extname(name)
    if (name.startsWith('.') || name.endsWith('~')) return []
    if (statSync(inner).isDirectory()) return extension === '' ? filesAt(inner) : []
    return extensions.includes(extension) ? [inner] : []
  })
}
