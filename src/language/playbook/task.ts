import { ProvisionError } from '../../core/error.ts'
import type { Position } from '../../core/position.ts'
import { TemplateText, type Raw, type RawDict } from '../../core/value.ts'
import type { Action, Keywords, Node, Task, Verb } from '../playbook.ts'
import { positionOf } from '../positions.ts'
import { actionKeys, findAction, verbOf, type WrittenAction } from './action.ts'
import { importRole, importTasks } from './import.ts'
import { includeRoleAction, includeTasksAction } from './include.ts'
import { checkKeywords, type Owner } from './keyword.ts'
import { readLoop } from './loop.ts'
import { moduleAction, verbAction } from './module-action.ts'
import { noteChain } from './include-chain.ts'
import type { Place } from './place.ts'
import { isVariableName, listOf, placeOf, plainText } from './shape.ts'
import { readKeywords } from './shared-keywords.ts'
import { checkTemplateSyntax } from './template-syntax.ts'

/** A task; what it imports in its place, if it imports something. @throws ProvisionError */
export async function readTask(written: RawDict, place: Place, at: Position): Promise<Node[]> {
  const general: Owner = place.handlers ? 'handler' : 'task'
  const action = findAction(written, general, at)
  const owner = action.name === 'include_tasks' || action.name === 'include_role' ? 'include' : general
  if (place.handlers && action.name === 'include_role') throw new ProvisionError('unsupported', 'a role cannot be included among handlers', { at, hint: "Include it among the tasks: its handlers become the play's." })
  if (place.handlers && action.name === 'meta' && action.freeForm === 'flush_handlers') throw new ProvisionError('unsupported', 'flush_handlers cannot be used as a handler', { at })
  checkKeywords(written, owner, key => (key === action.key && actionKeys(written).includes(key)) || (key === 'listen' && place.handlers))
  checkTemplateSyntax(written)
  if (action.name === 'import_tasks') return importTasks(written, action, place, at)
  if (action.name === 'import_role') return importRole(written, action, place, at)
  return [await readPlainTask(written, action, place, at)]
}

async function readPlainTask(written: RawDict, action: WrittenAction, place: Place, at: Position): Promise<Task> {
  const { delegateTo, delegateFacts, notify, ...keywords } = await readKeywords(written)
  noteChain(at, [...place.past, ...place.chain])
  return {
    type: 'task',
    at,
    name: written.get('name') ?? undefined,
    keywords,
    action: await readAction(written, action, keywords, place),
    loop: readLoop(written, at),
    register: registered(written),
    changedWhen: listOf(written, 'changed_when'),
    failedWhen: listOf(written, 'failed_when'),
    until: listOf(written, 'until'),
    retries: written.get('retries') ?? undefined,
    delay: written.get('delay') ?? undefined,
    notify: notify ?? place.inherited.notify,
    listen: topics(written, place),
    delegateTo: action.local ? 'localhost' : (delegateTo ?? place.inherited.delegateTo),
    delegateFacts: delegateFacts ?? place.inherited.delegateFacts,
    role: place.role,
    directory: place.directories[0]!,
  }
}

function readAction(written: RawDict, action: WrittenAction, keywords: Keywords, place: Place): Promise<Action> {
  if (action.name === 'include_tasks') return includeTasksAction(written, action, place)
  if (action.name === 'include_role') return includeRoleAction(written, action, place)
  const verb = verbOf(action.name)
  return verb === undefined ? moduleAction(action, keywords.moduleDefaults && place.moduleDefaults ? [...place.moduleDefaults, keywords.moduleDefaults] : place.moduleDefaults) : Promise.resolve(verbAction(action, verb as Verb))
}

function registered(written: RawDict): string | undefined {
  const name = plainText(written, 'register')
  if (name === undefined || isVariableName(name)) return name
  throw new ProvisionError('playbook-syntax', `Invalid variable name in 'register' specified: '${name}'`, { at: placeOf(written, 'register'), hint: 'A name begins with a letter or _ and has letters, digits and _ only.' })
}

/** Topics are known before anything runs: a template is taken as the text that it is, as Ansible does. */
function topics(written: RawDict, { options }: Place): readonly string[] {
  const list = listOf(written, 'listen') ?? []
  return list.map((topic: Raw, index) => {
    if (typeof topic === 'string') return topic
    const at = positionOf(list, index) ?? placeOf(written, 'listen')
    if (!(topic instanceof TemplateText)) throw new ProvisionError('playbook-syntax', 'listen takes a text or a list of texts', { at })
    options.warn?.(`listen is not rendered: '${topic.text}' is used as it is`, at)
    return topic.text
  })
}
