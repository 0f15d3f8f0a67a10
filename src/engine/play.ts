import { TemplateText, toPlain, toValue } from '../core/value.ts'
import type { Block, Node, Play, Task } from '../language/playbook.ts'
import { factName } from '../language/variables/facts.ts'
import { inside, levelsOf, placeOf, type Context } from './context.ts'
import { failedTask } from './failed-task.ts'
import { gatherAhead, gathers, setupTask } from './gathering.ts'
import { findHandlers, handlersNamed, type Handler } from './handler.ts'
import type { HostState } from './host-state.ts'
import { includedBy } from './include.ts'
import { asBoolean, booleanKeyword, isSelected, tagsOf, textKeyword } from './keyword.ts'
import { metaName, runMeta } from './meta.ts'
import type { TaskOutcome } from './outcome.ts'
import { pace } from './pace.ts'
import { scout } from './scout.ts'
import { actionName, Stage } from './stage.ts'
import { runTask } from './task.ts'
import type { World } from './world.ts'

/**
 * Runs a play over one batch of hosts, a task at a time: all hosts finish it before the next begins.
 *
 * @param playHosts names of all hosts of the play
 * @returns whether the run may go on with the next batch
 */
export async function runPlay(world: World, play: Play, batch: readonly HostState[], playHosts: readonly string[]): Promise<boolean> {
  return new PlayRun(new Stage(world, play, batch, playHosts)).run()
}

class PlayRun {
  readonly #stage: Stage
  #failedTooOften = false
  #lastTask = 0

  constructor(stage: Stage) {
    this.#stage = stage
  }

  async run(): Promise<boolean> {
    const { play, base, batch } = this.#stage
    await this.#scout()
    if (this.#stage.handlers.length > 0) await this.#stage.limited(batch, host => this.#stage.journal(host).recall())
    await this.#gatherFacts()
    for (const section of [
      [{ nodes: play.preTasks, context: base }],
      [...play.roles.map(use => ({ nodes: use.role.tasks, context: base })), { nodes: play.tasks, context: base }],
      [{ nodes: play.postTasks, context: base }],
    ]) {
      // A section without tasks is none: handlers that an earlier run has left behind wait for the tasks.
      if (section.every(({ nodes }) => nodes.length === 0)) continue
      for (const { nodes, context } of section) await this.#runNodes(nodes, this.#stage.active(), context)
      await this.#flushHandlers()
    }
    await this.#settleNotes()
    return !this.#failedTooOften && batch.some(host => !host.failure && !host.unreachable)
  }

  /** Facts are read ahead for all that can already be rendered. */
  async #scout(): Promise<void> {
    const stage = this.#stage
    const { world, play, playHosts, batch, batchNames, includedRoles } = stage
    world.scouted.news()
    if (!world.options.scout) return
    const scouting = { world, play, playHosts, batch: batchNames, includedRoles }
    const isOwed = stage.handlers.length > 0
    if (isOwed) for (const host of batch.slice(0, world.options.forks)) stage.journal(host).approach()
    const turn = pace()
    await stage.limited(batch, async host => {
      await turn()
      await Promise.allSettled([scout(scouting, host), isOwed && stage.journal(host).owed(), gathers(stage) && gatherAhead(stage, host)])
    })
  }

  async #gatherFacts(): Promise<void> {
    const stage = this.#stage
    const hosts = stage.active()
    if (hosts.length === 0 || !gathers(stage)) return
    await this.#runOn(setupTask(stage.play), hosts, stage.base, 'gather-facts')
    // What could not be rendered without facts can be now.
    await this.#scout()
  }

  /** Runs nodes in order. Returns the hosts that are still well. */
  async #runNodes(nodes: readonly Node[], hosts: readonly HostState[], around: Context): Promise<HostState[]> {
    let well = [...hosts]
    for (const [index, node] of nodes.entries()) {
      if (well.length === 0 || this.#stage.stopped || this.#stage.over) break
      const context = placeOf(node, around)
      well = node.type === 'block' ? await this.#runBlock(node, well, context) : await this.#runTaskNode(node, well, context)
      const endsRole = node.role !== undefined && node.role !== around.role && nodes[index + 1]?.role !== node.role
      if (endsRole) this.#stage.goneThrough.end(node.role!, well)
    }
    return well
  }

  async #runBlock(block: Block, hosts: readonly HostState[], outer: Context): Promise<HostState[]> {
    const context = inside(outer, block.keywords)
    let well = await this.#runNodes(block.block, hosts, context)
    const failed = hosts.filter(host => host.failure && !host.unreachable && !host.ended)
    if (block.rescue.length > 0 && failed.length > 0 && !this.#stage.stopped) {
      for (const host of failed) this.#rescue(host)
      well = [...well, ...(await this.#runNodes(block.rescue, failed, context))]
    }
    if (block.always.length > 0 && !this.#stage.stopped) {
      const going = hosts.filter(host => !host.unreachable && !host.ended)
      const after = new Set(await this.#despiteFailures(going, () => this.#runNodes(block.always, going, context)))
      // A failure that was forgiven meanwhile (`meta: clear_host_errors`) is none any more.
      well = going.filter(host => after.has(host) && host.usable)
    }
    return hosts.filter(host => well.includes(host))
  }

  #rescue(host: HostState): void {
    const failure = host.failure!
    host.failure = undefined
    if (failure.inherited) return
    host.made.set('ansible_failed_task', failedTask(failure, this.#stage.evaluation(failure.task, failure.context, host)))
    host.made.set('ansible_failed_result', toValue(failure.result))
    host.count('failed', -1)
    host.count('rescued')
    this.#stage.world.emit({ type: 'rescued', host: host.name, task: this.#lastTask })
  }

  /** Runs something on hosts that may have failed; they have failed afterwards as before. */
  async #despiteFailures<T>(hosts: readonly HostState[], work: () => Promise<T>): Promise<T> {
    for (const host of hosts) host.setFailureAside()
    const result = await work()
    for (const host of hosts) host.takeFailureBack()
    return result
  }

  async #runTaskNode(task: Task, hosts: readonly HostState[], context: Context): Promise<HostState[]> {
    if (context.handling) return this.#runTask(task, hosts, context)
    const { tags, skipTags } = this.#stage.world.options
    const taking = hosts.filter(host => !this.#stage.goneThrough.isRepeated(context.role, host))
    if (taking.length === 0 || !this.#begins(task, context, taking[0]) || !isSelected(tagsOf(undefined, levelsOf(task, context)), tags, skipTags)) return [...hosts]
    const well = await this.#runTask(task, taking, context)
    return hosts.filter(host => !taking.includes(host) || well.includes(host))
  }

  async #runTask(task: Task, hosts: readonly HostState[], context: Context): Promise<HostState[]> {
    if (task.action.kind === 'include-tasks' || task.action.kind === 'include-role') return this.#runInclude(task, hosts, context)
    if (task.action.kind !== 'verb' || task.action.verb !== 'meta') return this.#runOn(task, hosts, context, context.handling ? 'handler' : 'task')
    if (metaName(task) === 'flush_handlers') await this.#flushHandlers()
    else {
      await runMeta(this.#stage, task, hosts, context)
      this.#stage.world.scouted.news()
    }
    return hosts.filter(host => host.usable)
  }

  #begins(task: Task, context: Context, host: HostState | undefined): boolean {
    return this.#stage.world.startAt.begins(() => [this.#stage.nameOf(task, context, host), this.#stage.titleOf(task, context, host)])
  }

  async #runInclude(task: Task, hosts: readonly HostState[], context: Context): Promise<HostState[]> {
    const included = await includedBy(this.#stage, task, hosts, context, (this.#lastTask = this.#stage.world.nextTask()))
    this.#stage.world.scouted.news()
    let well = this.#goingOn(task, context, hosts, hosts.filter(host => host.usable))
    if (context.role) for (const host of new Set(included.flatMap(one => one.hosts))) this.#stage.goneThrough.begin(context.role, host)
    for (const { what, nodes, inner, hosts: group } of included) {
      const taking = group.filter(host => well.includes(host))
      if (taking.length === 0) continue
      this.#stage.world.emit({ type: 'included', file: what, hosts: taking.map(host => host.name), at: task.at })
      const after = await this.#runNodes(nodes, taking, inner)
      well = well.filter(host => !taking.includes(host) || after.includes(host))
    }
    return well
  }

  /** Runs a task on hosts at once. Returns those that have run it and are still well. */
  async #runOn(task: Task, hosts: readonly HostState[], context: Context, kind: 'task' | 'handler' | 'gather-facts'): Promise<HostState[]> {
    const stage = this.#stage
    const { world } = stage
    const first = hosts[0]!
    const levels = levelsOf(task, context)
    const evaluation = stage.evaluation(task, context, first)
    const once = kind !== 'gather-facts' && (bypassesHosts(task) || booleanKeyword(evaluation, levels, 'runOnce', false))
    const throttle = Math.max(0, Number(textKeyword(evaluation, levels, 'throttle') ?? 0)) || Infinity
    const runners = once ? [first] : hosts
    const id = (this.#lastTask = world.nextTask())
    world.emit({
      type: 'task-start', task: id, name: stage.titleOf(task, context, first), module: actionName(task),
      at: task.at, kind, hosts: runners.map(host => host.name), tags: [...tagsOf(undefined, levels)],
      ...(stage.atOnce(throttle) < runners.length && { atOnce: stage.atOnce(throttle) }),
    })
    const begun = await stage.limited(runners, async (host, hasWaited) => {
      if (hasWaited) world.emit({ type: 'host-start', host: host.name, task: id, elapsed: (performance.now() - world.options.began) / 1000 })
      const outcome = await this.#runHost(task, host, context, id)
      if (once) this.#share(task, outcome, first, hosts)
      if (!isUneventful(task, outcome)) world.scouted.news()
    }, throttle)

    return this.#goingOn(task, context, hosts, (once && begun.length > 0 ? hosts : begun).filter(host => host.usable))
  }

  /**
   * Who goes on behind a task that some hosts have not come through: nobody where too many have failed, or where one
   * failure is everybody's.
   *
   * @param well those that have
   */
  #goingOn(task: Task, context: Context, hosts: readonly HostState[], well: HostState[]): HostState[] {
    const stage = this.#stage
    if (well.length === hosts.length || stage.stopped) return well
    if (this.#tooManyFailed()) {
      stage.over = this.#failedTooOften = true
      return []
    }
    const [first] = hosts
    if (!booleanKeyword(stage.evaluation(task, context, first!), levelsOf(task, context), 'anyErrorsFatal', false)) return well
    const name = stage.nameOf(task, context, first)
    for (const host of well) host.failure = { task, context, name, result: { failed: true, msg: 'another host failed, and any_errors_fatal is set' }, inherited: true }
    return []
  }

  async #runHost(task: Task, host: HostState, context: Context, id: number): Promise<TaskOutcome> {
    const stage = this.#stage
    const name = stage.nameOf(task, context, host)
    const outcome = await runTask({
      ...stage.place(task, context, host), id, name, journal: stage.journal(host), handlersNamed: handler => findHandlers(stage.handlers, handler, task),
    })
    if (context.role && outcome.status !== 'skipped' && outcome.status !== 'unreachable') stage.goneThrough.begin(context.role, host)
    const handlers = new Set(outcome.notified.flatMap(name => findHandlers(stage.handlers, name, task)))
    const before = this.#notified(host)
    for (const handler of handlers) if (!before.has(handler)) stage.world.emit({ type: 'notify', host: host.name, task: id, handler: handler.name, earlierRun: false })
    for (const name of outcome.notified) host.notified.add(name)
    // Where its result, or that of another item, decides what it notifies, no change has brought the handlers along.
    if (task.changedWhen !== undefined || (task.loop && task.notify instanceof TemplateText)) await stage.journal(host).write(handlers)
    if (outcome.status === 'failed' && !outcome.ignored) host.failure = { task, context, name, result: outcome.result }
    if (outcome.status === 'unreachable' && !outcome.ignored) host.unreachable = true
    return outcome
  }

  /** `run_once`: what came of it is every host's. */
  #share(task: Task, { result }: TaskOutcome, first: HostState, hosts: readonly HostState[]): void {
    const facts = Object.keys(result.ansible_facts ?? {})
    for (const host of hosts) {
      for (const name of [...facts, ...(task.register ? [task.register] : [])]) if (first.made.has(name)) host.made.set(name, first.made.get(name)!)
      for (const name of facts.map(factName)) if (first.facts.has(name)) host.facts.set(name, first.facts.get(name)!)
      if (host !== first && first.failure) host.failure ??= { ...first.failure, inherited: true }
    }
  }

  /** `max_fail_percentage` must be exceeded, counted over the batch. */
  #tooManyFailed(): boolean {
    const { play, batch, base } = this.#stage
    if (play.maxFailPercentage === undefined) return false
    const most = Number(toPlain(this.#stage.evaluation(setupTask(play), base, batch[0]!).evaluate(play.maxFailPercentage)))
    const failed = batch.filter(host => host.failure || host.unreachable).length
    return Number.isFinite(most) && (failed * 100) / batch.length > most
  }

  /**
   * Runs what was notified, in the order in which handlers are written; one that notifies a later one is heard. With
   * `force_handlers` on hosts that have failed before, too; a handler that fails ends its host in any case.
   */
  async #flushHandlers(): Promise<void> {
    const stage = this.#stage
    if (stage.stopped || stage.over) return
    const force = stage.world.options.forceHandlers || asBoolean((stage.play.forceHandlers ?? false) as never) === true
    const taking = stage.batch.filter(host => host.notified.size > 0 && !host.unreachable && !host.ended && (!host.failure || force))
    const due = new Map(taking.map(host => [host, this.#takeNotified(host)]))
    await this.#despiteFailures(taking, async () => {
      for (const handler of stage.handlers) {
        const hosts = stage.stopped || stage.over ? [] : taking.filter(host => due.get(host)!.delete(handler) && host.usable)
        if (hosts.length === 0) continue
        const well = await this.#runTask(handler.task, hosts, handler.context)
        // Also when the user asks to stop: where it has run it is not owed any more, and where its turn did not come it is.
        await Promise.all(well.map(host => stage.journal(host).crossOut(handler)))
        for (const host of taking) for (const later of this.#takeNotified(host)) due.get(host)!.add(later)
      }
    })
    // What stands before the handler that notifies it waits for the next time.
    for (const [host, left] of due) for (const handler of left) host.notified.add(handler.fullName)
  }

  /** Which handlers a host's notifications mean by now: `include_role` may have brought others of the same name. */
  #notified(host: HostState): Set<Handler> {
    return new Set([...host.notified].flatMap(name => handlersNamed(this.#stage.handlers, name)))
  }

  /** Names that mean nothing yet stay: a role that is included later may have them. */
  #takeNotified(host: HostState): Set<Handler> {
    const handlers = this.#notified(host)
    for (const name of host.notified) if (handlersNamed(this.#stage.handlers, name).length > 0) host.notified.delete(name)
    return handlers
  }

  /**
   * Every host has come to the play's end: what an earlier run owed it by a name that nothing has is owed no more, nor
   * what it was notified of in this one where the play ended on purpose.
   */
  async #settleNotes(): Promise<void> {
    const stage = this.#stage
    await stage.limited(stage.active(), async host => {
      const unknown = [...host.notified].filter(name => handlersNamed(stage.handlers, name).length === 0)
      if (unknown.length > 0) await stage.journal(host).settle(unknown)
    })
    const excused = stage.batch.filter(host => host.excused && !host.failure && !host.unreachable)
    await stage.limited(excused, host => stage.journal(host).excuse(this.#notified(host)))
  }
}

/** Whether a task has left everything as it was: what is on hosts, variables, and who takes part. */
const isUneventful = ({ action, register }: Task, { status, result }: TaskOutcome): boolean =>
  action.kind === 'module' && register === undefined && (status === 'ok' || status === 'skipped') && result.ansible_facts === undefined

/** Actions that Ansible does once for all hosts. */
const bypassesHosts = ({ action }: Task): boolean => action.kind === 'verb' && action.verb === 'add_host'
