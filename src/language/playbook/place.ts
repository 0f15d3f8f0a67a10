import { existsSync, statSync } from 'node:fs'
import { isAbsolute, join } from 'node:path'
import { ProvisionError } from '../../core/error.ts'
import type { Position } from '../../core/position.ts'
import { isUnknown } from '../../core/unknown.ts'
import { TemplateText, type Raw, type RawDict, type Value } from '../../core/value.ts'
import type { Keywords, Node, RoleUse } from '../playbook.ts'
import { Evaluation } from '../template/evaluation.ts'
import { expandHome } from '../template/files.ts'
import type { ShellVariables } from '../template/scope.ts'
import type { Decrypt } from '../yaml.ts'
import { loadYaml } from '../text-file.ts'
import { LayeredVariables } from '../variables/layers.ts'

/** What holds for everything that is loaded in one run. */
export interface LoadOptions {
  /** `-e`: names of files and roles that are imported may use them. */
  readonly extraVars?: RawDict
  /** Absent: none, so that `~` stays and roles are looked for in Ansible's own directories. */
  readonly shellVariables?: ShellVariables
  /** Directories that have roles in them, beside `roles/` next to the playbook. Absent: those of `ANSIBLE_ROLES_PATH`, or Ansible's own. */
  readonly rolesPath?: readonly string[]
  readonly decrypt?: Decrypt
  /** Called for what is no error and should be known. */
  readonly warn?: (message: string, at?: Position) => void
}

/** The play that is being read. */
export interface PlayScope {
  readonly directory: string
  readonly vars: RawDict
  /** Roles that `roles:` names, as far as they are read, and those that tasks import. */
  readonly roles: RoleUse[]
  readonly importedRoles: RoleUse[]
  readonly importedHandlers: Node[]
}

/** Where in the files nodes are being read, and what they inherit from there. */
export interface Place {
  readonly options: LoadOptions
  readonly play: PlayScope
  /** Directories of the file that holds the nodes and of those that import it, nearest first. */
  readonly directories: readonly string[]
  readonly role: RoleUse | undefined
  readonly handlers: boolean
  /** Files that are being read because one imports the next, the outermost first. */
  readonly chain: readonly string[]
  /** Files whose tasks included something while the play ran, and so led here. */
  readonly past: readonly string[]
  /** Roles that are being read because one depends on the next. */
  readonly dependents: readonly string[]
  /** What blocks and roles around say for all their tasks. */
  readonly inherited: Pick<Keywords, 'delegateTo' | 'delegateFacts' | 'notify'>
  /** `vars` of what stands around, the outermost first. */
  readonly vars: readonly RawDict[]
  /** `module_defaults` of what stands around, the outermost first; undefined where only the run knows them. */
  readonly moduleDefaults: readonly RawDict[] | undefined
  /** Nothing around it can skip it or catch its failure, so that what is wrong in a file that it includes is surely met. */
  readonly certain: boolean
}

/** The same place within something with keywords of its own. */
export const within = (place: Place, keywords: Keywords, certain = true): Place => ({
  ...place,
  inherited: {
    delegateTo: keywords.delegateTo ?? place.inherited.delegateTo,
    delegateFacts: keywords.delegateFacts ?? place.inherited.delegateFacts,
    notify: keywords.notify ?? place.inherited.notify,
  },
  vars: keywords.vars ? [...place.vars, keywords.vars] : place.vars,
  moduleDefaults: keywords.moduleDefaults && place.moduleDefaults ? [...place.moduleDefaults, keywords.moduleDefaults] : place.moduleDefaults,
  certain: place.certain && certain && keywords.when === undefined && keywords.ignoreErrors === undefined && keywords.tags === undefined,
})

const known = new Map<string, { readonly modified: number; readonly size: number; readonly content: Raw }>()

/** The content of a file; kept, and read again only when the file has changed. */
export function contentOf(path: string, { decrypt }: LoadOptions, at?: Position): Raw {
  const state = statSync(path, { throwIfNoEntry: false })
  const before = known.get(path)
  if (before && state && before.modified === state.mtimeMs && before.size === state.size) return before.content
  const content = loadYaml(path, { decrypt }, at)
  if (state && !decrypt) known.set(path, { modified: state.mtimeMs, size: state.size, content })
  return content
}

/**
 * A name that must be known before anything runs. It may use variables of the play, of roles and of what stands
 * around, and `-e`; not facts, and not what the inventory says.
 *
 * @throws ProvisionError
 */
export function staticName(raw: Raw | undefined, what: string, place: Place, at: Position | undefined): string {
  if (typeof raw === 'string' && raw !== '') return raw
  if (typeof raw === 'number') return String(raw)
  if (!(raw instanceof TemplateText)) throw new ProvisionError('playbook-syntax', `${what} must be a text`, { at })
  const { role, play, options } = place
  const roles = [...play.roles, ...play.importedRoles, ...(role ? [...(role.parents ?? []), role] : [])].filter(use => use.role.defaults)
  const variables = new LayeredVariables([
    ...roles.map(use => use.role.defaults),
    play.vars,
    ...roles.map(use => use.role.vars),
    ...place.vars,
    ...roles.map(use => use.parameters),
    options.extraVars ?? new Map(),
    new Map<Value, Raw>([['playbook_dir', play.directory], ...(role ? [['role_path', role.role.directory], ['role_name', role.role.name]] as [Value, Raw][] : [])]),
  ])
  try {
    const value = new Evaluation(variables, { directory: play.directory, searchPath: place.directories, shellVariables: options.shellVariables }).evaluate(raw)
    if (typeof value === 'string' && value !== '') return value
    throw new ProvisionError('playbook-syntax', `${what} gives ${isUnknown(value) ? 'nothing that is known yet' : 'no text'}`, { at: raw.at ?? at })
  } catch (error) {
    if (!(error instanceof ProvisionError) || error.code !== 'undefined-variable') throw error
    const { code, message, context } = error
    throw new ProvisionError(code, message, { at: error.at ?? raw.at ?? at, context, hint: `${error.hint ? `${error.hint} ` : ''}Imports are read before anything runs: their names can use variables of the play and -e, not facts or the inventory. Use include_tasks or include_role for those.` })
  }
}

/**
 * A file of tasks by its name: beside the file that names it and those around that one, in the role, beside the
 * playbook.
 *
 * @throws ProvisionError `file-missing`, with where it was looked for
 */
export function findTaskFile(name: string, place: Place, at: Position | undefined): string {
  const candidates = taskFiles(name, place)
  const found = candidates.find(isFile)
  if (found !== undefined) return found
  throw new ProvisionError('file-missing', `the file '${name}' does not exist`, { at, hint: `It was looked for as ${candidates.join(', ')}.` })
}

function taskFiles(written: string, { directories, role, handlers, play, options }: Place): string[] {
  const name = expandHome(written, options)
  if (isAbsolute(name)) return [name]
  const parts = handlers ? ['handlers', 'tasks', ''] : ['tasks', '']
  const bases = [...directories, ...(role ? parts.map(part => join(role.role.directory, part)) : []), play.directory]
  return [...new Set(bases.map(base => join(base, name)))]
}

const isFile = (path: string): boolean => existsSync(path) && statSync(path).isFile()

/** The chain with one more file. @throws ProvisionError `include-cycle` when it is in there already */
export function extendChain(chain: readonly string[], file: string, at: Position | undefined): readonly string[] {
  if (chain.includes(file)) throw cycle(chain, file, at)
  return [...chain, file]
}

/** How often a file may have led to itself while the play ran: an include may end by a condition. */
const mostRounds = 50

/** @throws ProvisionError `include-cycle` when a file has included itself more often than any honest recursion does */
export function checkPast(past: readonly string[], file: string, at: Position | undefined): void {
  if (past.filter(one => one === file).length > mostRounds) throw cycle(past, file, at)
}

function cycle(chain: readonly string[], file: string, at: Position | undefined): ProvisionError {
  const others = [...new Set(chain.slice(chain.indexOf(file) + 1))].filter(one => one !== file)
  return new ProvisionError('include-cycle', `${file} includes itself`, { at, context: others.map(one => `by way of ${one}`), hint: 'Remove one of the includes.' })
}
