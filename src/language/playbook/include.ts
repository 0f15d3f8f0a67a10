import { dirname, isAbsolute } from 'node:path'
import { ProvisionError } from '../../core/error.ts'
import { didYouMean } from '../../core/nearest.ts'
import type { Position } from '../../core/position.ts'
import { TemplateText, type Raw, type RawDict } from '../../core/value.ts'
import type { Action, Keywords } from '../playbook.ts'
import { positionOf, valuePositionOf } from '../positions.ts'
import type { WrittenAction } from './action.ts'
import { checkKeywords } from './keyword.ts'
import { readNodes } from './nodes.ts'
import { contentOf, extendChain, findTaskFile, within, type Place } from './place.ts'
import { findRole, readRole } from './role.ts'
import { dictionary } from './shape.ts'
import { readKeywords } from './shared-keywords.ts'

/** `include_tasks`: the file is read when the task runs, and looked over now where it is sure to be needed. */
export async function includeTasksAction(task: RawDict, action: WrittenAction, place: Place): Promise<Action> {
  checkOptions(action, ['file', 'apply'])
  const file = action.freeForm ?? action.parameters.get('file') ?? null
  if (file === null || file === '') throw new ProvisionError('playbook-syntax', `No file specified for ${action.name}`, { at: action.at })
  const apply = await readApply(action)
  // A file with a full path may be made by the run itself.
  if (typeof file === 'string' && !isAbsolute(file) && isCertain(task, place)) {
    const path = findTaskFile(file.trim(), place, action.parametersAt)
    const chain = extendChain(place.chain, path, action.parametersAt)
    const inner = within({ ...place, directories: [dirname(path), ...place.directories], chain }, apply ?? {})
    await readNodes(contentOf(path, place.options, action.parametersAt), path, inner, { file: path, line: 1, column: 1 })
  }
  return { kind: 'include-tasks', file: typeof file === 'string' ? file.trim() : file, apply, parametersAt: action.parametersAt }
}

const roleOptions = ['name', 'role', 'tasks_from', 'vars_from', 'defaults_from', 'handlers_from', 'apply', 'public', 'allow_duplicates', 'rolespec_validate']

/** `include_role`, likewise. */
export async function includeRoleAction(task: RawDict, action: WrittenAction, place: Place): Promise<Action> {
  checkOptions(action, roleOptions)
  const { name, at } = roleNameOf(action)
  for (const key of ['tasks_from', 'vars_from', 'defaults_from', 'handlers_from']) {
    const from = action.parameters.get(key)
    if (from !== undefined && typeof from !== 'string' && !(from instanceof TemplateText)) throw new ProvisionError('playbook-syntax', `${key} must be a text`, { at: valuePositionOf(action.parameters, key) })
  }
  const apply = await readApply(action)
  if (typeof name === 'string' && isCertain(task, place)) {
    const from = filesOf(action)
    if (from) await readRole(findRole(name, place, at), { at: action.at, place: within(place, apply ?? {}), from, parameters: new Map(), keywords: {}, included: true })
  }
  return { kind: 'include-role', parameters: action.parameters, apply, parametersAt: action.parametersAt }
}

/** @throws ProvisionError `playbook-syntax` where there is none */
export function roleNameOf(action: WrittenAction): { readonly name: Raw; readonly at: Position } {
  const key = action.parameters.has('name') ? 'name' : 'role'
  const name = action.parameters.get(key) ?? null
  if (name === null) throw new ProvisionError('playbook-syntax', `'name' is a required field for ${action.name}.`, { at: action.at })
  return { name, at: valuePositionOf(action.parameters, key) ?? action.parametersAt }
}

/** Which files of a role are meant instead of main, where that is known before anything runs. */
export function filesOf(action: WrittenAction): { [part: string]: string } | undefined {
  const from: { [part: string]: string } = {}
  for (const part of ['tasks', 'vars', 'defaults', 'handlers']) {
    const name = action.parameters.get(`${part}_from`)
    if (name instanceof TemplateText) return undefined
    if (typeof name === 'string') from[part] = name
  }
  return from
}

/** @throws ProvisionError `playbook-syntax` for an option that does not exist */
export function checkOptions(action: WrittenAction, allowed: readonly string[]): void {
  for (const key of action.parameters.keys())
    if (!allowed.includes(key as string))
      throw new ProvisionError('playbook-syntax', `Invalid options for ${action.name}: ${String(key)}`, { at: positionOf(action.parameters, key) ?? action.parametersAt, hint: didYouMean(String(key), allowed) ?? `Options are ${allowed.join(', ')}.` })
}

/** `apply:`: keywords for what is included. */
async function readApply(action: WrittenAction): Promise<Keywords | undefined> {
  const written = action.parameters.get('apply') ?? null
  if (written === null) return undefined
  const at = valuePositionOf(action.parameters, 'apply') ?? action.parametersAt
  const apply = dictionary(written, 'apply', at)
  checkKeywords(apply, 'block')
  return readKeywords(apply)
}

/** Nothing can keep this include from happening, and nothing catches it when it fails. */
const isCertain = (task: RawDict, place: Place): boolean =>
  place.certain && !['when', 'ignore_errors', 'loop', 'tags'].some(key => task.has(key)) && ![...task.keys()].some(key => typeof key === 'string' && key.startsWith('with_'))
