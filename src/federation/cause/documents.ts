import type { Directive } from '../apache/directive.ts'
import { route, type Meeting } from '../apache/route.ts'
import { settings } from '../apache/setting.ts'
import { placeOf } from '../apache/standpoint.ts'
import {
  byKind, counting, eitherOf, headerOf, headers, isRedirect, isRefusal, meeting, only, saying, unnamed, type Finder, type Says,
} from './cause.ts'
import { withoutTls } from './ports.ts'

const server = '/.well-known/matrix/server'
const client = '/.well-known/matrix/client'

const at = (path: string, ...names: readonly string[]): Finder => counting('documents', path, ...names)
const met = (path: string, fits: (meeting: Meeting) => boolean, says: Says): Finder => meeting('documents', path, fits, says)

const tooMuch = 'it takes the document\'s path too'

/** What leads a document's path to another place. */
const leading = (path: string): Finder =>
  met(path, one => one.kind === 'proxy' || one.kind === 'redirect' || (one.kind === 'rewrite' && one.does !== 'pass'), one => {
    if (one.kind === 'proxy') return `it passes the document on to ${one.to}`
    return one.kind === 'redirect' ? `it sends who asks for the document to ${one.to}` : tooMuch
  })

/** Where the file is looked for, when nothing else takes the path. Only a 404 says that it is not there. */
const looked = (path: string): Finder => function* ({ standpoint, finding: { kind, answered = '' } }) {
  const place = placeOf(standpoint, 'documents', path)
  if (!place?.host) return
  const end = [...route(place)].at(-1)
  if (end?.kind === 'alias' && kind === 'missing' && !answered.startsWith('410')) yield { line: end.directive, says: `${end.file} is not there` }
  if (end?.kind === 'file') yield { line: place.host.directive, says: `no Alias is for the document: it is looked for at ${end.file}` }
  if (!end) yield { line: place.host.directive, says: 'nothing in it is for the document' }
}

/** The line by which a file is served that says something else than it should. */
const serving = (path: string): Finder => met(path, ({ kind }) => kind === 'alias', one => `it serves ${'file' in one ? one.file : ''}`)

/** The last Require that counts for the file. That of the whole disk means that nobody grants access to the directory. */
const denied = (path: string): Finder => function* ({ standpoint }) {
  const place = placeOf(standpoint, 'documents', path)
  const line = place?.file === undefined ? undefined : settings(place, 'require', 'deny', 'allow').at(-1)
  if (!place || !line || !isDenial(line)) return
  const wholeDisk = place.server.main.filter(({ name, words }) => name === 'directory' && words[0] === '/')
  const alias = [...route(place)].find(({ kind }) => kind === 'alias')
  if (alias && wholeDisk.some(({ children }) => children?.includes(line)))
    yield { line: alias.directive, says: `no <Directory> grants access to ${place.file!.replace(/\/[^/]*$/, '')}` }
  else yield { line }
}

/** `Require all denied`, and `Deny from all` of former times. */
const isDenial = ({ name, words }: Directive): boolean =>
  ['require all denied', 'deny from all'].includes([name, ...words].join(' ').toLowerCase())

/** Another virtual host answers, or a line leads the path elsewhere. */
const astray = (path: string): Finder =>
  eitherOf(unnamed('documents'), leading(path), only(at(path, 'fallbackresource'), line => !saying('disabled')(line)))

/** Whatever brings another answer than the document. */
const lost = (path: string): Finder => eitherOf(met(path, isRefusal, tooMuch), astray(path), looked(path))

const protecting = (path: string): Finder => only(at(path, 'require'), line => ['valid-user', 'user', 'group'].some(word => saying(word)(line)))

/** A type that is set for the path, else the line that brings the file without one. */
const typing = (path: string): Finder =>
  eitherOf(
    only(at(path, 'forcetype'), line => !saying('application/json')(line)),
    headers('documents', path, name => name === 'content-type'),
    met(path, ({ kind }) => kind === 'alias', 'the file\'s name tells no type, and no ForceType is for it'),
    leading(path),
  )

const keeping: Finder = eitherOf(
  headers('documents', server, name => name === 'cache-control'),
  at(server, 'expiresbytype', 'expiresdefault'),
)

const allowing = headers('documents', client, name => name === 'access-control-allow-origin')

const uncovered = 'no Header line for Access-Control-Allow-Origin is for what it leads to'

const cors: Finder = byKind({
  doubled: only(allowing, () => true, 'it adds to another line, or to what the homeserver sends: set without always does not replace one with it'),
  'missing-on-redirect': only(allowing, line => !headerOf(line).always, 'without always it is not sent with a redirect'),
}, eitherOf(allowing, met(client, ({ kind }) => kind !== 'rewrite' && kind !== 'file', uncovered)))

/** There is a virtual host for the name, but not with TLS at 443. */
const plainOnly: Finder = ({ standpoint: { server: { hosts: all }, hosts: { documents } } }) => {
  const name = documents?.gate.name.toLowerCase()
  const plain = all.filter(host => host.name === name && host.addresses.some(({ port }) => port === 80))
  return plain.map(({ directive }) => ({ line: directive, says: `no virtual host with TLS is for ${name}` }))
}

export const documentCauses: { readonly [id: string]: Finder } = {
  'WKS-01': byKind({ missing: lost(server) }, leading(server)),
  'WKS-02': eitherOf(leading(server), serving(server)),
  'WKS-04': typing(server),
  'WKS-05': met(server, isRedirect, tooMuch),
  'WKS-07': keeping,
  'WKS-08': eitherOf(withoutTls, plainOnly, unnamed('documents')),
  'WKS-09': eitherOf(lost(server), serving(server)),
  'WKS-10': eitherOf(met(server, isRefusal, tooMuch), denied(server)),
  'WKS-12': eitherOf(protecting(server), at(server, 'authtype')),
  'WKC-02': cors,
  'WKC-06': eitherOf(met(client, isRefusal, tooMuch), denied(client), protecting(client), astray(client)),
  'WKC-07': typing(client),
}
