import { dirname } from 'node:path'
import { ProvisionError } from '../../core/error.ts'
import type { Position } from '../../core/position.ts'
import type { RawDict } from '../../core/value.ts'
import type { Block, Node, RoleUse } from '../playbook.ts'
import { positionOf } from '../positions.ts'
import type { WrittenAction } from './action.ts'
import { checkOptions, filesOf, roleNameOf } from './include.ts'
import { readNodes } from './nodes.ts'
import { contentOf, extendChain, findTaskFile, staticName, within, type Place } from './place.ts'
import { withDependencies } from '../variables/role-variables.ts'
import { findRole, readRole } from './role.ts'
import { saysYes } from './shape.ts'
import { readKeywords } from './shared-keywords.ts'

/** Keywords that say how a task runs: what is imported is no task. */
const ofTasksOnly = ['register', 'changed_when', 'failed_when', 'until', 'retries', 'delay', 'listen']

/** What a file of tasks holds, in the place of the task that imports it, as a block with that task's keywords. */
export async function importTasks(task: RawDict, action: WrittenAction, place: Place, at: Position): Promise<Node[]> {
  checkImport(task, action, at)
  checkOptions(action, ['file'])
  const keywords = await readKeywords(task)
  const around = within(place, keywords)
  const name = staticName(action.freeForm ?? action.parameters.get('file'), `the file of ${action.name}`, around, action.parametersAt).trim()
  const path = findTaskFile(name, place, action.parametersAt)
  const chain = extendChain(place.chain, path, action.parametersAt)
  const inner: Place = { ...around, directories: [dirname(path), ...place.directories], chain }
  const nodes = await readNodes(contentOf(path, place.options, action.parametersAt), 'a file of tasks', inner, { file: path, line: 1, column: 1 })
  if (nodes.length === 0) place.options.warn?.(`${path} is empty and had no tasks to include`, action.parametersAt)
  return [block(at, keywords, nodes, place.role)]
}

/** The tasks of a role and of those that it depends on, likewise. Its handlers become the play's. */
export async function importRole(task: RawDict, action: WrittenAction, place: Place, at: Position): Promise<Node[]> {
  if (place.handlers) throw new ProvisionError('unsupported', 'a role cannot be imported among handlers', { at, hint: "Import it among the tasks: its handlers become the play's." })
  checkImport(task, action, at)
  checkOptions(action, ['name', 'role', 'tasks_from', 'vars_from', 'defaults_from', 'handlers_from', 'allow_duplicates', 'public', 'rolespec_validate'])
  const keywords = await readKeywords(task)
  const around = within(place, keywords)
  const written = roleNameOf(action)
  const name = staticName(written.name, 'the name of a role', around, written.at)
  const from: { [part: string]: string } = { ...filesOf(action) }
  for (const part of ['tasks', 'vars', 'defaults', 'handlers'])
    if (action.parameters.has(`${part}_from`)) from[part] = staticName(action.parameters.get(`${part}_from`), `${part}_from`, around, written.at)
  const use = await readRole(findRole(name, place, written.at), {
    at, place: around, from, parameters: new Map(), keywords: {}, included: true, taskVars: keywords.vars,
    allowDuplicates: saysYes(action.parameters.get('allow_duplicates') ?? true), isPrivate: !saysYes(action.parameters.get('public') ?? true), unchecked: !saysYes(action.parameters.get('rolespec_validate') ?? true),
  })
  const uses = withDependencies(use)
  place.play.importedRoles.push(use)
  for (const one of uses) if (one.role.handlers.length > 0) place.play.importedHandlers.push(block(at, keywords, one.role.handlers, one))
  return [block(at, keywords, uses.flatMap(one => one.role.tasks), place.role)]
}

const block = (at: Position, keywords: Block['keywords'], nodes: readonly Node[], role: RoleUse | undefined): Block => ({
  type: 'block', at, name: undefined, keywords, block: nodes, rescue: [], always: [], role,
})

function checkImport(task: RawDict, { name }: WrittenAction, at: Position): void {
  const loop = [...task.keys()].find(key => key === 'loop' || (typeof key === 'string' && key.startsWith('with_')))
  if (loop !== undefined)
    throw new ProvisionError('playbook-syntax', `You cannot use loops on '${name}' statements. You should use '${name.replace('import', 'include')}' instead.`, { at: positionOf(task, loop) ?? at })
  const useless = ofTasksOnly.find(key => task.has(key))
  if (useless !== undefined)
    throw new ProvisionError('playbook-syntax', `${useless} has no effect on ${name}`, { at: positionOf(task, useless) ?? at, hint: `Put it on the tasks that are imported, or use ${name.replace('import', 'include')}.` })
}
