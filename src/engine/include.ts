import { toPlain, type Raw, type RawDict, type Value } from '../core/value.ts'
import type { Node, RoleUse, Task } from '../language/playbook.ts'
import { inside, insideRole, type Context } from './context.ts'
import { handlersIn } from './handler.ts'
import type { HostState } from './host-state.ts'
import { runInclusion, type Inclusion } from './inclusion.ts'
import type { Stage } from './stage.ts'
import type { RoleFiles } from './world.ts'

/** Hosts that include the same with the same variables go through it together. */
export interface IncludeGroup extends Inclusion {
  readonly hosts: HostState[]
}

/** Finds out what each host includes. A host for which that fails is failed, and in no group. */
export async function includeGroups(stage: Stage, task: Task, hosts: readonly HostState[], context: Context): Promise<IncludeGroup[]> {
  const groups = new Map<string, IncludeGroup>()
  for (const host of hosts) {
    const name = stage.nameOf(task, context, host)
    const { failed, inclusions } = await runInclusion(stage.place(task, context, host), stage.world.nextTask(), name, writtenName(task))
    if (failed) host.failure = { task, context, name, result: { failed: true, msg: 'the include failed' } }
    for (const inclusion of failed ? [] : inclusions) {
      const key = JSON.stringify([inclusion.what, [...inclusion.front].map(([variable, value]) => [variable, toPlain(value as Value)])])
      const group = groups.get(key)
      if (group) group.hosts.push(host)
      else groups.set(key, { ...inclusion, hosts: [host] })
    }
  }
  return [...groups.values()]
}

function writtenName({ action }: Task): Raw {
  if (action.kind === 'include-tasks') return action.file
  return action.kind === 'include-role' ? (action.parameters.get('name') ?? action.parameters.get('role') ?? null) : null
}

/** Reads what a group includes, and where it stands: `apply` and `vars` bear on it, the include's own conditions do not. */
export async function loadIncluded(stage: Stage, task: Task, { what, front, hosts }: IncludeGroup, context: Context): Promise<{ nodes: readonly Node[]; inner: Context }> {
  const { action } = task
  if (action.kind !== 'include-tasks' && action.kind !== 'include-role') return { nodes: [], inner: context }
  const { when: _, whenAt: __, tags: ___, ...passed } = task.keywords
  const parameters: RawDict = new Map<Value, Raw>([...(task.keywords.vars ?? new Map<Value, Raw>()), ...front])
  const inner: Context = { ...inside(inside(context, passed), action.apply ?? {}), includeParameters: [...context.includeParameters, parameters] }
  if (action.kind === 'include-tasks') return { nodes: await stage.world.loadTasks(what, task, context), inner }
  const use = await stage.world.loadRole(what, task, context, roleFiles(stage, task, context, action.parameters, hosts[0]!))
  const uses = withDependencies(use)
  for (const one of uses) stage.handlers.push(...handlersIn(one.role.handlers, insideRole(inner, one), (handler, place) => stage.nameOf(handler, place, hosts[0])))
  return { nodes: uses.flatMap(one => one.role.tasks), inner }
}

/** A role with all that it depends on, dependencies first. */
const withDependencies = (use: RoleUse): RoleUse[] => [...use.role.dependencies.flatMap(withDependencies), use]

/** `tasks_from` and its like; hosts that go together have the same. */
function roleFiles(stage: Stage, task: Task, context: Context, parameters: RawDict, host: HostState): RoleFiles {
  const evaluation = stage.evaluation(task, context, host)
  const files = ([['tasksFrom', 'tasks_from'], ['varsFrom', 'vars_from'], ['defaultsFrom', 'defaults_from'], ['handlersFrom', 'handlers_from']] as const)
    .filter(([, name]) => parameters.has(name))
    .map(([key, name]) => [key, String(toPlain(evaluation.evaluate(parameters.get(name)!)))])
  return Object.fromEntries(files) as RoleFiles
}
