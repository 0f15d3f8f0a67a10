import type { DiscoveredTarget, Discovery, DiscoveryStep, Step, WellKnownResult } from './discovery.ts'
import { failureLifetime } from './lifetime.ts'
import { addressAndPort, parseServerName, type ServerName } from './server-name.ts'
import type { Site } from './site.ts'
import type { Lookup, Service } from './world.ts'

/** The port of a server that names no other. */
export const federationPort = 8448

/** No more places to connect to are looked at, however many names and addresses there are. */
export const mostTargets = 16

/** What discovery asks. It asks nothing else, and nothing that the name does not call for. */
export type Asked = Pick<Site, 'serverName' | 'addresses' | 'services' | 'wellKnownAt' | 'now'>

/**
 * Finds out how peers reach a server (server-server API, "Resolving server names"). Where the specification leaves it open, as
 * Synapse does it: nobody can say whether there is an SRV record, or its target is `.`: then there is nowhere to connect to.
 */
export async function discover(site: Asked): Promise<Discovery> {
  const path: DiscoveryStep[] = []
  const own = parseServerName(site.serverName)
  if (!own.ok) return { serverName: site.serverName, step: null, targets: [], host: site.serverName, identity: '', servername: null, path, wellKnown: null, services: null, failure: own.problem }
  const wellKnown = own.kind === 'dns' && own.port === undefined ? await lookedUp(own.hostname) : null
  const delegated = wellKnown?.ok ? parseServerName(wellKnown.server) : null
  const [name, host, steps] = delegated?.ok && wellKnown?.ok ? [delegated, wellKnown.server, delegatedSteps] as const : [own, site.serverName, ownSteps] as const
  // A trailing dot belongs to DNS; certificates and SNI have none (RFC 6066, 3).
  const identity = name.hostname.replace(/\.$/, '')
  return { serverName: site.serverName, host, identity, servername: name.kind === 'dns' ? identity : null, path, wellKnown, ...await located(name, steps) }

  async function lookedUp(hostname: string): Promise<WellKnownResult> {
    const from = site.now()
    const result = await firstAnswered(site, hostname)
    const status = result.hops.at(-1)?.exchanged.answer?.status
    path.push({
      kind: 'well-known', asked: `https://${hostname}/.well-known/matrix/server`, milliseconds: site.now() - from,
      found: result.ok ? `${status}, m.server ${result.server}` : result.message,
      leadsTo: result.ok ? result.server : null,
    })
    return result
  }

  async function located(name: ServerName, steps: Steps): Promise<Pick<Discovery, 'step' | 'targets' | 'services' | 'failure'>> {
    const { hostname, kind, port = federationPort } = name
    if (kind !== 'dns') {
      path.push({ kind: 'literal', asked: hostname, found: addressAndPort(hostname, port), leadsTo: addressAndPort(hostname, port), milliseconds: 0 })
      return { step: steps.literal, targets: [{ address: hostname, port, name: hostname }], services: null }
    }
    if (name.port !== undefined) return { step: steps.port, services: null, ...await reached([{ target: hostname, port }]) }
    for (const { prefix, deprecated, step } of [{ prefix: '_matrix-fed', deprecated: false, step: steps.service }, { prefix: '_matrix', deprecated: true, step: steps.deprecated }]) {
      const asked = `${prefix}._tcp.${hostname}`
      const from = site.now()
      const lookup = await site.services(asked)
      const offered = lookup.ok ? inOrder(lookup.records) : []
      path.push({
        kind: 'srv', asked, milliseconds: site.now() - from,
        found: !lookup.ok ? lookup.message : lookup.records.length === 0 ? 'no record' : `${lookup.records.map(describe).join(', ')}${noted(lookup)}`,
        leadsTo: offered.map(({ target, port }) => `${target}:${port}`).join(', ') || null,
      })
      const services = lookup.ok ? { name: asked, deprecated, records: lookup.records } : null
      if (!lookup.ok) return { step, targets: [], services, failure: `Nobody can say whether there is an SRV record ${asked}: ${lookup.message}` }
      if (lookup.records.length === 0) continue
      if (offered.length === 0) return { step, targets: [], services, failure: `The SRV record ${asked} says that the service is not offered: its target is "."` }
      return { step, services, ...await reached(offered) }
    }
    return { step: steps.address, services: null, ...await reached([{ target: hostname, port }]) }
  }

  /** The addresses of each name, in order, both families; the failure when there is none at all. */
  async function reached(places: readonly { readonly target: string; readonly port: number }[]): Promise<Pick<Discovery, 'targets' | 'failure'>> {
    const found = await Promise.all(places.map(async ({ target, port }) => {
      const from = site.now()
      const { ipv4, ipv6 } = await site.addresses(target, port)
      const addresses = [...records(ipv4), ...records(ipv6)]
      const step: DiscoveryStep = {
        kind: 'address', asked: target, milliseconds: site.now() - from,
        found: [told('A', ipv4), told('AAAA', ipv6)].filter(text => text !== '').join(', ') || 'no address',
        leadsTo: addresses.map(address => addressAndPort(address, port)).join(', ') || null,
      }
      return { step, targets: addresses.map((address): DiscoveredTarget => ({ address, port, name: target })) }
    }))
    path.push(...found.map(({ step }) => step))
    const targets = found.flatMap(({ targets }) => targets).slice(0, mostTargets)
    return targets.length > 0 ? { targets } : { targets, failure: `There is no address to connect to: ${found.map(({ step }) => `${step.asked}: ${step.found}`).join('; ')}` }
  }
}

/** Which step of the specification each way to decide is, for the server's own name and for the one it delegates to. */
const ownSteps = { literal: '1', port: '2', service: '4', deprecated: '5', address: '6' } as const
const delegatedSteps = { literal: '3.1', port: '3.2', service: '3.3', deprecated: '3.4', address: '3.5' } as const
type Steps = { readonly [way in keyof typeof ownSteps]: Step }

/**
 * The well-known document at the first address that can be connected to. All are asked at once, since the checks want to know
 * of each anyway, and a dead one costs no time then.
 */
async function firstAnswered(site: Asked, hostname: string): Promise<WellKnownResult> {
  const { ipv4, ipv6 } = await site.addresses(hostname, 443)
  const looks = [...records(ipv4), ...records(ipv6)].map(address => site.wellKnownAt(address))
  const silent: WellKnownResult[] = []
  for (const look of looks) {
    const result = await look
    if (result.hops[0]?.exchanged.failure?.stage !== 'connect') return result
    silent.push(result)
  }
  // That this machine has no way to an address says nothing about the server.
  const [failed = { ok: false, kind: 'no-address', message: `${hostname} has no address`, lifetime: failureLifetime, hops: [] } as const] =
    [...silent.filter(({ hops }) => hops[0]?.exchanged.failure?.reason !== 'no-route'), ...silent]
  return failed
}

/**
 * SRV records in the order in which they are tried: the lowest priority first, of the same the heaviest (RFC 2782). Peers draw
 * lots by weight; here the order stays the same from one look to the next. Without those whose target is `.`.
 */
const inOrder = (services: readonly Service[]): readonly Service[] =>
  services.filter(({ target }) => target !== '.').sort((a, b) => a.priority - b.priority || b.weight - a.weight)

const describe = ({ target, port, priority, weight }: Service): string => `${target}:${port} (priority ${priority}, weight ${weight})`

const records = <T>(lookup: Lookup<T>): readonly T[] => (lookup.ok ? lookup.records : [])

const noted = (lookup: Lookup<unknown>): string => (lookup.ok && lookup.note ? ` (${lookup.note})` : '')

/** `A 203.0.113.9`, or why nobody can say; empty where there is none. */
const told = (type: string, lookup: Lookup<string>): string =>
  !lookup.ok ? `${type}: ${lookup.message}` : lookup.records.length === 0 ? '' : `${type} ${lookup.records.join(' ')}${noted(lookup)}`
