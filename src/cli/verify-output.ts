import type { Report } from '../federation/report.ts'
import { createPaint } from '../report/paint.ts'
import type { Unseen } from '../report/verify/people.ts'
import { wantsColor } from './color.ts'
import type { CommandLine } from './commands.ts'
import { exitCodes } from '../core/exit-codes.ts'

/**
 * Shows reports in the form that was asked for. Hosts of which there is none are told among them to people, and aside to programs.
 *
 * @param milliseconds that all of it took
 */
export async function showReports(line: CommandLine, reports: readonly Report[], milliseconds: number, unseen: readonly Unseen[] = []): Promise<void> {
  const together = reports.length > 0 && (line.flags.output ?? 'plain') === 'plain'
  if (!together) for (const { host, why } of unseen) process.stderr.write(`${host}: ${why}\n`)
  if (reports.length === 0) return
  const text = await textOf(line, reports, milliseconds, unseen)
  process.stdout.write(`${text}\n`)
}

async function textOf(line: CommandLine, reports: readonly Report[], milliseconds: number, unseen: readonly Unseen[]): Promise<string> {
  switch (line.flags.output ?? 'plain') {
    case 'json':
      return reports.map(report => JSON.stringify(report)).join('\n')
    case 'federation-tester': {
      const { federationTesterOf } = await import('../report/verify/federation-tester.ts')
      return reports.map(report => JSON.stringify(federationTesterOf(report))).join('\n')
    }
    case 'tap':
      return (await import('../report/verify/tap.ts')).tapOf(reports)
    case 'junit':
      return (await import('../report/verify/junit.ts')).verifyJunit(reports)
  }
  const { fleetText, reportText } = await import('../report/verify/people.ts')
  const { stdout, env } = process
  const options = { columns: Math.min(stdout.columns ?? 120, 120), paint: createPaint(wantsColor(line, env, stdout.isTTY === true && env.TERM !== 'dumb')), verbosity: line.verbosity }
  return reports.length + unseen.length === 1 ? reportText(reports[0]!, options) : fleetText(reports, unseen, milliseconds, options)
}

/** What is broken, or could not be looked at, is a failure; with `--strict` a warning is one, too. */
export function verifyExitCode({ flags }: CommandLine, reports: readonly Report[]): number {
  const failing: readonly Report['verdict'][] = flags.strict === true ? ['broken', 'unknown', 'warned'] : ['broken', 'unknown']
  return reports.some(({ verdict }) => failing.includes(verdict)) ? exitCodes.failed : exitCodes.ok
}
