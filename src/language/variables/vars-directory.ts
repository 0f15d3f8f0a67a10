import { existsSync, readdirSync, statSync } from 'node:fs'
import { basename, extname, join } from 'node:path'
import { ProvisionError } from '../../core/error.ts'
import type { RawDict } from '../../core/value.ts'
import { copyPlace } from '../positions.ts'
import { loadYaml } from '../text-file.ts'
import type { YamlOptions } from '../yaml.ts'

const extensions = ['', '.yml', '.yaml', '.json']

/**
 * `group_vars/` or `host_vars/` beside an inventory or a playbook: for a name a file with or without an ending, or a
 * directory of files, which are read in the order of their names (ansible/plugins/vars/host_group_vars.py).
 */
export class VarsDirectories {
  readonly #options: YamlOptions
  readonly #known = new Map<string, RawDict>()

  constructor(options: YamlOptions = {}) {
    this.#options = options
  }

  /** Variables that a directory gives a group or host. @throws ProvisionError */
  read(base: string, kind: 'group_vars' | 'host_vars', name: string): RawDict {
    const key = `${kind}\0${base}\0${name}`
    let vars = this.#known.get(key)
    if (!vars) this.#known.set(key, (vars = this.#readFresh(join(base, kind), name)))
    return vars
  }

  #readFresh(directory: string, name: string): RawDict {
    // A name with a slash would leave the directory; no group or host is meant by such a file.
    if (name.includes('/') || !existsSync(directory)) return new Map()
    const files = extensions.flatMap(extension => filesAt(join(directory, name + extension)))
    const vars: RawDict = new Map()
    for (const file of files) {
      const content = loadYaml(file, this.#options)
      if (content === null) continue
      if (!(content instanceof Map)) throw new ProvisionError('yaml-syntax', `${file} must hold a dictionary of variables`, { at: { file, line: 1, column: 1 } })
      for (const [key, value] of content) {
        vars.set(key, value)
        copyPlace(content, vars, key)
      }
    }
    return vars
  }
}

/** A file itself, or all files beneath a directory that are meant to be read. */
function filesAt(path: string): string[] {
  const state = statSync(path, { throwIfNoEntry: false })
  if (!state) return []
  if (!state.isDirectory()) return [path]
  return readdirSync(path).sort().flatMap(name => {
    const inner = join(path, name)
    if (name.startsWith('.') || name.endsWith('~')) return []
    if (statSync(inner).isDirectory()) return filesAt(inner)
    return extensions.includes(extname(basename(inner))) ? [inner] : []
  })
}
