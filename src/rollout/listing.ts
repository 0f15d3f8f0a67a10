import type { Listing } from '../core/event.ts'
import { TemplateText, toPlain, type Raw } from '../core/value.ts'
import { inside, insideRole, levelsOf, placeOf, playContext, type Context } from '../engine/context.ts'
import { tagsOf } from '../engine/keyword.ts'
import type { Node, Play, Playbook, Task } from '../language/playbook.ts'

export interface ListingOptions {
  readonly hosts: ((play: Play) => readonly string[]) | undefined
  readonly tasks: boolean
  readonly tags: boolean
}

/** What a playbook holds, as `--list-hosts`, `--list-tasks` and `--list-tags` show it. Names are as they were written. */
export function listPlays(playbook: Playbook, options: ListingOptions): Listing {
  return {
    type: 'listing',
    playbook: playbook.file,
    plays: playbook.plays.map(play => {
      const tasks = tasksOf(play)
      const pattern = Array.isArray(play.hosts) ? play.hosts : [play.hosts]
      return {
        name: play.name === undefined ? pattern.map(shown).join(',') : shown(play.name),
        at: play.at,
        pattern: pattern.map(shown),
        tags: [...tagsOf(undefined, [play.keywords])].sort(),
        ...(options.hosts && { hosts: options.hosts(play) }),
        ...(options.tasks && { tasks: tasks.map(({ task, context }) => ({ name: nameOf(task, context), at: task.at, tags: [...tagsOf(undefined, levelsOf(task, context))].sort() })) }),
        ...(options.tags && { taskTags: [...new Set(tasks.flatMap(({ task, context }) => [...tagsOf(undefined, levelsOf(task, context))]))].sort() }),
      }
    }),
  }
}

interface Placed {
  readonly task: Task
  readonly context: Context
}

export function tasksOf(play: Play): Placed[] {
  const walk = (nodes: readonly Node[], around: Context): Placed[] =>
    nodes.flatMap(node => {
      const context = placeOf(node, around)
      return node.type === 'task' ? [{ task: node, context }] : walk([...node.block, ...node.rescue, ...node.always], inside(context, node.keywords))
    })
  const base = playContext(play)
  return [...walk(play.preTasks, base), ...play.roles.flatMap(use => walk(use.role.tasks, insideRole(base, use))), ...walk(play.tasks, base), ...walk(play.postTasks, base)]
}

function nameOf(task: Task, context: Context): string {
  const { action } = task
  const name = task.name === undefined || task.name === null ? (action.kind === 'module' ? action.module.name : action.kind === 'verb' ? action.verb : action.kind.replace('-', '_')) : shown(task.name)
  return context.role ? `${context.role.role.name} : ${name}` : name
}

const shown = (raw: Raw): string => (raw instanceof TemplateText ? raw.text : String(toPlain(raw as never)))
