import type { Directive } from '../apache/directive.ts'
import { route } from '../apache/route.ts'
import { setting } from '../apache/setting.ts'
import { fateOf } from '../apache/standpoint.ts'
import { byKind, deciding, eitherOf, only, saying, unnamed, virtualHosts, waysOf, type Cause, type Finder, type Look } from './cause.ts'
import { hasTls } from './proxying.ts'

/** The virtual hosts that a finding speaks of, and where requests for them come in. */
const hostsOf = (look: Look) => waysOf(look).map(way => look.standpoint.hosts[way]!)

/** The ports that a finding speaks of. */
export const portsOf = (look: Look): readonly number[] => hostsOf(look).map(({ gate }) => gate.port)

/** The first virtual host of each port answers for names that none is for. */
const unnamedHere: Finder = look => waysOf(look).flatMap(way => [...unnamed(way)(look)])

/** No TLS where it should be. */
export const withoutTls: Finder = look =>
  virtualHosts(look)
    .filter(place => !hasTls(place))
    .flatMap(place => setting(place, 'sslengine') ?? place.host?.directive ?? [])
    .map(line => ({ line, says: 'SSLEngine is not on' }))

const certificate = (says: string): Finder => only(deciding('sslcertificatefile'), () => true, says)

/** The virtual host that answers when no name is said, or a name that no other is for. */
const first: Finder = look => hostsOf(look).flatMap(({ gate }): readonly Cause[] => {
  const host = look.standpoint.server.hosts.find(({ addresses }) => addresses.some(({ port }) => port === gate.port || port === null))
  return host ? [{ line: host.directive, says: 'it is the first of its port' }] : []
})

/** What takes a path at port 80. */
const atPort80 = (path: string, says: string): Finder => look => hostsOf(look).flatMap(({ gate }) => {
  const { server } = look.standpoint
  const host = server.hosts.find(({ name, addresses }) => name === gate.name.toLowerCase() && addresses.some(({ port }) => port === 80))
  const met = host ? [...route({ server, host, path })] : []
  return met.filter(({ kind }) => kind !== 'file' && kind !== 'alias').map(({ directive }) => ({ line: directive, says }))
})

const renewal = atPort80('/.well-known/acme-challenge/x', 'it takes the path of certificate renewal too')
const unencrypted = atPort80('/_matrix/client/versions', 'it passes Matrix on without encryption')

/** Why an address does not answer: nothing listens at the port, or for some addresses only. */
const deaf: Finder = function* (look) {
  const { server, host: { listening } } = look.standpoint
  for (const { gate: { port }, host } of hostsOf(look)) {
    if (listening.length > 0 && !listening.some(one => one.port === port))
      yield { line: host.directive, says: `nothing on the host listens at port ${port}` }
    const [listen, ...others] = server.listens.filter(one => one.port === port)
    if (listen && [listen, ...others].every(({ address }) => address !== null))
      yield { line: listen.directive, says: `nothing but this is for port ${port}, and it names an address` }
    if (host.addresses.every(({ address }) => address !== null)) yield { line: host.directive, says: 'it is for that address alone' }
  }
}

/** Requests for other hosts come to the first virtual host of the port. */
const forwarding: Finder = look => hostsOf(look).flatMap(({ gate }) => {
  const { server } = look.standpoint
  const host = server.hosts.find(({ addresses }) => addresses.some(({ port }) => port === gate.port || port === null))
  const line = setting({ server, host, path: '/' }, 'proxyrequests')
  return line ? [{ line }] : []
})

/** What passes on a path that is nobody's business outside. */
const exposing: Finder = ({ standpoint, finding }) => {
  const asked = /(\/_synapse\/[\w/]+|\/health)\b/.exec(`${finding.asked ?? ''} ${finding.message}`)
  const path = asked?.[1] ?? '/_synapse/admin/v1/server_version'
  return (['servers', 'clients'] as const).flatMap(way => {
    const fate = fateOf(standpoint, way, path)
    return fate?.kind === 'proxy' ? [{ line: fate.directive, says: `it passes ${path} on too` }] : []
  })
}

/** `SSLProtocol` that leaves neither TLS 1.2 nor 1.3. */
function isOutdated({ words }: Directive): boolean {
  const allowed = new Set<string>()
  for (const word of words.map(word => word.toLowerCase())) {
    const [, sign = '', name = ''] = /^([+-]?)(.*)$/.exec(word)!
    for (const version of name === 'all' ? ['tlsv1.2', 'tlsv1.3'] : [name]) allowed[sign === '-' ? 'delete' : 'add'](version)
  }
  return !allowed.has('tlsv1.2') && !allowed.has('tlsv1.3')
}

/** `SSLCipherSuite` that names single ciphers, and no group of them that has something for everybody. */
const isNarrow = ({ text }: Directive): boolean => !/(^|[\s:"+])(ALL|DEFAULT|HIGH|MEDIUM|EECDH|ECDHE|kEECDH|AESGCM|PROFILE=\w+)\b(?!-)/.test(text)

/** What is offered fits nobody: SSLProtocol where it leaves nothing of today, else the list of ciphers. */
const handshake: Finder = eitherOf(
  only(deciding('sslprotocol'), isOutdated),
  only(deciding('sslciphersuite'), isNarrow, 'it may have nothing that fits the certificate\'s key, or that others still speak'),
)

export const portCauses: { readonly [id: string]: Finder } = {
  'DNS-03': deaf,
  'NET-02': byKind({ unencrypted }, renewal),
  'TLS-01': eitherOf(unnamedHere, certificate('the file holds another certificate than a whole chain to a trusted root')),
  'TLS-02': eitherOf(unnamedHere, certificate('the file holds a certificate for other names')),
  'TLS-03': certificate('the file holds a certificate that is over, will be soon, or was not read again since'),
  'TLS-04': byKind({ 'no-tls': withoutTls, hangs: () => [], handshake }, deciding('sslprotocol')),
  'TLS-05': first,
  'TLS-06': deciding('sslprotocol', 'sslciphersuite', 'sslverifyclient'),
  'TLS-07': only(deciding('sslverifyclient'), line => !saying('none')(line)),
  'TLS-08': byKind({ 'no-http1': only(deciding('protocols'), ({ text }) => !/http\/1\.1/i.test(text), 'http/1.1 is missing') }, deciding('protocols')),
  'HTTP-20': deciding('protocols'),
  'HTTP-25': deciding('limitrequestline'),
  'SEC-01': exposing,
  'SEC-02': exposing,
  'SEC-04': only(eitherOf(forwarding, deciding('proxyrequests')), saying('on')),
  'SEC-05': first,
  'SEC-08': byKind({ trace: deciding('traceenable') }, deciding('servertokens')),
}
