import type { Json } from '../../../core/value.ts'
import type { Parts } from './parts.ts'

interface Address4 {
  readonly address: string
  readonly broadcast: string
  readonly netmask: string
  readonly network: string
  readonly prefix: string
}

interface Address6 {
  readonly address: string
  readonly prefix: string
  readonly scope: string
}

interface Interface {
  readonly device: string
  readonly v4: { readonly address: Address4; readonly secondary: boolean; readonly label: string }[]
  readonly v6: Address6[]
}

export function networkFacts(parts: Parts): { readonly [fact: string]: Json } {
  const interfaces = readInterfaces(parts)
  const described = new Map(interfaces.map(one => [one.device, describe(one, parts)]))
  const all4 = interfaces.flatMap(one => one.v4.map(({ address }) => address.address))
  const all6 = interfaces.flatMap(one => one.v6.map(({ address }) => address))
  return {
    interfaces: interfaces.map(({ device }) => device),
    ...Object.fromEntries([...described].map(([device, facts]) => [device.replaceAll('-', '_'), facts])),
    all_ipv4_addresses: all4.filter(address => !address.startsWith('127.')),
    all_ipv6_addresses: all6.filter(address => address !== '::1'),
    default_ipv4: default4(parts, interfaces, described),
    default_ipv6: default6(parts, interfaces, described),
  }
}

/** Those that the kernel has, in its order where `ip` tells it, with their addresses. */
function readInterfaces(parts: Parts): readonly Interface[] {
  const interfaces = new Map<string, Interface>()
  const of = (device: string): Interface => {
    if (!interfaces.has(device)) interfaces.set(device, { device, v4: [], v6: [] })
    return interfaces.get(device)!
  }
  for (const line of parts.lines('addresses')) {
    const [, name = '', family, address = '', rest = ''] = /^\d+:\s+(\S+)\s+(inet6?)\s+(\S+)\s*(.*?)(?:\\.*)?$/.exec(line) ?? []
    const device = name.replace(/@.*/, '').replace(/:$/, '')
    if (device === '' || family === undefined) continue
    const [ip = '', prefix = family === 'inet' ? '32' : '128'] = (
      /\bpeer\s+(\S+)/.test(rest) && !address.includes('/')
        ? `${address}/${/\bpeer\s+\S+\/(\d+)/.exec(rest)?.[1] ?? '32'}`
        : address
    ).split('/')
    if (family === 'inet6') of(device).v6.push({ address: ip, prefix, scope: /\bscope\s+(\S+)/.exec(rest)?.[1] ?? '' })
    else {
      const label =
        /\bscope\s+\S+(?:\s+(?:secondary|dynamic|noprefixroute|deprecated|tentative|permanent))*\s+(\S+)\s*$/.exec(rest)?.[1] ??
        device
      of(device).v4.push({
        address: address4(ip, prefix, /\bbrd\s+(\S+)/.exec(rest)?.[1] ?? ''),
        secondary: /\bsecondary\b/.test(rest),
        label,
      })
    }
  }
  for (const path of parts.files(/^\/sys\/class\/net\/[^/]+\/mtu$/)) of(path.split('/')[4]!)
  return [...interfaces.values()]
}

function address4(address: string, prefix: string, broadcast: string): Address4 {
  const length = Number(prefix)
  const mask = length === 0 ? 0 : (0xffffffff << (32 - length)) >>> 0
  return { address, broadcast, netmask: dotted(mask), network: dotted((numberOf(address) & mask) >>> 0), prefix }
}

const numberOf = (address: string): number => address.split('.').reduce((number, part) => (number * 256 + Number(part)) >>> 0, 0)

const dotted = (number: number): string => [24, 16, 8, 0].map(shift => (number >>> shift) & 255).join('.')

function describe({ device, v4, v6 }: Interface, parts: Parts): { readonly [member: string]: Json } {
  const sys = (file: string) => parts.line(`/sys/class/net/${device}/${file}`)
  const primary = v4.find(({ secondary }) => !secondary) ?? v4[0]
  const others = v4.filter(one => one !== primary)
  const bridge = sys('bridge/bridge_id')
  const bonding = sys('bonding/mode')
  const speed = Number(sys('speed'))
  const driver = parts
    .lines('drivers')
    .find(line => line.includes(`/sys/class/net/${device}/device/driver/module ->`))
    ?.split('/')
    .at(-1)
  return {
    device,
    active: sys('operstate') !== 'down',
    ...(sys('mtu') !== '' && { mtu: Number(sys('mtu')) }),
    ...(hasAddress(sys('address')) && { macaddress: sys('address') }),
    type: typeOf(sys('type'), bridge !== '', bonding !== ''),
    promisc: (Number(sys('flags')) & 0x100) !== 0,
    ...(primary && { ipv4: { ...primary.address } }),
    ...(others.length > 0 && { ipv4_secondaries: others.map(({ address }) => ({ ...address })) }),
    ...(v6.length > 0 && { ipv6: v6.map(address => ({ ...address })) }),
    ...(speed > 0 && { speed }),
    ...(driver !== undefined && { module: driver }),
    ...(bridge !== '' && {
      id: bridge,
      stp: sys('bridge/stp_state') === '1',
      interfaces: parts
        .lines('bridged')
        .flatMap(path => (path.startsWith(`/sys/class/net/${device}/brif/`) ? [path.split('/').at(-1)!] : [])),
    }),
    ...(bonding !== '' && { mode: bonding.split(' ')[0]!, slaves: sys('bonding/slaves').split(' ').filter(Boolean) }),
  }
}

const hasAddress = (address: string): boolean => address !== '' && address !== '00:00:00:00:00:00'

/** The kernel's numbers for hardware (linux/if_arp.h). */
function typeOf(number: string, isBridge: boolean, isBonding: boolean): string {
  if (isBridge) return 'bridge'
  if (isBonding) return 'bonding'
  return { '1': 'ether', '32': 'infiniband', '512': 'ppp', '772': 'loopback', '65534': 'tunnel' }[number] ?? 'unknown'
}

type Described = ReadonlyMap<string, { readonly [member: string]: Json }>

/** The interface by which the Internet would be reached. Nothing is sent to find that out. */
function route(
  parts: Parts,
  part: string,
): { readonly interface: string; readonly source: string; readonly gateway: string | undefined } | undefined {
  const text = parts.lines(part)[0] ?? ''
  const device = /\bdev (\S+)/.exec(text)?.[1]
  const source = /\bsrc (\S+)/.exec(text)?.[1]
  if (device === undefined || source === undefined || /^(?:unreachable|prohibit|blackhole)/.test(text)) return undefined
  return { interface: device, source, gateway: /\bvia (?:inet6? )?(\S+)/.exec(text)?.[1] }
}

/** What an interface tells of itself wherever it is the default. */
const common = (facts: { readonly [member: string]: Json } | undefined): { readonly [member: string]: Json } =>
  Object.fromEntries(['macaddress', 'mtu', 'type'].flatMap(name => (facts?.[name] === undefined ? [] : [[name, facts[name]]])))

function default4(parts: Parts, interfaces: readonly Interface[], described: Described): Json {
  const found = route(parts, 'route4')
  if (!found) return {}
  const used = interfaces
    .find(({ device }) => device === found.interface)
    ?.v4.find(({ address }) => address.address === found.source)
  return {
    interface: found.interface,
    address: found.source,
    ...(found.gateway !== undefined && { gateway: found.gateway }),
    ...(used && { ...used.address, alias: used.label }),
    ...common(described.get(found.interface)),
  }
}

function default6(parts: Parts, interfaces: readonly Interface[], described: Described): Json {
  const found = route(parts, 'route6')
  if (!found || found.interface === 'lo') return {}
  const used = interfaces.find(({ device }) => device === found.interface)?.v6.find(({ address }) => address === found.source)
  return {
    interface: found.interface,
    address: found.source,
    ...(found.gateway !== undefined && { gateway: found.gateway }),
    ...(used && { ...used }),
    ...common(described.get(found.interface)),
  }
}

export function dnsFacts(parts: Parts): { readonly [fact: string]: Json } {
  const dns: Record<string, Json> = {}
  const nameservers: string[] = []
  for (const line of parts.file('/etc/resolv.conf') ?? []) {
    const [word = '', ...values] = line
      .replace(/[#;].*/, '')
      .trim()
      .split(/\s+/)
    if (word === 'nameserver') nameservers.push(...values.slice(0, 1))
    else if (word === 'domain' && values[0] !== undefined) dns.domain = values[0]
    else if (word === 'search') dns.search = values
    else if (word === 'sortlist') dns.sortlist = values
    else if (word === 'options')
      dns.options = Object.fromEntries(values.map(option => option.split(':')).map(([name = '', value]) => [name, value ?? true]))
  }
  return { dns: { ...(nameservers.length > 0 && { nameservers }), ...dns } }
}
