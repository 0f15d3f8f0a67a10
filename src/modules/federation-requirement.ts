import { didYouMean } from '../core/nearest.ts'
import type { Severity } from '../federation/check.ts'
import type { CheckResult, Report } from '../federation/report.ts'

/** What a report breaks of what must hold, a line each; or that a word of it means nothing. */
export function brokenRequirements(required: readonly string[], { checks }: Report): { readonly reasons: readonly string[] } | { readonly unknown: string } {
  const reasons = new Set<string>()
  for (const word of required) {
    const rule = ruleOf(word, checks)
    if (!rule) return { unknown: `require: there is no check and no group ${word}. ${didYouMean(word, words(checks)) ?? `There are ${[...concerns, 'errors', 'strict'].join(', ')}, groups such as TLS, and checks such as HTTP-06.`}` }
    for (const check of checks.filter(rule.concerns)) {
      if (rule.made && check.outcome === 'not-made') reasons.add(`${check.id} was not made: ${check.why}`)
      for (const { severity, message } of check.findings) if (rule.severities.includes(severity)) reasons.add(`${check.id} ${message}`)
    }
  }
  return { reasons: [...reasons] }
}

interface Rule {
  readonly concerns: (check: CheckResult) => boolean
  readonly severities: readonly Severity[]
  /** It must have been made, too. */
  readonly made?: boolean
}

const concerns: readonly string[] = ['federation', 'clients', 'security']

function ruleOf(word: string, checks: readonly CheckResult[]): Rule | undefined {
  if (word === 'errors') return { concerns: () => true, severities: ['error'] }
  if (word === 'strict') return { concerns: () => true, severities: ['error', 'warning'] }
  if (concerns.includes(word)) return { concerns: check => check.concerns === word, severities: ['error'] }
  if (checks.some(({ id }) => id === word)) return { concerns: ({ id }) => id === word, severities: ['error', 'warning'], made: true }
  return checks.some(({ id }) => id.startsWith(`${word}-`)) ? { concerns: ({ id }) => id.startsWith(`${word}-`), severities: ['error', 'warning'] } : undefined
}

const words = (checks: readonly CheckResult[]) => [...concerns, 'errors', 'strict', ...checks.flatMap(({ id }) => [id, id.split('-')[0]!])]
