import { admission, type ShellStart, type Stop } from './admission.ts'
import { answerReader } from './answers.ts'
import type { Channel, ChannelEnd } from './channel.ts'
import { ConnectionFailure, type Answer, type FailureKind } from './connection.ts'
import { killProgram, killShell } from './kill.ts'
import { frame, newNonce, nonceLine } from './loop.ts'

export interface ShellSurroundings {
  /** The host's name for messages. */
  readonly host: string
  /** Milliseconds until the shell must have greeted. */
  readonly startTimeout: number
  readonly statistics: { requests: number; bytesSent: number; bytesReceived: number }
  /** Runs a program of ours in another shell of the same user. Resolves with whether it did; never rejects. */
  aside(program: string): Promise<boolean>
}

/** Milliseconds for a killed program to be gone; after that its shell is given up. */
const killGrace = 5_000

/** The longest that a timer of Node can wait, in milliseconds. */
const longestTimer = 2 ** 31 - 1

interface Entry {
  readonly deadline: number
  readonly resolve: (answer: Answer) => void
  readonly reject: (failure: ConnectionFailure) => void
  /** Every byte of the frame has left this process: it may run. Until then it cannot, since a cut frame is not run. */
  handed: boolean
  /** Known once the program has begun. */
  pid?: number
  expired: boolean
}

/**
 * A shell held open on a host by the loop (loop.ts). Requests are sent at once and answered in order; one that passes its
 * deadline is killed; when the channel ends, everyone who waits is told honestly what is known of their program.
 */
export class HeldShell {
  /** Resolves when the channel has ended. */
  readonly ended: Promise<void>
  readonly #channel: Channel
  readonly #start: ShellStart
  readonly #around: ShellSurroundings
  readonly #said: () => string
  readonly #nonce = newNonce()
  readonly #entries: Entry[] = []
  #answered = 0
  /** What is to be written as soon as that is allowed; absent from then on. */
  #waiting: { bytes: Buffer; entry?: Entry }[] | undefined
  #greeted = false
  /** What the loop says of itself when it greets. */
  #loop = { pid: 0, group: false }
  /** Given up: what still comes is not listened to. */
  #deaf = false
  #gone: ConnectionFailure | undefined
  #timer: NodeJS.Timeout | undefined

  constructor(channel: Channel, start: ShellStart, around: ShellSurroundings) {
    this.#channel = channel
    this.#start = start
    this.#around = around
    this.#waiting = [{ bytes: Buffer.from(nonceLine(this.#nonce)) }]
    this.#timer = setTimeout(() => this.#refuse('silent'), Math.min(around.startTimeout, longestTimer))
    channel.stdin.on('error', () => {})
    this.#said = this.#listen()
    if (start.early) this.#flush()
    this.ended = channel.ended.then(end => this.#onEnd(end))
  }

  /** Why the next request needs a new shell; absent as long as this one takes requests. */
  get gone(): ConnectionFailure | undefined {
    return this.#gone
  }

  get idle(): boolean {
    return this.#entries.length === 0
  }

  /** @throws ConnectionFailure */
  run(program: string, deadline: number): Promise<Answer> {
    if (this.#gone) return Promise.reject(this.#gone)
    return new Promise((resolve, reject) => {
      const entry: Entry = { deadline, resolve, reject, handed: false, expired: false }
      const bytes = frame(this.#nonce, program)
      this.#entries.push(entry)
      this.#around.statistics.requests++
      if (this.#waiting) this.#waiting.push({ bytes, entry })
      else this.#write(bytes, entry)
    })
  }

  /**
   * Lets the shell end. A program that still runs in it is killed, and what was sent ahead does not run.
   *
   * @param grace milliseconds for each step, after which it is not waited for any more
   */
  async close(grace: number): Promise<void> {
    this.#gone ??= this.#failure('not-sent', 'the connection was closed before the program was sent')
    if (this.#greeted && !this.idle) await within(grace, this.#around.aside(this.#killAll(this.#entries[0]?.pid)))
    if (this.#greeted && this.#start.stream === 'pipe') this.#channel.stdin.end()
    else this.#channel.destroy()
    await within(grace, this.ended)
    this.#channel.destroy()
  }

  #listen(): () => string {
    const answers = answerReader(this.#nonce.frame, this.#channel.stderr === undefined, {
      begun: (index, pid) => {
        const entry = this.#entries[index - 1 - this.#answered]
        if (entry) entry.pid = pid
        if (entry && entry === this.#entries[0]) this.#startClock()
      },
      answered: answer => this.#settle(answer),
    })
    const heed = (take: (chunk: Buffer) => void) => (chunk: Buffer) => {
      this.#around.statistics.bytesReceived += chunk.length
      if (this.#deaf) return
      try {
        take(chunk)
      } catch (error) {
        void this.#giveUp(this.#failure('outcome-unknown', (error as Error).message))
      }
    }
    return admission(this.#channel, this.#start, this.#nonce.frame, {
      greeted: line => this.#greet(line),
      refused: stop => this.#refuse(stop),
      stdout: heed(answers.stdout),
      stderr: heed(answers.stderr),
    }).said
  }

  #flush(): void {
    const waiting = this.#waiting ?? []
    this.#waiting = undefined
    for (const { bytes, entry } of waiting) this.#write(bytes, entry)
  }

  #write(bytes: Buffer, entry?: Entry): void {
    this.#around.statistics.bytesSent += bytes.length
    this.#channel.stdin.write(bytes, error => {
      if (error || !entry) return
      entry.handed = true
      if (entry === this.#entries[0]) this.#startClock()
    })
  }

  #greet(line: string): void {
    this.#greeted = true
    this.#loop = { pid: Number.parseInt(line, 10), group: line.endsWith('setsid') }
    clearTimeout(this.#timer)
    this.#flush()
    this.#startClock()
  }

  #settle(answer: Answer): void {
    const entry = this.#entries.shift()
    this.#answered++
    if (entry?.expired) entry.reject(this.#failure('deadline', `no answer within ${seconds(entry.deadline)}; the program was killed`))
    else entry?.resolve(answer)
    this.#startClock()
  }

  /**
   * The clock of the request at the head runs from when its program begins. Until then it has more time: the last of a big
   * program may still be on its way.
   */
  #startClock(): void {
    const [head] = this.#entries
    if (!this.#greeted || head?.expired) return
    clearTimeout(this.#timer)
    if (!head || (!head.handed && head.pid === undefined)) return
    const time = head.pid === undefined ? head.deadline + this.#around.startTimeout : head.deadline
    if (time <= longestTimer) this.#timer = setTimeout(() => void this.#expire(head), time)
  }

  async #expire(head: Entry): Promise<void> {
    const late = `no answer within ${seconds(head.deadline)}`
    if (head.pid === undefined) return this.#giveUp(this.#failure('outcome-unknown', 'the program was sent, and there is no sign that it began'))
    head.expired = true
    const killed = await this.#around.aside(killProgram(head.pid, this.#loop.group))
    if (head !== this.#entries[0]) return
    this.#timer = setTimeout(() => {
      void this.#giveUp(this.#failure('deadline', `${late}, and the program could not be killed`))
    }, killed ? killGrace : 0)
  }

  /** Ends the shell from outside, so that nothing that was sent ahead can run later. */
  async #giveUp(failure: ConnectionFailure): Promise<void> {
    if (this.#gone) return
    this.#gone = failure
    this.#deaf = true
    clearTimeout(this.#timer)
    const head = this.#entries.shift()
    head?.reject(failure)
    // Only where the head was still running when the loop was ended is it certain that none of those behind it began.
    const stillRan = await this.#around.aside(this.#killAll(head?.pid)) && head?.pid !== undefined
    const unsent = this.#failure('not-sent', 'the program before it brought the shell to a stop; this one has not run')
    const unknown = this.#failure('outcome-unknown', 'the program before it brought the shell to a stop; nobody knows whether this one ran')
    this.#end(failure, entry => (stillRan || !entry.handed ? unsent : unknown))
  }

  /** The loop first, so that it starts nothing more. Ends well if the program was still running then. */
  #killAll(running: number | undefined): string {
    return killShell(this.#loop.pid) + (running === undefined ? '' : `\nkill -s 0 ${running} 2>/dev/null; mp_ran=$?\n${killProgram(running, this.#loop.group)}\nexit $mp_ran`)
  }

  /** There was no greeting. What was sent early has not run, unless the host is only slow. */
  #refuse(stop: Stop, status?: number): void {
    const failure = this.#start.explain(stop, this.#said(), status)
    this.#end(failure, entry => stop === 'silent' && entry.handed
      ? new ConnectionFailure('outcome-unknown', failure.message, { hint: failure.hint }) : failure)
  }

  #onEnd(end: ChannelEnd): void {
    if (!this.#greeted && !this.#gone && !end.lost) return this.#refuse('ended', end.status)
    const what = end.lost ? 'the connection broke' : 'the shell ended'
    const unsent = this.#failure('not-sent', `${what} before the program was sent; it has not run`)
    const unknown = this.#failure('outcome-unknown', `${what} before the answer came; nobody knows what the program did`)
    this.#end(unsent, entry => (end.lost ? entry.handed : entry.pid !== undefined) ? unknown : unsent)
  }

  #end(gone: ConnectionFailure, why: (entry: Entry) => ConnectionFailure): void {
    this.#gone ??= gone
    clearTimeout(this.#timer)
    this.#waiting = []
    const failures = this.#entries.map(why)
    for (const [index, entry] of this.#entries.splice(0).entries()) entry.reject(failures[index]!)
    this.#channel.destroy()
  }

  readonly #failure = (kind: FailureKind, message: string): ConnectionFailure => new ConnectionFailure(kind, `${this.#around.host}: ${message}`, { hint: hints[kind] })
}

const hints: { readonly [Kind in FailureKind]?: string } = {
  'deadline': 'Give it more time (timeout on the task, --task-timeout), or see what holds it up on the host.',
  'outcome-unknown': 'Run again when the host answers: what is done already is left alone, only commands are run twice.',
}

/** Waits for something, but not longer than so many milliseconds. */
const within = async (time: number, work: Promise<unknown>): Promise<void> => {
  let timer: NodeJS.Timeout | undefined
  await Promise.race([work, new Promise(resolve => timer = setTimeout(resolve, time))])
  clearTimeout(timer)
}

const seconds = (milliseconds: number): string => `${milliseconds / 1000} s`
