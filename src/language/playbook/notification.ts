import { ProvisionError } from '../../core/error.ts'
import { didYouMean } from '../../core/nearest.ts'
import { TemplateText, type Raw } from '../../core/value.ts'
import type { Node, Play, Task } from '../playbook.ts'
import { positionOf } from '../positions.ts'

/**
 * Checks that every handler which a task notifies by a plain name exists. Left to the run where handlers may still
 * come: by `include_role`, by `include_tasks` among handlers, or under a name that is a template.
 *
 * @throws ProvisionError `unknown-handler`
 */
export function checkNotifications(play: Play): void {
  const roles = [...play.roles, ...play.importedRoles]
  const tasks = [...tasksOf([...play.preTasks, ...play.tasks, ...play.postTasks]), ...roles.flatMap(use => tasksOf(use.role.tasks))]
  const handlers = [...tasksOf(play.handlers), ...roles.flatMap(use => tasksOf(use.role.handlers))]
  if (tasks.some(task => task.action.kind === 'include-role') || handlers.some(handler => handler.action.kind === 'include-tasks' || handler.name instanceof TemplateText)) return
  const known = new Set(handlers.flatMap(handler => [...namesOf(handler), ...handler.listen]))
  for (const task of [...tasks, ...handlers]) checkTask(task, known)
}

/** A handler of a role goes by its name, and with the role's name before it. */
function namesOf({ name, role }: Task): string[] {
  if (name === undefined || name === null || name instanceof TemplateText) return []
  const plain = String(name)
  return role ? [plain, `${role.role.name} : ${plain}`] : [plain]
}

function checkTask(task: Task, known: ReadonlySet<string>): void {
  const list: readonly Raw[] = Array.isArray(task.notify) ? (task.notify as Raw[]) : [task.notify ?? null]
  for (const [index, name] of list.entries()) {
    if (typeof name !== 'string' || known.has(name)) continue
    throw new ProvisionError('unknown-handler', `The requested handler '${name}' was not found in either the main handlers list nor in the listening handlers list`, {
      at: positionOf(task.notify, index) ?? task.at,
      hint: didYouMean(name, known, near => `'${near}'`) ?? (known.size === 0 ? 'The play has no handlers: add some under handlers:.' : `Handlers are ${[...known].slice(0, 10).map(one => `'${one}'`).join(', ')}.`),
    })
  }
}

function tasksOf(nodes: readonly Node[]): Task[] {
  return nodes.flatMap(node => (node.type === 'task' ? [node] : tasksOf([...node.block, ...node.rescue, ...node.always])))
}
