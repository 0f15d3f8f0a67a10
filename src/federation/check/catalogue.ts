import type { Check } from '../check.ts'
import { certificateChecks } from './certificate-validity.ts'
import { corsChecks } from './cors.ts'
import { dnsChecks } from './dns.ts'
import { federationChecks } from './federation.ts'
import { hostProxyChecks } from './host-proxy.ts'
import { hostServiceChecks } from './host-services.ts'
import { hostSynapseChecks } from './host-synapse.ts'
import { loginChecks } from './login.ts'
import { optionalDocumentChecks } from './optional-documents.ts'
import { passageChecks } from './passage.ts'
import { plainHttpChecks } from './plain-http.ts'
import { probeChecks } from './probe.ts'
import { proxyChecks } from './proxy.ts'
import { reachabilityChecks } from './reachability.ts'
import { securityChecks } from './security.ts'
import { tlsChecks } from './tls.ts'
import { wellKnownClientChecks } from './well-known-client.ts'
import { wellKnownFailureChecks } from './well-known-failure.ts'
import { wellKnownServerChecks } from './well-known-server.ts'

/** The groups of checks, in the order in which a peer meets what they look at. */
export const groups: readonly (readonly [prefix: string, title: string])[] = [
  ['DNS', 'Names and addresses'],
  ['NET', 'Ports'],
  ['TLS', 'Certificates and TLS'],
  ['WKS', 'Delegation document'],
  ['WKC', 'Client document'],
  ['WKU', 'Support document'],
  ['WKP', 'Policy server\'s document'],
  ['HTTP', 'Apache before the homeserver'],
  ['FED', 'Federation'],
  ['HS', 'Homeserver'],
  ['SEC', 'Security'],
]

/** All checks there are, in the order in which they are shown. A new one is an object in one of these files. */
export const catalogue: readonly Check[] = [
  ...dnsChecks, ...reachabilityChecks, ...plainHttpChecks, ...certificateChecks, ...tlsChecks,
  ...wellKnownServerChecks, ...wellKnownFailureChecks, ...wellKnownClientChecks, ...optionalDocumentChecks,
  ...proxyChecks, ...passageChecks, ...corsChecks, ...loginChecks, ...federationChecks, ...securityChecks,
  ...probeChecks, ...hostProxyChecks, ...hostServiceChecks, ...hostSynapseChecks,
].sort((one, other) => place(one.id) - place(other.id))

/** `HTTP-05` by its group, then its number. */
function place(id: string): number {
  const [prefix, number] = id.split('-')
  return groups.findIndex(([group]) => group === prefix) * 1000 + Number(number)
}
