import { isUnknown } from '../core/unknown.ts'
import { ProvisionError } from '../core/error.ts'
import { toPlain, TemplateText, toValue, type Raw, type RawDict } from '../core/value.ts'
import type { Block, Keywords, Node, Play, Task } from '../language/playbook.ts'
import type { Evaluation } from '../language/template/evaluation.ts'
import setup from '../modules/setup.ts'
import { isUnreachable } from './attempt.ts'
import { inside, insideRole, levelsOf, playContext, type Context } from './context.ts'
import { findHandlers, handlersOf, journalName, notifiedNames, type Handler } from './handler.ts'
import type { HostState } from './host-state.ts'
import { asBoolean, booleanKeyword, isSelected, tagsOf, textKeyword } from './keyword.ts'
import { runInclusion, type Inclusion } from './inclusion.ts'
import { scout } from './scout.ts'
import { evaluationFor, runTask, type TaskOutcome } from './task.ts'
import type { RoleFiles, World } from './world.ts'

/**
 * Runs a play over one batch of hosts, a task at a time: all hosts finish it before the next begins.
 *
 * @param playHosts names of all hosts of the play
 * @returns whether the run may go on with the next batch
 */
export async function runPlay(world: World, play: Play, batch: readonly HostState[], playHosts: readonly string[]): Promise<boolean> {
  return new PlayRun(world, play, batch, playHosts).run()
}

class PlayRun {
  readonly #world: World
  readonly #play: Play
  readonly #batch: readonly HostState[]
  readonly #playHosts: readonly string[]
  readonly #base: Context
  readonly #handlers: Handler[]
  #over = false
  #failedTooOften = false
  #started: boolean

  constructor(world: World, play: Play, batch: readonly HostState[], playHosts: readonly string[]) {
    this.#world = world
    this.#play = play
    this.#batch = batch
    this.#playHosts = playHosts
    this.#base = playContext(play)
    this.#handlers = handlersOf(play, (task, context) => this.#nameOf(task, context, batch[0]))
    this.#started = world.options.startAtTask === undefined
  }

  async run(): Promise<boolean> {
    const play = this.#play
    await this.#scoutAll()
    await this.#rememberNotified()
    await this.#gatherFacts()
    for (const section of [
      [{ nodes: play.preTasks, context: this.#base }],
      [...play.roles.map(use => ({ nodes: use.role.tasks, context: insideRole(this.#base, use) })), { nodes: play.tasks, context: this.#base }],
      [{ nodes: play.postTasks, context: this.#base }],
    ]) {
      // A section without tasks is none: handlers that an earlier run has left behind wait for the tasks.
      if (section.every(({ nodes }) => nodes.length === 0)) continue
      for (const { nodes, context } of section) await this.#runNodes(nodes, this.#active(), context)
      await this.#flushHandlers()
    }
    return !this.#failedTooOften && this.#batch.some(host => !host.failure && !host.unreachable)
  }

  #active(): HostState[] {
    return this.#over || this.#stopped ? [] : this.#batch.filter(host => host.usable)
  }

  get #stopped(): boolean {
    return this.#world.options.signal.aborted
  }

  get #names(): readonly string[] {
    return this.#batch.map(host => host.name)
  }

  /** Runs nodes in order. Returns the hosts that are still well. */
  async #runNodes(nodes: readonly Node[], hosts: readonly HostState[], context: Context): Promise<HostState[]> {
    let well = [...hosts]
    for (const node of nodes) {
      if (well.length === 0 || this.#stopped || this.#over) break
      well = node.type === 'block' ? await this.#runBlock(node, well, context) : await this.#runTaskNode(node, well, context)
    }
    return well
  }

  async #runBlock(block: Block, hosts: readonly HostState[], outer: Context): Promise<HostState[]> {
    const context = inside(outer, block.keywords)
    let well = await this.#runNodes(block.block, hosts, context)
    const failed = hosts.filter(host => host.failure && !host.unreachable && !host.ended)
    if (block.rescue.length > 0 && failed.length > 0 && !this.#stopped) {
      for (const host of failed) this.#rescue(host)
      well = [...well, ...(await this.#runNodes(block.rescue, failed, context))]
    }
    if (block.always.length > 0 && !this.#stopped) {
      const failures = new Map(hosts.map(host => [host, host.failure]))
      const going = hosts.filter(host => !host.unreachable && !host.ended)
      for (const host of going) host.failure = undefined
      const after = new Set(await this.#runNodes(block.always, going, context))
      for (const host of going) host.failure ??= failures.get(host)
      well = well.filter(host => after.has(host))
    }
    return hosts.filter(host => well.includes(host))
  }

  #rescue(host: HostState): void {
    const { task, result } = host.failure!
    host.made.set('ansible_failed_task', toValue({ name: typeof task.name === 'string' ? task.name : '', action: task.action.kind === 'module' ? task.action.module.name : task.action.kind }))
    host.made.set('ansible_failed_result', toValue(result))
    host.failure = undefined
    host.count('failed', -1)
    host.count('rescued')
    this.#world.emit({ type: 'rescued', host: host.name, task: this.#lastTask })
  }

  #lastTask = 0

  async #runTaskNode(task: Task, hosts: readonly HostState[], context: Context): Promise<HostState[]> {
    if (!this.#begins(task, context, hosts[0])) return [...hosts]
    const { tags, skipTags } = this.#world.options
    if (!isSelected(tagsOf(undefined, levelsOf(task, context)), tags, skipTags)) return [...hosts]
    if (task.action.kind === 'include-tasks' || task.action.kind === 'include-role') return this.#runInclude(task, hosts, context)
    if (task.action.kind === 'verb' && task.action.verb === 'meta') return this.#runMeta(task, hosts, context)
    return this.#runOn(task, hosts, context, 'task')
  }

  /** `--start-at-task`: nothing runs before it. */
  #begins(task: Task, context: Context, host: HostState | undefined): boolean {
    const wanted = this.#world.options.startAtTask
    if (!this.#started && wanted !== undefined) this.#started = this.#nameOf(task, context, host) === wanted
    return this.#started
  }

  async #runOn(task: Task, hosts: readonly HostState[], context: Context, kind: 'task' | 'handler' | 'gather-facts'): Promise<HostState[]> {
    const world = this.#world
    const first = hosts[0]!
    const once = kind !== 'gather-facts' && this.#once(task, context, first)
    const runners = once ? [first] : hosts
    const id = world.nextTask()
    this.#lastTask = id
    world.emit({
      type: 'task-start', task: id, name: this.#shownName(task, context, first), module: task.action.kind === 'module' ? task.action.module.name : task.action.kind === 'verb' ? task.action.verb : task.action.kind,
      at: task.at, kind, hosts: runners.map(host => host.name), tags: [...tagsOf(undefined, levelsOf(task, context))],
    })
    const outcomes = new Map<HostState, TaskOutcome>()
    await this.#limited(runners, async host => void outcomes.set(host, await this.#runHost(task, host, context, id)), this.#throttle(task, context, first))
    if (once) this.#share(task, first, hosts, outcomes)
    const well = hosts.filter(host => host.usable)
    if (well.length < hosts.length && this.#tooManyFailed(task, context, first)) {
      this.#over = this.#failedTooOften = true
      return []
    }
    if (well.length < hosts.length && this.#anyErrorsFatal(task, context, first)) {
      for (const host of well) host.failure = { task, name: this.#nameOf(task, context, host), result: { failed: true, msg: 'another host failed, and any_errors_fatal is set' } }
      return []
    }
    return well
  }

  async #runHost(task: Task, host: HostState, context: Context, id: number): Promise<TaskOutcome> {
    const name = this.#nameOf(task, context, host)
    const place = { world: this.#world, host, task, context, playHosts: this.#playHosts, batch: this.#names }
    let notified: Handler[] = []
    try {
      const names = notifiedNames(task, evaluationFor(place))
      notified = [...new Set(names.flatMap(one => findHandlers(this.#handlers, one, task)))]
    } catch (error) {
      // A name that hangs on the loop's item is looked up when the task is done; any other mistake is the task's failure.
      if (!(error instanceof ProvisionError) || error.code === 'unknown-handler') throw error
    }
    const certain = task.changedWhen === undefined && task.failedWhen === undefined
    const outcome = await runTask({ ...place, id, name, journal: { name: journalName(this.#play), notify: certain ? notified.map(handler => handler.name) : [] } })
    if (outcome.status === 'changed' || (outcome.status === 'unknown' && this.#world.options.checkMode)) {
      for (const handler of notified) {
        if (!host.notified.has(handler)) this.#world.emit({ type: 'notify', host: host.name, task: id, handler: handler.name, earlierRun: false })
        host.notified.add(handler)
      }
    }
    if (outcome.status === 'failed' && !outcome.ignored) host.failure = { task, name, result: outcome.result }
    if (outcome.status === 'unreachable' && !outcome.ignored) host.unreachable = true
    return outcome
  }

  /** `run_once`: what came of it is every host's. */
  #share(task: Task, first: HostState, hosts: readonly HostState[], outcomes: Map<HostState, TaskOutcome>): void {
    for (const host of hosts) {
      if (host === first) continue
      if (task.register && first.made.has(task.register)) host.made.set(task.register, first.made.get(task.register)!)
      if (task.action.kind === 'verb' && task.action.verb === 'set_fact') for (const [name, value] of first.made) host.made.set(name, value)
      if (first.failure) host.failure = first.failure
      const outcome = outcomes.get(first)
      if (outcome) outcomes.set(host, outcome)
    }
  }

  #once(task: Task, context: Context, host: HostState): boolean {
    return booleanKeyword(this.#evaluation(task, context, host), levelsOf(task, context), 'runOnce', false)
  }

  #anyErrorsFatal(task: Task, context: Context, host: HostState): boolean {
    return booleanKeyword(this.#evaluation(task, context, host), levelsOf(task, context), 'anyErrorsFatal', false)
  }

  /** `max_fail_percentage` must be exceeded, counted over the batch. */
  #tooManyFailed(task: Task, context: Context, host: HostState): boolean {
    if (this.#play.maxFailPercentage === undefined) return false
    const most = Number(toPlain(this.#evaluation(task, context, host).evaluate(this.#play.maxFailPercentage)))
    const failed = this.#batch.filter(one => one.failure || one.unreachable).length
    return Number.isFinite(most) && (failed * 100) / this.#batch.length > most
  }

  #evaluation(task: Task, context: Context, host: HostState): Evaluation {
    return evaluationFor({ world: this.#world, host, task, context, playHosts: this.#playHosts, batch: this.#names })
  }

  /** `throttle`: how many hosts may work on a task at once; infinite where it does not say. */
  #throttle(task: Task, context: Context, host: HostState): number {
    const throttle = Number(textKeyword(this.#evaluation(task, context, host), levelsOf(task, context), 'throttle') ?? 0)
    return throttle > 0 ? throttle : Infinity
  }

  /** At most `forks` hosts at once, or fewer. */
  async #limited(hosts: readonly HostState[], work: (host: HostState) => Promise<void>, most = Infinity): Promise<void> {
    const waiting = [...hosts]
    const worker = async () => {
      for (let host = waiting.shift(); host; host = waiting.shift()) if (!this.#stopped) await work(host)
    }
    await Promise.all(Array.from({ length: Math.min(this.#world.options.forks, hosts.length, most) }, worker))
  }

  // Names.

  #nameOf(task: Task, context: Context, host: HostState | undefined): string {
    const fallback = task.action.kind === 'module' ? task.action.module.name : task.action.kind === 'verb' ? task.action.verb : task.action.kind.replace('-', '_')
    if (task.name === undefined || task.name === null) return fallback
    if (!(task.name instanceof TemplateText)) return String(task.name)
    if (!host) return task.name.text
    try {
      const name = this.#evaluation(task, context, host).evaluate(task.name)
      return isUnknown(name) ? task.name.text : String(toPlain(name))
    } catch {
      return task.name.text
    }
  }

  #shownName(task: Task, context: Context, host: HostState): string {
    const name = this.#nameOf(task, context, host)
    return context.role ? `${context.role.role.name} : ${name}` : name
  }

  // The beginning of a play.

  async #scoutAll(): Promise<void> {
    if (!this.#world.options.scout) return
    await this.#limited(this.#batch, async host => {
      const scouting = { world: this.#world, play: this.#play, playHosts: this.#playHosts, batch: this.#names }
      await Promise.allSettled([scout(scouting, host), this.#pending(host), this.#gathers() ? this.#lookAhead(host) : undefined])
    })
  }

  /** The gathered facts ride in the first batch. */
  async #lookAhead(host: HostState): Promise<void> {
    const task = this.#setupTask()
    const evaluation = this.#evaluation(task, this.#base, host)
    await this.#world.factsOf(host.name, evaluation, this.#base.levels).observe(this.#withRights({ kind: 'gathered', key: '' } as const, evaluation))
  }

  #withRights<T extends object>(request: T, evaluation: Evaluation): T {
    const become = this.#world.become(evaluation, this.#base.levels)
    return become ? { ...request, become } : request
  }

  /** Handlers that an earlier run notified on a host and never ran. */
  async #pending(host: HostState): Promise<readonly string[]> {
    const evaluation = this.#evaluation(this.#setupTask(), this.#base, host)
    const facts = this.#world.factsOf(host.name, evaluation, this.#base.levels)
    return facts.get(this.#withRights({ kind: 'pending', key: journalName(this.#play) } as const, evaluation))
  }

  async #rememberNotified(): Promise<void> {
    if (this.#handlers.length === 0) return
    await this.#limited(this.#batch, async host => {
      try {
        for (const name of await this.#pending(host)) {
          const handler = this.#handlers.find(one => one.name === name)
          if (!handler) continue
          host.notified.add(handler)
          this.#world.emit({ type: 'notify', host: host.name, task: 0, handler: name, earlierRun: true })
        }
      } catch (error) {
        // A host that cannot be reached says so at its first task.
        if (!isUnreachable(error) && !(error instanceof ProvisionError)) throw error
      }
    })
  }

  #gathers(): boolean {
    const wanted = this.#play.gatherFacts
    return wanted === undefined || asBoolean(wanted as never) !== false
  }

  #setupTask(): Task {
    const play = this.#play
    return {
      type: 'task', at: play.at, name: 'Gathering Facts', keywords: {}, loop: undefined, register: undefined, changedWhen: undefined, failedWhen: undefined, until: undefined, retries: undefined,
      delay: undefined, notify: undefined, listen: [], delegateTo: undefined, delegateFacts: undefined, role: undefined, directory: play.directory,
      action: { kind: 'module', module: setup as never, parameters: new Map<never, never>(play.gatherSubset === undefined ? [] : [['gather_subset', play.gatherSubset] as never]), parametersAt: play.at, freeForm: undefined },
    }
  }

  async #gatherFacts(): Promise<void> {
    const hosts = this.#active()
    if (!this.#gathers() || hosts.length === 0) return
    const { tags, skipTags } = this.#world.options
    const own = tagsOf(undefined, [this.#play.keywords])
    if (!isSelected(own.size > 0 ? own : new Set(['always']), tags, skipTags)) return
    await this.#runOn(this.#setupTask(), hosts, this.#base, 'gather-facts')
    // What could not be rendered without facts can be now.
    await this.#scoutAll()
  }

  // Handlers.

  async #flushHandlers(): Promise<void> {
    for (const handler of this.#handlers) {
      const force = this.#world.options.forceHandlers || asBoolean((this.#play.forceHandlers ?? false) as never) === true
      const able = (host: HostState) => host.notified.has(handler) && !host.unreachable && !host.ended && (!host.failure || force)
      const hosts = this.#stopped || this.#over ? [] : this.#batch.filter(able)
      if (hosts.length === 0) continue
      const failures = new Map(hosts.map(host => [host, host.failure]))
      for (const host of hosts) {
        host.notified.delete(handler)
        host.failure = undefined
      }
      const well = await this.#runOn(handler.task, hosts, handler.context, 'handler')
      for (const host of hosts) host.failure ??= failures.get(host)
      if (!this.#world.options.checkMode) await this.#crossOut(handler, well)
    }
  }

  /** A handler that has run is no longer pending on the host. */
  async #crossOut(handler: Handler, hosts: readonly HostState[]): Promise<void> {
    await this.#limited(hosts, async host => {
      const evaluation = this.#evaluation(handler.task, handler.context, host)
      const become = this.#world.become(evaluation, this.#base.levels)
      try {
        await this.#world.factsOf(host.name, evaluation, this.#base.levels).perform({
          ...(become && { become }), guards: [], changes: [], reread: [], deadline: 60_000,
          journal: { name: journalName(this.#play), notify: [], done: [handler.name] },
        })
      } catch (error) {
        if (!isUnreachable(error)) throw error
      }
    })
  }

  // What is not run on a host.

  async #runMeta(task: Task, hosts: readonly HostState[], context: Context): Promise<HostState[]> {
    if (task.action.kind !== 'verb') return [...hosts]
    const what = String(toPlain((task.action.freeForm ?? '') as never))
    if (what === 'flush_handlers') {
      await this.#flushHandlers()
      return hosts.filter(host => host.usable)
    }
    const meant = hosts.filter(host => this.#holds(task, context, host))
    switch (what) {
      case 'noop':
        break
      case 'end_play':
        if (meant.length > 0) this.#over = true
        break
      case 'end_batch':
        for (const host of meant.length > 0 ? hosts : []) host.ended = true
        break
      case 'end_host':
        for (const host of meant) host.ended = true
        break
      case 'clear_facts':
        for (const host of meant) host.facts.clear()
        break
      case 'clear_host_errors':
        for (const host of this.#batch) Object.assign(host, { failure: undefined, unreachable: false })
        break
      case 'reset_connection':
        for (const host of meant) await (await this.#world.connectionOf(host.name))?.close()
        break
      default:
        throw new ProvisionError('unsupported', `meta: ${what} is not supported`, { at: task.action.parametersAt, hint: 'Supported: flush_handlers, noop, end_play, end_batch, end_host, clear_facts, clear_host_errors, reset_connection.' })
    }
    return hosts.filter(host => host.usable)
  }

  #holds(task: Task, context: Context, host: HostState): boolean {
    const evaluation = this.#evaluation(task, context, host)
    return levelsOf(task, context).flatMap(level => level.when ?? []).every(raw => evaluation.condition(raw) === true)
  }

  /** Dynamic includes: hosts that include the same file with the same variables go through it together. */
  async #runInclude(task: Task, hosts: readonly HostState[], context: Context): Promise<HostState[]> {
    const groups = new Map<string, Inclusion & { hosts: HostState[] }>()
    const well: HostState[] = []
    for (const host of hosts) {
      const inclusions = await this.#inclusionsOf(task, host, context)
      if (!inclusions) continue
      well.push(host)
      for (const inclusion of inclusions) {
        const key = JSON.stringify([inclusion.what, [...inclusion.front].map(([name, value]) => [name, toPlain(value as never)])])
        const group = groups.get(key)
        if (group) group.hosts.push(host)
        else groups.set(key, { ...inclusion, hosts: [host] })
      }
    }
    let left = well
    for (const group of groups.values()) {
      const taking = group.hosts.filter(host => left.includes(host))
      if (taking.length === 0) continue
      this.#world.emit({ type: 'included', file: group.what, hosts: taking.map(host => host.name), at: task.at })
      const { nodes, inner } = await this.#load(task, group, context)
      const after = await this.#runNodes(nodes, taking, inner)
      left = left.filter(host => !taking.includes(host) || after.includes(host))
    }
    return left
  }

  /** What a host includes; undefined where finding out failed. */
  async #inclusionsOf(task: Task, host: HostState, context: Context): Promise<Inclusion[] | undefined> {
    const { action } = task
    if (action.kind !== 'include-tasks' && action.kind !== 'include-role') return undefined
    const written = action.kind === 'include-tasks' ? action.file : (action.parameters.get('name') ?? action.parameters.get('role') ?? null)
    const place = { world: this.#world, host, task, context, playHosts: this.#playHosts, batch: this.#names }
    const result = await runInclusion(place, this.#world.nextTask(), this.#nameOf(task, context, host), written)
    if (result.failed) {
      host.failure = { task, name: this.#nameOf(task, context, host), result: { failed: true, msg: 'the include failed' } }
      return undefined
    }
    return result.inclusions
  }

  /** `tasks_from` and its like, rendered for the first host: a role's files cannot differ from host to host. */
  #roleFiles(task: Task, context: Context, parameters: RawDict): RoleFiles {
    const evaluation = this.#evaluation(task, context, this.#batch[0]!)
    const files = ([['tasksFrom', 'tasks_from'], ['varsFrom', 'vars_from'], ['defaultsFrom', 'defaults_from'], ['handlersFrom', 'handlers_from']] as const)
      .filter(([, name]) => parameters.has(name))
      .map(([key, name]) => [key, String(toPlain(evaluation.evaluate(parameters.get(name)!)))])
    return Object.fromEntries(files) as RoleFiles
  }

  async #load(task: Task, { what, front }: Inclusion, context: Context): Promise<{ nodes: readonly Node[]; inner: Context }> {
    const { action } = task
    const { when: _, whenAt: __, tags: ___, ...passed } = task.keywords
    const apply: Keywords = (action.kind === 'include-tasks' || action.kind === 'include-role' ? action.apply : undefined) ?? {}
    const parameters: RawDict = new Map<Raw & string, Raw>([...((task.keywords.vars ?? new Map()) as Map<string, Raw>), ...front]) as never
    const inner: Context = { ...inside(inside(context, passed), apply), includeParameters: [...context.includeParameters, parameters] }
    if (action.kind === 'include-role') {
      const use = await this.#world.loadRole(what, task, context, this.#roleFiles(task, context, action.parameters))
      const { role } = use
      this.#handlers.push(...role.handlers.flatMap(node => (node.type === 'task' ? [{ task: node, context: insideRole(inner, use), name: this.#nameOf(node, insideRole(inner, use), this.#batch[0]) }] : [])))
      return { nodes: role.tasks, inner: insideRole(inner, use) }
    }
    return { nodes: await this.#world.loadTasks(what, task, context), inner }
  }
}
