import { ProvisionError } from '../core/error.ts'
import { pythonText } from '../core/python-text.ts'
import { Unknown } from '../core/unknown.ts'
import { toPlain, toValue, type Raw, type RawDict, type Value } from '../core/value.ts'
import type { Action, Node, Task } from '../language/playbook.ts'
import { withDependencies } from '../language/variables/role-variables.ts'
import type { ModuleResult } from '../modules/module.ts'
import { inside, insideRole, levelsOf, type Context } from './context.ts'
import { handlersIn } from './handler.ts'
import type { HostState } from './host-state.ts'
import { inclusionsOf, isInclusion, type Inclusion, type Omission } from './inclusion.ts'
import { asBoolean, tagsOf } from './keyword.ts'
import { failureFrom } from './outcome.ts'
import { roleName, type Stage } from './stage.ts'
import type { RoleOptions } from './world.ts'

/** What some hosts include together, and where it stands. */
export interface Included {
  readonly what: string
  readonly hosts: readonly HostState[]
  readonly nodes: readonly Node[]
  readonly inner: Context
}

type Group = Inclusion & { readonly hosts: HostState[] }

type IncludeAction = Extract<Action, { kind: 'include-tasks' | 'include-role' }>

/**
 * Finds out what each host includes and reads it; hosts that include the same with the same variables go through it
 * together. Sends the include's own events, as for any task. A host for which that fails has failed.
 *
 * @param id of the task
 */
export async function includedBy(stage: Stage, task: Task, hosts: readonly HostState[], context: Context, id: number): Promise<Included[]> {
  const action = task.action as IncludeAction
  const name = stage.nameOf(task, context, hosts[0])
  const including = new Map<HostState, string[]>()
  const tell = (host: HostState, status: 'ok' | 'skipped' | 'failed' | 'unknown', result: ModuleResult, why?: string) => {
    // As in Ansible, each thing that is included counts.
    host.count(status, status === 'ok' ? including.get(host)!.length : 1)
    if (status === 'failed' || status === 'unknown') register(task, host, status === 'unknown' ? new Unknown(why!) : result)
    if (status === 'failed') host.failure = { task, context, name, result }
    stage.world.emit({ type: 'host-result', host: host.name, task: id, status, result, changes: [], ignored: false, duration: 0, looped: task.loop !== undefined, ...(why !== undefined && { why }) })
  }
  const fail = (host: HostState, error: unknown) => tell(host, 'failed', failureFrom(error, { task, name, host }))
  stage.world.emit({ type: 'task-start', task: id, name: stage.titleOf(task, context, hosts[0]), module: action.kind.replace('-', '_'), at: task.at, kind: context.handling ? 'handler' : 'task', hosts: hosts.map(host => host.name), tags: [...tagsOf(undefined, levelsOf(task, context))] })

  const groups = new Map<string, Group>()
  for (const host of hosts) {
    try {
      const rounds = inclusionsOf(stage.place(task, context, host), writtenName(action))
      if (!Array.isArray(rounds)) {
        tell(host, 'unknown', {}, (rounds as Unknown).why)
        continue
      }
      register(task, host, resultOf(task, rounds))
      const found = rounds.filter(isInclusion)
      if (found.length === 0) tell(host, 'skipped', { changed: false, skipped: true, skip_reason: 'Conditional result was False' })
      else including.set(host, found.map(inclusion => join(groups, inclusion, host).what))
    } catch (error) {
      fail(host, error)
    }
  }

  const included: Included[] = []
  const failed = new Map<HostState, unknown>()
  for (const group of groups.values()) {
    try {
      included.push({ what: group.what, hosts: group.hosts, ...(await load(stage, task, action, group, context)) })
    } catch (error) {
      if (!(error instanceof ProvisionError)) throw error
      for (const host of group.hosts) failed.set(host, error)
    }
  }
  for (const [host, whats] of including) {
    if (failed.has(host)) fail(host, failed.get(host))
    else tell(host, 'ok', { changed: false, include: whats })
  }
  return included
}

function register({ register: name }: Task, host: HostState, result: ModuleResult | Unknown): void {
  if (name) host.made.set(name, toValue(result))
}

/** What is registered of an include, or of each round of its loop. */
function resultOf({ loop }: Task, rounds: readonly (Inclusion | Omission)[]): ModuleResult {
  const results = rounds.map((one): ModuleResult => ({
    ...(isInclusion(one) ? { changed: false, include: one.what, include_args: {} } : { changed: false, skipped: true, skip_reason: 'Conditional result was False', false_condition: one.because.false }),
    ...Object.fromEntries(one.front),
  }))
  const skipped = !rounds.some(isInclusion)
  return loop ? { changed: false, results, skipped, msg: skipped ? 'All items skipped' : 'All items completed' } : results[0]!
}

function join(groups: Map<string, Group>, inclusion: Inclusion, host: HostState): Inclusion {
  const key = JSON.stringify([inclusion.what, [...inclusion.front].map(([variable, value]) => [variable, toPlain(value as Value)])])
  const group = groups.get(key)
  if (group) group.hosts.push(host)
  else groups.set(key, { ...inclusion, hosts: [host] })
  return inclusion
}

const writtenName = (action: IncludeAction): Raw => (action.kind === 'include-tasks' ? action.file : roleName(action))

/** Reads what a group includes: `apply` and `vars` bear on it, the include's own conditions and tags do not. */
async function load(stage: Stage, task: Task, action: IncludeAction, { what, front, hosts }: Group, context: Context): Promise<Pick<Included, 'nodes' | 'inner'>> {
  const { when: _, whenAt: __, tags: ___, ...passed } = task.keywords
  const vars: RawDict = new Map<Value, Raw>([...(task.keywords.vars ?? new Map<Value, Raw>()), ...front])
  const inner: Context = { ...inside(inside(context, passed), action.apply ?? {}), includeParameters: [...context.includeParameters, vars] }
  if (action.kind === 'include-tasks') return { nodes: await stage.world.loadTasks(what, task, context), inner }
  const use = await stage.world.loadRole(what, task, context, { ...roleOptions(stage, task, context, action.parameters, hosts[0]!), vars })
  stage.includedRoles.push(use)
  const uses = withDependencies(use)
  for (const one of uses) stage.handlers.push(...handlersIn(one.role.handlers, insideRole(inner, one), (handler, place) => stage.nameOf(handler, place, hosts[0])))
  return { nodes: uses.flatMap(one => one.role.tasks), inner }
}

/** What the include says beside the role's name; hosts that go together have the same. */
function roleOptions(stage: Stage, task: Task, context: Context, parameters: RawDict, host: HostState): RoleOptions {
  const evaluation = stage.evaluation(task, context, host)
  const files = ([['tasksFrom', 'tasks_from'], ['varsFrom', 'vars_from'], ['defaultsFrom', 'defaults_from'], ['handlersFrom', 'handlers_from']] as const)
    .filter(([, name]) => parameters.has(name))
    .map(([key, name]) => [key, pythonText(evaluation.evaluate(parameters.get(name)!))])
  const says = (name: string): boolean | undefined => (parameters.has(name) ? asBoolean(evaluation.evaluate(parameters.get(name)!)) : undefined)
  const allowDuplicates = says('allow_duplicates')
  return { ...Object.fromEntries(files), isPublic: says('public') === true, unchecked: says('rolespec_validate') === false, ...(allowDuplicates !== undefined && { allowDuplicates }) }
}
