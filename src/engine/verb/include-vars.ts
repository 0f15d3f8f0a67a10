import { existsSync, readdirSync, realpathSync, statSync } from 'node:fs'
import { extname, join } from 'node:path'
import { ProvisionError } from '../../core/error.ts'
import { pattern } from '../../core/python-regex.ts'
import { TemplateText, toPlain, type Dict, type Raw, type RawDict, type Value } from '../../core/value.ts'
import { EncryptedText } from '../../language/encrypted.ts'
import type { Evaluation } from '../../language/template/evaluation.ts'
import { findFile } from '../../language/template/files.ts'
import { loadYaml } from '../../language/text-file.ts'
import type { ModuleResult } from '../../modules/module.ts'
import type { HostState } from '../host-state.ts'
import { asBoolean } from '../keyword.ts'
import type { TaskRun } from '../outcome.ts'

const forFiles = ['file']
const forDirectories = ['dir', 'depth', 'files_matching', 'ignore_files', 'extensions', 'ignore_unknown_extensions']
const forBoth = ['name', 'hash_behaviour']

/** Why nothing is included, in Ansible's words. */
class Refusal extends Error {}

/** Variables from a file or the files of a directory, for the rest of the run on this host. (Ansible's plugins/action/include_vars.py.) */
export function includeVars(run: TaskRun, owner: HostState, given: Dict, freeForm: Value | undefined, evaluation: Evaluation): ModuleResult {
  const files: string[] = []
  try {
    checkOptions(given, freeForm)
    const found = new Map<string, Raw>()
    for (const file of namedFiles(run, given, freeForm)) {
      for (const [key, value] of variablesIn(file)) found.set(String(key), value)
      files.push(file)
    }
    const name = given.get('name')
    const named = name === undefined || name === null ? found : new Map<string, Raw>([[String(name), found as RawDict]])
    const taken = given.get('hash_behaviour') === 'merge' ? new Map([...named].map(([key, value]) => [key, merged(evaluation.value(key) as Raw | undefined, value)])) : named
    for (const [key, value] of taken) owner.included.set(key, value as Value)
    return { changed: false, ansible_included_var_files: files, ansible_facts: Object.fromEntries([...taken].map(([key, value]) => [key, written(value)])) }
  } catch (error) {
    if (!(error instanceof Refusal || error instanceof ProvisionError)) throw error
    return { failed: true, changed: false, msg: error.message, message: error.message, ansible_included_var_files: files, ansible_facts: {} }
  }
}

function checkOptions(given: Dict, freeForm: Value | undefined): void {
  const names = [...given.keys()].map(String)
  const unknown = names.find(name => ![...forFiles, ...forDirectories, ...forBoth].includes(name))
  if (unknown !== undefined) throw new Refusal(`${unknown} is not a valid option in include_vars`)
  if (names.some(name => forDirectories.includes(name)) && (freeForm !== undefined || names.some(name => forFiles.includes(name))))
    throw new Refusal('You are mixing file only and dir only arguments, these are incompatible')
  const behaviour = given.get('hash_behaviour') ?? 'replace'
  if (behaviour !== 'replace' && behaviour !== 'merge') throw new Refusal(`hash_behaviour must be replace or merge, and is ${String(behaviour)}`)
}

function namedFiles({ world, context, task }: TaskRun, given: Dict, freeForm: Value | undefined): readonly string[] {
  const environment = world.environment({ context, task, pure: false })
  const directory = given.get('dir')
  const name = String(directory ?? given.get('file') ?? freeForm ?? '').trimEnd()
  const path = name === '' ? undefined : findFile(name, 'vars', environment)
  if (directory === undefined || directory === null) {
    if (path === undefined) throw new Refusal(name === '' ? 'Could not find file' : `Could not find or access '${name}'`)
    return [path]
  }
  if (path === undefined) throw new Refusal(`${name} directory does not exist`)
  if (!statSync(path).isDirectory()) throw new Refusal(`${path} is not a directory`)
  return filesIn(path, given)
}

/** The files of a directory in their order, then those of the directories in it. */
function filesIn(directory: string, given: Dict): string[] {
  const extensions = list(given.get('extensions') ?? ['yaml', 'yml', 'json'])
  const matching = given.get('files_matching')
  const ignored = list(given.get('ignore_files') ?? []).flatMap(text => text.split(/\s+/).filter(Boolean))
  const depth = Number(toPlain(given.get('depth') ?? 0))
  const lenient = asBoolean(given.get('ignore_unknown_extensions') ?? false) === true
  const wanted = (name: string) =>
    (typeof matching !== 'string' || pattern(matching).search(name) !== undefined) && !ignored.some(text => pattern(`${text}$`).search(name) !== undefined)

  // Links to directories are followed, but not in a circle.
  const walk = (at: string, above: readonly string[]): string[] => {
    const real = realpathSync(at)
    if (above.includes(real)) return []
    const entries = readdirSync(at).sort().map(name => ({ name, isDirectory: statSync(join(at, name), { throwIfNoEntry: false })?.isDirectory() === true }))
    const own = entries.filter(entry => !entry.isDirectory && existsSync(join(at, entry.name)) && wanted(entry.name)).map(entry => join(at, entry.name))
    const strange = own.filter(path => !extensions.includes(extname(path).slice(1)))
    if (strange.length > 0 && !lenient) throw new Refusal(`${strange[0]} does not have a valid extension: ${extensions.join(', ')}`)
    const below = depth === 0 || above.length + 1 < depth ? entries.filter(entry => entry.isDirectory).flatMap(entry => walk(join(at, entry.name), [...above, real])) : []
    return [...own.filter(path => !strange.includes(path)), ...below]
  }
  return walk(directory, [])
}

function variablesIn(file: string): RawDict {
  const content = loadYaml(file)
  if (content === null) return new Map()
  if (!(content instanceof Map)) throw new Refusal(`${file} must be stored as a dictionary/hash`)
  return content as RawDict
}

/** Dictionaries member by member, anything else by what is new. */
function merged(old: Raw | undefined, fresh: Raw): Raw {
  if (!(old instanceof Map) || !(fresh instanceof Map)) return fresh
  const all = new Map(old as RawDict)
  for (const [key, value] of fresh as RawDict) all.set(key, merged(all.get(key), value))
  return all
}

/** As it stands in the file: templates as their text, what is encrypted as it is. */
function written(value: Raw): unknown {
  if (value instanceof EncryptedText) return value.encrypted
  if (value instanceof TemplateText) return value.text
  if (Array.isArray(value)) return (value as Raw[]).map(written)
  if (value instanceof Map) return Object.fromEntries([...(value as RawDict)].map(([key, member]) => [String(key), written(member)]))
  return toPlain(value as Value)
}

const list = (value: Value): string[] => (Array.isArray(value) ? value.map(String) : [String(value)])
