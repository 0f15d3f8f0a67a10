import type { CheckResult, Report } from '../../federation/report.ts'
import { printableLine } from '../printable.ts'

/** The Test Anything Protocol, version 14: a subtest a server, a test a check (testanything.org). */
export function tapOf(reports: readonly Report[]): string {
  const lines = reports.flatMap((report, index) => {
    const good = !report.checks.some(({ outcome }) => outcome === 'error')
    return [
      `# Subtest: ${text(report.serverName)}`,
      ...[`1..${report.checks.length}`, ...report.checks.flatMap(testLines)].map(line => `    ${line}`),
      `${good ? 'ok' : 'not ok'} ${index + 1} - ${text(report.serverName)}`,
    ]
  })
  return ['TAP version 14', `1..${reports.length}`, ...lines].join('\n')
}

function testLines({ id, title, outcome, findings, why }: CheckResult, index: number): string[] {
  const skipped = outcome === 'not-made' || outcome === 'not-applicable' ? ` # SKIP ${text(why ?? '')}` : ''
  const line = `${outcome === 'error' ? 'not ok' : 'ok'} ${index + 1} - ${id} ${text(title)}${skipped}`
  return findings.length === 0 ? [line] : [line, '  ---', ...yaml(findings), '  ...']
}

/** YAML of texts only, each as JSON writes it, which YAML reads. */
function yaml(findings: CheckResult['findings']): string[] {
  return ['  findings:', ...findings.flatMap(finding => Object.entries(finding).map(([name, value], index) => `    ${index === 0 ? '-' : ' '} ${name}: ${JSON.stringify(value)}`))]
}

/** A line of a description, in which `#` begins a directive. */
const text = (words: string): string => printableLine(words).replaceAll(/[\\#]/g, '\\$&')
