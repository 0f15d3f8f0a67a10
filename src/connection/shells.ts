import { setTimeout as delay } from 'node:timers/promises'
import type { ShellStart } from './admission.ts'
import { becomeStart, plainStart, type LoggedIn } from './become.ts'
import type { Channel, OpenChannel } from './channel.ts'
import { ConnectionFailure, type Answer, type Become, type Request } from './connection.ts'
import { HeldShell } from './held-shell.ts'

/** Milliseconds for a program that ends another one. */
const asideDeadline = 10_000

export interface ShellsOptions extends LoggedIn {
  /** Milliseconds until a shell must have greeted. */
  readonly startTimeout: number
  readonly statistics: { requests: number; bytesSent: number; bytesReceived: number }
  /** Opens a channel over a link of its own, for the case that this one has no room for a shell that must end another one's program. */
  readonly elsewhere: OpenChannel
}

/** The shells held open on one host: one for each way to become a user, opened when first needed. */
export class Shells {
  readonly #open: OpenChannel
  readonly #options: ShellsOptions
  #closed = false
  readonly #held = new Map<string, Promise<HeldShell>>()
  readonly #started = new Map<Promise<HeldShell>, HeldShell>()
  /** A password that was refused is not tried again: some hosts lock the account after a few. */
  readonly #refused = new Map<string, ConnectionFailure>()

  /** @param open rejects with kind `refused` when the server has no room for one more session */
  constructor(open: OpenChannel, options: ShellsOptions) {
    this.#open = open
    this.#options = options
  }

  /** @throws ConnectionFailure */
  async run(request: Request): Promise<Answer> {
    if (this.#closed) throw new ConnectionFailure('not-sent', `${this.#options.host}: the connection is closed`)
    // As in Ansible (become_allow_same_user off), nobody becomes who they are: a host without sudo can be managed as root.
    const as = request.as?.user === this.#options.user ? undefined : request.as
    const key = as ? JSON.stringify([as.method, as.user, as.password, as.exe, as.flags]) : ''
    const refused = this.#refused.get(key)
    if (refused) throw refused
    let shell = await this.#shell(key, as)
    // It may just have been closed to make room for another.
    if (shell.gone) shell = await this.#shell(key, as)
    try {
      return await shell.run(request.program, request.deadline)
    } catch (error) {
      if (as?.password !== undefined && error instanceof ConnectionFailure && error.kind === 'become') this.#refused.set(key, error)
      throw error
    }
  }

  /** Whether no program is running or waiting in any of them. */
  get idle(): boolean {
    return this.#held.size === this.#started.size && [...this.#started.values()].every(shell => shell.idle)
  }

  /** @param grace milliseconds to wait for each shell's end */
  async close(grace: number): Promise<void> {
    this.#closed = true
    const shells = await Promise.allSettled(this.#held.values())
    await Promise.all(shells.map(shell => shell.status === 'fulfilled' && shell.value.close(grace)))
  }

  /** Everyone waits for the same promise, so that nobody overtakes. */
  #shell(key: string, as: Become | undefined): Promise<HeldShell> {
    const held = this.#held.get(key)
    if (held && !this.#started.get(held)?.gone) return held
    const opening = this.#start(as)
    this.#held.set(key, opening)
    const forget = () => {
      this.#started.delete(opening)
      if (this.#held.get(key) === opening) this.#held.delete(key)
    }
    opening.then(shell => {
      this.#started.set(opening, shell)
      void shell.ended.then(forget)
    }, forget)
    return opening
  }

  async #start(as: Become | undefined): Promise<HeldShell> {
    const { startTimeout, statistics, host } = this.#options
    const start = this.#startFor(as)
    const channel = await this.#channel(start)
    return new HeldShell(channel, start, { host, startTimeout, statistics, aside: program => this.#aside(as, program) })
  }

  readonly #startFor = (as: Become | undefined): ShellStart => as ? becomeStart(as, this.#options) : plainStart(this.#options)

  /** Where the server allows only a few sessions, idle shells make room, and busy ones are waited for. */
  async #channel(start: ShellStart): Promise<Channel> {
    const end = performance.now() + this.#options.startTimeout
    for (;;) {
      try {
        return await this.#open(start.command, start.stream)
      } catch (error) {
        if (!(error instanceof ConnectionFailure) || error.kind !== 'refused') throw error
        if (performance.now() > end) throw new ConnectionFailure('not-sent', error.message, { hint: error.hint, cause: error })
        // sshd may count a session that has ended for a moment longer.
        if (!(await this.#closeIdle())) await delay(20)
      }
    }
  }

  async #closeIdle(): Promise<boolean> {
    for (const shell of this.#started.values()) {
      if (!shell.idle || shell.gone) continue
      await shell.close(1_000)
      return true
    }
    return false
  }

  async #aside(as: Become | undefined, program: string): Promise<boolean> {
    try {
      const { startTimeout, host, elsewhere } = this.#options
      const start = this.#startFor(as)
      const statistics = { requests: 0, bytesSent: 0, bytesReceived: 0 }
      const channel = await this.#open(start.command, start.stream).catch(() => elsewhere(start.command, start.stream))
      const helper = new HeldShell(channel, start, { host, startTimeout, statistics, aside: async () => false })
      const answer = await helper.run(program, asideDeadline)
      await helper.close(1_000)
      return answer.status === 0
    } catch {
      return false
    }
  }
}
