import { DefaultRenderer, Listr, ListrLogger, ProcessOutput, Spinner, type ListrRendererFactory } from 'listr2'
import { Activity } from './activity.ts'
import { liveLines, type Room } from './live-lines.ts'
import type { Paint } from './paint.ts'
import type { Progress } from './plain.ts'

export interface TerminalOptions {
  readonly stdout: NodeJS.WriteStream
  readonly stderr: NodeJS.WriteStream
  /** Asked at every drawing: windows change their size. */
  readonly room: () => Room
  readonly paint: Paint
  /** Called while something takes longer than ten seconds, so that results of others are not held back. */
  readonly onWait: () => void
}

/**
 * Progress on a terminal, drawn on stderr by listr2. Its tasks are the lines of the region: they all last as long as the
 * run, and get their text just before they are drawn, so that a thousand events cost no more than ten drawings a
 * second. What is printed meanwhile goes above.
 */
export function createTerminal({ stdout, stderr, room, paint, onWait }: TerminalOptions): Progress {
  const activity = new Activity()
  const spinner = new Spinner()
  // listr2 draws on what it takes for the standard output: ours is stderr. Its `toStderr` is then our stdout.
  const streams = new ProcessOutput(stderr, stdout, { leaveEmptyLine: false })
  let live: LiveRenderer | undefined
  /** What comes up to be printed while somebody is asked something. */
  let held: (() => void)[] | undefined

  class LiveRenderer extends DefaultRenderer {
    static override nonTTY = true
    #ended = false
    #held = false

    override async render() {
      await super.render()
      if (this.#ended) return
      live = this
      if (held) this.hold()
    }

    override update() {
      if (!this.#held) super.update()
    }

    /** Gives the terminal back for a while. */
    hold() {
      this.#held = true
      this['updater'].clear()
      this['updater'].done()
      this['logger'].process.release()
    }

    goOn() {
      this['logger'].process.hijack()
      this.#held = false
      this.update()
    }

    override create(options?: Parameters<DefaultRenderer['create']>[0]) {
      const lines = liveLines(activity, spinner.fetch(), { ...room(), columns: room().columns - 2 }, paint)
      list.tasks.forEach((task, index) => (task.title = lines[index] as string))
      return super.create(options)
    }

    /** Lines carry their own marks. */
    protected override style() {
      return ''
    }

    above(write: () => void) {
      this['updater'].clear()
      write()
      this.update()
    }

    override end() {
      if (this.#ended) return
      this.#ended = true
      live = undefined
      if (this.#held) this['logger'].process.hijack()
      super.end()
    }
  }

  let finish = () => {}
  const finished = new Promise<void>(resolve => (finish = resolve))
  const list: Listr<unknown, ListrRendererFactory> = new Listr(Array.from({ length: 100 }, () => ({ task: () => finished })), {
    concurrent: true,
    registerSignalListeners: false,
    renderer: LiveRenderer as unknown as ListrRendererFactory,
    rendererOptions: { logger: new ListrLogger({ processOutput: streams }), spinner, clearOutput: true, formatOutput: 'truncate' },
  })
  let running: Promise<unknown> | undefined

  const timer = setInterval(() => {
    const [oldest] = activity.running()
    if (oldest && performance.now() - oldest.since >= 10_000) onWait()
  }, 1000)
  timer.unref()

  const print = (write: () => void) => (held ? held.push(write) : live ? live.above(write) : write())
  return {
    listener: event => {
      // Before it begins the user may be asked something.
      if (event.type === 'run-start') running ??= list.run()
      activity.listener(event)
    },
    out: text => print(() => streams.toStderr(text)),
    err: text => print(() => streams.toStdout(text)),
    close: async () => {
      clearInterval(timer)
      finish()
      await running
    },
    abandon: () => live?.end(),
    hold: () => {
      const waiting: (() => void)[] = (held = [])
      live?.hold()
      return () => {
        held = undefined
        live?.goOn()
        for (const write of waiting) print(write)
      }
    },
  }
}
