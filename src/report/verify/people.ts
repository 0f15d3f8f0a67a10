import type { Finding, Severity } from '../../federation/check.ts'
import type { CheckResult, DiscoveryView, Report } from '../../federation/report.ts'
import type { Paint } from '../paint.ts'
import { printableLine } from '../printable.ts'
import { fill, fit, pad } from '../width.ts'
import { count, listed, seconds } from '../words.ts'
import { findingLines } from './finding.ts'

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
    ...shown.flatMap(severity => report.checks.flatMap(check => check.findings.filter(finding => finding.severity === severity).map(finding => findingBlock(check, finding, options)))),
    verbosity > 0 ? passedLines(report.checks, options) : [],
    notMadeLines(report.checks, options),
  ]
  return blocks.filter(lines => lines.length > 0).map(lines => lines.join('\n')).join('\n\n')
}

const marks = { federates: '✔', warned: '!', broken: '✖', unknown: '?' } as const
const markOf: { readonly [severity in Severity]: string } = { error: '✖', warning: '!', info: 'i' }

/** The verdict in one line; in a fleet it is all that is said of a server that is well. */
export function headline(report: Report, { paint, columns }: VerifyViewOptions): string {
  const color = { federates: paint.good, warned: paint.change, broken: paint.bad, unknown: paint.change }[report.verdict]
  const words = `${marks[report.verdict]} ${report.host === undefined ? '' : `${printableLine(report.host)}: `}${printableLine(report.summary)} (${tally(report.checks)})`.split(' ')
  return fill(words, columns).map((line, index) => color(index === 0 ? line : `  ${line}`)).join('\n')
}

/** `2 errors, 1 warning, 61 checks passed`. */
function tally(checks: readonly CheckResult[]): string {
  const found = (severity: Severity) => checks.flatMap(({ findings }) => findings).filter(finding => finding.severity === severity).length
  const passed = checks.filter(({ outcome }) => outcome === 'passed' || outcome === 'info').length
  return [...(found('error') > 0 ? [count(found('error'), 'error')] : []), ...(found('warning') > 0 ? [count(found('warning'), 'warning')] : []), `${count(passed, 'check')} passed`].join(', ')
}

/** The way that another server takes, a step a line. */
function wayLines({ connections, server }: Report, discovery: DiscoveryView, { columns, paint }: VerifyViewOptions): string[] {
  const steps = discovery.path.map(({ kind, asked, found, milliseconds }) => ({ left: `${pad(kind, 10)}  ${printableLine(asked)} → ${printableLine(found)}`, right: kind === 'literal' ? '' : `${Math.round(milliseconds)} ms` }))
  const lines = steps.map(({ left, right }) => `    ${pad(fit(left, columns - 16), Math.min(columns - 16, 84))}  ${paint.dim(right)}`.trimEnd())
  const ends = connections.map(({ address, port, ok, error, milliseconds }) => {
    const place = `${address.includes(':') ? `[${address}]` : address}:${port}`
    return `  ${ok ? paint.good('──▶') : paint.bad('──✖')} ${pad(place, 24)}  ${ok ? paint.dim(`${Math.round(milliseconds)} ms`) : printableLine(fit(error ?? '', columns - 34))}`
  })
  const who = server ? [`    ${pad('', 10)}  ${printableLine(`${server.name} ${server.version}`)}, Host ${printableLine(discovery.host)}, certificate for ${printableLine(discovery.identity)}`] : []
  return ['  How other servers find it', ...lines, ...(discovery.failure !== undefined ? [`  ${paint.bad('──✖')} ${printableLine(discovery.failure)}`] : []), ...ends, ...who]
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

function passedLines(checks: readonly CheckResult[], { paint }: VerifyViewOptions): string[] {
  const passed = checks.filter(({ outcome }) => outcome === 'passed' || outcome === 'info')
  return passed.length === 0 ? [] : ['  Passed', ...passed.map(({ id, title }) => `    ${paint.good('✔')} ${pad(id, 7)} ${title}`)]
}

/**
 * What was not looked at, with its reason, said once for all that share it. What follows from an error is only counted, and what
 * does not apply is left out, unless more is asked for.
 */
function notMadeLines(checks: readonly CheckResult[], { columns, verbosity, paint }: VerifyViewOptions): string[] {
  const brief = verbosity === 0 && checks.some(({ outcome }) => outcome === 'error')
  const notMade = checks.filter(({ outcome }) => outcome === 'not-made')
  const told = notMade.filter(({ needs }) => needs !== undefined || !brief)
  const apart = verbosity > 0 ? checks.filter(({ outcome }) => outcome === 'not-applicable') : []
  const groups = Map.groupBy([...told, ...apart], ({ why, outcome }) => `${outcome === 'not-made' ? '' : 'does not apply: '}${why ?? ''}`)
  const rest = notMade.length - told.length
  const lines = [
    ...(rest > 0 ? [`${count(rest, 'check')} can say nothing while that is so (-v lists them)`] : []),
    ...[...groups].map(([why, members]) => `${members.map(({ id }) => id).join(', ')}: ${printableLine(why)}`),
  ]
  if (lines.length === 0) return []
  return ['  Not checked', ...lines.flatMap(line => fill(line.split(' '), columns - 6).map((text, index) => paint.dim(`${index === 0 ? '    ' : '      '}${text}`)))]
}

/** Many servers: a line each, worst first; details of those that are not well where they are asked for. */
export function fleetText(reports: readonly Report[], milliseconds: number, options: VerifyViewOptions): string {
  const order = ['broken', 'unknown', 'warned', 'federates'] as const
  const sorted = [...reports].sort((one, other) => order.indexOf(one.verdict) - order.indexOf(other.verdict) || (one.serverName < other.serverName ? -1 : 1))
  const detailed = options.verbosity > 0
  const texts = sorted.map(report => (detailed && report.verdict !== 'federates' ? `${reportText(report, { ...options, verbosity: options.verbosity - 1 })}\n` : headline(report, options)))
  const number = (verdict: Report['verdict']) => reports.filter(report => report.verdict === verdict).length
  const parts = ([['federates', 'well'], ['warned', 'with warnings'], ['broken', 'broken'], ['unknown', 'not looked at']] as const).filter(([verdict]) => number(verdict) > 0).map(([verdict, word]) => `${number(verdict)} ${word}`)
  const hint = detailed || number('federates') === reports.length ? '' : ' -v tells more.'
  return [...texts, '', `${count(reports.length, 'server')}: ${listed(parts)}.${hint}  ${options.paint.dim(seconds(milliseconds / 1000))}`].join('\n')
}
