import { UnknownReached } from '../core/unknown.ts'
import { FactFailure, type Facts } from '../host/fact.ts'
import { readComplaint, type Complaint } from './apache-complaint.ts'

export const isApache = (unit: string): boolean => unit === 'apache2.service' || unit === 'httpd.service'

/** What is known about Apache's configuration before it is told to read it. */
export type Readiness =
  | { readonly ready: true }
  /** Nobody can say: a change of this dry run comes first, or the check cannot be run. */
  | { readonly ready: 'unknown'; readonly note: string }
  | { readonly ready: false; readonly msg: string }

/**
 * Whether Apache would take its configuration: the whole tree is checked, since a reload of a broken one can end the
 * server.
 *
 * @param verb what is about to be done, as a participle: `reloaded`
 */
export async function apacheReadiness(facts: Facts, verb: 'reloaded' | 'restarted' | 'started'): Promise<Readiness> {
  const [now, start] = await Promise.all([check(facts, 'now'), check(facts, 'start')])
  if (typeof now === 'string') return { ready: 'unknown', note: now }
  if (now.valid) return { ready: true }
  const complaint = readComplaint(now.output, await enabledModules(facts))
  const before = typeof start === 'string' || start.valid ? undefined : readComplaint(start.output)
  const msg = [
    ...(before ? [`Apache's configuration was already broken before this run${place(before)}. Repair it, then run again.`] : []),
    'apachectl configtest failed:',
    ...now.output
      .trim()
      .split('\n')
      .map(line => `  ${line}`),
    ...(complaint.cause ? [complaint.cause] : []),
    verb === 'started' ? 'Apache was not started.' : `Apache was not ${verb}: it still serves the former configuration.`,
  ]
  return { ready: false, msg: msg.join('\n') }
}

const place = ({ at }: Complaint) => (at ? `: ${at.file}, line ${at.line}` : '')

async function check(facts: Facts, key: 'now' | 'start') {
  try {
    return await facts.apacheCheck(key)
  } catch (error) {
    if (error instanceof UnknownReached) return 'validated at apply'
    if (error instanceof FactFailure) return `not validated: ${error.message}`
    throw error
  }
}

async function enabledModules(facts: Facts): Promise<ReadonlySet<string> | undefined> {
  try {
    const modules = await facts.apacheModules('')
    return modules ? new Set(modules.filter(module => module.enabled).map(module => module.name)) : undefined
  } catch (error) {
    if (error instanceof UnknownReached || error instanceof FactFailure) return undefined
    throw error
  }
}
