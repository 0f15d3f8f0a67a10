import { placeOf, standpoints } from '../apache/standpoint.ts'
import { setting } from '../apache/setting.ts'
import { passings } from '../cause/proxying.ts'
import { check, type Check, type Known, type Place, type Sighting } from '../check.ts'
import type { HostEvidence } from '../host-evidence.ts'
import type { Site } from '../site.ts'
import { httpListeners, readSynapse, sizeOf, type Setting, type SynapseConfiguration } from '../synapse/configuration.ts'
import { said } from './answer.ts'
import { at, clientVersions } from './endpoint.ts'
import { shown } from './host.ts'

/** A Synapse of the inventory with the name that is looked at. */
export interface Homeserver {
  readonly host: HostEvidence
  readonly configuration: SynapseConfiguration
}

export function homeservers(site: Site): readonly Homeserver[] {
  return site.hosts.flatMap(host => (host.synapse ? [{ host, configuration: readSynapse(host.synapse.files) }] : []))
    .filter(({ configuration }) => configuration.at('server_name')?.value === site.serverName)
}

type Sightings<Kind extends string> = readonly Sighting<Kind>[]

export const settingPlace = (host: HostEvidence, { file, line }: Setting): Place => ({ file, line, host: host.name })

/** A check by the settings of each Synapse of the inventory that has the name. */
function synapseCheck<Kind extends string>(
  known: Omit<Known<Kind>, 'vantage'>,
  find: (homeserver: Homeserver, site: Site) => Sightings<NoInfer<Kind>> | Promise<Sightings<NoInfer<Kind>>>,
): Check {
  return check<Kind>({
    ...known, vantage: 'host',
    async look(site) {
      const all = homeservers(site)
      if (all.length > 0) return (await Promise.all(all.map(one => find(one, site)))).flat()
      const unread = site.hosts.flatMap(host => host.unread.filter(text => text.includes('synapse')).map(text => `${host.name}: ${text}`))
      if (unread.length === 0 && site.hosts.every(({ synapse }) => synapse === null)) return { notApplicable: 'no Synapse was found on the hosts' }
      return { notMade: unread[0] ?? `no Synapse of the inventory has the server name ${site.serverName}` }
    },
  })
}

/** Those behind Apache: what Synapse does with TLS itself has no proxy before it. */
const behindProxy = ({ configuration }: Homeserver) =>
  httpListeners(configuration).filter(({ tls, resources }) => !tls && ['client', 'federation'].some(name => resources.includes(name)))

const forwarded = synapseCheck({
  id: 'HS-01', title: 'The homeserver learns from whom requests come', concerns: 'security',
  faults: {
    off: {
      severity: 'warning', means: 'a listener behind the proxy has no x_forwarded', cause: 'x_forwarded: false, the default',
      users: 'all share the limits of one address, and lists of devices show 127.0.0.1',
      fix: 'Write x_forwarded: true into that listener.',
    },
  },
}, homeserver => behindProxy(homeserver).filter(({ forwarded }) => !forwarded).map(({ port, where }) => ({
  kind: 'off' as const, message: `The listener at port ${port} takes the proxy for the client`,
  where: settingPlace(homeserver.host, where('x_forwarded')),
})))

const isLoopback = (address: string) => /^127\.|^::1$|^localhost$|^::ffff:127\./.test(address)

const bound = synapseCheck({
  id: 'HS-02', title: 'The homeserver is reached by the proxy alone', concerns: 'security',
  faults: {
    public: {
      severity: 'error', means: 'the port of the homeserver answers from outside, without TLS',
      cause: 'bind_addresses with 0.0.0.0 or ::, and no firewall',
      users: 'passwords and tokens can be read on the way, and addresses be claimed',
      fix: 'Write bind_addresses: [\'127.0.0.1\', \'::1\'] into that listener.',
    },
    open: {
      severity: 'info', means: 'the homeserver listens at every address, and something keeps others out',
      cause: 'bind_addresses with 0.0.0.0 or ::',
      fix: 'Write bind_addresses: [\'127.0.0.1\', \'::1\'] into that listener, unless the proxy is another machine.',
    },
  },
}, async (homeserver, site) => {
  const open = behindProxy(homeserver).filter(({ port, bindAddresses }) => !bindAddresses.every(isLoopback) && isHeard(homeserver.host, port))
  return Promise.all(open.map(async ({ port, where }) => {
    const place = { where: settingPlace(homeserver.host, where('bind_addresses')) }
    const found = await reached(site, port!)
    if (!found) return { kind: 'open' as const, message: `The homeserver listens at every address, port ${port}`, ...place }
    return { kind: 'public' as const, message: `Port ${port} of the homeserver answers everybody, without TLS`, ...found, ...place }
  }))
})

/** Whether a port is open to other machines, as far as the host tells: in a container it may be open inside only. */
const isHeard = ({ listening }: HostEvidence, port: number | null) =>
  port !== null && (listening.length === 0 || listening.some(one => one.port === port && !isLoopback(one.address)))

/** Whether the port answers from here, at one of the addresses that other servers know. */
async function reached(site: Site, port: number): Promise<{ readonly asked: string; readonly answered: string } | undefined> {
  const { targets } = await site.discovery()
  const looks = await Promise.all(targets.map(async ({ address }) => {
    const headers = [['Host', `${site.hostname}:${port}`]] as const
    return { address, exchanged: await site.exchange({ address, port, tls: null, method: 'GET', target: clientVersions, headers, deadline: 5000 }) }
  }))
  const found = looks.find(({ exchanged }) => exchanged.answer)
  return found && { asked: `GET http://${at({ address: found.address, port })}${clientVersions}`, answered: said(found.exchanged) }
}

const resources = synapseCheck({
  id: 'HS-03', title: 'The homeserver listens for clients and servers', concerns: 'federation', follows: ['HTTP-02', 'HTTP-03'],
  faults: {
    'no-federation': {
      severity: 'error', means: 'no listener has the resource federation', cause: 'names: [client]',
      users: 'no other server reaches it', fix: 'Write names: [client, federation] into the listener.',
    },
    'no-client': {
      severity: 'error', means: 'no listener has the resource client', cause: 'names: [federation]', users: 'nobody can log in',
      fix: 'Write names: [client, federation] into the listener.',
    },
  },
}, ({ host, configuration }) => {
  const listeners = httpListeners(configuration)
  // With workers, others listen as well.
  if (configuration.at('instance_map') || listeners.length === 0) return []
  const where = settingPlace(host, listeners[0]!.where('resources'))
  const missing = (['federation', 'client'] as const).filter(name => !listeners.some(({ resources }) => resources.includes(name)))
  return missing.map(name => ({ kind: `no-${name}` as const, message: `No listener of the homeserver has the resource ${name}`, where }))
})

const baseUrl = synapseCheck({
  id: 'HS-04', title: 'The homeserver knows its public address', concerns: 'clients', follows: ['WKC-01'],
  faults: {
    other: {
      severity: 'warning', means: 'public_baseurl is another address than clients find',
      cause: 'public_baseurl is not set, so that it is the server name',
      users: 'log-in by single sign-on and links in e-mail lead to another address',
      fix: 'Set public_baseurl to the base_url of the client document.',
    },
  },
}, async ({ host, configuration }, site) => {
  const client = await site.clientBase()
  const own = configuration.at('public_baseurl')
  const url = URL.parse(typeof own?.value === 'string' ? own.value : `https://${site.serverName}/`)
  if (!client || !url || (await site.document('client')).answer?.status !== 200) return []
  const found = URL.parse(`https://${client.host}${client.base}/`)!
  if (url.href.replace(/\/*$/, '/') === found.href) return []
  const where = settingPlace(host, own ?? configuration.at('server_name')!)
  return [{ kind: 'other' as const, message: `public_baseurl is ${url.href}, and clients find ${found.href}`, where }]
})

const wellKnown = synapseCheck({
  id: 'HS-05', title: 'One place alone says where the homeserver is', concerns: 'federation',
  faults: {
    unused: {
      severity: 'info', means: 'serve_server_wellknown is on, and the document that is served says otherwise',
      cause: 'serve_server_wellknown: true names the server name at port 443', fix: 'Set serve_server_wellknown to false.',
    },
  },
}, async ({ host, configuration }, site) => {
  const serves = configuration.at('serve_server_wellknown')
  const { wellKnown } = await site.discovery()
  if (serves?.value !== true || !wellKnown?.ok || wellKnown.server === `${site.serverName}:443`) return []
  const message = `serve_server_wellknown is on, and other servers are told ${wellKnown.server}`
  return [{ kind: 'unused' as const, message, where: settingPlace(host, serves) }]
})

const uploads = synapseCheck({
  id: 'HS-06', title: 'Apache takes files as large as the homeserver does', concerns: 'clients',
  faults: {
    smaller: {
      severity: 'warning', means: 'Apache\'s limit is smaller than max_upload_size',
      cause: 'LimitRequestBody; SecRequestBodyLimit', users: 'large pictures and files cannot be sent',
      fix: 'Write LimitRequestBody 0 in that virtual host.', ours: 'playbooks/site.yml',
    },
  },
}, async ({ configuration }, site) => {
  const most = sizeOf(configuration.at('max_upload_size')?.value ?? '50M')
  if (most === undefined) return []
  return (await standpoints(site)).flatMap(standpoint => {
    const place = passings(standpoint).length > 0 ? placeOf(standpoint, 'clients', '/_matrix/media/v3/upload') : undefined
    const limit = place && setting(place, 'limitrequestbody')
    const bytes = Number(limit?.words[0])
    if (!limit || !(bytes > 0 && bytes < most)) return []
    return [{ kind: 'smaller' as const, message: `Apache takes bodies of ${bytes} bytes, the homeserver of ${most}`, ...shown(standpoint, limit) }]
  })
})

const closed = synapseCheck({
  id: 'HS-07', title: 'Other servers are told about users', concerns: 'federation',
  faults: {
    profiles: {
      severity: 'info', means: 'allow_profile_lookup_over_federation is false',
      cause: 'allow_profile_lookup_over_federation: false',
      users: 'people of other servers see no names and pictures before they share a room',
      fix: 'Remove allow_profile_lookup_over_federation, unless it is meant so.',
    },
  },
}, ({ host, configuration }) => {
  const lookup = configuration.at('allow_profile_lookup_over_federation')
  if (lookup?.value !== false) return []
  return [{ kind: 'profiles' as const, message: 'Other servers are told nothing about users', where: settingPlace(host, lookup) }]
})

const calls = synapseCheck({
  id: 'HS-08', title: 'Clients learn of the service for calls', concerns: 'clients',
  faults: {
    'not-enabled': {
      severity: 'warning', means: 'matrix_rtc has transports, and msc4143_enabled is not set',
      cause: 'experimental_features without msc4143_enabled', users: 'calls do not work in new apps',
      fix: 'Set experimental_features: {msc4143_enabled: true}.',
    },
  },
}, ({ host, configuration }) => {
  const transports = configuration.at('matrix_rtc', 'transports')
  const isOn = configuration.at('experimental_features', 'msc4143_enabled')?.value === true
  if (isOn || !Array.isArray(transports?.value) || transports.value.length === 0) return []
  return [{ kind: 'not-enabled' as const, message: 'matrix_rtc has transports that no client is told', where: settingPlace(host, transports) }]
})

const whitelist = synapseCheck({
  id: 'HS-09', title: 'The homeserver talks to other servers', concerns: 'federation', follows: ['FED-05', 'FED-07'],
  faults: {
    nobody: {
      severity: 'error', means: 'federation_domain_whitelist is empty', cause: 'federation_domain_whitelist: []',
      users: 'nobody elsewhere can be reached from it, or reach it',
      fix: 'Remove federation_domain_whitelist, or list the servers that it may talk to.',
    },
    some: {
      severity: 'info', means: 'it talks to the servers of a list alone', cause: 'federation_domain_whitelist',
      fix: 'Remove federation_domain_whitelist, unless it is meant so.',
    },
  },
}, ({ host, configuration }) => {
  const list = configuration.at('federation_domain_whitelist')
  if (!list || !Array.isArray(list.value)) return []
  const where = settingPlace(host, list)
  return list.value.length === 0
    ? [{ kind: 'nobody' as const, message: 'The homeserver talks to no other server: federation_domain_whitelist is empty', where }]
    : [{ kind: 'some' as const, message: `The homeserver talks to ${list.value.length} other servers alone`, where }]
})

export const hostSynapseChecks: readonly Check[] = [forwarded, bound, resources, baseUrl, wellKnown, uploads, closed, calls, whitelist]
