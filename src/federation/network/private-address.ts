import { BlockList, isIP } from 'node:net'

/** IPv4 networks that others cannot reach, or that are no single machine (IANA's registry of special-purpose addresses). */
const ipv4 = [
  '0.0.0.0/8', '10.0.0.0/8', '100.64.0.0/10', '127.0.0.0/8', '169.254.0.0/16', '172.16.0.0/12', '192.0.0.0/24', '192.0.2.0/24',
  '192.88.99.0/24', '192.168.0.0/16', '198.18.0.0/15', '198.51.100.0/24', '203.0.113.0/24', '224.0.0.0/4', '240.0.0.0/4',
]

const ipv6 = [
  '::/96', '::ffff:0:0/96', '64:ff9b:1::/48', '100::/64', '2001::/23', '2001:db8::/32', '3fff::/20', '5f00::/16', 'fc00::/7', 'fe80::/10',
  'fec0::/10', 'ff00::/8',
  // Addresses with an IPv4 address in them lead where that one leads: NAT64 (RFC 6052) and 6to4 (RFC 3056).
  ...ipv4.map(network => within('64:ff9b::', 96, network)), ...ipv4.map(network => within('2002:', 16, network)),
]

/** A list for each family: in one for both, networks of IPv6 that hold IPv4 addresses would hide all of IPv4. */
const hidden = { ipv4: listOf('ipv4', ipv4), ipv6: listOf('ipv6', ipv6) }

function listOf(family: 'ipv4' | 'ipv6', networks: readonly string[]): BlockList {
  const list = new BlockList()
  for (const [address = '', length] of networks.map(network => network.split('/'))) list.addSubnet(address, Number(length), family)
  return list
}

/**
 * Whether only a private network, this machine, or nobody reaches an address. A look at such a one would show whoever asks what
 * stands beside the machine that looks.
 */
export function isPrivate(address: string): boolean {
  const family = isIP(address) === 6 ? 'ipv6' : 'ipv4'
  return hidden[family].check(address, family)
}

/** The IPv6 network in which an IPv4 network stands after a prefix. */
function within(prefix: string, bits: number, network: string): string {
  const [address = '', length] = network.split('/')
  const [a = 0, b = 0, c = 0, d = 0] = address.split('.').map(Number)
  const groups = `${((a << 8) | b).toString(16)}:${((c << 8) | d).toString(16)}`
  return `${prefix}${groups}${bits === 16 ? '::' : ''}/${bits + Number(length)}`
}
