import { homeservers, settingPlace, type Homeserver } from '../check/host-synapse.ts'
import type { Finding, Place } from '../check.ts'
import type { Site } from '../site.ts'
import { httpListeners, readSynapse, type Setting } from '../synapse/configuration.ts'

type Found = { readonly setting: Setting; readonly says: string } | undefined
type Finder = (homeserver: Homeserver, kind: string) => Found

/** A list with something in it. */
const listed = ({ configuration }: Homeserver, name: string, says: string): Found => {
  const setting = configuration.at(name)
  return setting && Array.isArray(setting.value) && setting.value.length > 0 ? { setting, says } : undefined
}

/** The list of servers that it talks to; with nothing in it, it talks to nobody. */
const whitelisted = ({ configuration }: Homeserver, says: string): Found => {
  const setting = configuration.at('federation_domain_whitelist')
  return setting && Array.isArray(setting.value) ? { setting, says: setting.value.length > 0 ? says : 'the list is empty: it talks to nobody' } : undefined
}

/** What keeps the homeserver from going somewhere, or from believing who answers there. */
const outbound: Finder = (homeserver, kind) =>
  whitelisted(homeserver, 'it goes to these servers alone') ??
  (kind === 'distrusts'
    ? listed(homeserver, 'federation_custom_ca_list', 'it believes these authorities alone, and no others of the system')
    : undefined) ??
  (kind === 'distrusts' ? undefined : listed(homeserver, 'ip_range_blacklist', 'it goes to none of these addresses'))

const causes: { readonly [id: string]: Finder } = {
  'FED-05': outbound,
  'FED-07': outbound,
  'FED-08': homeserver => whitelisted(homeserver, 'it talks to these servers alone'),
  'HTTP-03': ({ configuration }) => {
    const listeners = httpListeners(configuration)
    return listeners.length > 0 && !listeners.some(({ resources }) => resources.includes('federation'))
      ? { setting: listeners[0]!.where('resources'), says: 'federation is missing' }
      : undefined
  },
}

/** Where a finding's cause stands in Synapse's configuration. */
export function homeserverCause(
  site: Site,
  id: string,
  { kind }: Pick<Finding, 'kind'>,
): { readonly where: Place; readonly cause: string } | undefined {
  const find = causes[id]
  for (const homeserver of id === 'FED-01' ? [] : homeservers(site)) {
    const found = find?.(homeserver, kind)
    if (found) return { where: settingPlace(homeserver.host, found.setting), cause: found.says }
  }
  return id === 'FED-01' && (kind === 'other-name' || kind === 'other-case') ? ownName(site) : undefined
}

/** A Synapse of the inventory that calls itself otherwise. */
function ownName(site: Site): { readonly where: Place; readonly cause: string } | undefined {
  for (const host of site.hosts) {
    const name = host.synapse && readSynapse(host.synapse.files).at('server_name')
    if (name && name.value !== site.serverName)
      return { where: settingPlace(host, name), cause: `server_name is ${String(name.value)}` }
  }
  return undefined
}
