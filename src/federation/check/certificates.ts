import type { Sighting } from '../check.ts'
import type { Site } from '../site.ts'
import type { Exchanged, TlsSession } from '../world.ts'
import { delegation } from './delegation.ts'
import { at } from './endpoint.ts'

/** What a server showed at the start of one connection. */
export interface Shown {
  /** What it is for: `other servers`, `the delegation document`, `clients`. */
  readonly purpose: string
  readonly address: string
  readonly port: number
  /** The name that the certificate must be for. */
  readonly identity: string
  readonly servername: string | null
  /** The name that was found on the way, such as the target of an SRV record. */
  readonly foundAs: string
  readonly exchanged: Exchanged
}

/** Every place where others begin a TLS connection on their way to the server; each once. */
export async function shownCertificates(site: Site): Promise<readonly Shown[]> {
  const all = (await Promise.all([toServers(site), toDocuments(site), toClients(site)])).flat()
  const seen = new Set<string>()
  return all.filter(({ address, port, identity }) => {
    const id = `${address} ${port} ${identity}`
    return !seen.has(id) && seen.add(id)
  })
}

async function toServers(site: Site): Promise<Shown[]> {
  const { targets, identity, servername } = await site.discovery()
  return Promise.all(targets.map(async target => ({
    purpose: 'other servers', address: target.address, port: target.port, identity, servername, foundAs: target.name, exchanged: (await site.keysAt(target)).exchanged,
  })))
}

async function toDocuments(site: Site): Promise<Shown[]> {
  const state = await delegation(site)
  if (state.kind === 'not-needed') return []
  return state.documents.flatMap(({ result }) => result.hops.map(({ url, address, exchanged }) => {
    const { hostname, port } = new URL(url)
    return { purpose: 'the delegation document', address, port: Number(port || 443), identity: hostname, servername: hostname, foundAs: hostname, exchanged }
  }))
}

async function toClients(site: Site): Promise<Shown[]> {
  const endpoint = await site.clientBase()
  if (!endpoint) return []
  const { address, port, identity, servername, base } = endpoint
  const exchanged = await site.ask(endpoint, { target: `${base}/_matrix/client/versions` })
  return [{ purpose: 'clients', address, port, identity, servername, foundAs: identity, exchanged }]
}

/** The same certificate (for the same name, where that counts) is one thing, wherever it is shown. */
export function alike(shown: readonly Shown[], by: 'certificate' | 'name' = 'certificate'): readonly (readonly Shown[])[] {
  return [...Map.groupBy(shown, ({ identity, exchanged }) => `${by === 'name' ? identity : ''} ${exchanged.tls?.certificates[0]?.fingerprint ?? ''} ${exchanged.failure?.message ?? ''}`).values()]
}

/** `matrix.example.org at 203.0.113.9:443 and [2001:db8::9]:443`. */
export const places = (shown: readonly Shown[]): string => `${[...new Set(shown.map(({ identity }) => identity))].join(', ')} at ${[...new Set(shown.map(at))].join(' and ')}`

/** Sightings of what is shown in places, one for what is alike. */
export function ofEach<Kind extends string>(shown: readonly Shown[], judge: (session: TlsSession, all: readonly Shown[]) => Sighting<Kind> | undefined): readonly Sighting<Kind>[] {
  return alike(shown.filter(({ exchanged }) => exchanged.tls)).flatMap(all => judge(all[0]!.exchanged.tls!, all) ?? [])
}

export const nothingShown = { notMade: 'no certificate was shown' }
