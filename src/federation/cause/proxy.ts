import { clientPaths, serverPaths } from '../apache/matrix-paths.ts'
import { route, type Meeting } from '../apache/route.ts'
import { setting, value, type Place } from '../apache/setting.ts'
import { fateOf, placeOf, type Way } from '../apache/standpoint.ts'
import { countingAt, deciding, eitherOf, only, waysOf, type Cause, type Finder } from './cause.ts'
import { headerOf } from './documents.ts'
import { decodes, forwardedProto, passing, passings } from './proxying.ts'

const version = '/_matrix/federation/v1/version'
const clientVersions = '/_matrix/client/versions'

/** What a path meets before, or instead of, the line that passes Matrix on. */
const met = (way: Way, path: string, explain: (meeting: Meeting, place: Place) => string | undefined): Finder => function* ({ standpoint }) {
  const place = placeOf(standpoint, way, path)
  if (!place) return
  for (const meeting of route(place)) {
    const says = explain(meeting, place)
    if (says !== undefined && meeting.directive) yield { line: meeting.directive, says }
  }
}

/** Where no line passes a path on, the virtual host itself is where it is missing. */
const missing = (way: Way, path: string): Finder => ({ standpoint }) => {
  const found = standpoint.hosts[way]
  if (!found || passing(standpoint, way, path)) return []
  return [{ line: found.host.directive, says: found.named ? `no ProxyPass in it is for ${path}` : `no virtual host at port ${found.gate.port} is for ${found.gate.name}, and this one is the first` }]
}

/** The homeserver gets another path than was asked for. */
const shortened = (way: Way, path: string): Finder => met(way, path, meeting =>
  meeting.kind === 'proxy' && !meeting.to.replace(/[?#].*$/, '').endsWith(path) ? `it makes ${meeting.to} of ${path}` : undefined)

const redirecting = (meeting: Meeting) => (meeting.kind === 'redirect' || (meeting.kind === 'rewrite' && meeting.does === 'redirect') ? 'it takes /_matrix too' : undefined)
const taking = (meeting: Meeting) => redirecting(meeting) ?? (meeting.kind === 'rewrite' && meeting.does !== 'pass' && meeting.does !== 'proxy' ? 'it takes /_matrix too' : meeting.kind === 'not-proxied' ? 'it is not passed on' : undefined)

const notPassed = (way: Way, path: string): Finder => eitherOf(missing(way, path), met(way, path, taking), shortened(way, path))

/** AllowEncodedSlashes must stand in the virtual host itself. */
const encodedSlash: Finder = ({ standpoint }) => {
  const place = placeOf(standpoint, 'servers', serverPaths[0]!)
  if (!place?.host) return []
  const own = setting(place, 'allowencodedslashes')
  if (own) return [{ line: own }]
  const outer = place.server.main.findLast(({ name }) => name === 'allowencodedslashes')
  return [outer ? { line: outer, says: 'it stands outside of the virtual host, which does not take it over' } : { line: place.host.directive, says: 'AllowEncodedSlashes NoDecode is missing' }]
}

const decoding: Finder = ({ standpoint }) =>
  passings(standpoint).filter(decodes).map(({ by }) => ({ line: by.directive, says: by.kind === 'proxy' ? 'nocanon is missing' : 'a RewriteRule with [P] always decodes; ProxyPass with nocanon does not' }))

/** What refuses requests before they are passed on. */
const guards = (way: Way, path: string): Finder => eitherOf(
  only(countingAt(way, path, 'secruleengine'), ({ words }) => words[0]?.toLowerCase() === 'on', 'mod_security judges what goes to the homeserver'),
  only(countingAt(way, path, 'limit', 'limitexcept'), ({ children = [] }) => children.some(({ name, words }) => (name === 'require' && words.join(' ').toLowerCase() !== 'all granted') || name === 'deny')),
  met(way, path, meeting => (meeting.kind === 'rewrite' && (meeting.does === 'forbid' || meeting.does === 'gone') ? 'it refuses what goes to the homeserver' : undefined)),
)

const headersAbout = (way: Way, path: string, wanted: (name: string) => boolean): Finder => only(countingAt(way, path, 'header'), line => wanted(headerOf(line).name))

const authorization: Finder = eitherOf(
  only(countingAt('servers', version, 'requestheader'), ({ words }) => words[1]?.toLowerCase() === 'authorization'),
  only(countingAt('servers', version, 'authtype'), ({ words }) => words[0]?.toLowerCase() !== 'none'),
  only(countingAt('servers', version, 'require'), ({ words }) => words[0]?.toLowerCase() === 'valid-user'),
)

const publicAddress: Finder = ({ standpoint }) => passings(standpoint).flatMap(({ place, by }): Cause[] => {
  const proto = forwardedProto(place)
  if (proto.value === 'http' || proto.value === 'missing') return [{ line: proto.directive ?? by.directive, says: proto.value === 'http' ? 'it says http' : 'X-Forwarded-Proto is not set' }]
  return value(place, 'proxypreservehost') === 'on' ? [] : [{ line: setting(place, 'proxypreservehost') ?? by.directive, says: 'ProxyPreserveHost is not on' }]
})

const backend: Finder = met('servers', version, meeting => (meeting.kind === 'proxy' ? `nothing answers at ${meeting.to.replace(/\/_matrix.*$/, '')}, or not in time` : undefined))

/** What passes on a path that is nobody's business outside. */
const exposing: Finder = function* ({ standpoint, finding }) {
  const path = /(\/_synapse\/[\w/]+|\/health)\b/.exec(`${finding.asked ?? ''} ${finding.message}`)?.[1] ?? '/_synapse/admin/v1/server_version'
  for (const way of ['servers', 'clients'] as const) {
    const fate = fateOf(standpoint, way, path)
    if (fate?.kind === 'proxy') yield { line: fate.directive, says: `it passes ${path} on too` }
  }
}

/** The line that a part of the API does not come behind. */
const unrouted: Finder = look => [...serverPaths.map(path => ['servers', path] as const), ...clientPaths.map(path => ['clients', path] as const)].flatMap(([way, path]) => [...notPassed(way, path)(look)])

/** What takes the path of certificate renewal, or Matrix itself, at port 80. */
const port80: Finder = function* (look) {
  const { server, hosts } = look.standpoint
  const [path, says] = look.finding.kind === 'unencrypted' ? [clientVersions, 'it passes Matrix on without encryption'] : ['/.well-known/acme-challenge/x', 'it takes the path of certificate renewal too']
  for (const way of waysOf(look)) {
    const name = hosts[way]!.gate.name.toLowerCase()
    const host = server.hosts.find(host => host.name === name && host.addresses.some(({ port }) => port === 80))
    const meeting = host && [...route({ server, host, path })].find(({ kind }) => kind !== 'file' && kind !== 'alias')
    if (meeting?.directive) yield { line: meeting.directive, says }
  }
}

/** Lines that bind a port to some addresses only, so that the others are dead. */
const bindings: Finder = function* (look) {
  const { server, hosts, host: { listening } } = look.standpoint
  for (const { gate, host } of waysOf(look).map(way => hosts[way]!)) {
    if (listening.length > 0 && !listening.some(({ port }) => port === gate.port)) yield { line: host.directive, says: `nothing on the host listens at port ${gate.port}` }
    const listens = server.listens.filter(({ port }) => port === gate.port)
    if (listens.length > 0 && listens.every(({ address }) => address !== null)) yield { line: listens[0]!.directive, says: `it is the only one for port ${gate.port}, and names an address` }
    if (host.addresses.length > 0 && host.addresses.every(({ address }) => address !== null)) yield { line: host.directive, says: 'it is for that address alone' }
  }
}

/** Requests for other hosts come to the first virtual host of the port. */
const forwarding: Finder = ({ standpoint: { server, hosts } }) => Object.values(hosts).flatMap(({ gate }) => {
  const line = setting({ server, host: server.hosts.find(({ addresses }) => addresses.some(({ port }) => port === gate.port || port === null)), path: '/' }, 'proxyrequests')
  return line?.words[0]?.toLowerCase() === 'on' ? [{ line }] : []
})

const compressing: Finder = only(countingAt('clients', clientVersions, 'setoutputfilter', 'addoutputfilterbytype'), ({ words }) => words.some(word => /DEFLATE|BROTLI/i.test(word)))

const limits = (names: readonly string[]): Finder => only(countingAt('clients', '/_matrix/media/v3/upload', ...names), ({ words }) => Number(words[0]) > 0)

const cors: Finder = eitherOf(headersAbout('clients', clientVersions, name => name.startsWith('access-control-')), guards('clients', clientVersions), authorization)

export const proxyCauses: { readonly [id: string]: Finder } = {
  'DNS-03': bindings,
  'NET-02': port80,
  'HTTP-02': notPassed('clients', clientVersions),
  'HTTP-03': notPassed('servers', version),
  'HTTP-04': eitherOf(notPassed('servers', '/_matrix/key/v2/server'), headersAbout('servers', '/_matrix/key/v2/server', name => name === 'content-type'), only(countingAt('servers', '/_matrix/key/v2/server', 'forcetype'), () => true)),
  'HTTP-05': encodedSlash,
  'HTTP-06': look => (look.finding.kind === 'changed' ? decoding(look) : guards('servers', serverPaths[0]!)(look)),
  'HTTP-08': look => (look.finding.kind === 'changed' ? met('servers', '/_matrix/federation/v1/query/profile', meeting => (meeting.kind === 'rewrite' ? 'it changes the query' : undefined))(look) : guards('servers', serverPaths[0]!)(look)),
  'HTTP-10': publicAddress,
  'HTTP-11': eitherOf(met('servers', version, redirecting), met('clients', clientVersions, redirecting)),
  'HTTP-12': only(countingAt('clients', '/_matrix/client/nope', 'proxyerroroverride'), ({ words }) => words[0]?.toLowerCase() === 'on'),
  'HTTP-13': cors,
  'HTTP-14': guards('servers', '/_matrix/federation/v1/send/1'),
  'HTTP-15': authorization,
  'HTTP-16': limits(['limitrequestbody', 'secrequestbodylimit']),
  'HTTP-21': compressing,
  'HTTP-22': backend,
  'HTTP-23': met('clients', '/_matrix/client/v3/login', meeting => (meeting.kind === 'proxy' ? `it passes the log-in on to ${meeting.to}` : undefined)),
  'HTTP-24': unrouted,
  'HTTP-25': deciding('limitrequestline'),
  'HTTP-28': guards('servers', '/_matrix/federation/v1/send/1'),
  'FED-04': look => (look.finding.kind === 'no-authorization' ? authorization(look) : eitherOf(decoding, guards('servers', version))(look)),
  'SEC-01': exposing,
  'SEC-02': exposing,
  'SEC-04': eitherOf(forwarding, only(deciding('proxyrequests'), ({ words }) => words[0]?.toLowerCase() === 'on')),
  'SEC-09': look => [...headersAbout('clients', clientVersions, name => look.finding.message.toLowerCase().startsWith(name))(look)],
}
