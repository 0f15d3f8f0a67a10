import type { Finding, Severity } from '../../federation/check.ts'
import type { CheckResult, DiscoveryView, Report } from '../../federation/report.ts'
import { byWeight } from '../../federation/summary.ts'
import type { Paint } from '../paint.ts'
import { printableLine } from '../printable.ts'
import { fill, fit, pad } from '../width.ts'
import { count, listed, seconds } from '../words.ts'
import { findingLines } from '../../federation/finding-lines.ts'

export interface VerifyViewOptions {
  readonly columns: number
  readonly paint: Paint
  /** From 1 on: what is only worth knowing, what passed, and the details of each server of a fleet. */
  readonly verbosity: number
}

/** A server's report as a person reads it: the verdict, how others find it, what is wrong, what was not looked at. */
export function reportText(report: Report, options: VerifyViewOptions): string {
  const { verbosity } = options
  const shown: readonly Severity[] = verbosity > 0 ? ['error', 'warning', 'info'] : ['error', 'warning']
  const blocks = [
    [headline(report, options)],
    report.discovery ? wayLines(report, report.discovery, options) : [],
    ...shown.flatMap(severity => byWeight(report.checks, severity).map(({ check, finding }) => findingBlock(check, finding, options))),
    verbosity > 0 ? passedLines(report.checks, options) : [],
    notMadeLines(report.checks, options),
  ]
  return blocks.filter(lines => lines.length > 0).map(lines => lines.join('\n')).join('\n\n')
}

const marks = { federates: '✔', warned: '!', broken: '✖', unknown: '?' } as const
const markOf: { readonly [severity in Severity]: string } = { error: '✖', warning: '!', info: 'i' }

const color = ({ verdict }: Report, paint: Paint) => ({ federates: paint.good, warned: paint.change, broken: paint.bad, unknown: paint.change })[verdict]
const verdictOf = ({ verdict, host, summary }: Report) => `${marks[verdict]} ${host === undefined ? '' : `${printableLine(host)}: `}${printableLine(summary)}`

/** The verdict, with what it rests on. */
function headline(report: Report, { paint, columns }: VerifyViewOptions): string {
  return fill(`${verdictOf(report)} (${tally(report.checks)})`.split(' '), columns - 2).map((line, index) => color(report, paint)(index === 0 ? line : `  ${line}`)).join('\n')
}

/** The verdict as one line of many, with how much more there is. */
function fleetLine(report: Report, { paint, columns }: VerifyViewOptions): string {
  const more = report.checks.flatMap(({ findings }) => findings).filter(({ severity }) => severity === (report.verdict === 'warned' ? 'warning' : 'error')).length - 1
  const hint = more > 0 ? ` (and ${more} more)` : ''
  return color(report, paint)(`${fit(verdictOf(report), columns - hint.length)}${hint}`)
}

/** `2 errors, 1 warning, 61 checks passed`. */
function tally(checks: readonly CheckResult[]): string {
  const found = (severity: Severity) => checks.flatMap(({ findings }) => findings).filter(finding => finding.severity === severity).length
  const passed = checks.filter(({ outcome }) => outcome === 'passed' || outcome === 'info').length
  return [...(found('error') > 0 ? [count(found('error'), 'error')] : []), ...(found('warning') > 0 ? [count(found('warning'), 'warning')] : []), `${count(passed, 'check')} passed`].join(', ')
}

/** The way that another server takes, a step a line. */
function wayLines({ serverName, connections, server }: Report, discovery: DiscoveryView, { columns, paint }: VerifyViewOptions): string[] {
  const room = Math.min(columns, 100) - 32
  const arrow = (works: boolean) => (works ? paint.good('──▶') : paint.bad('──✖'))
  const line = (label: string, mark: string, text: string, right = '') => {
    const left = `      ${pad(label, 10)}  ${mark} ${fit(printableLine(text), room)}`
    return right === '' ? left : `${pad(left, room + 22)}  ${paint.dim(right)}`
  }
  const took = (milliseconds: number) => `${Math.round(milliseconds)} ms`
  // Where the addresses were connected to, each is told of with what came of it.
  const asked = connections.length === 0 ? discovery.path : discovery.path.filter(({ kind }) => kind === 'well-known' || kind === 'srv')
  // Where nothing leads anywhere, the sentence about that says which names have no address.
  const told = discovery.failure === undefined ? asked : asked.filter(({ kind, leadsTo }) => kind !== 'address' || leadsTo !== null)
  const steps = told.map(({ kind, found, leadsTo, milliseconds }) =>
    line(kind === 'literal' ? 'address' : kind, leadsTo === null ? paint.dim('───') : arrow(true), leadsTo ?? found, took(milliseconds)))
  const ends = connections.map(({ address, port, ok, error, milliseconds }, index) => line(index === 0 ? 'address' : '', arrow(ok), `${address.includes(':') ? `[${address}]` : address}:${port}${ok ? '' : `: ${error}`}`, took(milliseconds)))
  const who = server ? [line('', '   ', `${server.name} ${server.version}`), paint.dim(line('', '   ', `Host: ${discovery.host}, certificate for ${discovery.identity}`))] : []
  const nowhere = discovery.failure === undefined ? [] : [line(told.length < asked.length ? 'address' : '', arrow(false), discovery.failure)]
  return ['  How other servers find it', `    ${printableLine(serverName)}`, ...steps, ...nowhere, ...ends, ...who]
}

const labelWidth = 10

function findingBlock({ id }: CheckResult, finding: Finding, { columns, paint }: VerifyViewOptions): string[] {
  const color = { error: paint.bad, warning: paint.change, info: paint.dim }[finding.severity]
  const head = `  ${markOf[finding.severity]} ${pad(id, 7)} `
  const [first = '', ...rest] = fill(printableLine(finding.message).split(' '), columns - head.length)
  const body = findingLines(finding).flatMap(([label, text]) =>
    fill(printableLine(text).split(' '), columns - 6 - labelWidth).map((line, index) => `      ${paint.dim(pad(index === 0 ? label : '', labelWidth))}${line}`))
  return [`${color(head)}${paint.strong(first)}`, ...rest.map(line => `${' '.repeat(head.length)}${paint.strong(line)}`), ...body]
}

function passedLines(checks: readonly CheckResult[], { columns, paint }: VerifyViewOptions): string[] {
  const passed = checks.filter(({ outcome }) => outcome === 'passed' || outcome === 'info')
  return passed.length === 0 ? [] : ['  Passed', ...passed.flatMap(({ id, title }) => fill(title.split(' '), columns - 14).map((line, index) => (index === 0 ? `    ${paint.good('✔')} ${pad(id, 7)} ${line}` : `${' '.repeat(14)}${line}`)))]
}

const needs: { readonly [flag: string]: string } = {
  '--inventory': 'a look at the host itself: -i INVENTORY',
  '--probe': 'a name that the server can reach, to see what goes out and how signed requests come in: --probe NAME (docs/verify.md)',
  '--active': 'leave to send what could change something or looks like an attack: --active',
}

/** What was not looked at, with its reason. What follows from an error is only counted, unless more is asked for; then what does not apply is told, too. */
function notMadeLines(checks: readonly CheckResult[], { columns, verbosity, paint }: VerifyViewOptions): string[] {
  const notMade = checks.filter(({ outcome }) => outcome === 'not-made')
  const lines = verbosity > 0 ? reasons(checks) : briefly(notMade, checks.some(({ outcome }) => outcome === 'error'))
  return lines.length === 0 ? [] : ['  Not checked', ...lines.flatMap(line => fill(line.split(' '), columns - 6).map((text, index) => paint.dim(`${index === 0 ? '    ' : '      '}${text}`)))]
}

function briefly(notMade: readonly CheckResult[], broken: boolean): string[] {
  const [needy, others] = [notMade.filter(check => check.needs !== undefined), notMade.filter(check => check.needs === undefined)]
  const byFlag = [...Map.groupBy(needy, check => check.needs!)].map(([flag, members]) => `${count(members.length, 'check')} ${members.length === 1 ? 'needs' : 'need'} ${needs[flag] ?? flag}`)
  if (others.length === 0) return byFlag
  return [...(broken ? [`${count(others.length, 'check')} can say nothing while that is so (-v lists them)`] : reasons(others)), ...byFlag]
}

/** Each reason once, with the checks that share it. */
function reasons(checks: readonly CheckResult[]): string[] {
  const untold = checks.filter(({ outcome }) => outcome === 'not-made' || outcome === 'not-applicable')
  const groups = Map.groupBy(untold, ({ why, outcome }) => `${outcome === 'not-made' ? '' : 'does not apply: '}${why ?? ''}`)
  return [...groups].map(([why, members]) => `${members.map(({ id }) => id).join(', ')}: ${printableLine(why)}`)
}

/** A host of which there is no report. */
export interface Unseen {
  readonly host: string
  readonly why: string
}

/** Many servers: a line each, worst first; details of those that are not well where they are asked for. */
export function fleetText(reports: readonly Report[], unseen: readonly Unseen[], milliseconds: number, options: VerifyViewOptions): string {
  const order = ['broken', 'unknown', 'warned', 'federates'] as const
  const sorted = [...reports].sort((one, other) => order.indexOf(one.verdict) - order.indexOf(other.verdict) || (one.serverName < other.serverName ? -1 : 1))
  const detailed = options.verbosity > 0
  const texts = sorted.map(report => (detailed && report.verdict !== 'federates' ? `${reportText(report, { ...options, verbosity: options.verbosity - 1 })}\n` : fleetLine(report, options)))
  const missing = unseen.map(({ host, why }) => options.paint.change(fit(`? ${printableLine(host)} was not looked at: ${printableLine(why)}`, options.columns)))
  const number = (verdict: Report['verdict']) => reports.filter(report => report.verdict === verdict).length + (verdict === 'unknown' ? unseen.length : 0)
  const parts = ([['federates', 'well'], ['warned', 'with warnings'], ['broken', 'broken'], ['unknown', 'not looked at']] as const).filter(([verdict]) => number(verdict) > 0).map(([verdict, word]) => `${number(verdict)} ${word}`)
  const hint = detailed || number('federates') === reports.length ? '' : ' -v tells more.'
  return [...missing, ...texts, '', `${count(reports.length + unseen.length, 'server')}: ${listed(parts)}.${hint}  ${options.paint.dim(seconds(milliseconds / 1000))}`].join('\n')
}
