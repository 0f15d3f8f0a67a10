import { homeserver } from '../check/endpoint.ts'
import type { HostEvidence } from '../host-evidence.ts'
import type { Site } from '../site.ts'
import { loadConfiguration } from './load.ts'
import { decided, type Meeting } from './route.ts'
import type { Place } from './setting.ts'
import { isNamed, serverOf, virtualHostFor, type Server, type VirtualHost } from './virtual-host.ts'

/** For what requests come: the delegation document, the federation API, the client API. */
export type Way = 'documents' | 'servers' | 'clients'

/** Where requests of a way come from outside. */
export interface Gate {
  readonly name: string
  readonly port: number
  /** The address that was tried; null where none is known. */
  readonly address: string | null
}

/** One host of the inventory, and what of the server's requests comes out in its Apache. */
export interface Standpoint {
  readonly host: HostEvidence
  readonly server: Server
  /** Absent where the requests of a way do not come here. */
  readonly hosts: { readonly [W in Way]?: { readonly host: VirtualHost; readonly named: boolean; readonly gate: Gate } }
}

/** Every host with an Apache that has a virtual host for one of the ways. */
export async function standpoints(site: Site): Promise<readonly Standpoint[]> {
  const gates = await gatesOf(site)
  const all = site.hosts.flatMap(host => (host.apache ? [{ host, server: loaded(host) }] : []))
  const found = all.map(({ host, server }) => ({ host, server, hosts: hostsFor(server, gates) }))
  // A virtual host that takes what nobody else is for counts only where no host of the inventory is for that name.
  const isTaken = (way: Way) => found.some(({ hosts }) => hosts[way]?.named)
  return found
    .map(one => ({
      ...one,
      hosts: Object.fromEntries(
        Object.entries(one.hosts).filter(([way, entry]) => entry && (entry.named || !isTaken(way as Way))),
      ) as Standpoint['hosts'],
    }))
    .filter(({ hosts }) => Object.keys(hosts).length > 0)
}

/** A path on one of the ways, as Apache sees it; undefined where it does not come here. */
export function placeOf({ server, hosts }: Standpoint, way: Way, path: string): Place | undefined {
  const found = hosts[way]
  if (!found) return undefined
  const place: Place = { server, host: found.host, path }
  const end = decided(place)
  return end && 'file' in end && end.file !== undefined ? { ...place, file: end.file } : place
}

/** The first line that decides what becomes of a path. */
export const fateOf = (standpoint: Standpoint, way: Way, path: string): Meeting | undefined => {
  const place = placeOf(standpoint, way, path)
  return place && decided(place)
}

const configurations = new WeakMap<HostEvidence, Server>()

/** A configuration is read once, however many checks look at it. */
function loaded(host: HostEvidence): Server {
  const known = configurations.get(host) ?? serverOf(loadConfiguration(host.apache!))
  configurations.set(host, known)
  return known
}

async function gatesOf(site: Site): Promise<{ readonly [W in Way]?: Gate }> {
  const [discovery, client] = await Promise.all([site.discovery(), site.clientBase()])
  const [target] = discovery.targets
  // A delegation that fails leads nowhere: what stands at the place that is left need have nothing to do with Matrix.
  const astray = discovery.step === '6' && discovery.wellKnown?.ok === false && 'notMade' in (await homeserver(site))
  return {
    documents: { name: site.hostname, port: 443, address: null },
    ...(!astray && { servers: { name: discovery.identity, port: target?.port ?? 8448, address: target?.address ?? null } }),
    ...(client && { clients: { name: client.identity, port: client.port, address: client.address } }),
  }
}

function hostsFor(server: Server, gates: { readonly [W in Way]?: Gate }): Standpoint['hosts'] {
  const found = (Object.entries(gates) as [Way, Gate][]).map(([way, gate]) => [way, hostFor(server, gate)] as const)
  return Object.fromEntries(found.filter(([, entry]) => entry !== undefined))
}

/** Behind something else that ends TLS, requests come to another port: then the name alone decides. */
function hostFor(server: Server, gate: Gate): Standpoint['hosts'][Way] {
  const name = gate.name.toLowerCase()
  const here = virtualHostFor(server, { address: gate.address ?? '', port: gate.port, name })
  if (here?.named) return { ...here, gate }
  const named = server.hosts.filter(host => isNamed(host, name))
  const elsewhere = named.find(({ addresses }) => addresses.some(({ port }) => port === 443)) ?? named[0]
  if (elsewhere && !here) return { host: elsewhere, named: true, gate }
  return here && { ...here, gate }
}
