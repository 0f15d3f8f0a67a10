import { fateOf, standpoints } from '../apache/standpoint.ts'
import { silence } from '../cause/service.ts'
import { check, type Check } from '../check.ts'
import { noneHere, shown, whereOf } from './host.ts'

const ports = check({
  id: 'NET-01', title: 'Apache listens at the ports of its virtual hosts', concerns: 'federation', vantage: 'host',
  follows: ['DNS-03', 'WKS-01'],
  faults: {
    closed: {
      severity: 'error', means: 'nothing listens at the port of the virtual host',
      cause: 'no Listen line for the port; Apache was not restarted since, or does not run',
      users: 'other servers do not find the homeserver', fix: 'Write Listen and the port into ports.conf, and restart Apache.',
      ours: 'playbooks/site.yml',
    },
  },
  async look(site) {
    const all = await standpoints(site)
    if (all.length === 0) return noneHere(site)
    if (all.every(({ host }) => host.listening.length === 0)) return { notMade: 'the hosts do not tell what they listen at' }
    return all.flatMap(standpoint => {
      const { host: { listening, name }, hosts } = standpoint
      const own = Object.values(hosts).filter(({ host, gate }) => host.addresses.some(({ port }) => port === gate.port))
      const closed = listening.length > 0 ? own.filter(({ gate }) => !listening.some(({ port }) => port === gate.port)) : []
      return [...new Map(closed.map(one => [one.gate.port, one])).values()].map(({ gate, host }) => ({
        kind: 'closed' as const, message: `Nothing on ${name} listens at port ${gate.port}`,
        ...(silence(standpoint.host, gate.port) ?? shown(standpoint, host.directive)),
      }))
    })
  },
})

const backend = check({
  id: 'HTTP-01', title: 'The homeserver behind Apache is well', concerns: 'federation', vantage: 'host', follows: ['HTTP-22'],
  faults: {
    down: {
      severity: 'error', means: 'the homeserver itself does not answer /health as it should',
      cause: 'the homeserver does not run, or listens at another port', users: 'nobody can log in, and no other server reaches it',
      fix: 'Start it, and look into its log: journalctl -u matrix-synapse.',
    },
  },
  async look(site) {
    const asked = site.hosts.filter(({ health }) => health !== null)
    if (asked.length === 0) return { notMade: 'no host of the inventory passes Matrix on to itself' }
    const all = await standpoints(site)
    return asked.flatMap(host => {
      const health = host.health!
      // Not every homeserver knows the path.
      if (!('error' in health) && health.status < 500) return []
      const standpoint = all.find(one => one.host === host)
      const line = standpoint && fateOf(standpoint, 'servers', '/_matrix/federation/v1/version')?.directive
      return [{
        kind: 'down' as const, message: `The homeserver on ${host.name} does not answer as it should`, asked: `GET ${health.url} on ${host.name}`,
        answered: 'error' in health ? health.error : String(health.status), ...(line && { where: whereOf(host, line) }),
      }]
    })
  },
})

export const hostServiceChecks: readonly Check[] = [ports, backend]
