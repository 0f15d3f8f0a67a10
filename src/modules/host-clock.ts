import type { Facts } from '../host/fact.ts'

/**
 * The host's time zone, by what /etc/localtime points to: `Europe/Berlin`. UTC where it is missing, or is a file of its own
 * that does not tell its name.
 */
export async function timeZone(facts: Facts): Promise<string> {
  const { target = '' } = await facts.file('/etc/localtime')
  const name = /zoneinfo\/(?:posix\/|right\/)?(.+)$/.exec(target)?.[1] ?? 'UTC'
  return isKnown(name) ? name : 'UTC'
}

function isKnown(zone: string): boolean {
  try {
    new Intl.DateTimeFormat('en', { timeZone: zone })
    return true
  } catch {
    return false
  }
}

/** Seconds since 1970 as a clock in that zone shows them: `2026-11-23@10:32:30`. */
export function clockTime(seconds: number, zone: string): string {
  const local = new Date((seconds + offset(seconds, zone)) * 1000).toISOString()
  return `${local.slice(0, 10)}@${local.slice(11, 19)}`
}

/** Seconds since 1970 at which a clock in that zone shows what one in UTC would show at `local`. As C's mktime. */
export function secondsAt(local: number, zone: string): number {
  const guess = local - offset(local, zone)
  return local - offset(guess, zone)
}

/** Seconds that a zone is ahead of UTC at a moment. */
function offset(seconds: number, zone: string): number {
  const parts = new Intl.DateTimeFormat('en-US', {
    timeZone: zone, hourCycle: 'h23', year: 'numeric', month: 'numeric', day: 'numeric', hour: 'numeric', minute: 'numeric', second: 'numeric',
  }).formatToParts(new Date(Math.floor(seconds) * 1000))
  const part = (type: string) => Number(parts.find(each => each.type === type)?.value)
  return Date.UTC(part('year'), part('month') - 1, part('day'), part('hour'), part('minute'), part('second')) / 1000 - Math.floor(seconds)
}
