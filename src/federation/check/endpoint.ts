import type { NotMade } from '../check.ts'
import type { Endpoint, Site } from '../site.ts'
import type { Exchanged } from '../world.ts'
import { isMatrix, said } from './answer.ts'

/** A request as a person would write it: `GET https://matrix.example.org/_matrix/client/versions at 203.0.113.9`. */
export function asked(endpoint: Endpoint, target: string, method = 'GET'): string {
  return `${method} https://${endpoint.host}${target} at ${at(endpoint)}`
}

/** `203.0.113.9:443`, `[2001:db8::9]:443`. */
export const at = ({ address, port }: { readonly address: string; readonly port: number }): string => `${address.includes(':') ? `[${address}]` : address}:${port}`

export const federationVersion = '/_matrix/federation/v1/version'
export const clientVersions = '/_matrix/client/versions'

/**
 * Where a homeserver answers other servers. What hangs on that says nothing while none does: one broken thing is one error.
 */
export async function homeserver(site: Site): Promise<Endpoint | NotMade> {
  const endpoint = await site.federation()
  if (!endpoint) return { notMade: 'nothing answers where other servers look' }
  const exchanged = await site.ask(endpoint, { target: federationVersion })
  return isMatrix(exchanged) ? endpoint : { notMade: 'no homeserver answers where other servers look' }
}

/** The same for clients. */
export async function clientApi(site: Site): Promise<Endpoint | NotMade> {
  const endpoint = await site.clientBase()
  if (!endpoint) return { notMade: 'it is not known where clients find the homeserver' }
  const exchanged = await site.ask(endpoint, { target: endpoint.base + clientVersions })
  return isMatrix(exchanged) ? endpoint : { notMade: 'no homeserver answers clients' }
}

/** Who is told to ask less often has not seen what is there. */
export const limited = (exchanged: Exchanged): NotMade => ({ notMade: `the server limits how often it is asked: ${said(exchanged)} (rc_federation in Synapse)` })

/** The virtual host that an endpoint's requests are for: the name without its port. */
export const nameOf = (endpoint: Endpoint): string => endpoint.host.replace(/:\d+$/, '').toLowerCase()

/** A request and its answer as a finding shows them. */
export const evidence = (endpoint: Endpoint, target: string, exchanged: Exchanged, method = 'GET') => ({ asked: asked(endpoint, target, method), answered: said(exchanged) })

/** The first requests of servers and of clients, where each of them is asked. */
export async function firstRequest(site: Site, whose: 'servers' | 'clients'): Promise<{ readonly endpoint: Endpoint; readonly target: string; readonly exchanged: Exchanged } | undefined> {
  const endpoint = whose === 'servers' ? await site.federation() : await site.clientBase()
  if (!endpoint) return undefined
  const target = whose === 'servers' ? federationVersion : endpoint.base + clientVersions
  return { endpoint, target, exchanged: await site.ask(endpoint, { target }) }
}
