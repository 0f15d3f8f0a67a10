import type { Change } from '../host/change.ts'
import type { Facts } from '../host/fact.ts'
import type { Step } from '../host/step.ts'
import { pathChange, type Seen } from './file-change.ts'
import { secondsAt, timeZone } from './host-clock.ts'
import type { ParameterSpecs } from './module.ts'
import { refuse } from './refusal.ts'
import { strptime } from './strptime.ts'

export interface TimeParameters {
  readonly modification_time?: string
  readonly modification_time_format: string
  readonly access_time?: string
  readonly access_time_format: string
}

const format = { type: 'str', default: '%Y%m%d%H%M.%S', description: 'How it is written, as Python\'s `time.strptime` takes it.' } as const

export const timeParameters = {
  modification_time: { type: 'str', description: 'When it was last changed, by the host\'s clock; `now`, or `preserve` for what it is. Default: `now` with `touch`, otherwise `preserve`.' },
  modification_time_format: format,
  access_time: { type: 'str', description: 'When it was last read, in the same way.' },
  access_time_format: format,
} satisfies ParameterSpecs

/** Seconds since 1970; absent: as it is. */
export interface AskedTimes {
  readonly modified?: number | 'now'
  readonly accessed?: number | 'now'
}

export async function askTimes(parameters: TimeParameters, touching: boolean, facts: Facts): Promise<AskedTimes> {
  const { modification_time, modification_time_format, access_time, access_time_format } = parameters
  const [modified, accessed] = await Promise.all([
    moment(modification_time ?? (touching ? 'now' : 'preserve'), modification_time_format, facts),
    moment(access_time ?? (touching ? 'now' : 'preserve'), access_time_format, facts),
  ])
  return { ...(modified !== undefined && { modified }), ...(accessed !== undefined && { accessed }) }
}

async function moment(text: string, format: string, facts: Facts): Promise<number | 'now' | undefined> {
  if (text === 'preserve') return undefined
  if (text === 'now') return 'now'
  const local = strptime(text, format)
  if (local === undefined) refuse(`Error while obtaining timestamp for time ${text} using format ${format}: time data '${text}' does not match format '${format}'`)
  return secondsAt(local, await timeZone(facts))
}

/** The change of a path's times; undefined where they are right. `now` never is. */
export function timeChange(former: Seen, asked: AskedTimes, now: number): Change | undefined {
  const { path, state } = former
  const modified = differing(state.modified, asked.modified)
  const accessed = differing(state.accessed, asked.accessed)
  if (modified === undefined && accessed === undefined) return undefined

  const step: Step = { step: 'touch', path, ...(accessed !== undefined && { accessed }), ...(modified !== undefined && { modified }) }
  const back: Step = { step: 'touch', path, ...(accessed !== undefined && { accessed: state.accessed ?? state.modified }), ...(modified !== undefined && { modified: state.modified }) }
  const later = { ...state, ...(modified !== undefined && { modified: seconds(modified, now) }), ...(accessed !== undefined && { accessed: seconds(accessed, now) }) }
  const change = pathChange(former, { ...former, state: later }, [step], { undo: [back] })
  const shown = (modified: number, accessed: number | undefined) => ({ ...(step.modified !== undefined && { mtime: modified }), ...(step.accessed !== undefined && accessed !== undefined && { atime: accessed }) })
  return { ...change, observed: shown(state.modified, state.accessed), desired: shown(later.modified, later.accessed) }
}

/** Hosts tell fractions of a second that numbers of JavaScript do not hold to the last digit. */
const differing = (observed: number | undefined, asked: number | 'now' | undefined): number | 'now' | undefined =>
  asked === undefined || (asked !== 'now' && observed !== undefined && Math.abs(asked - observed) < 1e-6) ? undefined : asked

const seconds = (time: number | 'now', now: number) => (time === 'now' ? now : time)
