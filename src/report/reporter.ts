import type { Event, Listener } from '../core/event.ts'
import { createFeed } from './feed.ts'
import { listing } from './listing.ts'
import { nearby } from './nearby.ts'
import { createNotices } from './notices.ts'
import { createPaint } from './paint.ts'
import { createPlain, type Progress } from './plain.ts'
import { createPlanView } from './plan-view.ts'
import type { ResultOptions } from './result-lines.ts'

export interface ReporterOptions {
  /** `auto`: a live region where there is a terminal, else `plain`. */
  readonly output: 'auto' | 'plain' | 'ndjson' | 'junit'
  /** Results go here. */
  readonly stdout: NodeJS.WriteStream
  /** Progress, warnings and errors go here. */
  readonly stderr: NodeJS.WriteStream
  /** Whether stderr is a terminal that a person looks at. */
  readonly isTTY: boolean
  /** Width and height of the terminal; of the page where there is none. */
  readonly columns: number
  readonly rows: number
  readonly color: boolean
  /** Show changes' texts as diffs. */
  readonly diff: boolean
  /** 0 to 4: how many `-v`. */
  readonly verbosity: number
  /** What the run shows: a plan, an apply as it happens, or what is in a playbook. */
  readonly command: 'plan' | 'apply' | 'list'
  /** The program's version, for NDJSON's first line. */
  readonly version: string
  /** Where the user stands: files under it are named as one would type them there. */
  readonly directory: string
}

export interface Reporter {
  readonly listener: Listener
  /** Says what is left to say and leaves the terminal as it was found. */
  close(): Promise<void>
  /** Leaves the terminal as it was found, at once; says nothing more. */
  abandon(): void
  /** Leaves the terminal to somebody who is asked something. @returns takes it back */
  hold(): () => void
}

/** The form of output that the options ask for. What only one form needs is loaded only for it. */
export async function createReporter(options: ReporterOptions): Promise<Reporter> {
  const paint = createPaint(options.color)
  const machine = options.output === 'ndjson' || options.output === 'junit'
  let flush = () => {}
  const progress = await createProgress(options, () => flush())
  const notices = createNotices(progress, paint, options.verbosity)

  const body = async (): Promise<Listener> => {
    if (options.output === 'ndjson') return (await import('./ndjson.ts')).createNdjson(progress.out, options.version)
    if (options.output === 'junit') return (await import('./junit.ts')).createJunit(progress.out)
    if (options.command === 'list') return listing(progress.out)
    const results = await resultOptions(options)
    if (options.command === 'plan') return createPlanView(progress, results)
    const feed = createFeed(progress, results)
    flush = feed.flush
    return feed.listener
  }
  const show = await body()
  const named = options.output === 'ndjson' ? (event: Event) => event : nearby(options.directory)

  return {
    listener: original => {
      const event = named(original)
      if (!machine) progress.listener(event)
      notices(event)
      show(event)
    },
    close: () => progress.close(),
    abandon: () => progress.abandon(),
    hold: () => progress.hold(),
  }
}

async function createProgress(options: ReporterOptions, onWait: () => void): Promise<Progress> {
  const { stdout, stderr, columns, rows } = options
  if (options.output !== 'auto' || !options.isTTY || options.command === 'list') return createPlain({ stdout, stderr, columns, onWait })
  const { createTerminal } = await import('./terminal.ts')
  const room = () => ({ columns: stderr.columns ?? columns, rows: stderr.rows ?? rows })
  return createTerminal({ stdout, stderr, room, paint: createPaint(options.color), onWait })
}

async function resultOptions(options: ReporterOptions): Promise<ResultOptions> {
  const { columns, color, verbosity } = options
  const { loadDiff } = await import('./diff.ts')
  const showDiff = options.diff ? await loadDiff({ lines: verbosity > 0 ? Infinity : 60, columns: Math.max(160, columns - 8) }) : undefined
  return { columns, paint: createPaint(color), verbosity, showDiff }
}
