import { basename } from 'node:path'
import { ProvisionError } from '../core/error.ts'
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
    if (node.type === 'task') return [{ task: node, context, name: name(node, context) }]
    return handlersIn([...node.block, ...node.rescue, ...node.always], inside(context, node.keywords), name)
  })
}

/**
 * The handlers that a name or topic means: the last of that name, and all that listen to it.
 *
 * @throws ProvisionError where there is none
 */
export function findHandlers(handlers: readonly Handler[], name: string, from: Task): Handler[] {
  const role = (handler: Handler) => handler.context.role?.role.name
  const named = handlers.filter(handler => handler.name === name || (role(handler) !== undefined && `${role(handler)} : ${handler.name}` === name))
  const listening = handlers.filter(handler => handler.task.listen.includes(name))
  // A role's or import's later block shadows an earlier one; within one list the first of equal names wins.
  const chosen = named.find(handler => handler.context.role === named.at(-1)?.context.role)
  const found = [...new Set([...(chosen ? [chosen] : []), ...listening])]
  if (found.length > 0) return found
  const known = handlers.flatMap(handler => [handler.name, ...handler.task.listen])
  throw new ProvisionError('unknown-handler', `no handler is called '${name}', and none listens to it`, {
    at: from.at,
    hint: didYouMean(name, known) ?? 'Handlers stand under handlers: of the play or in handlers/main.yml of a role.',
  })
}

/** The names that a task notifies. */
export function notifiedNames(task: Task, evaluation: Evaluation): string[] {
  if (task.notify === undefined) return []
  const value = evaluation.evaluate(task.notify)
  const flat = (one: Value): string[] => (Array.isArray(one) ? one.flatMap(flat) : one === null || isUnknown(one) ? [] : [String(one)])
  return flat(value)
}

/** The name under which a host remembers what a play has notified. */
export const journalName = (play: Play): string =>
  encodeURIComponent(`${basename(play.at.file)} ${typeof play.name === 'string' ? play.name : ''}`.trim()).replaceAll('*', '%2A').replaceAll("'", '%27').slice(0, 200)
