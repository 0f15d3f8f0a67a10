import type { Activity, HostState, Running } from './activity.ts'
import { inOrder } from './hosts.ts'
import type { Paint } from './paint.ts'
import { printableLine } from './printable.ts'
import { edges, fit, pad, width } from './width.ts'
import { count, seconds } from './words.ts'

export interface Room {
  readonly columns: number
  readonly rows: number
}

/**
 * The live region: a line a host, with its task and a clock; more hosts than half the screen has lines become counts
 * and those hosts that take longest.
 *
 * @param spinner one character that turns
 */
export function liveLines(activity: Activity, spinner: string, { columns, rows }: Room, paint: Paint): string[] {
  const most = Math.max(3, Math.floor(rows / 2))
  const running = activity.running()
  if (activity.hosts.size > most) {
    const longest = running.slice(0, Math.min(5, most - 1))
    return [countLine(activity, running, spinner, columns, paint), ...longest.map(one => runningLine(one, longest.map(({ host }) => host), spinner, columns, paint))]
  }
  const hosts = inOrder(activity.hosts.keys())
  return hosts.map(host => {
    const one = activity.runningOn(host)
    return one ? runningLine(one, hosts, spinner, columns, paint) : restingLine(host, activity.hosts.get(host)!, hosts, running, columns, paint)
  })
}

function countLine(activity: Activity, running: readonly Running[], spinner: string, columns: number, paint: Paint): string {
  const all = [...activity.hosts.values()]
  const troubled = all.filter(({ status }) => status !== 'ok').length
  const changed = all.filter(host => host.changed > 0).length
  const counts = [
    ...(activity.task ? [`${activity.done} of ${count(activity.task.hosts.length, 'host')} done`] : [count(all.length, 'host')]),
    ...(running.length > 0 ? [`${running.length} at work`] : []),
    ...(changed > 0 ? [`${changed} changed`] : []),
  ]
  const failed = troubled > 0 ? `, ${troubled} failed` : ''
  const clock = running[0] ? clockOf(running[0]) : ''
  const name = activity.task ? printableLine(activity.task.name) : 'Looking at the hosts'
  const room = columns - 8 - width(counts.join(', ')) - failed.length - clock.length
  return edges(`  ${spinner} ${paint.strong(fit(name, Math.max(10, room)))}: ${counts.join(', ')}${paint.bad(failed)}`, paint.dim(clock), columns)
}

function runningLine({ host, task, since, attempt }: Running, hosts: readonly string[], spinner: string, columns: number, paint: Paint): string {
  const clock = clockOf({ since })
  const name = nameColumn(host, hosts, columns)
  const what = fit(`${printableLine(task.name)}${attempt ? ` (${attempt})` : ''}`, columns - width(name) - clock.length - 7)
  return edges(`  ${name} ${spinner} ${what}`, paint.dim(clock), columns)
}

function restingLine(host: string, state: HostState, hosts: readonly string[], running: readonly Running[], columns: number, paint: Paint): string {
  const name = nameColumn(host, hosts, columns)
  const room = columns - width(name) - 6
  if (state.status !== 'ok') return `  ${name} ${paint.bad(fit(`✖ ${state.status}${state.at ? `: ${printableLine(state.at)}` : ''}`, room))}`
  const [longest] = running
  const waits = longest && age(longest) >= 10 ? `, waits for ${printableLine(longest.host)}` : ''
  return `  ${name} ${paint.good('✔')} ${paint.dim(fit(`${state.changed > 0 ? `${state.changed} changed` : 'nothing changed'}${waits}`, room))}`
}

const nameColumn = (host: string, hosts: readonly string[], columns: number): string => {
  const widest = Math.min(Math.floor(columns / 3), Math.max(...hosts.map(name => width(printableLine(name)))))
  return pad(fit(printableLine(host), widest), widest + 1)
}

const age = ({ since }: { readonly since: number }): number => (performance.now() - since) / 1000
const clockOf = (running: { readonly since: number }): string => seconds(age(running))
