import { createHash } from 'node:crypto'
import { ProvisionError } from '../core/error.ts'
import { pythonText } from '../core/python-text.ts'
import { isUnknown } from '../core/unknown.ts'
import type { Value } from '../core/value.ts'
import { didYouMean } from '../core/nearest.ts'
import type { Node, Play, Task } from '../language/playbook.ts'
import type { Evaluation } from '../language/template/evaluation.ts'
import { insideRole, inside, placeOf, playContext, type Context } from './context.ts'

/** A handler of a play, and where it stands. */
export interface Handler {
  readonly task: Task
  readonly context: Context
  readonly name: string
  /** With its role's name before it. */
  readonly fullName: string
  /** The name by which hosts remember that it was notified. */
  readonly note: string
}

type Name = (task: Task, context: Context) => string

/**
 * The handlers of a play in the order in which they run: those of its roles, then its own. Names may only use
 * variables that the play itself gives; one that cannot be rendered is known by its text.
 */
export function handlersOf(play: Play, name: Name): Handler[] {
  const base = playContext(play)
  return [...play.roles.flatMap(use => handlersIn(use.role.handlers, insideRole(base, use), name)), ...handlersIn(play.handlers, base, name)]
}

/** The handlers among nodes, blocks taken apart. */
export function handlersIn(nodes: readonly Node[], around: Context, name: Name): Handler[] {
  return nodes.flatMap(node => {
    const context = placeOf(node, around)
    if (node.type === 'task') return [handler(node, context, name(node, context))]
    return handlersIn([...node.block, ...node.rescue, ...node.always], inside(context, node.keywords), name)
  })
}

function handler(task: Task, context: Context, name: string): Handler {
  const fullName = context.role ? `${context.role.role.name} : ${name}` : name
  return { task, context: { ...context, handling: true }, name, fullName, note: noteName(fullName) }
}

/**
 * The handlers that a name or topic means: the one of that name that was read last, and all that listen to it, of those
 * with the same name one. Empty where there is none.
 */
export function handlersNamed(handlers: readonly Handler[], name: string): Handler[] {
  const weighed = lastListsFirst(handlers)
  const named = weighed.find(one => [one.name, one.fullName, one.note].includes(name))
  const listening = weighed.filter(one => one.task.listen.includes(name))
  const first = listening.filter((one, index) => listening.findIndex(other => other.name === one.name) === index)
  return [...new Set([...(named ? [named] : []), ...first])]
}

/** A role's or import's later list shadows an earlier one; within one list the first of equal names counts. */
function lastListsFirst(handlers: readonly Handler[]): Handler[] {
  const lists: Handler[][] = []
  for (const one of handlers) {
    const last = lists.at(-1)
    if (last && last[0]!.context.role === one.context.role) last.push(one)
    else lists.push([one])
  }
  return lists.reverse().flat()
}

/** The same for a task that notifies. @throws ProvisionError where there is none */
export function findHandlers(handlers: readonly Handler[], name: string, from: Task): Handler[] {
  const found = handlersNamed(handlers, name)
  if (found.length > 0) return found
  const known = handlers.flatMap(one => [one.name, ...one.task.listen])
  throw new ProvisionError('unknown-handler', `no handler is called '${name}', and none listens to it`, {
    at: from.at,
    hint: didYouMean(name, known) ?? 'Handlers stand under handlers: of the play or in handlers/main.yml of a role.',
  })
}

/** The names that a task notifies. */
export function notifiedNames(task: Task, evaluation: Evaluation): string[] {
  if (task.notify === undefined) return []
  const value = evaluation.evaluate(task.notify)
  const flat = (one: Value): string[] => (Array.isArray(one) ? one.flatMap(flat) : one === null || isUnknown(one) ? [] : [pythonText(one)])
  return flat(value)
}

/** A name as it is written down on hosts, where file names are short. */
export const noteName = (name: string): string =>
  encodeURIComponent(name).length <= 200 ? name : `${[...name].slice(0, 10).join('')}… ${createHash('sha256').update(name).digest('hex').slice(0, 16)}`
