import type { Directive } from '../apache/directive.ts'
import { route, type Meeting } from '../apache/route.ts'
import { settings } from '../apache/setting.ts'
import { placeOf } from '../apache/standpoint.ts'
import { countingAt, eitherOf, only, type Cause, type Finder } from './cause.ts'
import { withoutTls } from './tls.ts'

type Document = 'server' | 'client'

const pathOf = (document: Document) => `/.well-known/matrix/${document}`

/** Nobody is for the server name: what stands first at the port answers for it. */
const unnamed: Finder = ({ standpoint: { hosts } }) =>
  hosts.documents && !hosts.documents.named ? [{ line: hosts.documents.host.directive, says: `no virtual host is for ${hosts.documents.gate.name}, and this one is the first` }] : []

/** What a document's path meets, of the kinds that can explain the finding. */
const met = (document: Document, explain: (meeting: Meeting) => string | undefined): Finder => function* ({ standpoint }) {
  const place = placeOf(standpoint, 'documents', pathOf(document))
  if (!place) return
  for (const meeting of route(place)) {
    const says = explain(meeting)
    if (says !== undefined && meeting.directive) yield { line: meeting.directive, says }
  }
}

const tooMuch = 'it takes the document\'s path too'

const toElsewhere = (meeting: Meeting) =>
  meeting.kind === 'proxy' ? `it passes the document on to ${meeting.to}`
    : meeting.kind === 'redirect' ? `it sends who asks for the document to ${meeting.to}`
      : meeting.kind === 'rewrite' && meeting.does !== 'pass' ? tooMuch : undefined

const redirecting = (meeting: Meeting) => (meeting.kind === 'redirect' || (meeting.kind === 'rewrite' && meeting.does === 'redirect') ? tooMuch : undefined)
const forbidding = (meeting: Meeting) => ((meeting.kind === 'rewrite' && (meeting.does === 'forbid' || meeting.does === 'gone')) || (meeting.kind === 'redirect' && meeting.status >= 400) ? tooMuch : undefined)

/** Where the file is looked for, when nothing else takes the path. */
const looked = (document: Document): Finder => function* ({ standpoint }) {
  const place = placeOf(standpoint, 'documents', pathOf(document))
  const end = place && [...route(place)].at(-1)
  if (!place?.host) return
  if (end?.kind === 'alias') yield { line: end.directive, says: `${end.file} is not there, or cannot be read` }
  else if (end?.kind === 'file') yield { line: place.host.directive, says: `no Alias is for the document: it is looked for at ${end.file}` }
  else if (!end) yield { line: place.host.directive, says: 'nothing in it is for the document' }
}

/** The line by which a file is served that says something else than it should. */
const served = (document: Document): Finder => met(document, meeting => (meeting.kind === 'alias' ? `it serves ${meeting.file}` : undefined))

/** The last Require that counts for the file. That of the whole disk means that nobody grants access to the directory. */
const denied = (document: Document): Finder => function* ({ standpoint }) {
  const place = placeOf(standpoint, 'documents', pathOf(document))
  if (!place?.file) return
  const line = settings(place, 'require', 'deny', 'allow').at(-1)
  if (!line || !isDenial(line)) return
  const isRoot = place.server.main.some(({ name, words, children }) => name === 'directory' && words[0] === '/' && children?.includes(line))
  const alias = [...route(place)].find(({ kind }) => kind === 'alias')
  yield isRoot && alias?.directive ? { line: alias.directive, says: `no <Directory> grants access to ${place.file.replace(/\/[^/]*$/, '')}` } : { line }
}

const isDenial = ({ name, words }: Directive) => (name === 'deny' ? words[1]?.toLowerCase() === 'all' : name === 'require' && words.join(' ').toLowerCase() === 'all denied')

/** A page for all that is not a file. */
const fallback = (document: Document): Finder => only(countingAt('documents', pathOf(document), 'fallbackresource'), ({ words }) => words[0] !== 'disabled')

const gone = (document: Document): Finder => eitherOf(unnamed, met(document, toElsewhere), fallback(document), looked(document))

const secured = (document: Document): Finder => only(countingAt('documents', pathOf(document), 'require'), ({ words }) => ['valid-user', 'user', 'group'].includes(words[0]!.toLowerCase()))

/** A type that is set for the path, else the line that brings the file without one. */
const typed = (document: Document): Finder => eitherOf(
  only(countingAt('documents', pathOf(document), 'forcetype'), ({ words }) => !/^application\/json\b/i.test(words[0] ?? '')),
  headerLines(document, 'content-type'),
  function* (look) {
    for (const { line } of met(document, meeting => (meeting.kind === 'alias' ? '' : undefined))(look)) yield { line, says: 'the file\'s name tells no type, and no ForceType is for it' }
  },
  met(document, toElsewhere),
)

/** `Header` lines about one header that count for a document, the last first. */
function headerLines(document: Document, header: string): Finder {
  return only(countingAt('documents', pathOf(document), 'header'), line => headerOf(line).name === header)
}

/** `Header [always|onsuccess] set NAME VALUE`. */
export function headerOf({ words }: Directive): { readonly always: boolean; readonly action: string; readonly name: string } {
  const [condition = '', ...rest] = words
  const isCondition = /^(always|onsuccess)$/i.test(condition)
  const [action = '', name = ''] = isCondition ? rest : words
  return { always: condition.toLowerCase() === 'always', action: action.toLowerCase(), name: name.replace(/:$/, '').toLowerCase() }
}

const origin = 'access-control-allow-origin'
const allowsOrigin = (document: Document): Finder => headerLines(document, origin)

const cors: Finder = function* (look) {
  const { kind } = look.finding
  const lines = [...allowsOrigin('client')(look)]
  const line = kind === 'missing-on-redirect' ? lines.find(({ line }) => !headerOf(line).always) : lines[0]
  if (line && kind === 'doubled') yield { ...line, says: lines.length > 1 ? 'it adds to another line, or to what the homeserver sends: a set without always does not replace one with it' : 'it adds to what the homeserver sends' }
  else if (line && kind === 'missing-on-redirect') yield { ...line, says: 'without always it is not sent with a redirect' }
  else if (line) yield line
  else yield* met('client', meeting => (meeting.kind === 'alias' || meeting.kind === 'proxy' || meeting.kind === 'redirect' ? 'no Header line for Access-Control-Allow-Origin is for what it leads to' : undefined))(look)
}

const kept: Finder = eitherOf(headerLines('server', 'cache-control'), countingAt('documents', pathOf('server'), 'expiresbytype', 'expiresdefault'))

/** There is a virtual host for the name, but not with TLS at 443. */
const plainOnly: Finder = function* ({ standpoint: { server, hosts } }) {
  const gate = hosts.documents?.gate
  const plain = gate && server.hosts.find(host => host.name === gate.name.toLowerCase() && host.addresses.some(({ port }) => port === 80))
  if (plain) yield { line: plain.directive, says: `no virtual host with TLS is for ${gate.name}` } satisfies Cause
}

export const documentCauses: { readonly [id: string]: Finder } = {
  'WKS-01': gone('server'),
  'WKS-02': eitherOf(met('server', toElsewhere), served('server')),
  'WKS-04': typed('server'),
  'WKS-05': met('server', redirecting),
  'WKS-07': kept,
  'WKS-08': eitherOf(withoutTls, plainOnly, unnamed),
  'WKS-09': gone('server'),
  'WKS-10': eitherOf(met('server', forbidding), denied('server')),
  'WKS-12': eitherOf(secured('server'), countingAt('documents', pathOf('server'), 'authtype')),
  'WKC-02': cors,
  'WKC-06': eitherOf(met('client', forbidding), denied('client'), secured('client'), gone('client')),
  'WKC-07': typed('client'),
}
