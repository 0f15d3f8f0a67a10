import { catalogue } from './check/catalogue.ts'
import type { Check, Finding, NotMade, Sighted, Sighting } from './check.ts'
import { explain } from './explain.ts'
import type { CheckResult } from './report.ts'
import type { Site } from './site.ts'

export interface JudgeOptions {
  readonly active: boolean
  /** Only what the hosts show from inside is judged. */
  readonly inside?: boolean
  /** Settles when nothing more is waited for. */
  readonly late: Promise<unknown>
}

/** Makes all checks at once over one site, and tells one broken thing once. In the catalogue's order. */
export async function judge(site: Site, { active, inside = false, late }: JudgeOptions, checks: readonly Check[] = catalogue): Promise<readonly CheckResult[]> {
  const tooLate: Promise<NotMade> = late.then(() => ({ notMade: 'it did not end in time' }))
  const results = await Promise.all(checks.map(async check => resultOf(check, missing(check, site, active, inside) ?? (await Promise.race([look(check, site), tooLate])))))
  return Promise.all(folded(checks, results).map(async result => ({ ...result, findings: await Promise.all(result.findings.map(finding => explained(site, result.id, finding, late))) })))
}

/** With the line of the file that is to blame, where a host of the inventory shows it; a finding stands without it, too. */
async function explained(site: Site, id: string, finding: Finding, late: Promise<unknown>): Promise<Finding> {
  const shown = await Promise.race([explain(site, id, finding).catch(() => undefined), late.then(() => undefined)])
  return { ...finding, ...shown }
}

/** What a check needs that is not there. */
function missing({ vantage, active: isActive }: Check, site: Site, active: boolean, inside: boolean): NotMade | undefined {
  if (inside && vantage !== 'host') return { notMade: 'only the hosts are looked at' }
  if (vantage === 'probe' && !site.probe) return { notMade: 'needs a name that the server can reach: --probe NAME', needs: '--probe' }
  if (vantage === 'host' && site.hosts.length === 0) return { notMade: 'needs a look at the host: -i INVENTORY', needs: '--inventory' }
  return isActive && !active ? { notMade: 'sends what could change something or looks like an attack: --active', needs: '--active' } : undefined
}

/** A check that throws is a mistake of this program, and no reason to be silent about the others. */
async function look(check: Check, site: Site): Promise<Sighted> {
  try {
    return await check.look(site)
  } catch (error) {
    return { notMade: `internal: ${error instanceof Error ? `${error.name}: ${error.message}` : String(error)}` }
  }
}

/** A check's sightings completed with what is known of them. */
export function resultOf(check: Check, sighted: Sighted): CheckResult {
  const { id, title, vantage, concerns } = check
  if ('notMade' in sighted) return { id, title, vantage, concerns, outcome: 'not-made', findings: [], why: sighted.notMade, ...(sighted.needs !== undefined && { needs: sighted.needs }) }
  if ('notApplicable' in sighted) return { id, title, vantage, concerns, outcome: 'not-applicable', findings: [], why: sighted.notApplicable }
  const findings = sighted.map(sighting => findingOf(check, sighting)).sort((one, other) => rank[one.severity] - rank[other.severity])
  return { id, title, vantage, concerns, outcome: findings[0]?.severity ?? 'passed', findings }
}

const rank = { error: 0, warning: 1, info: 2 }

function findingOf({ faults }: Check, sighting: Sighting): Finding {
  const { means: _, ...known } = faults[sighting.kind]!
  return { ...known, ...Object.fromEntries(Object.entries(sighting).filter(([, value]) => value !== undefined)), kind: sighting.kind, message: sighting.message }
}

/** What has its reason in an error that another check has found is not told again. */
function folded(checks: readonly Check[], results: readonly CheckResult[]): readonly CheckResult[] {
  const broken = new Set(results.filter(({ outcome }) => outcome === 'error').map(({ id }) => id))
  return results.map((result, index) => {
    const reason = result.outcome === 'error' || result.outcome === 'warning' ? checks[index]!.follows?.find(id => broken.has(id)) : undefined
    return reason === undefined ? result : { ...result, outcome: 'not-made', findings: [], why: `what it found follows from ${reason}` }
  })
}
