import { homeservers, settingPlace, type Homeserver } from '../check/host-synapse.ts'
import type { Finding, Place } from '../check.ts'
import type { Site } from '../site.ts'
import { httpListeners, readSynapse, type Setting } from '../synapse/configuration.ts'

type Found = { readonly setting: Setting; readonly says: string } | undefined
type Finder = (homeserver: Homeserver) => Found

const set = (says: string, ...names: readonly string[]): Finder => ({ configuration }) => {
  const setting = names.map(name => configuration.at(name)).find(found => found !== undefined)
  return setting && { setting, says }
}

const outbound = set('it says where the homeserver may go, and whom it believes', 'ip_range_blacklist', 'federation_custom_ca_list', 'federation_domain_whitelist', 'ip_range_whitelist')

const causes: { readonly [id: string]: Finder } = {
  'FED-05': outbound,
  'FED-07': outbound,
  'FED-08': set('it names the servers that are talked to', 'federation_domain_whitelist'),
  'HTTP-03': ({ configuration }) => {
    const listeners = httpListeners(configuration)
    return listeners.length > 0 && !listeners.some(({ resources }) => resources.includes('federation')) ? { setting: listeners[0]!.where('resources'), says: 'federation is missing' } : undefined
  },
}

/** Where a finding's cause stands in Synapse's configuration. */
export function homeserverCause(site: Site, id: string, { kind }: Pick<Finding, 'kind'>): { readonly where: Place; readonly cause: string } | undefined {
  const find = causes[id]
  for (const homeserver of id === 'FED-01' ? [] : homeservers(site)) {
    const found = find?.(homeserver)
    if (found) return { where: settingPlace(homeserver.host, found.setting), cause: found.says }
  }
  return id === 'FED-01' && (kind === 'other-name' || kind === 'other-case') ? ownName(site) : undefined
}

/** A Synapse of the inventory that calls itself otherwise. */
function ownName(site: Site): { readonly where: Place; readonly cause: string } | undefined {
  for (const host of site.hosts) {
    const name = host.synapse && readSynapse(host.synapse.files).at('server_name')
    if (name && name.value !== site.serverName) return { where: settingPlace(host, name), cause: `server_name is ${String(name.value)}` }
  }
  return undefined
}
