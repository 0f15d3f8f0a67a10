import type { WellKnownResult } from '../discovery.ts'
import type { Site } from '../site.ts'
import type { Failure } from '../world.ts'

/** How the server's well-known document stands, over all addresses of the server name. */
export type Delegation =
  /** Nobody looks at it, or nobody needs it. */
  | { readonly kind: 'not-needed'; readonly why: string }
  /** At least one address serves it. */
  | { readonly kind: 'served'; readonly documents: readonly Document[]; readonly server: string }
  /** It is needed and no address serves it; the most telling failure. */
  | { readonly kind: 'failed'; readonly documents: readonly Document[]; readonly address: string; readonly failure: WellKnownFailed }

export interface Document {
  readonly address: string
  readonly result: WellKnownResult
}

export type WellKnownFailed = WellKnownResult & { readonly ok: false }

export async function delegation(site: Site): Promise<Delegation> {
  const { wellKnown } = await site.discovery()
  if (!wellKnown) return { kind: 'not-needed', why: 'other servers look for no document: the server name has a port or is an address' }
  const documents = await documentsOf(site)
  const good = documents.find(({ result }) => result.ok)
  if (good?.result.ok) return { kind: 'served', documents, server: good.result.server }
  const worst = [...documents].sort((a, b) => telling(b.result) - telling(a.result))[0]
  const failure = (worst?.result ?? wellKnown) as WellKnownFailed
  // A value that cannot be used shows that somebody meant to delegate, and Synapse does not fall back from it.
  if (failure.kind !== 'invalid-m.server' && (await federatesWithout(site))) return { kind: 'not-needed', why: 'the homeserver is found without the document' }
  return { kind: 'failed', documents, address: worst?.address ?? '', failure }
}

/** The document as each address of the server name gives it. */
async function documentsOf(site: Site): Promise<readonly Document[]> {
  const { ipv4, ipv6 } = await site.addresses(site.hostname)
  const addresses = [ipv4, ipv6].flatMap(lookup => (lookup.ok ? lookup.records : [])).slice(0, mostAddresses)
  return Promise.all(addresses.map(async address => ({ address, result: await site.wellKnownAt(address) })))
}

/** As many addresses of one name are looked at. */
export const mostAddresses = 8

/** What came from a server, a redirect to nowhere among it, tells more than that nothing came. */
function telling(result: WellKnownResult): number {
  if (result.ok || isUnseen(result)) return 0
  if (isUnreached(result)) return 1
  return result.kind === 'tls' || result.kind === 'connect' ? 2 : 3
}

/** Nobody has been there: it has no address, or what keeps us away is ours. */
export function isUnseen({ hops: [first] }: WellKnownResult): boolean {
  return !first || (first.exchanged.failure !== undefined && isOurs(first.exchanged.failure))
}

/** The address itself takes no connection. */
export const isUnreached = (result: WellKnownResult): boolean => !isUnseen(result) && result.hops[0]!.exchanged.failure?.stage === 'connect'

/** A redirect leads to a host that has no address, or where nobody takes a connection. */
export const leadsNowhere = ({ kind, hops }: WellKnownFailed): boolean =>
  kind === 'no-address' ? hops.length > 0 : hops.length > 1 && hops.at(-1)!.exchanged.failure?.stage === 'connect'

/** What is the matter with this machine, or with what it was allowed, says nothing of the server. */
export const isOurs = ({ reason }: Failure): boolean => reason === 'no-route' || reason === 'private' || reason === 'bound'

/** Where nothing is delegated, peers look at the server name's own SRV records and port: a homeserver of that name answers there. */
async function federatesWithout(site: Site): Promise<boolean> {
  const { step, targets } = await site.discovery()
  if (step !== '4' && step !== '5' && step !== '6') return false
  const keys = await Promise.all(targets.map(target => site.keysAt(target)))
  return keys.some(({ document }) => document?.serverName === site.serverName)
}
