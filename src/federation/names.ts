import { isIP } from 'node:net'
import { remembered } from './remember.ts'
import type { Requests } from './requests.ts'
import type { Site } from './site.ts'
import type { Lookup, World } from './world.ts'

/** Where names lead: by the user's pins, else by DNS, which is asked each question once. */
export function namesIn({ pins = [], resolver }: World, { lookup }: Requests): Pick<Site, 'addresses' | 'services' | 'aliases'> {
  const pinned = (name: string, port?: number) =>
    pins.filter(pin => dnsName(pin.name) === dnsName(name) && (port === undefined || pin.port === port)).flatMap(({ addresses }) => addresses)

  const resolved = remembered(async (name: string) => {
    const [ipv4, ipv6] = await Promise.all([lookup(() => resolver.addresses(name, 4)), lookup(() => resolver.addresses(name, 6))])
    return { ipv4, ipv6 }
  })

  return {
    addresses: async (name, port) => {
      const known = isIP(name) ? [name] : [...new Set(pinned(name, port))]
      return known.length > 0 ? { ipv4: found(known.filter(address => isIP(address) === 4)), ipv6: found(known.filter(address => isIP(address) === 6)) } : resolved(name)
    },
    services: remembered(async name =>
      pinned(name.replace(/^_matrix(?:-fed)?\._tcp\./, ''), 8448).length > 0 ? found([]) : lookup(() => resolver.services(name))),
    aliases: remembered(name => lookup(() => resolver.aliases(name))),
  }
}

/** DNS knows neither capital letters nor, at the end of a whole name, a dot. */
const dnsName = (name: string): string => name.toLowerCase().replace(/\.$/, '')

const found = <T>(records: readonly T[]): Lookup<T> => ({ ok: true, records })
