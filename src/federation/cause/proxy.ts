import { serverPaths } from '../apache/matrix-paths.ts'
import { restriction } from '../apache/access.ts'
import type { Directive } from '../apache/directive.ts'
import type { Meeting } from '../apache/route.ts'
import { setting, value } from '../apache/setting.ts'
import { fateOf, placeOf, type Way } from '../apache/standpoint.ts'
import {
  byKind, counting, eitherOf, headers, isRedirect, isRefusal, meeting, only, saying, unnamed, type Cause, type Finder,
} from './cause.ts'
import { quoted } from '../check/host.ts'
import { decodes, forwardedProto, passing, passings } from './proxying.ts'

const version = '/_matrix/federation/v1/version'
const keys = '/_matrix/key/v2/server'
const profile = '/_matrix/federation/v1/query/profile'
const clientVersions = '/_matrix/client/versions'
const send = '/_matrix/federation/v1/send/1'

const tooMuch = 'it takes /_matrix too'

/** Where no line passes a path on, the virtual host itself is where it is missing. */
const missing = (way: Way, path: string): Finder => ({ standpoint }) => {
  const host = passing(standpoint, way, path) ? undefined : standpoint.hosts[way]?.host
  return host ? [{ line: host.directive, says: `no ProxyPass in it is for ${path}` }] : []
}

/** Why a path does not reach the homeserver, or reaches it as another one. */
const lost = (way: Way, path: string): Finder =>
  eitherOf(
    meeting(way, path, one => one.kind === 'not-proxied' || isRefusal(one), `it takes ${path}`),
    look => (passing(look.standpoint, way, path) ? [] : unnamed(way)(look)),
    missing(way, path),
    meeting(way, path, isElsewhere, tooMuch),
    passedOn(way, path, to => (to.endsWith(path) ? undefined : `it makes ${to} of ${path}`)),
  )

/** Another place than the homeserver. */
const isElsewhere = (one: Meeting): boolean =>
  isRedirect(one) || (one.kind === 'rewrite' && one.does === 'change')

/** The line that passes a path on, where there is something to be said of its target. */
const passedOn = (way: Way, path: string, says: (to: string) => string | undefined): Finder => ({ standpoint }) => {
  const fate = fateOf(standpoint, way, path)
  const said = fate?.kind === 'proxy' ? says(fate.to) : undefined
  return fate && said !== undefined ? [{ line: fate.directive, says: said }] : []
}

/** AllowEncodedSlashes must stand in the virtual host itself. */
const encodedSlash: Finder = ({ standpoint }): readonly Cause[] => {
  const place = placeOf(standpoint, 'servers', serverPaths[0]!)
  if (!place?.host) return []
  const own = setting(place, 'allowencodedslashes')
  const outer = place.server.main.findLast(({ name }) => name === 'allowencodedslashes')
  if (own) return [{ line: own }]
  if (outer) return [{ line: outer, says: 'it stands outside of the virtual host, which does not take it over' }]
  return [{ line: place.host.directive, says: 'AllowEncodedSlashes NoDecode is missing' }]
}

const decoding: Finder = ({ standpoint }) =>
  passings(standpoint).filter(decodes).map(({ by }) => ({ line: by.directive, says: by.kind === 'proxy' ? 'nocanon is missing' : alwaysDecodes }))

const alwaysDecodes = 'a RewriteRule with [P] always decodes; ProxyPass with nocanon does not'

/** A rule or a section that lets nobody through, or only some. */
const keptOut = (way: Way, path: string): Finder =>
  eitherOf(meeting(way, path, isRefusal, `it refuses ${path}`), ({ standpoint }) => {
    const place = placeOf(standpoint, way, path)
    const found = place && restriction(place)
    return found ? [{ line: found.line, says: `it stands in ${quoted(found.section)}` }] : []
  })

/** By the path that was asked for: which way it takes, decoded as Apache sees it. */
const asked = (find: (way: Way, path: string) => Finder): Finder => function* (look) {
  const url = URL.parse(/^\w+ (https:\S+)/.exec(look.finding.asked ?? '')?.[1] ?? '')
  if (!url) return
  const path = decodeURIComponent(url.pathname)
  const way = /^\/_matrix\/(federation|key)\//.test(path) ? 'servers' : 'clients'
  yield* find(way, path)(look)
}

/** Requests with a signature have a header of some 300 bytes. */
const smallFields = (way: Way, path: string): Finder =>
  only(counting(way, path, 'limitrequestfieldsize'), ({ words }) => Number(words[0]) < 1024, 'the header Authorization of servers is longer')

/** What refuses requests before they are passed on. */
const refusing = (way: Way, path: string): Finder =>
  eitherOf(
    keptOut(way, path),
    only(counting(way, path, 'secruleengine'), saying('on'), 'mod_security judges what goes to the homeserver'),
    only(counting(way, path, 'limit', 'limitexcept'), ({ children = [] }) => children.some(isRestriction)),
  )

const isRestriction = ({ name, text }: Directive): boolean => name === 'deny' || (name === 'require' && !/^all granted$/i.test(text))

const authorization: Finder = eitherOf(
  only(counting('servers', version, 'requestheader'), ({ words }) => words[1]?.toLowerCase() === 'authorization'),
  only(counting('servers', version, 'authtype'), line => !saying('none')(line)),
  only(counting('servers', version, 'require'), saying('valid-user')),
)

/** What makes the homeserver believe that it has another address. */
const publicAddress: Finder = ({ standpoint }) =>
  passings(standpoint).flatMap(({ place, by }): readonly Cause[] => {
    const proto = forwardedProto(place)
    if (proto.value === 'http') return [{ line: proto.directive ?? by.directive, says: 'it says http' }]
    if (proto.value === 'missing') return [{ line: proto.directive ?? by.directive, says: 'X-Forwarded-Proto is not set' }]
    if (value(place, 'proxypreservehost') === 'on') return []
    return [{ line: setting(place, 'proxypreservehost') ?? by.directive, says: 'ProxyPreserveHost is not on' }]
  })

export const proxyCauses: { readonly [id: string]: Finder } = {
  'WKC-01': byKind({ 'no-homeserver': keptOut('clients', clientVersions) }, () => []),
  'HTTP-02': eitherOf(keptOut('clients', clientVersions), lost('clients', clientVersions)),
  'HTTP-03': byKind({ refused: refusing('servers', version) }, lost('servers', version)),
  'HTTP-04': eitherOf(
    keptOut('servers', keys), lost('servers', keys), headers('servers', keys, name => name === 'content-type'), counting('servers', keys, 'forcetype'),
  ),
  'HTTP-05': encodedSlash,
  'HTTP-06': byKind({ changed: decoding }, refusing('servers', serverPaths[0]!)),
  'HTTP-08': byKind({ changed: meeting('servers', profile, ({ kind }) => kind === 'rewrite', 'it changes the query') }, refusing('servers', profile)),
  'HTTP-10': publicAddress,
  'HTTP-11': eitherOf(meeting('servers', version, isRedirect, tooMuch), meeting('clients', clientVersions, isRedirect, tooMuch)),
  'HTTP-12': asked((way, path) => only(counting(way, path, 'proxyerroroverride'), saying('on'))),
  'HTTP-13': eitherOf(
    headers('clients', clientVersions, name => name.startsWith('access-control-')), refusing('clients', clientVersions), authorization,
  ),
  'HTTP-14': refusing('servers', send),
  'HTTP-15': authorization,
  'HTTP-16': only(counting('clients', '/_matrix/media/v3/upload', 'limitrequestbody', 'secrequestbodylimit'), line => !saying('0')(line)),
  'HTTP-21': only(counting('clients', clientVersions, 'setoutputfilter', 'addoutputfilterbytype'), ({ text }) => /DEFLATE|BROTLI/i.test(text)),
  'HTTP-22': passedOn('servers', version, to => `nothing answers at ${to.replace(/\/_matrix.*$/, '')}, or not in time`),
  'HTTP-23': passedOn('clients', '/_matrix/client/v3/login', to => `it passes the log-in on to ${to}`),
  'HTTP-24': byKind({ refused: asked(refusing) }, asked(lost)),
  'HTTP-28': refusing('servers', send),
  'FED-04': byKind({ 'no-authorization': authorization, 'not-matrix': eitherOf(smallFields('servers', version), refusing('servers', version)) }, eitherOf(decoding, refusing('servers', version))),
  'SEC-09': look => headers('clients', clientVersions, name => look.finding.message.toLowerCase().startsWith(name))(look),
}
