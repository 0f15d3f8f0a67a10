import { didYouMean } from '../core/nearest.ts'
import { catalogue } from '../federation/check/catalogue.ts'
import type { Finding, Severity } from '../federation/check.ts'
import { findingLines } from '../federation/finding-lines.ts'
import type { CheckResult, Report } from '../federation/report.ts'

/** Why a list of what must hold cannot be understood; undefined where it can. */
export function mistakeIn(required: readonly string[]): string | undefined {
  const wrong = required.find(word => !ruleOf(word))
  if (wrong === undefined) return undefined
  const known = [...concerns, 'errors', 'strict', ...catalogue.flatMap(({ id }) => [id, id.split('-')[0]!])]
  return `require: there is no check and no group ${wrong}. ${didYouMean(wrong, known) ?? `There are errors, strict, ${concerns.join(', ')}, groups such as TLS, and checks such as HTTP-06.`}`
}

/** What a report breaks of what must hold, each with what is known of cause and cure in the lines beneath it. */
export function brokenRequirements(required: readonly string[], { checks }: Report): readonly string[] {
  const reasons = new Set<string>()
  for (const word of required) {
    const rule = ruleOf(word)!
    for (const check of checks.filter(rule.concerns)) {
      if (rule.made && check.outcome === 'not-made') reasons.add(`${check.id} was not made: ${check.why}`)
      for (const finding of check.findings) if (rule.severities.includes(finding.severity)) reasons.add([`${check.id} ${finding.message}`, ...labelled(finding)].join('\n'))
    }
  }
  return [...reasons]
}

const labelled = (finding: Finding): string[] => findingLines(finding).map(([label, text]) => `  ${label === '' ? '' : `${label}: `}${text}`)

interface Rule {
  readonly concerns: (check: CheckResult) => boolean
  readonly severities: readonly Severity[]
  /** It must have been made, too. */
  readonly made?: boolean
}

const concerns: readonly string[] = ['federation', 'clients', 'security']

function ruleOf(word: string): Rule | undefined {
  if (word === 'errors') return { concerns: () => true, severities: ['error'] }
  if (word === 'strict') return { concerns: () => true, severities: ['error', 'warning'] }
  if (concerns.includes(word)) return { concerns: check => check.concerns === word, severities: ['error'] }
  if (catalogue.some(({ id }) => id === word)) return { concerns: ({ id }) => id === word, severities: ['error', 'warning'], made: true }
  return catalogue.some(({ id }) => id.startsWith(`${word}-`)) ? { concerns: ({ id }) => id.startsWith(`${word}-`), severities: ['error', 'warning'] } : undefined
}
