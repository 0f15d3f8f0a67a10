import type { CheckResult, Report } from '../../federation/report.ts'
import { element, escape } from '../xml.ts'
import { findingLines } from '../../federation/finding-lines.ts'

/** JUnit's XML: a suite a server, a case a check; errors are failures, what was not made or does not apply is skipped. */
export function verifyJunit(reports: readonly Report[]): string {
  const suites = reports.map(({ serverName, checks, duration, at }) => {
    const skipped = checks.filter(isSkipped).length
    const attributes = { name: serverName, tests: checks.length, failures: checks.filter(({ outcome }) => outcome === 'error').length, errors: 0, skipped, time: (duration / 1000).toFixed(3), timestamp: at.slice(0, 19) }
    return element('testsuite', attributes, checks.map(check => testCase(check, serverName)))
  })
  return `<?xml version="1.0" encoding="UTF-8"?>\n${element('testsuites', { name: 'matrix-provision verify' }, suites)}`
}

const isSkipped = ({ outcome }: CheckResult) => outcome === 'not-made' || outcome === 'not-applicable'

function testCase(check: CheckResult, serverName: string): string {
  const { id, title, outcome, findings, why } = check
  const attributes = { name: `${id} ${title}`, classname: serverName }
  if (isSkipped(check)) return element('testcase', attributes, [element('skipped', { message: why ?? '' }, [])])
  const told = findings.flatMap(finding => [finding.message, ...findingLines(finding).map(([label, text]) => `  ${label}: ${text}`)]).join('\n')
  if (outcome === 'error') return element('testcase', attributes, [element('failure', { type: findings[0]!.kind, message: findings[0]!.message }, [escape(told)])])
  return element('testcase', attributes, told === '' ? [] : [element('system-out', {}, [escape(told)])])
}
