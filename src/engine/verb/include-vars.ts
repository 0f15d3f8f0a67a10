import { readdirSync, readFileSync, statSync } from 'node:fs'
import { basename, extname, join } from 'node:path'
import { ProvisionError } from '../../core/error.ts'
import { toPlain, type Dict, type Raw, type Value } from '../../core/value.ts'
import { pattern } from '../../core/python-regex.ts'
import { findFile } from '../../language/template/files.ts'
import type { ModuleResult } from '../../modules/module.ts'
import { parseYaml } from '../../language/yaml.ts'
import type { HostState } from '../host-state.ts'
import { asBoolean } from '../keyword.ts'
import type { TaskRun } from '../outcome.ts'

const known = new Set(['file', 'dir', 'name', 'depth', 'files_matching', 'ignore_files', 'extensions', 'ignore_unknown_extensions', 'hash_behaviour'])

/** Variables from a file or the files of a directory, for the rest of the run on this host. */
export function includeVars(run: TaskRun, owner: HostState, given: Dict, freeForm: Value | undefined): ModuleResult {
  const unknown = [...given.keys()].map(String).filter(key => !known.has(key))
  if (unknown.length > 0) return failed(`${unknown.join(', ')} is not a valid option in include_vars`)
  if (given.get('hash_behaviour') === 'merge') return failed('hash_behaviour: merge is not supported; variables are replaced')
  const environment = run.world.environment({ context: run.context, task: run.task, pure: false })
  const directory = given.get('dir')
  const name = given.get('file') ?? freeForm
  const found = findFile(String(directory ?? name ?? ''), 'vars', environment)
  if (found === undefined) return failed(`Could not find or access '${String(directory ?? name ?? '')}'`)
  const files = directory === undefined ? [found] : filesIn(found, given)
  const variables = new Map<string, Raw>()
  for (const file of files) {
    try {
      const content = parseYaml(readFileSync(file, 'utf8'), file)
      if (content === null) continue
      if (!(content instanceof Map)) return failed(`${file} must hold a dictionary of variables`)
      for (const [key, value] of content) variables.set(String(key), value)
    } catch (error) {
      if (error instanceof ProvisionError) return failed(error.message)
      throw error
    }
  }
  const under = given.get('name')
  const taken: ReadonlyMap<string, Raw> = under === undefined || under === null ? variables : new Map<string, Raw>([[String(under), variables as never]])
  for (const [key, value] of taken) owner.included.set(key, value as Value)
  return { changed: false, ansible_included_var_files: files, ansible_facts: undefined, ...(under === undefined && { included: [...taken.keys()] }) }
}

function filesIn(directory: string, given: Dict): string[] {
  const extensions = list(given.get('extensions') ?? ['yaml', 'yml', 'json'])
  const matching = given.get('files_matching')
  const ignored = list(given.get('ignore_files') ?? [])
  const depth = Number(toPlain(given.get('depth') ?? 0))
  const lenient = asBoolean(given.get('ignore_unknown_extensions') ?? false) === true
  const files: string[] = []
  const walk = (at: string, level: number) => {
    for (const entry of readdirSync(at).sort()) {
      const path = join(at, entry)
      if (statSync(path).isDirectory()) {
        if (depth === 0 || level < depth) walk(path, level + 1)
        continue
      }
      if (ignored.some(text => pattern(text).search(basename(path)))) continue
      if (typeof matching === 'string' && !pattern(matching).search(entry)) continue
      if (!extensions.includes(extname(entry).slice(1))) {
        if (lenient) continue
        throw new ProvisionError('file-missing', `${path} does not have a valid extension: ${extensions.join(', ')}`)
      }
      files.push(path)
    }
  }
  walk(directory, 1)
  return files
}

const list = (value: Value): string[] => (Array.isArray(value) ? value.map(String) : [String(value)])
const failed = (msg: string): ModuleResult => ({ failed: true, changed: false, msg })
