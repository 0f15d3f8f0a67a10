import type { Recap, RunEnd } from '../core/event.ts'
import { inOrder } from './hosts.ts'
import type { Paint } from './paint.ts'
import { printableLine } from './printable.ts'
import { edges, pad, width } from './width.ts'
import { count, seconds } from './words.ts'

export interface RecapOptions {
  readonly columns: number
  readonly paint: Paint
  /** From 1 on, every host has its line, however many there are. */
  readonly verbosity: number
}

/**
 * Ansible's recap: a banner, then one line a host with the names and the order of its counters
 * (plugins/callback/default.py, `v2_playbook_on_stats`), closer together where they would not fit. Beyond thirty hosts those with equal counters share a line,
 * unless they are few and in trouble.
 */
export function recapLines({ recap }: RunEnd, options: RecapOptions): string[] {
  const hosts = inOrder(Object.keys(recap))
  if (hosts.length === 0) return []
  const withUnknown = hosts.some(host => recap[host]!.unknown > 0)
  const banner = `PLAY RECAP ${'*'.repeat(Math.max(3, options.columns - 11))}`
  const shared = options.verbosity > 0 || hosts.length <= 30 ? hosts.map(host => [host]) : sharing(hosts, recap)
  const names = withUnknown ? [...columns, 'unknown' as const] : columns
  const rows = shared.map(group => ({ name: nameOf(group), counters: recap[group[0]!]! }))
  const usual = { name: 26, digits: 4 }
  const tight = { name: Math.max(...rows.map(({ name }) => width(name))), digits: Math.max(...rows.flatMap(({ counters }) => names.map(column => String(counters[column]).length))) }
  const draw = (layout: Layout) => rows.map(({ name, counters }) => hostLine(name, counters, names, layout, options.paint))
  const lines = draw(usual)
  return [banner, ...(lines.some(line => width(line) > options.columns) ? draw(tight) : lines)]
}

interface Layout {
  /** How wide the name is, and the number of each field. */
  readonly name: number
  readonly digits: number
}

/** Hosts in groups of equal counters: trouble last, of what is alike the largest group first. */
function sharing(hosts: readonly string[], recap: RunEnd['recap']): string[][] {
  const trouble = (group: readonly string[]) => Number(isTrouble(recap[group[0]!]!))
  return [...Map.groupBy(hosts, host => JSON.stringify(recap[host])).values()]
    .sort((one, other) => trouble(one) - trouble(other) || other.length - one.length)
    .flatMap(group => (trouble(group) && group.length <= 10 ? group.map(host => [host]) : [group]))
}

const nameOf = (hosts: readonly string[]): string => (hosts.length <= 2 ? hosts.map(printableLine).join(', ') : `${hosts.length} hosts`)

function hostLine(name: string, counters: Recap, names: readonly (keyof Recap)[], layout: Layout, paint: Paint): string {
  const colour = isTrouble(counters) ? paint.bad : counters.changed > 0 ? paint.change : paint.good
  const fields = names.map(column => {
    const field = pad(`${column}=${counters[column]}`, column.length + 1 + layout.digits)
    return counters[column] === 0 ? field : (fieldColours(paint)[column] ?? paint.strong)(field)
  })
  return `${colour(pad(name, layout.name))} : ${fields.join(' ')}`.trimEnd()
}

const columns = ['ok', 'changed', 'unreachable', 'failed', 'skipped', 'rescued', 'ignored'] as const

const fieldColours = (paint: Paint): { readonly [column: string]: (text: string) => string } =>
  ({ ok: paint.good, changed: paint.change, unreachable: paint.bad, failed: paint.bad, skipped: paint.dim, unknown: paint.change })

const isTrouble = (counters: Recap): boolean => counters.failed > 0 || counters.unreachable > 0

/** The verdict in one sentence, with how long it took at the right. */
export function summaryLine(end: RunEnd, options: RecapOptions): string {
  const all = Object.values(end.recap)
  const unreachable = all.filter(counters => counters.unreachable > 0).length
  const failed = all.filter(counters => counters.failed > 0 && counters.unreachable === 0).length
  const changed = all.filter(counters => counters.changed > 0 && !isTrouble(counters)).length
  const right = all.length - unreachable - failed - changed
  const verdicts = [
    ...(changed > 0 ? [options.paint.change(`${changed} changed`)] : []),
    ...(right > 0 ? [options.paint.good(`${right} ${end.interrupted ? 'unchanged' : 'already right'}`)] : []),
    failed > 0 ? options.paint.bad(`${failed} failed`) : '0 failed',
    ...(unreachable > 0 ? [options.paint.bad(`${unreachable} unreachable`)] : []),
  ]
  const sentence = all.length === 0 ? 'No host was touched.' : `${count(all.length, 'host')}: ${verdicts.join(', ')}.`
  const text = end.interrupted ? `Interrupted. ${sentence}` : sentence
  return edges(text, seconds(end.duration), options.columns)
}
