import type { TaskResult } from '../core/event.ts'
import { hostList } from './hosts.ts'
import type { Outcome } from './outcome.ts'
import type { Paint } from './paint.ts'
import { place } from './place.ts'
import { printable, printableLine } from './printable.ts'
import { jsonText } from './value-text.ts'
import { edges, fill, indent } from './width.ts'
import { count, grouped } from './words.ts'

export interface FailureOptions {
  readonly columns: number
  readonly paint: Paint
  /** From 1 on, programs' output is shown whole. */
  readonly verbosity: number
}

/**
 * The failure in full: who, what, where, what was found, what to do.
 *
 * @param hosts all that have it, in order; the outcome is that of one of them
 */
export function failureBlock(outcome: Outcome, hosts: readonly string[], options: FailureOptions): string {
  const { paint } = options
  const said = outcome.items.some(isFailedItem) ? itemLines(outcome, options.verbosity) : mistakeLines(outcome.result) ?? messageLines(outcome.result, options.verbosity)
  const hint = outcome.result.hint ?? outcome.items.find(isFailedItem)?.result.hint
  const body = [...said, ...(hint ? printable(hint).split('\n').flatMap(text => fill(text.split(' '), options.columns - 4)) : [])]
  return [paint.bad(headline(outcome, hosts, options)), ...[...hostLines(hosts, options), ...body].map(line => indent(line, 4))].join('\n')
}

/** A mistake in the user's files comes with its place and the lines around it. */
const mistakeLines = ({ rendered }: TaskResult): string[] | undefined => (typeof rendered === 'string' ? printable(rendered).split('\n') : undefined)

/** The failure once more at the end: who, what, where, and the first thing that was said. */
export const failureReminder = (outcome: Outcome, hosts: readonly string[], options: FailureOptions): string =>
  [options.paint.bad(headline(outcome, hosts, options)), ...[...hostLines(hosts, options), shortMessage(outcome)].map(line => indent(line, 4))].join('\n')

/** One line that says what went wrong. */
export function shortMessage(outcome: Outcome): string {
  const item = outcome.items.find(isFailedItem)
  const [first = '', second] = messageLines((item ?? outcome).result, 0).filter(text => !text.trimStart().startsWith('… '))
  const line = first.endsWith(':') && second ? `${first} ${second.trim()}` : first
  return item ? `${printableLine(item.item)}: ${line}` : line
}

/**
 * Equal for failures that are the same but for the host: its name and addresses in the message do not count, nor does
 * where exactly in the output they stand.
 */
export function failureKey(outcome: Outcome): string {
  const text = messageLines((outcome.items.find(isFailedItem) ?? outcome).result, 0).join('\n')
  const anonymous = (outcome.host.length >= 3 ? text.replaceAll(outcome.host, '{host}') : text)
    .replaceAll(/\b\d{1,3}(\.\d{1,3}){3}\b|\b[\da-f]{1,4}(:[\da-f]{0,4}){2,7}\b/gi, '{address}')
  return JSON.stringify([outcome.task.task, outcome.status, outcome.items.find(isFailedItem)?.item, anonymous])
}

function headline(outcome: Outcome, all: readonly string[], { columns }: FailureOptions): string {
  const hosts = headHosts(all, columns)
  const name = printableLine(outcome.task.name)
  const delegated = outcome.delegatedTo ? ` (on ${printableLine(outcome.delegatedTo)})` : ''
  const left = outcome.status === 'unreachable' ? `✖ ${hosts}${delegated}: unreachable, at ${name}` : `✖ ${hosts}${delegated}: ${name}`
  return edges(left, place(outcome.task.at), columns)
}

const headHosts = (hosts: readonly string[], columns: number): string => hostList(hosts, columns / 2)

/** The names that the headline has no room for. */
function hostLines(hosts: readonly string[], { columns, verbosity }: FailureOptions): string[] {
  if (headHosts(hosts, columns) === headHosts(hosts, Infinity)) return []
  const shown = verbosity > 0 || hosts.length <= 50 ? hosts : hosts.slice(0, 40)
  const rest = hosts.length - shown.length
  return fill([...shown.map(host => printableLine(host)), ...(rest > 0 ? [`… ${grouped(rest)} more, shown with -v`] : [])], columns - 4)
}

const isFailedItem = (item: Outcome['items'][number]): boolean => (item.status === 'failed' || item.status === 'unreachable') && !item.ignored

function itemLines({ items }: Outcome, verbosity: number): string[] {
  const failed = items.filter(isFailedItem)
  const shown = verbosity > 0 ? failed : failed.slice(0, 5)
  const lines = shown.flatMap(({ item, result }) => {
    const [first = '', ...rest] = messageLines(result, verbosity)
    return [`${printableLine(item)}: ${first}`, ...rest]
  })
  return shown.length < failed.length ? [...lines, `… and ${count(failed.length - shown.length, 'more item')}`] : lines
}

/** What a failed result says: its message, then the output of the program that failed, unless the message has it. */
function messageLines(result: TaskResult, verbosity: number): string[] {
  const said = result.msg === undefined ? '' : typeof result.msg === 'string' ? result.msg : jsonText(result.msg)
  const output = outputOf(result)
  const isGeneric = said === '' || /^non-zero return code$/i.test(said)
  const ended = typeof result.rc === 'number' ? `${commandText(result.cmd)} ended with ${result.rc}` : ''
  const message = isGeneric && ended !== '' ? `${ended}${output === '' ? '' : ':'}` : said || String(result.censored ?? result.reason ?? 'failed without a message')
  const lines = printable(message.trimEnd()).split('\n')
  if (output === '' || said.includes(output)) return lines
  return [...lines, ...tail(printable(output).split('\n'), verbosity).map(line => `  ${line}`)]
}

const outputOf = (result: TaskResult): string =>
  [result.module_stderr, result.stderr, result.stdout].map(text => (typeof text === 'string' ? text.trim() : '')).find(text => text !== '') ?? ''

const commandText = (command: unknown): string =>
  typeof command === 'string' ? printableLine(command) : Array.isArray(command) ? printableLine(command.map(word => shellWord(String(word))).join(' ')) : 'the command'

/** A word as it could be typed into a shell. */
const shellWord = (word: string): string => (/^[\w@%+=:,./~-]+$/.test(word) ? word : `'${word.replaceAll("'", `'\\''`)}'`)

/** The end of a program's output is where it says why it stopped. */
function tail(lines: readonly string[], verbosity: number): readonly string[] {
  const most = 20
  if (verbosity > 0 || lines.length <= most) return lines
  return [`… ${count(lines.length - most, 'line')} before these, shown with -v`, ...lines.slice(-most)]
}
