import { isIP, SocketAddress } from 'node:net'
import { tcpStates, type WaitStep } from '../../host/step.ts'
import { quote } from '../quote.ts'
import { readSections, sectionPrelude } from '../section.ts'
import { lookDeadline, type Look, type Way } from './look.ts'

type Drained = Extract<WaitStep['until'], { kind: 'drained' }>

/** The connections to a port, as the kernel's tables tell; names are resolved by the host, once. */
export function lookAtConnections(until: Drained, { connection, become }: Way): Look {
  const names = [...new Set([until.host, ...until.exclude])]
  let addresses: ReadonlyMap<string, readonly string[]> | undefined
  return async () => {
    const asked = addresses ? [] : names.filter(name => isIP(name) === 0)
    const program = `${sectionPrelude}${asked.map((name, index) => `mp_section 'name ${index}'; getent ahosts ${quote(name)}\n`).join('')}mp_section tables
cat /proc/net/tcp 2>/dev/null && { cat /proc/net/tcp6 2>/dev/null; mp_section whole; }
exit 0
`
    const answer = await connection.run({ ...(become && { as: become }), program, deadline: lookDeadline })
    const sections = readSections(answer.stdout)
    if (!sections.get('whole')) return { error: 'the host has no /proc/net/tcp' }
    addresses ??= new Map(
      names.map(name => [name, isIP(name) ? [name] : [...new Set(sections.text(`name ${asked.indexOf(name)}`).split('\n').map(line => line.split(' ')[0]!).filter(Boolean))]]),
    )
    const unresolved = names.find(name => addresses!.get(name)!.length === 0)
    if (unresolved !== undefined) return { error: `the host does not know the name ${unresolved}` }
    return activeConnections(sections.text('tables'), until, addresses) === 0 ? {} : undefined
  }
}

/**
 * How many connections count: to an address of the host that is meant, in one of the states, from a peer that is not excluded.
 * (Ansible's modules/wait_for.py, `LinuxTCPConnectionInfo`.)
 *
 * @param tables lines of /proc/net/tcp and tcp6
 * @param addresses of the names in `until`
 */
export function activeConnections(tables: string, until: Drained, addresses: ReadonlyMap<string, readonly string[]>): number {
  const known = (name: string) => (addresses.get(name) ?? []).flatMap(address => (isIP(address) === 4 ? [address, canonical(`::ffff:${address}`)] : [canonical(address)]))
  const own = new Set(known(until.host))
  const excluded = new Set(until.exclude.flatMap(known))
  const states = new Set<number>(until.states.map(state => tcpStates[state]))
  return tables.split('\n').filter(line => {
    const [, local, remote, state] = /^\s*\d+: ([0-9A-F]+:[0-9A-F]{4}) ([0-9A-F]+):[0-9A-F]{4} ([0-9A-F]{2}) /.exec(line) ?? []
    if (local === undefined || !states.has(parseInt(state!, 16))) return false
    const [address = '', port = ''] = local.split(':')
    if (parseInt(port, 16) !== until.port || excluded.has(addressIn(remote!))) return false
    const to = addressIn(address)
    const any = to.includes(':') ? (to.startsWith('::ffff:') && own.has(canonical('::ffff:0.0.0.0'))) || own.has('::') : own.has('0.0.0.0')
    return any || own.has(to)
  }).length
}

/** Addresses stand in the tables as words of four bytes, each the wrong way round. */
function addressIn(hexadecimal: string): string {
  const bytes = [...Buffer.from(hexadecimal, 'hex')]
  const words = Array.from({ length: bytes.length / 4 }, (_, word) => bytes.slice(word * 4, word * 4 + 4).reverse())
  if (words.length === 1) return words[0]!.join('.')
  const pairs = words.flat().map(byte => byte.toString(16).padStart(2, '0')).join('').match(/.{4}/g)!
  return canonical(pairs.join(':'))
}

const canonical = (address: string): string => new SocketAddress({ address: address.replace(/%.*/s, ''), family: 'ipv6' }).address
