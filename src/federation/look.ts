import { isIP } from 'node:net'
import { discover } from './discover.ts'
import type { WellKnownHop } from './discovery.ts'
import type { HostEvidence } from './host-evidence.ts'
import { isObject, readJson } from './json.ts'
import { judgeKeys } from './key-document.ts'
import { failureLifetime } from './lifetime.ts'
import { namesIn } from './names.ts'
import type { Probe } from './probe.ts'
import { follow } from './redirects.ts'
import { once, remembered } from './remember.ts'
import { requestsTo } from './requests.ts'
import { parseServerName } from './server-name.ts'
import type { Ask, Endpoint, Site } from './site.ts'
import { lookAtWellKnown, wellKnownLimit, wellKnownUrl } from './well-known.ts'
import type { Answer, Exchanged, World } from './world.ts'

export interface SiteOptions {
  readonly world: World
  readonly hosts?: readonly HostEvidence[]
  readonly probe?: Probe
  readonly fleet?: readonly string[]
  /** Milliseconds for all looks together, from now on; 60,000 unless said otherwise. */
  readonly deadline?: number
}

/** What can be seen of a server in a world: asks each question once, not more than `courtesy` allows (requests.ts), and remembers the answer. */
export function siteOf(serverName: string, { world, hosts = [], probe, fleet = [], deadline }: SiteOptions): Site {
  const name = parseServerName(serverName)
  const hostname = name.ok ? name.hostname : serverName
  const requests = requestsTo(world, deadline)
  const now = () => world.now()
  const { addresses, services, aliases } = namesIn(world, requests)

  const request = remembered(requests.exchange)
  const ask: Site['ask'] = ({ address, port, host, identity, servername }, { method = 'GET', target, headers = [], ...bounds }) => {
    const named = headers.some(([name]) => name.toLowerCase() === 'host') ? headers : [['Host', host] as const, ...headers]
    return request({ address, port, tls: { servername, identity }, method, target, headers: named, ...bounds })
  }

  /** Where a URL leads, at the first of its addresses where more than a refusal came of a request for `target`. */
  async function endpointFor(url: URL, target: string, how: Omit<Ask, 'target'> = {}): Promise<Endpoint | null> {
    const name = url.hostname.replace(/^\[|\]$/g, '')
    const port = Number(url.port || 443)
    const { ipv4, ipv6 } = await addresses(name, port)
    const endpoints = [ipv4, ipv6].flatMap(lookup => (lookup.ok ? lookup.records : [])).map(address => endpointAt(url, address))
    if (endpoints.length > 1)
      for (const endpoint of endpoints) if ((await ask(endpoint, { ...how, target })).failure?.stage !== 'connect') return endpoint
    return endpoints[0] ?? null
  }

  /** Asks a URL: at the one address where its host is that of `at`. */
  async function askUrl(url: URL, how: Omit<Ask, 'target'>, at?: { readonly host: string; readonly address: string }): Promise<WellKnownHop | undefined> {
    const target = url.pathname + url.search
    const endpoint = at?.host === url.host ? endpointAt(url, at.address) : await endpointFor(url, target, how)
    return endpoint ? { url: url.href, address: endpoint.address, exchanged: await ask(endpoint, { ...how, target }) } : undefined
  }

  const ownUrl = (path: string): URL | null => URL.parse(path, `https://${isIP(hostname) === 6 ? `[${hostname}]` : hostname}`)

  const document = async (name: Parameters<Site['document']>[0], { origin = false } = {}): Promise<Exchanged> => {
    const url = ownUrl(`/.well-known/matrix/${name}`)
    const hop = url && (await askUrl(url, origin ? { headers: [['Origin', browserOrigin]] } : {}))
    return hop?.exchanged ?? { failure: { stage: 'connect', reason: 'unreachable', message: `${hostname} has no address` }, milliseconds: 0 }
  }

  const site: Site = {
    serverName, hostname, now, hosts, probe, fleet, addresses, services, aliases, document, ask,
    get requests() { return requests.made() },
    exchange: requests.exchange,
    discovery: once(() => discover(site)),
    endpointOf: url => endpointFor(url, url.pathname + url.search),
    wellKnownAt: remembered(async address => {
      const url = wellKnownUrl(hostname)
      if (!url) return { ok: false, kind: 'no-address', message: `${hostname} is no name that a URL can hold`, lifetime: failureLifetime, hops: [] }
      return lookAtWellKnown(url, hop => askUrl(hop, { limit: wellKnownLimit }, { host: url.host, address }), now())
    }),
    keysAt: remembered(async ({ address, port }) => {
      const { host, identity, servername } = await site.discovery()
      return judgeKeys(serverName, { address, port }, await ask({ address, port, host, identity, servername, base: '' }, { target: '/_matrix/key/v2/server' }), now())
    }),
    keyIdOf: remembered(async other => {
      const there = siteOf(other, { world, deadline })
      const { targets } = await there.discovery()
      for (const target of targets) {
        const id = (await there.keysAt(target)).document?.keys[0]?.id
        if (id !== undefined) return id
      }
      return undefined
    }),
    federation: once(async () => {
      const { targets, host, identity, servername } = await site.discovery()
      const looks = targets.map(target => site.keysAt(target))
      for (const look of looks) {
        const { address, port, exchanged } = await look
        if (exchanged.answer) return { address, port, host, identity, servername, base: '' }
      }
      return undefined
    }),
    clientBase: once(async () => {
      const start = ownUrl('/.well-known/matrix/client')
      const followed = start && (await follow(start, url => askUrl(url, {})))
      // Clients stop at a document that cannot be had or used. Only where there is none may they try the server name itself.
      const url = !followed?.ok ? null : isDocument(followed.answer) ? baseUrl(followed.answer.body) : isNone(followed.answer) ? ownUrl('/') : null
      return url && endpointFor(url, `${withoutSlash(url.pathname)}/_matrix/client/versions`)
    }),
  }
  return site
}

/** The origin of a web client that nobody has. */
const browserOrigin = 'https://client.example'

function endpointAt(url: URL, address: string): Endpoint {
  const identity = url.hostname.replace(/^\[|\]$/g, '')
  return { address, port: Number(url.port || 443), host: url.host, identity, servername: isIP(identity) ? null : identity, base: withoutSlash(url.pathname) }
}

const isDocument = ({ status, body }: Answer): boolean => status === 200 && new TextDecoder().decode(body.subarray(0, 100)).trimStart().startsWith('{')

/** Not found, or the page of a site that has one for everything. */
const isNone = ({ status }: Answer): boolean => status === 404 || status === 200

/** `m.homeserver.base_url` of a client document; null where it holds none that can be used. */
function baseUrl(body: Uint8Array): URL | null {
  const reading = readJson(body)
  const homeserver = reading.ok && isObject(reading.value) ? reading.value['m.homeserver'] : undefined
  const url = isObject(homeserver) && typeof homeserver.base_url === 'string' ? URL.parse(homeserver.base_url) : null
  return url?.protocol === 'https:' ? url : null
}

const withoutSlash = (path: string): string => path.replace(/\/+$/, '')
