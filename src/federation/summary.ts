import type { Check, Finding, Severity } from './check.ts'
import type { CheckResult, Report } from './report.ts'

type Verdict = Pick<Report, 'verdict' | 'summary'>

/** The verdict and one sentence for it: what troubles other servers comes before what troubles clients and the operator. */
export function summarize(serverName: string, checks: readonly CheckResult[]): Verdict {
  const [worst] = byWeight(checks, 'error')
  if (worst) return { verdict: 'broken', summary: `${serverName} ${phrases[worst.check.concerns]}: ${inner(worst.finding.message)}` }
  // Whoever has not seen a key document has not seen a homeserver.
  const seen = checks.find(({ id }) => id === 'HTTP-04')
  const warnings = byWeight(checks, 'warning').map(({ finding }) => finding)
  if (seen?.outcome === 'not-made' && checks.every(({ vantage, outcome }) => vantage === 'host' || outcome === 'not-made'))
    return warnings.length > 0 ? { verdict: 'warned', summary: `${serverName}: ${inner(warnings[0]!.message)}` } : { verdict: 'unknown', summary: `${serverName}: nothing is wrong on the hosts, and nobody has looked from outside` }
  if (seen?.outcome === 'not-made') return { verdict: 'unknown', summary: `${serverName} could not be looked at: ${reasonOf(checks) ?? seen.why ?? 'no answer'}` }
  if (warnings.length === 0) return { verdict: 'federates', summary: `${serverName} federates` }
  const first = inner(warnings[0]!.message)
  return { verdict: 'warned', summary: `${serverName} federates, with ${warnings.length === 1 ? 'a warning' : `${warnings.length} warnings`}: ${first}` }
}

/** Findings of one severity in the order in which they matter: to other servers, to clients, to the operator. */
export const byWeight = (checks: readonly CheckResult[], severity: Severity): readonly { readonly check: CheckResult; readonly finding: Finding }[] =>
  (['federation', 'clients', 'security'] as const satisfies readonly Check['concerns'][]).flatMap(concerns =>
    checks.filter(check => check.concerns === concerns).flatMap(check => check.findings.filter(finding => finding.severity === severity).map(finding => ({ check, finding }))))

const phrases = {
  federation: 'does not federate',
  clients: 'federates, but is broken for clients',
  security: 'federates, but is not safe',
}

/** The earliest thing that could not be found out is the reason for all that follow. */
const reasonOf = (checks: readonly CheckResult[]): string | undefined => checks.find(({ outcome, vantage }) => outcome === 'not-made' && vantage === 'controller')?.why

/** A sentence as the second half of another: its first word small, unless that is a name or a header. */
const inner = (sentence: string): string => (/^[A-Z][a-z]* /.test(sentence) && !/^(Access|Authorization|Apache|Synapse|Matrix) /.test(sentence) ? sentence.slice(0, 1).toLowerCase() + sentence.slice(1) : sentence)
