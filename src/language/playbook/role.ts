import { existsSync, readdirSync, statSync } from 'node:fs'
import { basename, dirname, extname, join, resolve, sep } from 'node:path'
import { ProvisionError } from '../../core/error.ts'
import { didYouMean } from '../../core/nearest.ts'
import type { Position } from '../../core/position.ts'
import { pythonLiteral } from '../../core/python-text.ts'
import { TemplateText, type Raw, type RawDict, type Value } from '../../core/value.ts'
import type { Keywords, Role, RoleUse, Task } from '../playbook.ts'
import { expandHome } from '../template/files.ts'
import { copyPlace, positionOf, valuePositionOf } from '../positions.ts'
import { parameterSpecs } from './argument-spec.ts'
import { checkKeywords, keywordsOf } from './keyword.ts'
import { readNodes } from './nodes.ts'
import { contentOf, extendChain, staticName, within, type Place } from './place.ts'
import { plainTask } from './plain-task.ts'
import { describe, dictionary, placeOf, saysYes } from './shape.ts'
import { combineKeywords, readKeywords } from './shared-keywords.ts'

export interface FoundRole {
  readonly name: string
  readonly directory: string
}

/**
 * A role by its name or path: in `roles/` beside the playbook, in the directories of roles, beside the role that
 * depends on it, beside the playbook (`playbook/role/definition.py`).
 *
 * @param beside directory of roles that a role which depends on it stands in
 * @throws ProvisionError `file-missing`, with where it was looked for and near names
 */
export function findRole(name: string, place: Place, at: Position | undefined, beside?: string): FoundRole {
  const directories = [...new Set([join(place.play.directory, 'roles'), ...rolesPath(place), ...(beside === undefined ? [] : [beside]), place.play.directory])]
  for (const directory of directories) {
    const path = resolve(directory, expandHome(name, place.options))
    if (isDirectory(path)) return { name, directory: path }
  }
  const path = resolve(expandHome(name, place.options))
  if (isDirectory(path)) return { name: basename(path), directory: path }
  const near = didYouMean(name, directories.flatMap(rolesIn))
  throw new ProvisionError('file-missing', `the role '${name}' was not found`, { at, hint: `${near ? `${near} ` : ''}It was looked for in ${directories.join(', ')}.` })
}

const rolesPath = ({ options }: Place): readonly string[] =>
  (options.rolesPath ?? options.shellVariables?.['ANSIBLE_ROLES_PATH']?.split(':').filter(part => part !== '') ?? ['~/.ansible/roles', '/usr/share/ansible/roles', '/etc/ansible/roles']).map(path => resolve(expandHome(path, options)))

const isDirectory = (path: string): boolean => statSync(path, { throwIfNoEntry: false })?.isDirectory() ?? false

function rolesIn(directory: string): string[] {
  const entries = existsSync(directory) ? readdirSync(directory, { withFileTypes: true }) : []
  return entries.filter(entry => entry.isDirectory() && ['tasks', 'meta', 'handlers', 'defaults', 'vars'].some(part => existsSync(join(directory, entry.name, part)))).map(entry => entry.name)
}

/** How a role is used. */
export interface Usage {
  readonly at: Position
  /** The place that uses it. */
  readonly place: Place
  /** Files to read instead of main: `{ tasks: 'install' }`. */
  readonly from?: { readonly [part: string]: string }
  readonly parameters: RawDict
  readonly keywords: Keywords
  /** By `import_role` or `include_role`, not by `roles:` or as a dependency. */
  readonly included: boolean
  /** `vars` of that task: they tell its uses apart. */
  readonly taskVars?: RawDict
  readonly isPrivate?: boolean
  /** `rolespec_validate: false` */
  readonly unchecked?: boolean
  readonly allowDuplicates?: boolean
  /** Keywords of the roles that depend on it, put together; their variables reach it by way of `parents`. */
  readonly outer?: Keywords
  /** Roles that depend on it, the outermost first. */
  readonly parents?: readonly RoleUse[]
}

type Writable<T> = { -readonly [K in keyof T]: T[K] }

/** Reads a role with its dependencies. @throws ProvisionError */
export async function readRole({ name, directory }: FoundRole, usage: Usage): Promise<RoleUse> {
  const { at, place, from = {}, parameters, included, outer = {} } = usage
  const around = place.role
  const parents = usage.parents ?? (around ? [...(around.parents ?? []), around] : [])
  const use: Writable<RoleUse> = {
    at, parameters, parents, keywords: combineKeywords({ ...outer, vars: undefined }, usage.keywords), role: { name, directory } as Role,
    ...(included && around && { within: around }),
    ...(usage.isPrivate && { isPrivate: true }),
    identity: identityOf({ name, directory }, usage),
  }
  const meta = readMeta(directory, place)
  const role: Writable<Role> = {
    name, directory,
    defaults: readVariables(directory, 'defaults', from['defaults'], place, at),
    vars: readVariables(directory, 'vars', from['vars'], place, at),
    dependencies: [],
    allowDuplicates: usage.allowDuplicates ?? meta.allowDuplicates,
    tasks: [], handlers: [],
  }
  use.role = role
  role.dependencies = await readDependencies(meta, use, usage)
  const inner: Place = { ...within(place, use.keywords), role: use, directories: [], dependents: [] }
  const checks = usage.unchecked ? [] : validation(use, from['tasks'] ?? 'main', meta.content, place)
  role.tasks = [...checks, ...(await readPart(directory, 'tasks', from['tasks'], inner, at))]
  role.handlers = await readPart(directory, 'handlers', from['handlers'], { ...inner, handlers: true }, at)
  return use
}

/** What makes two uses the same (`playbook/role/__init__.py`, `_get_hash_dict`); of an include its own conditions and tags do not count. */
function identityOf({ name, directory }: FoundRole, { parameters, keywords, taskVars, from = {}, included }: Usage): string {
  const { when, tags, vars } = included ? { vars: taskVars?.size ? taskVars : undefined } : keywords
  return pythonLiteral([name, directory, asValue(parameters), asValue(when), asValue(tags), asValue(vars), asValue(from), included])
}

/** The file of a role's tasks, if it has one. */
export const roleTasksFile = ({ directory }: FoundRole, from: string | undefined, at: Position): string | undefined => partFiles(directory, 'tasks', from, false, at)[0]

async function readPart(directory: string, part: 'tasks' | 'handlers', from: string | undefined, place: Place, at: Position): Promise<Role['tasks']> {
  const [file] = partFiles(directory, part, from, false, at)
  if (file === undefined) return []
  const chain = extendChain(place.chain, file, at)
  return readNodes(contentOf(file, place.options, at), `${part} of the role`, { ...place, chain, directories: [dirname(file)] }, { file, line: 1, column: 1 })
}

/** Variables of `defaults/` or `vars/`: of main, or of all files in a directory of that name. */
function readVariables(directory: string, part: 'defaults' | 'vars', from: string | undefined, { options }: Place, at: Position): RawDict {
  const variables: RawDict = new Map()
  for (const file of partFiles(directory, part, from, true, at)) {
    const content = contentOf(file, options, at)
    if (content === null) continue
    if (!(content instanceof Map)) throw new ProvisionError('playbook-syntax', `${file} must hold a dictionary of variables, not ${describe(content)}`, { at: { file, line: 1, column: 1 } })
    for (const [key, value] of content as RawDict) {
      variables.set(key, value)
      copyPlace(content, variables, key)
    }
  }
  return variables
}

const extensions = ['.yml', '.yaml', '.json']

/** @param from the name of a file instead of main, which must exist then */
function partFiles(directory: string, part: string, from: string | undefined, many: boolean, at: Position): string[] {
  const base = join(directory, part)
  // Without a name a file comes before a directory, with one the other way round (`playbook/role/__init__.py`).
  const endings = from === undefined ? [...extensions, ''] : ['', ...extensions]
  for (const ending of endings) {
    const path = join(base, (from ?? 'main') + ending)
    if (!`${path}${sep}`.startsWith(base + sep)) throw new ProvisionError('playbook-syntax', `'${from}' is not in the role's directory ${base}`, { at })
    const state = statSync(path, { throwIfNoEntry: false })
    if (state?.isFile()) return [path]
    if (state?.isDirectory() && many) return filesBeneath(path)
  }
  if (from === undefined) return []
  throw new ProvisionError('file-missing', `Could not find specified file in role: ${part}/${from}`, { at, hint: `It was looked for as ${endings.map(ending => join(base, from + ending)).join(', ')}.` })
}

function filesBeneath(directory: string): string[] {
  return readdirSync(directory).sort().filter(name => !name.startsWith('.') && !name.endsWith('~')).flatMap(name => {
    const path = join(directory, name)
    if (statSync(path).isDirectory()) return extname(name) === '' ? filesBeneath(path) : []
    return [...extensions, ''].includes(extname(name)) ? [path] : []
  })
}

interface Meta {
  readonly content: RawDict
  readonly dependencies: readonly Raw[]
  readonly allowDuplicates: boolean
}

function readMeta(directory: string, { options }: Place): Meta {
  const [file] = partFiles(directory, 'meta', undefined, false, { file: directory, line: 1, column: 1 })
  const content = file === undefined ? null : contentOf(file, options)
  if (content === null) return { content: new Map(), dependencies: [], allowDuplicates: false }
  if (!(content instanceof Map)) throw new ProvisionError('playbook-syntax', `${file} must hold a dictionary`, { at: positionOf(content) ?? { file: file!, line: 1, column: 1 } })
  const meta = content as RawDict
  const keys = ['dependencies', 'allow_duplicates', 'galaxy_info', 'argument_specs', 'collections']
  for (const key of meta.keys())
    if (!keys.includes(key as string)) throw new ProvisionError('playbook-syntax', `'${String(key)}' is not a valid attribute for a RoleMetadata`, { at: positionOf(meta, key), hint: didYouMean(String(key), keys) })
  const dependencies = meta.get('dependencies') ?? []
  if (!Array.isArray(dependencies)) throw new ProvisionError('playbook-syntax', 'Expected role dependencies to be a list.', { at: placeOf(meta, 'dependencies') })
  return { content: meta, dependencies: dependencies as Raw[], allowDuplicates: saysYes(meta.get('allow_duplicates') ?? false) }
}

async function readDependencies(meta: Meta, use: RoleUse, usage: Usage): Promise<RoleUse[]> {
  const { place } = usage
  const { directory, name } = use.role
  if (place.dependents.includes(directory))
    throw new ProvisionError('include-cycle', `the role '${name}' depends on itself`, { at: usage.at, context: place.dependents.slice(place.dependents.indexOf(directory) + 1).map(one => `by way of the role ${basename(one)}`), hint: 'Remove one of the dependencies.' })
  const inner: Place = { ...place, dependents: [...place.dependents, directory] }
  const uses: RoleUse[] = []
  for (const [index, written] of meta.dependencies.entries()) {
    const at = positionOf(meta.dependencies, index) ?? usage.at
    uses.push(await readRoleEntry(written, inner, at, { outer: use.keywords, parents: [...(use.parents ?? []), use], beside: dirname(directory) }))
  }
  return uses
}

/** A role as an entry of `roles:` or of dependencies names it. @throws ProvisionError */
export async function readRoleEntry(
  written: Raw, place: Place, at: Position, within: { readonly outer?: Keywords; readonly parents?: readonly RoleUse[]; readonly beside?: string } = {},
): Promise<RoleUse> {
  const { outer, parents = [], beside } = within
  const read = (found: FoundRole, parameters: RawDict, keywords: Keywords) => readRole(found, { at, place, parameters, keywords, included: false, outer, parents })
  if (!(written instanceof Map)) {
    if (typeof written === 'string' && written.includes(',')) throw new ProvisionError('playbook-syntax', `Invalid old style role requirement: ${written}`, { at, hint: 'Write it as a dictionary: {role: name}' })
    if (typeof written !== 'string' && typeof written !== 'number' && !(written instanceof TemplateText)) throw new ProvisionError('playbook-syntax', `a role is a name or a dictionary, not ${describe(written)}`, { at })
    return read(findRole(staticName(written, 'the name of a role', place, at), place, at, beside), new Map(), {})
  }
  const entry = written as RawDict
  const key = entry.has('role') ? 'role' : 'name'
  if ((entry.get(key) ?? null) === null)
    throw new ProvisionError('playbook-syntax', 'role definitions must contain a role name', { at, hint: entry.has('src') ? 'Roles cannot be fetched from elsewhere: put the role beside the playbook and name it with role:.' : 'Name it with role:.' })
  const nameAt = valuePositionOf(entry, key) ?? at
  const found = findRole(staticName(entry.get(key), 'the name of a role', place, nameAt), place, nameAt, beside)
  const parameters = parametersOf(entry)
  checkKeywords(entry, 'role', name => name === 'role' || parameters.has(name))
  return read(found, parameters, await readKeywords(entry))
}

/** What is no keyword of a role is a variable for it, as in `{role: web, site: a.example}`. */
function parametersOf(entry: RawDict): RawDict {
  const own = new Set([...keywordsOf('role'), 'role'])
  const parameters: RawDict = new Map()
  for (const [key, value] of entry) {
    if (typeof key !== 'string' || own.has(key)) continue
    parameters.set(key, value)
    copyPlace(entry, parameters, key)
  }
  return parameters
}

/** The task that checks what a role was given by `meta/argument_specs.yml`, else `meta/main.yml`, where that speaks of its tasks. */
function validation(use: RoleUse, entryPoint: string, meta: RawDict, { options }: Place): Task[] {
  const { name, directory } = use.role
  const file = ['.yml', '.yaml', '.json'].map(ending => join(directory, 'meta', `argument_specs${ending}`)).find(path => existsSync(path))
  const content = file === undefined ? meta : contentOf(file, options)
  const specs = content instanceof Map ? ((content as RawDict).get('argument_specs') ?? null) : null
  const written = specs instanceof Map ? ((specs as RawDict).get(entryPoint) ?? null) : null
  if (written === null) return []
  const at = positionOf(specs, entryPoint) ?? { file: file ?? directory, line: 1, column: 1 }
  const spec = dictionary(written, `the argument specification '${entryPoint}'`, at)
  const arguments_ = dictionary(spec.get('options') ?? new Map(), 'options', at)
  parameterSpecs(arguments_, at)
  const about = new Map<Value, Raw>([['type', 'role'], ['name', name], ['argument_spec_name', entryPoint], ['path', directory]])
  const parameters: RawDict = new Map<Value, Raw>([['argument_spec', arguments_], ['provided_arguments', use.parameters], ['validate_args_context', about]])
  const described = spec.get('short_description') ?? null
  const title = `Validating arguments against arg spec '${entryPoint}'${described === null ? '' : ` - ${String(described)}`}`
  const task = plainTask(at, directory, title, { kind: 'verb', verb: 'validate_argument_spec', parameters, parametersAt: at, freeForm: undefined }, use)
  return [{ ...task, keywords: { tags: ['always'] } }]
}

/** Something to compare uses by: templates count by their text. */
function asValue(raw: unknown): Value {
  if (raw instanceof TemplateText) return raw.text
  if (raw === undefined) return null
  if (Array.isArray(raw)) return raw.map(asValue)
  if (raw instanceof Map) return new Map([...raw].map(([key, value]) => [key as Value, asValue(value)] as const).sort(([a], [b]) => (String(a) < String(b) ? -1 : 1)))
  if (raw && typeof raw === 'object' && Object.getPrototypeOf(raw) === Object.prototype) return asValue(new Map(Object.entries(raw)))
  return raw as Value
}
