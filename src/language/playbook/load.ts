import { dirname, resolve } from 'node:path'
import { ProvisionError } from '../../core/error.ts'
import type { Position } from '../../core/position.ts'
import type { Raw, RawDict } from '../../core/value.ts'
import { splitArguments } from '../key-value.ts'
import type { Keywords, Node, Play, Playbook, Role, RoleUse } from '../playbook.ts'
import { positionOf } from '../positions.ts'
import { chainOf } from './include-chain.ts'
import { checkKeywords } from './keyword.ts'
import { readNodes } from './nodes.ts'
import { checkPast, contentOf, extendChain, findTaskFile, staticName, type LoadOptions, type Place } from './place.ts'
import { readPlay } from './play.ts'
import { findRole, readRole, roleTasksFile } from './role.ts'
import { describe, placeOf } from './shape.ts'
import { combineKeywords, readKeywords } from './shared-keywords.ts'

export type { LoadOptions } from './place.ts'

/**
 * Reads a playbook with everything that it imports, and checks all that can be checked before a host is touched.
 *
 * @throws ProvisionError for whatever is wrong, with its place
 */
export async function loadPlaybook(file: string, options: LoadOptions = {}): Promise<Playbook> {
  const path = resolve(file)
  return { file: path, plays: await readPlaybook(path, {}, [path], options) }
}

async function readPlaybook(path: string, outer: Keywords, chain: readonly string[], options: LoadOptions, at?: Position): Promise<Play[]> {
  const content = contentOf(path, options, at)
  const start = { file: path, line: 1, column: 1 }
  if (content === null) throw new ProvisionError('playbook-syntax', 'Empty playbook, nothing to do', { at: start })
  if (!Array.isArray(content)) throw new ProvisionError('playbook-syntax', `A playbook must be a list of plays, got ${describe(content)} instead`, { at: positionOf(content) ?? start, hint: 'Begin each play with a dash: - hosts: all' })
  if (content.length === 0) throw new ProvisionError('playbook-syntax', 'A playbook must contain at least one play', { at: start })
  const plays: Play[] = []
  for (const [index, entry] of (content as Raw[]).entries()) {
    const entryAt = positionOf(entry) ?? positionOf(content, index) ?? start
    if (!(entry instanceof Map)) throw new ProvisionError('playbook-syntax', "playbook entries must be either valid plays or 'import_playbook' statements", { at: entryAt })
    const key = [...entry.keys()].find(name => /^(ansible\.(builtin|legacy)\.)?import_playbook$/.test(String(name)))
    if (key === undefined) plays.push(await readPlay(entry as RawDict, entryAt, dirname(path), outer, options))
    else plays.push(...(await importPlaybook(entry as RawDict, key as string, path, outer, chain, options)))
  }
  return plays
}

async function importPlaybook(entry: RawDict, key: string, path: string, outer: Keywords, chain: readonly string[], options: LoadOptions): Promise<Play[]> {
  checkKeywords(entry, 'playbook', name => name === key)
  const at = placeOf(entry, key)!
  const keywords = combineKeywords(outer, await readKeywords(entry))
  const name = splitArguments(staticName(entry.get(key), 'the file of import_playbook', atTop(dirname(path), keywords, options), at), at)[0] ?? ''
  const target = resolve(dirname(path), name)
  return readPlaybook(target, keywords, extendChain(chain, target, at), options, at)
}

/** A place outside of any play. */
const atTop = (directory: string, keywords: Keywords, options: LoadOptions): Place => ({
  options, play: { directory, vars: keywords.vars ?? new Map(), roles: [], importedRoles: [], importedHandlers: [] },
  directories: [directory], role: undefined, handlers: false, chain: [], past: [], dependents: [], inherited: {}, vars: [], moduleDefaults: undefined, certain: false,
})

/** Whence something is included while a play runs. */
export interface IncludeFrom {
  /** `at` of the task that includes. */
  readonly at: Position
  /** Its directory. */
  readonly directory: string
  /** Directory of the playbook that holds the play. */
  readonly play: string
  /** The role that the task belongs to. */
  readonly role: RoleUse | undefined
  /** The task is a handler. */
  readonly handlers?: boolean
  /** `apply` of the include. */
  readonly apply?: Keywords
  readonly options?: LoadOptions
}

/**
 * The nodes of a file that `include_tasks` names.
 *
 * @throws ProvisionError `include-cycle` when the file has included itself more often than any honest recursion does
 */
export async function loadTasksFile(file: string, from: IncludeFrom): Promise<Node[]> {
  const place = includePlace(from)
  const path = findTaskFile(file, place, from.at)
  checkPast(place.past, path, from.at)
  return readNodes(contentOf(path, place.options, from.at), 'a file of tasks', { ...place, chain: [path], directories: [dirname(path), ...place.directories] }, { file: path, line: 1, column: 1 })
}

/** What `include_role` says beside the role's name. */
export interface RoleOptions {
  readonly tasksFrom?: string
  readonly varsFrom?: string
  readonly defaultsFrom?: string
  readonly handlersFrom?: string
  /** Absent: the role runs however often it is included. */
  readonly allowDuplicates?: boolean
  /** Variables of the include, which tell its uses apart. */
  readonly vars?: RawDict
  /** Its defaults and variables are for the whole play. */
  readonly isPublic?: boolean
  /** What it is given is not checked. */
  readonly unchecked?: boolean
}

/** A role that `include_role` names, with its dependencies in `role.dependencies`. @throws ProvisionError */
export async function loadRoleUse(name: string, from: IncludeFrom, options: RoleOptions = {}): Promise<RoleUse> {
  const place = includePlace(from)
  const found = findRole(name, place, from.at)
  const tasks = roleTasksFile(found, options.tasksFrom, from.at)
  if (tasks !== undefined) checkPast(place.past, tasks, from.at)
  const files = { tasks: options.tasksFrom, vars: options.varsFrom, defaults: options.defaultsFrom, handlers: options.handlersFrom }
  return readRole(found, {
    at: from.at, place, parameters: new Map(), keywords: from.apply ?? {}, included: true, allowDuplicates: options.allowDuplicates ?? true, taskVars: options.vars, isPrivate: options.isPublic !== true, unchecked: options.unchecked,
    from: Object.fromEntries(Object.entries(files).filter((entry): entry is [string, string] => entry[1] !== undefined)),
  })
}

/** The role itself, for whoever keeps account of its use. @throws ProvisionError */
export const loadRole = async (name: string, from: IncludeFrom, options: RoleOptions = {}): Promise<Role> => (await loadRoleUse(name, from, options)).role

function includePlace({ at, directory, play, role, handlers = false, apply = {}, options = {} }: IncludeFrom): Place {
  return {
    options, handlers, role,
    play: { directory: play, vars: new Map(), roles: [], importedRoles: [], importedHandlers: [] },
    directories: [directory], chain: [], past: chainOf(at), dependents: [], moduleDefaults: undefined, vars: [], certain: false,
    inherited: { delegateTo: apply.delegateTo, delegateFacts: apply.delegateFacts, notify: apply.notify },
  }
}
