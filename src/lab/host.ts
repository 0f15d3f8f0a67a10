import { ProvisionError } from '../core/error.ts'

/** A Debian release that the lab can make hosts of. */
export type Release = (typeof releases)[number]
export const releases = ['bookworm', 'trixie'] as const

/** What a host is made as. */
export interface Variant {
  readonly release: Release
  /** True for a host on which Apache is not installed yet. */
  readonly bare: boolean
  /** True for a host whose homeserver is a real Synapse; otherwise a stub answers in its place. */
  readonly synapse: boolean
}

/** Where a lab host is and what it is called; all of it follows from its number. */
export interface Place {
  /** `lab1`, also its host name. */
  readonly name: string
  /** Counts from 1. */
  readonly number: number
  readonly address: string
  readonly address6: string
  /** The Matrix server name, `lab1.test`. */
  readonly serverName: string
  /** Where its homeserver is reached, `matrix.lab1.test`. */
  readonly fqdn: string
}

export interface LabHost extends Place, Variant {
  readonly state: 'running' | 'paused' | 'dead'
  /** Where SSH connects to from this machine: the host's own address, or a published port of a container. */
  readonly ssh: { readonly address: string; readonly port: number }
  /** The host's file system as a directory of this machine (root may read and write in it); absent for containers. */
  readonly root?: string
}

/** Users of every lab host. The passwords are no secrets: lab hosts listen on this machine only. */
export const users = [
  { name: 'root', password: 'root', rights: 'logs in by key only' },
  { name: 'deploy', rights: 'sudo and doas without a password' },
  { name: 'operator', password: 'operator', rights: 'sudo and doas with its password' },
  { name: 'plain', password: 'plain', rights: 'no sudo' },
] as const

/** The addresses are decimal in both families: lab1 is 10.77.0.11 and fd77::11. */
export const network = {
  prefix: '10.77.0.0/24',
  prefix6: 'fd77::/64',
  gateway: '10.77.0.1',
  gateway6: 'fd77::1',
  length: 24,
  length6: 64,
} as const

export const mostHosts = 99

export const place = (number: number): Place => ({
  name: `lab${number}`,
  number,
  address: `10.77.0.${number + 10}`,
  address6: `fd77::${number + 10}`,
  serverName: `lab${number}.test`,
  fqdn: `matrix.lab${number}.test`,
})

/** Every host that there can be, so that a host knows the names of those that come up after it. */
export const places: readonly Place[] = Array.from({ length: mostHosts }, (_, index) => place(index + 1))

/** @throws ProvisionError when `count` is no number of hosts that the lab can have */
export function checkCount(count: number): void {
  if (Number.isInteger(count) && count >= 1 && count <= mostHosts) return
  throw new ProvisionError('lab', `${count} is not a number of hosts: the lab has from 1 to ${mostHosts}`)
}

/** @throws ProvisionError when `release` is not one that the lab knows */
export function checkRelease(release: string): asserts release is Release {
  if ((releases as readonly string[]).includes(release)) return
  throw new ProvisionError('lab', `The lab has no release '${release}': it knows ${releases.join(' and ')}`)
}

/** This machine as the hosts know it, for a homeserver that verify is (`--probe probe.test:8449`). */
export const probeName = 'probe.test'

/** Lines for /etc/hosts. Both families, all names; the host's own name comes first so that it is the canonical one. */
export const hostsLines = (those: readonly Place[]): string =>
  those
    .flatMap(({ name, serverName, fqdn, address, address6 }) =>
      [address, address6].map(one => `${one} ${name} ${serverName} ${fqdn}\n`),
    )
    .join('')
