import { isIP } from 'node:net'
import { check, type Check, type Sighting } from '../check.ts'
import type { Site } from '../site.ts'

/** What is odd about a name that is one. One that is none never comes to the checks: `verify` reports it. */
const serverName = check({
  id: 'DNS-01',
  title: 'The server name is one',
  concerns: 'federation',
  vantage: 'controller',
  faults: {
    invalid: {
      severity: 'error', means: 'the name does not follow the grammar of server names',
      cause: 'a scheme, a slash, an underscore, a blank or an @ in the name', users: 'no other server can talk to it',
      fix: 'Write the part behind the colon of a user\'s ID: example.org, example.org:8448, 203.0.113.7 or [2001:db8::7].',
    },
    'upper-case': {
      severity: 'warning', means: 'the name has capital letters',
      cause: 'server names are compared letter by letter, although DNS does not care',
      users: 'whoever types the name in small letters means another server',
      fix: 'Use small letters when a server is set up; the name of a running one cannot be changed.',
    },
    long: {
      severity: 'warning', means: 'the name is longer than 230 characters',
      cause: 'identifiers may have 255 bytes together with the name', users: 'users with long names cannot be addressed',
      fix: 'Choose a shorter name.',
    },
  },
  async look({ serverName: name }) {
    return [
      ...(/[A-Z]/.test(name.replace(/^\[.*\]/, '')) ? [{
        kind: 'upper-case' as const, message: `The server name ${name} has capital letters`,
      }] : []),
      ...(name.length > 230 ? [{ kind: 'long' as const, message: `The server name has ${name.length} characters` }] : []),
    ]
  },
})

const addresses = check({
  id: 'DNS-02',
  title: 'The names resolve to addresses that others can reach',
  concerns: 'federation',
  vantage: 'controller',
  faults: {
    'no-address': {
      severity: 'error', means: 'the server name has no address', cause: 'no A and no AAAA record',
      users: 'neither other servers nor clients find it',
      fix: 'Add an A and an AAAA record for the server name.',
    },
    'delegated-no-address': {
      severity: 'error', means: 'the name that the server delegates to has no address',
      cause: 'm.server or an SRV record names a host without A and AAAA records',
      users: 'other servers cannot reach it', fix: 'Add the records, or let m.server name a host that has them.',
      ours: 'playbooks/site.yml (matrix_fqdn)',
    },
    'lookup-failed': {
      severity: 'error', means: 'nobody could say which addresses a name has',
      cause: 'the zone\'s name servers do not answer, or its signatures (DNSSEC) are invalid',
      users: 'other servers find it only sometimes or never', fix: 'Ask the name servers one by one: dig +trace NAME.',
    },
    private: {
      severity: 'error', means: 'a name resolves to an address of a private network',
      cause: 'a record from an internal zone, or split-horizon DNS seen from the inside',
      users: 'nobody outside of that network reaches the server',
      fix: 'Publish public addresses. To look at a private network on purpose, allow it: --allow-private.',
    },
    many: {
      severity: 'warning', means: 'a name has so many addresses that no peer tries them all', cause: 'left-over records',
      users: 'requests go to machines that are long gone', fix: 'Keep the records of machines that answer.',
    },
  },
  async look(site) {
    const sightings: Sighting<'no-address' | 'delegated-no-address' | 'lookup-failed' | 'private' | 'many'>[] = []
    const hidden = await privateAddresses(site)
    if (hidden.length > 0) sightings.push({
      kind: 'private',
      message: `${hidden.join(', ')}: only a private network reaches ${hidden.length === 1 ? 'this address' : 'these addresses'}`,
    })
    if (isIP(site.hostname)) return hidden.length > 0 ? sightings : { notApplicable: 'the server name is an address' }
    const discovery = await site.discovery()
    const { ipv4, ipv6 } = await site.addresses(site.hostname)
    const found = [ipv4, ipv6].flatMap(lookup => (lookup.ok ? lookup.records : []))
    const ours = found.length === 0 ? await troubleOfOurs(site) : undefined
    if (ours) return { notMade: ours }
    for (const [type, lookup] of [['A', ipv4], ['AAAA', ipv6]] as const)
      if (!lookup.ok) sightings.push({
        kind: 'lookup-failed', message: `The ${type} records of ${site.hostname} could not be asked for: ${lookup.message}`,
        ...(found.length > 0 && { severity: 'warning' }),
      })
    // Reached by SRV records it federates all the same.
    if (ipv4.ok && ipv6.ok && found.length === 0)
      sightings.push({
        kind: 'no-address', message: `${site.hostname} has no address`, asked: `A and AAAA of ${site.hostname}`, answered: 'none',
        ...(discovery.targets.length > 0 && { severity: 'warning', users: 'clients do not find it by its name' }),
      })
    if (found.length > most) sightings.push({ kind: 'many', message: `${site.hostname} has ${ipv4.ok && ipv4.note || ipv6.ok && ipv6.note ? 'more than ' : ''}${found.length} addresses` })
    const lookedFor = discovery.path.at(-1)?.kind === 'address'
    if (discovery.targets.length === 0 && lookedFor && discovery.identity !== site.hostname && discovery.failure !== undefined)
      sightings.push({ kind: 'delegated-no-address', message: discovery.failure, asked: `A and AAAA of ${discovery.identity}` })
    return sightings
  },
})

const most = 32

/** Who cannot find a name that everybody knows (RFC 2606) is at fault himself, not the name that was asked for. */
async function troubleOfOurs(site: Site): Promise<string | undefined> {
  const { ipv4, ipv6 } = await site.addresses('example.com')
  if (!ipv4.ok && !ipv6.ok) return "this machine's name servers do not answer"
  const known = [ipv4, ipv6].some(lookup => lookup.ok && lookup.records.length > 0)
  return known ? undefined : "this machine's name servers do not know the names of the Internet, not even example.com"
}

/** Addresses on the way that were not looked at, since others could not reach them either. */
async function privateAddresses(site: Site): Promise<readonly string[]> {
  const { targets, wellKnown } = await site.discovery()
  const keys = await Promise.all(targets.map(target => site.keysAt(target)))
  const hops = wellKnown?.hops ?? []
  const hidden = [...hops, ...keys].filter(({ exchanged }) => exchanged.failure?.reason === 'private').map(({ address }) => address)
  return [...new Set(hidden)]
}

const services = check({
  id: 'DNS-05',
  title: 'SRV records lead to the homeserver',
  concerns: 'federation',
  vantage: 'controller',
  faults: {
    deprecated: {
      severity: 'warning', means: 'only the deprecated record _matrix._tcp is there', cause: 'a record from before Matrix 1.8',
      users: 'none yet; servers may cease to ask for it',
      fix: 'Name the record _matrix-fed._tcp, or better: name host and port in /.well-known/matrix/server and remove it.',
      ours: 'playbooks/site.yml (matrix_federation_port)',
    },
    alias: {
      severity: 'error', means: 'an SRV record names an alias (CNAME)', cause: 'RFC 2782 forbids it',
      users: 'some servers reach it and others do not',
      fix: 'Let the record name the host itself.',
    },
    'not-offered': {
      severity: 'error', means: 'an SRV record says that the service is not offered',
      cause: 'a record whose target is a single dot', users: 'other servers do not even try',
      fix: 'Remove the record.',
    },
    'no-port': {
      severity: 'error', means: 'an SRV record names port 0', cause: 'a record whose numbers are in the wrong order: priority, weight, port',
      users: 'nobody can connect to that port', fix: 'Write the port into the record: 443 or 8448.',
    },
    'lookup-failed': {
      severity: 'error', means: 'nobody could say whether there are SRV records',
      cause: 'the zone\'s name servers do not answer, or its signatures (DNSSEC) are invalid',
      users: 'Synapse does not fall back to port 8448 then: it cannot connect at all',
      fix: 'Repair the zone, or write the port into m.server: then nobody asks for SRV records.',
      ours: 'playbooks/site.yml (matrix_federation_port)',
    },
  },
  async look(site) {
    const { step, services: used, identity } = await site.discovery()
    if (step === null || !asksForServices.has(step)) return { notApplicable: 'other servers do not ask for SRV records' }
    const prefixes = ['_matrix-fed._tcp', '_matrix._tcp'].map(prefix => `${prefix}.${identity}`)
    const failed = (await Promise.all(prefixes.map(async name => ({ name, lookup: await site.services(name) })))).find(({ lookup }) => !lookup.ok)
    const ours = failed && (await troubleOfOurs(site))
    if (ours) return { notMade: ours }
    if (failed && !failed.lookup.ok) return [{
      kind: 'lookup-failed', message: `The SRV records ${failed.name} could not be asked for: ${failed.lookup.message}`,
    }]
    if (!used) return []
    const targets = [...new Set(used.records.map(({ target }) => target))]
    if (targets.includes('.')) return [{
      kind: 'not-offered', message: `The SRV record ${used.name} says that there is no homeserver`, answered: `target .`,
    }]
    const aliases = await Promise.all(targets.slice(0, most).map(async target => ({ target, lookup: await site.aliases(target) })))
    return [
      ...used.records.filter(({ port }) => port === 0).slice(0, 1).map(({ target, priority, weight }) => ({
        kind: 'no-port' as const, message: `The SRV record ${used.name} names port 0`, answered: `priority ${priority}, weight ${weight}, port 0, ${target}`,
      })),
      ...aliases.flatMap(({ target, lookup }) =>
        lookup.ok && lookup.records.length > 0 ? [{
          kind: 'alias' as const,
          message: `The SRV record ${used.name} names ${target}, which is an alias of ${lookup.records.at(-1)}`,
        }] : []),
      ...(used.deprecated ? [{
        kind: 'deprecated' as const, message: `Other servers find it by ${used.name}, a deprecated SRV record`,
      }] : []),
    ]
  },
})

/** Steps of discovery in which a peer asks for SRV records. */
const asksForServices: ReadonlySet<string | null> = new Set(['3.3', '3.4', '3.5', '4', '5', '6'])

const leftOverServices = check({
  id: 'DNS-06',
  title: 'There are no SRV records that nobody follows',
  concerns: 'federation',
  vantage: 'controller',
  faults: {
    ignored: {
      severity: 'info', means: 'SRV records stand beside a document that names a port', cause: 'left over from an earlier set-up',
      fix: 'Remove them: other servers follow the document and never ask.',
    },
  },
  async look(site) {
    const { step } = await site.discovery()
    if (step !== '3.1' && step !== '3.2') return { notApplicable: 'the document, if there is one, names no port' }
    const names = ['_matrix-fed._tcp', '_matrix._tcp'].map(prefix => `${prefix}.${site.hostname}`)
    const lookups = await Promise.all(names.map(name => site.services(name)))
    const there = names.filter((_, index) => lookups[index]!.ok && (lookups[index] as { records: readonly unknown[] }).records.length > 0)
    return there.map(name => ({ kind: 'ignored' as const, message: `Nobody follows the SRV records ${name}: m.server names a port` }))
  },
})

export const dnsChecks: readonly Check[] = [serverName, addresses, services, leftOverServices]
