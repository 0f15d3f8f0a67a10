import { basename } from 'node:path'
import { ConnectionFailure } from '../connection/connection.ts'
import { ProvisionError } from '../core/error.ts'
import { TemplateText } from '../core/value.ts'
import { FactFailure, type FactKinds } from '../host/fact.ts'
import type { Play } from '../language/playbook.ts'
import { setupTask } from './gathering.ts'
import { noteName, type Handler } from './handler.ts'
import type { HostState } from './host-state.ts'
import { evaluationFor } from './place.ts'
import { reach, type Reached } from './reach.ts'
import type { Stage } from './stage.ts'

/** The name under which a host remembers what a play has notified: its playbook's and its own, or its hosts where it has none. */
export function journalName({ at, name, hosts }: Play): string {
  const text = (raw: unknown): string => (raw instanceof TemplateText ? raw.text : Array.isArray(raw) ? raw.map(text).join(',') : String(raw))
  return noteName(`${basename(at.file)} ${text(name ?? hosts)}`)
}

/**
 * Where a host remembers which of a play's handlers were notified and have not run. It is kept with the rights of the
 * play itself, whatever those of its tasks are, so that the next run finds it in one place.
 */
export class Journal {
  readonly name: string
  readonly #stage: Stage
  readonly #host: HostState
  #reached: Reached | undefined
  /** What earlier runs have left behind, and this one has not run yet. */
  readonly #inherited = new Set<string>()

  constructor(stage: Stage, host: HostState) {
    this.name = journalName(stage.play)
    this.#stage = stage
    this.#host = host
  }

  /** Whether what is done there can write the notes itself, in the same program. @throws ProvisionError */
  isAt({ facts, become }: Reached): boolean {
    const own = this.#reach()
    return own.facts === facts && own.become?.user === become?.user
  }

  /** Begins to connect to the host, which is sure to be asked what it is owed. */
  approach(): void {
    try {
      this.#reach().facts.connect()
    } catch {
      // What is wrong with its variables is said at its first task.
    }
  }

  /** What earlier runs have notified on the host and never run, whichever play it was. */
  owed(): Promise<FactKinds['pending']> {
    const { facts, become } = this.#reach()
    return facts.get({ kind: 'pending', key: '', ...(become && { become }) })
  }

  /** Writes handlers down before whatever notifies them is changed with other rights, or when only the result decides. */
  async write(handlers: Iterable<Handler>): Promise<void> {
    const notes = notesOf(handlers)
    const why = await this.#note(notes, [])
    if (why !== undefined) this.#warn(`${listOf(notes)} could not be written down on the host (${why}): a run that is cut now loses ${notes.length > 1 ? 'them' : 'it'}`)
  }

  /** Crosses out a handler that has run. */
  async crossOut(handler: Handler): Promise<void> {
    this.#inherited.delete(handler.note)
    const why = await this.#note([], [handler.note])
    if (why !== undefined) this.#warn(`${listOf([handler.note])} has run and could not be crossed out on the host (${why}): the next run runs it again`)
  }

  /** The play has ended before handlers that it notified, and was meant to. What a run that was cut owes stays owed. */
  async excuse(handlers: Iterable<Handler>): Promise<void> {
    const notes = notesOf(handlers).filter(note => !this.#inherited.has(note))
    const why = await this.#note([], notes)
    if (why !== undefined) this.#warn(`${listOf(notes)} could not be crossed out on the host (${why}): the next run runs ${notes.length > 1 ? 'them' : 'it'}`)
  }

  /** Takes up what earlier runs have left behind, as if this one had notified it. */
  async recall(): Promise<void> {
    try {
      for (const { journal, handler } of await this.owed()) {
        if (journal === this.name) this.#takeUp(handler)
        else if (!this.#stage.world.options.journals.has(journal))
          this.#warn(`an earlier run of '${journal}' still owes this host the handler ${handler}, and no play of this run is called so: run that one, or remove the note beneath matrix-provision/pending`)
      }
    } catch (error) {
      // What is wrong with the host shows at its first task.
      if (!isHostsFault(error) && !(error instanceof ProvisionError)) throw error
    }
  }

  /** What was taken up and no handler is called by now is told once, and forgotten. */
  async settle(unknown: readonly string[]): Promise<void> {
    for (const note of unknown) this.#warn(`an earlier run still owed this host the handler ${note}, and '${this.name}' has none of that name any more: it was not run`)
    await this.#note([], unknown)
  }

  #takeUp(handler: string): void {
    this.#host.notified.add(handler)
    this.#inherited.add(handler)
    this.#stage.world.emit({ type: 'notify', host: this.#host.name, task: 0, handler, earlierRun: true })
  }

  /** @returns why it could not be done */
  async #note(notify: readonly string[], done: readonly string[]): Promise<string | undefined> {
    if (this.#stage.world.options.checkMode || notify.length + done.length === 0) return undefined
    const { facts, become } = this.#reach()
    try {
      const performed = await facts.perform({ ...(become && { become }), guards: [], changes: [], reread: [], deadline: 60_000, journal: { name: this.name, notify, done } })
      facts.forget([{ kind: 'pending', key: '' }])
      return performed.result === 'failed' ? performed.message : undefined
    } catch (error) {
      if (!isHostsFault(error)) throw error
      return error.message
    }
  }

  #warn(message: string): void {
    this.#stage.world.emit({ type: 'warning', host: this.#host.name, message })
  }

  #reach(): Reached {
    if (!this.#reached) {
      const place = this.#stage.place(setupTask(this.#stage.play), this.#stage.base, this.#host)
      this.#reached = reach(place, evaluationFor(place), undefined)
    }
    return this.#reached
  }
}

/** The names under which handlers are written down. */
export const notesOf = (handlers: Iterable<Handler>): string[] => [...new Set([...handlers].map(handler => handler.note))]

const listOf = (notes: readonly string[]): string => `handler${notes.length > 1 ? 's' : ''} ${notes.join(', ')}`

const isHostsFault = (error: unknown): error is Error => error instanceof ConnectionFailure || error instanceof FactFailure
