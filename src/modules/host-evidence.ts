import { backendOf, virtualHostPorts } from '../federation/apache/backend.ts'
import type { ApacheEvidence, HostEvidence } from '../federation/host-evidence.ts'
import { FactFailure, httpKey, type Facts } from '../host/fact.ts'
import { readComplaint } from './apache-complaint.ts'

/**
 * What a host shows from inside, for the checks of federation: Apache's and Synapse's configuration, what listens, whether the
 * homeserver is well, and where a port is silent, whether Apache runs. Two round trips. What cannot be read is told in `unread`.
 *
 * @param name as it stands in the inventory
 * @param synapsePaths paths of Synapse's files and directories; none: those that the running one was given, or Debian's
 * @throws ConnectionFailure when the host gives no answer
 */
export async function hostEvidence(name: string, facts: Facts, synapsePaths: readonly string[] = []): Promise<HostEvidence> {
  const unread: string[] = []
  const orNot = async <T, Other>(reading: Promise<T>, other: Other): Promise<T | Other> => {
    try {
      return await reading
    } catch (error) {
      if (!(error instanceof FactFailure)) throw error
      unread.push(error.message)
      return other
    }
  }
  const [apache, synapse, listening] = await Promise.all([
    orNot(facts.apacheConfiguration(''), null),
    orNot(facts.synapseConfiguration(synapsePaths.join('\n')), null),
    orNot(facts.listening(''), []),
  ])
  unread.push(...(apache?.unread ?? []), ...(synapse?.unread ?? []))
  const backend = apache && backendOf(apache)
  const [healthy, service] = await Promise.all([
    backend ? health(`${backend}/health`, facts) : null,
    apache && !isHeard(apache, listening) ? orNot(serviceOf(apache, facts), null) : null,
  ])
  return {
    name,
    listening,
    unread,
    apache,
    service,
    synapse: synapse && synapse.files.length > 0 ? { files: synapse.files } : null,
    health: healthy,
  }
}

/** Something listens at every port of Apache's virtual hosts. */
const isHeard = (apache: ApacheEvidence, listening: HostEvidence['listening']): boolean =>
  virtualHostPorts(apache).every(port => listening.some(one => one.port === port))

/** Whether Apache runs, and what it has against its files. Who may not read keys cannot tell the latter. */
async function serviceOf({ root }: ApacheEvidence, facts: Facts): Promise<HostEvidence['service']> {
  const unit = root.endsWith('httpd') ? 'httpd.service' : 'apache2.service'
  const [{ exists, active }, { valid, output }, { user }] = await Promise.all([facts.unit(unit), facts.apacheCheck('now'), facts.platform('')])
  const refused = valid || user.uid !== 0 ? null : readComplaint(output)
  return { unit, state: exists ? active : null, complaint: refused && { said: refused.said, ...(refused.at && { at: refused.at }) } }
}

async function health(url: string, facts: Facts): Promise<HostEvidence['health']> {
  const answer = await facts.http(
    httpKey({ method: 'GET', url, followRedirects: 'none', validateCertificates: false, timeout: 10, limit: 10_000 }),
  )
  return 'error' in answer ? { url, error: answer.error } : { url, status: answer.status }
}
