import { isIP } from 'node:net'
import { check, type Check, type Sighting } from '../check.ts'
import type { DiscoveredTarget } from '../discovery.ts'
import type { Endpoint, Site } from '../site.ts'
import type { Exchanged, Failure } from '../world.ts'
import { isMatrix } from './answer.ts'
import { delegation, isUnreached, isUnseen } from './delegation.ts'
import { at } from './endpoint.ts'

type Kind = 'dead' | 'nothing-answers' | 'not-tried'

const addressesAnswer = check({
  id: 'DNS-03',
  title: 'Every address answers',
  concerns: 'federation',
  vantage: 'controller',
  follows: ['WKS-08'],
  faults: {
    dead: {
      severity: 'error', means: 'an address of several does not answer',
      cause: 'an AAAA record of another or an old machine; Listen 0.0.0.0:443 or <VirtualHost 1.2.3.4:443> without [::]; a firewall that knows IPv4 only',
      users: 'servers that try this address first wait or give up: some see the room, others do not',
      fix: 'Let Apache listen on all addresses (Listen 443, <VirtualHost *:443>), open the firewall, or remove the record.',
      ours: 'playbooks/site.yml',
    },
    'nothing-answers': {
      severity: 'error', means: 'no address answers at the port of federation',
      cause: 'Apache does not run or does not listen there; a firewall; a wrong port in m.server',
      users: 'no other server reaches it',
      fix: 'Let Apache listen at that port and open the firewall, or name the right port in m.server.',
      ours: 'playbooks/site.yml (matrix_federation_port)',
    },
    'not-tried': {
      severity: 'info', means: 'this machine has no way to an address', cause: 'no IPv6 here',
      fix: 'Verify once from a machine that has IPv6.',
    },
  },
  async look(site) {
    const discovery = await site.discovery()
    if (discovery.targets.length === 0) return { notMade: 'other servers find no address' }
    const nobody = await nothingAtServerName(site)
    if (nobody) return [nobody]
    const [federation, documents] = await Promise.all([federationAddresses(site), documentAddresses(site)])
    if (federation.every(({ failure }) => failure !== undefined)) return nothingAnswers(site, federation)
    return [...federation, ...documents].flatMap<Sighting<Kind>>(({ failure, place, what }) => {
      if (!failure) return []
      if (failure.reason === 'no-route') return [{ kind: 'not-tried', message: `${place} (${what}) was not tried: ${failure.message}` }]
      return [{ kind: 'dead', message: `${place} does not answer (${what})`, answered: failure.message }]
    })
  },
})

interface Tried {
  /** `203.0.113.9:443`. */
  readonly place: string
  readonly what: string
  /** Why no answer came. */
  readonly failure?: Failure
}

async function federationAddresses(site: Site): Promise<readonly Tried[]> {
  const { targets } = await site.discovery()
  // Port 0 of an SRV record is told as such (DNS-05).
  const looks = await Promise.all(targets.filter(({ port }) => port !== 0).map(async target => ({ target, exchanged: (await site.keysAt(target)).exchanged })))
  return looks.filter(({ exchanged }) => !isElsewhere(exchanged)).map(({ target, exchanged }) => tried(at(target), 'federation', exchanged))
}

/** Addresses of the server name, where the document matters. */
async function documentAddresses(site: Site): Promise<readonly Tried[]> {
  const state = await delegation(site)
  if (state.kind !== 'served') return []
  return state.documents.flatMap(({ address, result }) => {
    const [first] = result.hops
    return first && !isElsewhere(first.exchanged) ? [tried(at({ address, port: 443 }), 'delegation document', first.exchanged)] : []
  })
}

/** Whoever takes a connection is there, however little comes of it. */
const tried = (place: string, what: string, { failure }: Exchanged): Tried => ({ place, what, ...(failure?.stage === 'connect' && { failure }) })

/** Other checks speak of these. */
const isElsewhere = ({ answer, failure }: Exchanged) => !answer && (failure?.reason === 'private' || failure?.reason === 'bound' || failure?.reason === 'tls' || failure?.stage === 'tls')

/** Where the delegation document is needed and no address of the server name takes a connection, that comes before all else. */
async function nothingAtServerName(site: Site): Promise<Sighting<Kind> | undefined> {
  const state = await delegation(site)
  if (state.kind !== 'failed') return undefined
  const silent = state.documents.filter(({ result }) => !isUnseen(result))
  if (silent.length === 0 || !silent.every(({ result }) => isUnreached(result))) return undefined
  return {
    kind: 'nothing-answers',
    message: `Nothing answers at port 443 of ${site.hostname}`,
    asked: `connections to ${silent.map(({ address }) => at({ address, port: 443 })).join(', ')}`,
    answered: [...new Set(silent.map(({ result }) => result.hops[0]!.exchanged.failure!.message))].join('; '),
    cause: 'Apache does not run or does not listen at 443; a firewall',
    users: 'other servers do not find the homeserver: nobody elsewhere can be reached from it, or reach it',
    fix: 'Start Apache, let it listen at 443, and open the firewall.',
    ours: 'playbooks/site.yml',
  }
}

async function nothingAnswers(site: Site, tried: readonly Tried[]): Promise<readonly Sighting<Kind>[] | { readonly notMade: string }> {
  const { step, wellKnown } = await site.discovery()
  if (tried.length === 0) return { notMade: 'no address could be looked at' }
  if (step === '3.5') return { notMade: 'm.server names no port (WKS-03)' }
  // Nobody has said where the homeserver is: that is the fault, not the silence of the port that is left.
  if (step === '6' && wellKnown?.ok === false) return { notMade: 'the delegation document does not lead anywhere' }
  const silent = tried.filter(({ failure }) => failure?.reason !== 'no-route')
  if (silent.length === 0) return { notMade: `this machine has no way there: ${tried[0]!.failure!.message}` }
  const elsewhere = await otherPort(site)
  return [{
    kind: 'nothing-answers',
    message: `Nothing answers at ${silent.map(({ place }) => place).join(', ')}`,
    answered: [...new Set(silent.map(({ failure }) => failure!.message))].join('; '),
    ...(elsewhere !== undefined && { control: `a homeserver answers at ${at(elsewhere)}`, fix: `Write port ${elsewhere.port} into m.server.` }),
  }]
}

/** The other of the two usual ports, when a homeserver answers there. */
export async function otherPort(site: Site): Promise<DiscoveredTarget | undefined> {
  const { targets, identity, servername } = await site.discovery()
  const [target] = targets
  if (!target) return undefined
  for (const port of [443, 8448].filter(port => targets.every(known => known.port !== port))) {
    const endpoint: Endpoint = { address: target.address, port, host: port === 443 ? identity : `${identity}:${port}`, identity, servername, base: '' }
    if (isMatrix(await site.ask(endpoint, { target: '/_matrix/key/v2/server' }))) return { ...target, port }
  }
  return undefined
}

const bothFamilies = check({
  id: 'DNS-04',
  title: 'Servers that have only IPv4 find it too',
  concerns: 'federation',
  vantage: 'controller',
  faults: {
    'document-ipv6-only': {
      severity: 'warning', means: 'the server name has only IPv6 addresses, the homeserver has IPv4 too',
      cause: 'no A record for the server name',
      users: 'servers without IPv6 cannot read the delegation document, and do not find the homeserver that they could reach',
      fix: 'Add an A record for the server name.',
    },
    'ipv6-only': {
      severity: 'warning', means: 'the homeserver has only IPv6 addresses', cause: 'no A record',
      users: 'servers without IPv6 cannot talk to it; there are many of them',
      fix: 'Add an A record, through a proxy that has IPv4 if need be.',
    },
  },
  async look(site) {
    const { targets, wellKnown } = await site.discovery()
    if (isIP(site.hostname)) return { notApplicable: 'the server name is an address' }
    if (targets.length === 0) return { notMade: 'other servers find no address' }
    if (targets.every(({ address }) => address.includes(':'))) return [{
      kind: 'ipv6-only' as const, message: `${targets[0]!.name} has only IPv6 addresses`,
    }]
    if (!wellKnown?.ok) return []
    const { ipv4, ipv6 } = await site.addresses(site.hostname)
    const only6 = ipv4.ok && ipv4.records.length === 0 && ipv6.ok && ipv6.records.length > 0
    return only6 ? [{
      kind: 'document-ipv6-only' as const, message: `${site.hostname} has only IPv6 addresses, ${targets[0]!.name} has IPv4 too`,
    }] : []
  },
})

export const reachabilityChecks: readonly Check[] = [addressesAnswer, bothFamilies]
