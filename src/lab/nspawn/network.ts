import { existsSync } from 'node:fs'
import { readdir } from 'node:fs/promises'
import { ProvisionError } from '../../core/error.ts'
import { network, type Place } from '../host.ts'
import { runProgram } from '../program.ts'

/** The bridge's name; those of the hosts' namespaces and cables begin with it. */
export const bridge = 'matrixlab'

export const unitName = (host: { readonly number: number }): string => `${bridge}-${host.number}`
export const namespacePath = (host: { readonly number: number }): string => `/run/netns/${unitName(host)}`

/** A machine can have been started without IPv6; its lab then has none. */
export const hasIpv6 = (): boolean => existsSync('/proc/net/if_inet6')

/** @throws ProvisionError when another interface of this machine has the lab's addresses */
export async function makeBridge(): Promise<void> {
  const others = JSON.parse((await ip(['-json', '-4', 'addr', 'show', 'to', network.prefix])) || '[]') as { ifname?: string }[]
  const other = others.find(({ ifname }) => ifname !== undefined && ifname !== bridge)
  if (other)
    throw new ProvisionError('lab', `The lab's addresses, ${network.prefix}, are in use on ${other.ifname}`, {
      hint: `Take ${other.ifname} down first.`,
    })
  // Fixed hardware addresses, here and below: nobody's neighbour table is wrong after a host was made anew.
  if (!existsSync(`/sys/class/net/${bridge}`)) await ip(['link', 'add', bridge, 'address', hardware(0), 'type', 'bridge'])
  await batch([
    `addr replace ${network.gateway}/${network.length} dev ${bridge}`,
    ...(hasIpv6() ? [`addr replace ${network.gateway6}/${network.length6} dev ${bridge} nodad`] : []),
    `link set ${bridge} up`,
  ])
}

/** Gives a host a network namespace with a cable to the bridge, in place of one that it may have had. */
export async function plugIn(host: Place): Promise<void> {
  const name = unitName(host)
  await unplug(name)
  await ip(['netns', 'add', name])
  await batch([
    `link add ${name} type veth peer name eth0 address ${hardware(host.number)} netns ${name}`,
    `link set ${name} master ${bridge} up`,
  ])
  await batch(
    [
      'link set lo up',
      `addr add ${host.address}/${network.length} dev eth0`,
      ...(hasIpv6() ? [`addr add ${host.address6}/${network.length6} dev eth0 nodad`] : []),
      'link set eth0 up',
    ],
    name,
  )
}

/** Removes the cable and the namespace `name`, either of which may be missing. */
export async function unplug(name: string): Promise<void> {
  if (existsSync(`/sys/class/net/${name}`)) await ip(['link', 'delete', name])
  if (existsSync(`/run/netns/${name}`)) await ip(['netns', 'delete', name])
}

/** Removes the bridge and every cable and namespace of a lab, also of one that nobody remembers. */
export async function removeNetwork(): Promise<void> {
  const found = await Promise.all(['/sys/class/net', '/run/netns'].map(path => readdir(path).catch(() => [])))
  const ours = new Set(found.flat().filter(name => /^matrixlab-\d+$/.test(name)))
  await Promise.all([...ours].map(unplug))
  if (existsSync(`/sys/class/net/${bridge}`)) await ip(['link', 'delete', bridge])
}

const hardware = (number: number): string => `02:77:00:00:00:${number.toString(16).padStart(2, '0')}`

const ip = (args: readonly string[]): Promise<string> => runProgram('ip', args, { doing: 'The network of the lab' })

const batch = (lines: readonly string[], namespace?: string): Promise<string> =>
  runProgram('ip', [...(namespace ? ['-netns', namespace] : []), '-batch', '-'], {
    input: `${lines.join('\n')}\n`,
    doing: 'The network of the lab',
  })
