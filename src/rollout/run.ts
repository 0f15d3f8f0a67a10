import { connectionPool } from '../connection/pool.ts'
import { ProvisionError, renderError } from '../core/error.ts'
import type { Listener, RunEnd } from '../core/event.ts'
import { troubleWithFile } from '../core/file-trouble.ts'
import { exitCodes } from '../core/exit-codes.ts'
import { didYouMean } from '../core/nearest.ts'
import { isUnknown } from '../core/unknown.ts'
import { TemplateText, toPlain, type Raw, type RawDict, type Value } from '../core/value.ts'
import { playContext } from '../engine/context.ts'
import { HostState } from '../engine/host-state.ts'
import { journalName } from '../engine/journal.ts'
import { runPlay } from '../engine/play.ts'
import type { EngineOptions } from '../engine/world.ts'
import type { Target } from '../host/target.ts'
import { loadInventory } from '../language/inventory/load.ts'
import type { Inventory } from '../language/inventory/inventory.ts'
import { resolveLimit, resolvePattern, type PatternOptions } from '../language/inventory/pattern.ts'
import { loadPlaybook, type LoadOptions } from '../language/playbook/load.ts'
import type { Play, Playbook } from '../language/playbook.ts'
import { Evaluation } from '../language/template/evaluation.ts'
import type { ShellVariables } from '../language/template/scope.ts'
import { parseExtraVars } from '../language/variables/extra-vars.ts'
import { batches } from './batches.ts'
import { exitCode } from './exit-code.ts'
import { FederationLooks } from './federation-looks.ts'
import { listPlays, tasksOf } from './listing.ts'
import { unusedTags } from './unused-tags.ts'
import type { RunOptions } from './options.ts'
import { ordered } from './order.ts'
import { answersOf, type Ask } from './questions.ts'
import { RunSources } from './sources.ts'
import { RunWorld } from './world.ts'

/** What a run needs of the world around it. */
export interface Outside {
  /** The environment of the shell that started the program. Absent: empty. */
  readonly shellVariables?: ShellVariables
  /** Absent: nobody can be asked. */
  readonly ask?: Ask | undefined
  /** Asks for the passphrase of a key file; absent, or answered with undefined: that key is passed over. */
  readonly askPassphrase?: ((file: string) => Promise<string | undefined>) | undefined
  /** Hosts that are not real, for tests. */
  readonly targetFor?: (host: string) => Target
}

/** Milliseconds that a task may take when nothing else is said: an upgrade of a slow host fits in. */
const taskDeadline = 3_600_000

/**
 * Runs playbooks over their hosts, as the command line asks. A mistake of the user's ends the run: it is told with `run-end`.
 *
 * @returns the exit code
 */
export async function runPlaybooks(options: RunOptions, listener: Listener, outside: Outside = {}): Promise<number> {
  const began = performance.now()
  try {
    return await begin(options, listener, outside, began)
  } catch (error) {
    const mistake = error instanceof ProvisionError ? error : troubleWithFile(error)
    if (!mistake) throw error
    listener({ type: 'run-end', recap: {}, exit: exitCodes.wrongUse, duration: (performance.now() - began) / 1000, interrupted: false, error: viewMistake(mistake) })
    return exitCodes.wrongUse
  }
}

const viewMistake = (error: ProvisionError): NonNullable<RunEnd['error']> => ({ code: error.code, message: error.message, rendered: renderError(error), ...(error.at && { at: error.at }) })

async function begin(options: RunOptions, listener: Listener, outside: Outside, began: number): Promise<number> {
  const extra = parseExtraVars(options.extraVars)
  const inventory = loadInventory(options.inventory)
  const load: LoadOptions = { extraVars: extra, shellVariables: outside.shellVariables, warn: (message, at) => listener({ type: 'warning', message, ...(at && { at }) }) }
  const playbooks: Playbook[] = []
  for (const path of options.playbooks) playbooks.push(await loadPlaybook(path, load))
  if (options.limit !== undefined) resolveLimit(inventory, options.limit)
  const run = new Run({ options, playbooks, inventory, extra, load, began }, listener, outside)
  if (options.listHosts || options.listTasks || options.listTags || options.syntaxCheck) return run.list()
  run.checkHosts()
  if (!(await run.ask(outside.ask))) return exitCodes.interrupted
  listener({ type: 'run-start', command: options.command, playbooks: options.playbooks, checkMode: options.checkMode, diff: options.diff, time: new Date().toISOString() })
  for (const message of [...inventory.warnings, ...unusedTags(playbooks, options)]) listener({ type: 'warning', message })
  return run.all()
}

/** What a run has read before it begins. */
interface Input {
  readonly options: RunOptions
  readonly playbooks: readonly Playbook[]
  readonly inventory: Inventory
  readonly extra: RawDict
  readonly load: LoadOptions
  /** On the clock of `performance.now()`. */
  readonly began: number
}

/** Tasks that bring hosts or groups into the inventory, or files of tasks that may hold such. */
const mayMakeHosts = (play: Play): boolean =>
  tasksOf(play).some(({ task: { action } }) => action.kind === 'include-tasks' || action.kind === 'include-role' || (action.kind === 'verb' && (action.verb === 'add_host' || action.verb === 'group_by')))

const isRendered = (hosts: Raw): boolean => hosts instanceof TemplateText || (Array.isArray(hosts) && hosts.some(isRendered))

class Run {
  readonly #options: RunOptions
  readonly #playbooks: readonly Playbook[]
  readonly #began: number
  readonly #inventory: Inventory
  readonly #sources: RunSources
  readonly #world: RunWorld
  readonly #pool: ReturnType<typeof connectionPool>
  readonly #looks = new FederationLooks()
  readonly #listener: Listener
  readonly #extra: RawDict
  /** Plays whose hosts earlier ones may make. */
  readonly #later: ReadonlySet<Play>
  /** Hosts that had a part in any play. */
  readonly #played = new Set<HostState>()

  constructor({ options, playbooks, inventory, extra, load, began }: Input, listener: Listener, outside: Outside) {
    this.#playbooks = playbooks
    this.#began = began
    this.#options = options
    this.#inventory = inventory
    this.#listener = listener
    this.#extra = extra
    const plays = playbooks.flatMap(playbook => playbook.plays)
    this.#later = new Set(plays.slice(plays.findIndex(mayMakeHosts) + 1 || plays.length))
    this.#pool = connectionPool({ agent: outside.shellVariables?.SSH_AUTH_SOCK || undefined, askPassphrase: outside.askPassphrase })
    const engine: EngineOptions = {
      checkMode: options.checkMode, diff: options.diff || options.checkMode, forks: options.forks, verbosity: options.verbosity, scout: options.scout, forceHandlers: options.forceHandlers,
      tags: options.tags, skipTags: options.skipTags, taskDeadline: options.taskTimeout ? options.taskTimeout * 1000 : taskDeadline, signal: options.signal, began,
      journals: new Set(playbooks.flatMap(playbook => playbook.plays).map(journalName)),
    }
    this.#sources = new RunSources(options, inventory, extra, name => this.#world.host(name), message => this.#world.emit({ type: 'warning', message }), load)
    this.#world = new RunWorld(options, engine, inventory, this.#sources, this.#pool, listener, this.#looks.readers, outside.targetFor)
  }

  async list(): Promise<number> {
    await this.ask(async questions => questions.map(() => ''))
    const { listHosts, listTasks, listTags } = this.#options
    for (const playbook of this.#playbooks)
      this.#listener(listPlays(playbook, { hosts: listHosts ? play => this.#hostsOf(play).map(host => host.name) : undefined, tasks: listTasks, tags: listTags }))
    return exitCodes.ok
  }

  /** Asks what plays want to know. @returns whether the user has answered */
  async ask(ask: Ask | undefined): Promise<boolean> {
    const plays = this.#playbooks.flatMap(playbook => playbook.plays)
    const answers = await answersOf(plays, this.#extra, { ask, render: (play, raw) => this.#evaluate(play, raw), warn: message => this.#world.emit({ type: 'warning', message }) })
    if (!answers) return false
    for (const secret of answers.secrets) this.#world.secrets.add(secret)
    for (const [play, variables] of answers.variables) this.#sources.answer(play, variables)
    return true
  }

  /** @throws ProvisionError where a play is for hosts that are not there and that no earlier play can make */
  checkHosts(): void {
    for (const play of this.#playbooks.flatMap(playbook => playbook.plays)) if (!this.#later.has(play) && !isRendered(play.hosts)) this.#hostsOf(play)
  }

  async all(): Promise<number> {
    const { signal } = this.#options
    signal.addEventListener('abort', () => this.#world.emit({ type: 'interrupt' }), { once: true })
    let mistake: RunEnd['error']
    try {
      for (const play of this.#playbooks.flatMap(playbook => playbook.plays)) {
        if (signal.aborted) break
        if (!(await this.#play(play))) break
      }
      if (!signal.aborted) this.#checkStart()
    } catch (error) {
      if (!(error instanceof ProvisionError)) throw error
      mistake = viewMistake(error)
    } finally {
      await Promise.all([this.#pool.close(), this.#looks.close()])
    }
    const hosts = [...this.#played]
    const exit = mistake ? exitCodes.wrongUse : exitCode(hosts, { interrupted: signal.aborted, checkMode: this.#options.checkMode, detailed: this.#options.detailedExitcode })
    this.#world.emit({
      type: 'run-end', exit, duration: (performance.now() - this.#began) / 1000, interrupted: signal.aborted, ...(mistake && { error: mistake }),
      recap: Object.fromEntries(hosts.map(host => [host.name, host.recap])),
    })
    return exit
  }

  /** @throws ProvisionError where `--start-at-task` names no task, so that nothing has run */
  #checkStart(): void {
    const { startAt } = this.#world
    const { wanted } = startAt
    if (startAt.reached || wanted === undefined) return
    const names = this.#playbooks.flatMap(playbook => listPlays(playbook, { hosts: undefined, tasks: true, tags: false }).plays).flatMap(play => play.tasks ?? []).map(task => task.name)
    // It is there, and no host has come to it.
    if (names.some(name => startAt.matches(name) || startAt.matches(name.slice(name.indexOf(' : ') + 3)))) return
    throw new ProvisionError('wrong-use', `--start-at-task: no task is called ${wanted}: nothing was run`, { hint: didYouMean(wanted, names) ?? 'matrix-provision apply --list-tasks shows their names.' })
  }

  /** Runs one play, batch by batch. Says whether the run may go on. */
  async #play(play: Play): Promise<boolean> {
    const hosts = this.#hostsOf(play, this.#later.has(play) ? { onUnknown: () => {} } : {}).filter(host => !host.failure && !host.unreachable)
    const name = this.#nameOf(play)
    if (hosts.length === 0) {
      this.#world.emit({ type: 'no-hosts', play: name, at: play.at })
      return true
    }
    const names = hosts.map(host => host.name)
    this.#sources.enter(play, name)
    this.#world.emit({ type: 'play-start', play: name, at: play.at, hosts: names, checkMode: this.#options.checkMode })
    for (const host of hosts) host.enter()
    const order = play.order === undefined ? undefined : this.#evaluate(play, play.order)
    for (const batch of batches(ordered(hosts, order, play.at), this.#serial(play, hosts[0]!), play.at)) {
      if (this.#options.signal.aborted) return false
      for (const host of batch) this.#played.add(host)
      if (!(await runPlay(this.#world, play, batch, names))) return false
    }
    return true
  }

  /** @throws ProvisionError where the pattern means nothing */
  #hostsOf(play: Play, options: PatternOptions = {}): HostState[] {
    const written = this.#evaluate(play, play.hosts)
    const pattern = Array.isArray(written) ? written.map(one => String(toPlain(one))) : String(toPlain(written))
    return resolvePattern(this.#inventory, pattern, this.#options.limit, { at: play.hostsAt, ...options }).map(host => this.#world.host(host.name))
  }

  #serial(play: Play, host: HostState): Value | undefined {
    return play.serial === undefined ? undefined : this.#evaluate(play, play.serial, host)
  }

  #nameOf(play: Play): string {
    const name = play.name === undefined ? this.#evaluate(play, play.hosts) : this.#evaluate(play, play.name)
    return Array.isArray(name) ? name.map(String).join(',') : String(toPlain(name))
  }

  /** A value of the play itself; it may use the play's variables and those of the command line. */
  #evaluate(play: Play, raw: Raw, host?: HostState): Value {
    const context = playContext(play)
    const evaluation = new Evaluation(this.#sources.variables({ host: host ?? new HostState('localhost'), noHost: host === undefined, context, playHosts: [], batch: [], includedRoles: [] }), this.#sources.environment({ context, pure: false }))
    const value = evaluation.evaluate(raw)
    return isUnknown(value) ? null : value
  }
}
