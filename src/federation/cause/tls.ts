import { setting, value } from '../apache/setting.ts'
import { deciding, eitherOf, only, virtualHosts, waysOf, type Finder } from './cause.ts'
import { hasTls } from './proxying.ts'

/** The first virtual host of the port answers for a name that none is for. */
const unnamed: Finder = look => waysOf(look).flatMap(way => {
  const { host, named, gate } = look.standpoint.hosts[way]!
  return named ? [] : [{ line: host.directive, says: `no virtual host at port ${gate.port} is for ${gate.name}, and this one is the first` }]
})

/** No TLS where it should be. */
export const withoutTls: Finder = look => virtualHosts(look).filter(place => !hasTls(place)).flatMap(place => setting(place, 'sslengine') ?? place.host?.directive ?? []).map(line => ({ line, says: 'SSLEngine is not on' }))

const certificate = (says: string): Finder => only(deciding('sslcertificatefile'), () => true, says)

/** The virtual host that answers when no name is said, or another name. */
const first: Finder = ({ standpoint: { server, hosts } }) => Object.values(hosts).flatMap(({ gate }) => server.hosts.find(({ addresses }) => addresses.some(({ port }) => port === gate.port || port === null)) ?? []).map(({ directive }) => ({ line: directive, says: 'it is the first of its port' }))

const without = (wanted: string): Finder => look => virtualHosts(look).flatMap(place => {
  const line = setting(place, 'protocols')
  return line && !line.words.some(word => word.toLowerCase() === wanted) ? [{ line, says: `${wanted} is missing` }] : []
})

export const tlsCauses: { readonly [id: string]: Finder } = {
  'TLS-01': eitherOf(unnamed, certificate('the file holds another certificate than a whole chain to a trusted root')),
  'TLS-02': eitherOf(unnamed, certificate('the file holds a certificate for other names')),
  'TLS-03': certificate('the file holds a certificate that is over, will be soon, or was not read again since'),
  'TLS-04': look => (look.finding.kind === 'no-tls' ? withoutTls(look) : deciding('sslprotocol', 'sslciphersuite')(look)),
  'TLS-05': first,
  'TLS-06': deciding('sslprotocol', 'sslciphersuite', 'sslverifyclient'),
  'TLS-07': only(deciding('sslverifyclient'), ({ words }) => words[0]?.toLowerCase() !== 'none'),
  'TLS-08': look => (look.finding.kind === 'no-http1' ? without('http/1.1')(look) : deciding('protocols')(look)),
  'HTTP-20': deciding('protocols'),
  'SEC-05': look => virtualHosts(look).flatMap(({ host }) => (host && look.standpoint.server.hosts.find(({ addresses }) => addresses.some(one => host.addresses.some(({ port }) => port === one.port))) === host ? [{ line: host.directive, says: 'it is the first of its port' }] : [])),
  'SEC-08': look => virtualHosts(look).flatMap(place => {
    const name = look.finding.kind === 'trace' ? 'traceenable' : 'servertokens'
    return value(place, name) ? [{ line: setting(place, name)! }] : []
  }),
}
