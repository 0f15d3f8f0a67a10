import type { Severity } from '../../src/federation/check.ts'
import type { Report } from '../../src/federation/report.ts'

/** The findings of a report as `ID:kind`, those of several places once. */
export const told = ({ checks }: Report, severities: readonly Severity[] = ['error', 'warning']): readonly string[] =>
  [...new Set(checks.flatMap(({ id, findings }) => findings.filter(({ severity }) => severities.includes(severity)).map(({ kind }) => `${id}:${kind}`)))]
