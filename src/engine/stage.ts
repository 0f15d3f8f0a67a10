import { pythonText } from '../core/python-text.ts'
import { isUnknown } from '../core/unknown.ts'
import { TemplateText, type Raw, type Value } from '../core/value.ts'
import type { Action, Play, RoleUse, Task } from '../language/playbook.ts'
import type { Evaluation } from '../language/template/evaluation.ts'
import { playContext, type Context } from './context.ts'
import { GoneThrough } from './gone-through.ts'
import { handlersOf, type Handler } from './handler.ts'
import type { HostState } from './host-state.ts'
import type { World } from './world.ts'
import { Journal } from './journal.ts'
import { evaluationFor, type Place } from './place.ts'

/** A play on one batch of hosts, as the parts of its run share it. */
export class Stage {
  readonly world: World
  readonly play: Play
  readonly batch: readonly HostState[]
  /** Their names in the inventory's order, whatever the play's own is. */
  readonly batchNames: readonly string[]
  /** Names of all hosts of the play. */
  readonly playHosts: readonly string[]
  /** The place of what stands in the play itself. */
  readonly base: Context
  /** In the order in which they run; `include_role` adds to them. */
  readonly handlers: Handler[]
  /** Roles that tasks have included so far. */
  readonly includedRoles: RoleUse[] = []
  readonly goneThrough = new GoneThrough()
  /** Nothing more of the play is run (`meta: end_play`, too many failures). */
  over = false

  readonly #journals = new Map<HostState, Journal>()

  constructor(world: World, play: Play, batch: readonly HostState[], playHosts: readonly string[]) {
    this.world = world
    this.play = play
    this.batch = batch
    this.playHosts = playHosts
    const names = new Set(batch.map(({ name }) => name))
    this.batchNames = playHosts.filter(name => names.has(name))
    this.base = playContext(play)
    this.handlers = handlersOf(play, (task, context) => this.nameOf(task, context, batch[0]))
  }

  /** The user has asked to stop. */
  get stopped(): boolean {
    return this.world.options.signal.aborted
  }

  /** Hosts that go on. */
  active(): HostState[] {
    return this.over || this.stopped ? [] : this.batch.filter(host => host.usable)
  }

  /** What a host remembers of this play's handlers. */
  journal(host: HostState): Journal {
    let journal = this.#journals.get(host)
    if (!journal) this.#journals.set(host, (journal = new Journal(this, host)))
    return journal
  }

  place(task: Task, context: Context, host: HostState): Place {
    return { world: this.world, host, task, context, playHosts: this.playHosts, batch: this.batchNames, includedRoles: this.includedRoles }
  }

  evaluation(task: Task, context: Context, host: HostState): Evaluation {
    return evaluationFor(this.place(task, context, host))
  }

  /** How many hosts may work on a task at once. */
  atOnce(most: number): number {
    return Math.min(this.world.options.forks, most)
  }

  /**
   * At most `forks` hosts at once, or fewer.
   *
   * @returns those whose turn came before the user asked to stop, in order
   */
  async limited(hosts: readonly HostState[], work: (host: HostState, hasWaited: boolean) => Promise<void>, most = Infinity): Promise<HostState[]> {
    const waiting = [...hosts]
    const begun = new Set<HostState>()
    const worker = async () => {
      let hasWaited = false
      for (let host = waiting.shift(); host && !this.stopped; host = waiting.shift()) {
        begun.add(host)
        await work(host, hasWaited)
        hasWaited = true
      }
    }
    await Promise.all(Array.from({ length: Math.min(this.atOnce(most), hosts.length) }, worker))
    return hosts.filter(host => begun.has(host))
  }

  /** A task's name; one that cannot be rendered is its text. */
  nameOf(task: Task, context: Context, host: HostState | undefined): string {
    if (task.name === undefined || task.name === null) return task.action.kind === 'include-role' ? `include_role : ${written(roleName(task.action))}` : actionName(task)
    if (!(task.name instanceof TemplateText)) return pythonText(task.name as Value)
    if (!host) return task.name.text
    try {
      const name = this.evaluation(task, context, host).evaluate(task.name)
      return isUnknown(name) ? task.name.text : pythonText(name)
    } catch {
      return task.name.text
    }
  }

  /** The same as events have it: with the role's name before it, unless it names a role itself. */
  titleOf(task: Task, context: Context, host: HostState | undefined): string {
    const name = this.nameOf(task, context, host)
    const namesRole = task.action.kind === 'include-role' && (task.name ?? null) === null
    return context.role && !namesRole ? `${context.role.role.name} : ${name}` : name
  }
}

/** The name of the role that `include_role` includes, as it was written. */
export const roleName = ({ parameters }: Extract<Action, { kind: 'include-role' }>): Raw => parameters.get('name') ?? parameters.get('role') ?? null

const written = (raw: Raw): string => (raw instanceof TemplateText ? raw.text : String(raw))

/** What a task does, as the user writes it: `copy`, `set_fact`, `include_tasks`. */
export const actionName = ({ action }: Task): string =>
  action.kind === 'module' ? action.module.name : action.kind === 'verb' ? action.verb : action.kind.replace('-', '_')
