import type { Directive } from '../apache/directive.ts'
import { isOn, setting, settings, type Place } from '../apache/setting.ts'
import { decodes, forwardedProto, hasTls, passings, patienceOf, requestHeaderLines } from '../cause/proxying.ts'
import type { Check } from '../check.ts'
import { configurationCheck, shown } from './host.ts'

const ours = 'playbooks/site.yml'

const canonical = configurationCheck({
  id: 'HTTP-07', title: 'Apache is told to leave paths as they are', concerns: 'federation', follows: ['HTTP-06'],
  faults: {
    'no-nocanon': {
      severity: 'error', means: 'a ProxyPass line for /_matrix has neither nocanon nor mapping=encoded',
      cause: 'ProxyPass without nocanon',
      users: 'invites into private rooms and joins from other servers fail; existing rooms seem to work',
      fix: 'Add nocanon to that ProxyPass line.', ours,
    },
    'rewrite-rule': {
      severity: 'error', means: 'a RewriteRule with [P] passes /_matrix on, which always decodes',
      cause: 'RewriteRule with [P] in place of ProxyPass',
      users: 'invites into private rooms and joins from other servers fail; existing rooms seem to work',
      fix: 'Write ProxyPass with nocanon in place of that rule.', ours,
    },
  },
}, standpoint => passings(standpoint).filter(decodes).map(({ way, path, by: { directive, kind } }) => ({
  kind: kind === 'proxy' ? 'no-nocanon' as const : 'rewrite-rule' as const,
  // What clients ask for is not signed: only names with a slash are lost.
  ...(way === 'clients' && { severity: 'warning' as const, users: 'rooms and users with a slash in their names cannot be reached by clients' }),
  message: kind === 'proxy' ? `nocanon is missing in the line that passes ${path} on` : `A RewriteRule passes ${path} on`,
  ...shown(standpoint, directive),
})))

const host = configurationCheck({
  id: 'HTTP-09', title: 'The homeserver is told the name it was asked by', concerns: 'clients', follows: ['HTTP-10'],
  faults: {
    off: {
      severity: 'error', means: 'ProxyPreserveHost is off', cause: 'ProxyPreserveHost Off, the default',
      users: 'log-in by single sign-on ends in a loop or at 127.0.0.1', fix: 'Write ProxyPreserveHost On in that virtual host.',
      ours,
    },
  },
}, standpoint => passings(standpoint).filter(({ place }) => !isOn(place, 'proxypreservehost')).map(({ place, by }) => ({
  kind: 'off' as const, message: 'The homeserver sees the address of the backend as its name',
  ...shown(standpoint, setting(place, 'proxypreservehost') ?? by.directive),
})))

const timeout = configurationCheck({
  id: 'HTTP-17', title: 'Long requests are waited for', concerns: 'federation',
  faults: {
    short: {
      severity: 'warning', means: 'Apache gives the homeserver less than two minutes',
      cause: 'ProxyTimeout, or Timeout, which counts without it and is 60 by default',
      users: 'joins of large rooms fail with 502 and seem to work a while later',
      fix: 'Write ProxyTimeout 600 in that virtual host.', ours: 'playbooks/site.yml (matrix_proxy_timeout)',
    },
  },
}, standpoint => passings(standpoint).flatMap(passing => {
  const { seconds, directive = passing.by.directive } = patienceOf(passing)
  if (seconds === 0 || seconds >= 120) return []
  return [{ kind: 'short' as const, message: `Apache waits ${seconds} s for the homeserver`, ...shown(standpoint, directive) }]
}))

const retry = configurationCheck({
  id: 'HTTP-18', title: 'A homeserver that comes back is asked at once', concerns: 'federation',
  faults: {
    'set-aside': {
      severity: 'info', means: 'a member of a balancer that refused a connection is set aside for a minute',
      cause: 'BalancerMember without retry=0', users: 'after a restart of a worker the others carry its load for a minute',
      fix: 'Add retry=0 to the BalancerMember lines.',
    },
  },
}, standpoint => passings(standpoint).flatMap(({ place, by }) => {
  const members = by.kind === 'proxy' ? membersOf(place, by.to) : []
  const slow = members.filter(({ words }) => !words.some(word => /^retry=/i.test(word)))
  // The only member is asked again at once, whatever it did.
  if (members.length < 2 || slow.length === 0) return []
  const message = `${slow.length} of ${members.length} members of the balancer are set aside for a minute when they refuse a connection`
  return [{ kind: 'set-aside' as const, message, ...shown(standpoint, slow[0]!) }]
}))

/** The BalancerMember lines of `balancer://NAME`, wherever they stand. */
function membersOf({ server, host }: Place, target: string): readonly Directive[] {
  const balancer = /^balancer:\/\/[^/]+/i.exec(target)?.[0].toLowerCase()
  return [...server.main, ...(host?.directives ?? [])]
    .filter(({ name, words }) => name === 'proxy' && words[0]?.toLowerCase().replace(/\/$/, '') === balancer)
    .flatMap(({ children }) => children ?? [])
    .filter(({ name }) => name === 'balancermember')
}

const scheme = configurationCheck({
  id: 'HTTP-27', title: 'The homeserver is told that it was asked over https', concerns: 'clients', follows: ['HTTP-10'],
  faults: {
    http: {
      severity: 'error', means: 'X-Forwarded-Proto says http',
      cause: 'RequestHeader set X-Forwarded-Proto expr=%{REQUEST_SCHEME} where TLS ends before Apache',
      users: 'log-in by single sign-on leads to http:// addresses', fix: 'Write RequestHeader set X-Forwarded-Proto "https".',
      ours: 'playbooks/site.yml (matrix_tls: elsewhere)',
    },
    missing: {
      severity: 'warning', means: 'X-Forwarded-Proto is not set', cause: 'no RequestHeader line for it',
      users: 'nothing yet: Synapse warns in its log and takes https for granted',
      fix: 'Write RequestHeader set X-Forwarded-Proto "https".', ours,
    },
  },
}, standpoint => passings(standpoint).flatMap(({ place, by }) => {
  const { value, directive } = forwardedProto(place)
  if (value !== 'http' && value !== 'missing') return []
  const message = value === 'http' ? 'The homeserver is told that it was asked over http' : 'The homeserver is not told that it was asked over https'
  return [{ kind: value, message, ...shown(standpoint, directive ?? by.directive) }]
}))

const clientAddress = configurationCheck({
  id: 'SEC-03', title: 'Nobody can claim another address', concerns: 'security',
  faults: {
    spoofable: {
      severity: 'warning', means: 'what a client says in X-Forwarded-For reaches the homeserver first',
      cause: 'mod_proxy appends the true address, and Synapse takes the first one',
      users: 'limits by address can be evaded, and the addresses in people\'s lists of devices be false',
      fix: 'Write RequestHeader unset X-Forwarded-For early.', ours,
    },
  },
}, standpoint => passings(standpoint).flatMap(({ place, by }) => {
  // Behind another proxy the header is that proxy's: mod_remoteip takes it from nobody but those it is told to trust.
  const trusts = settings(place, 'remoteipinternalproxy', 'remoteipinternalproxylist', 'remoteiptrustedproxy', 'remoteiptrustedproxylist').length > 0
  const believed = setting(place, 'remoteipheader')
  const isOwn = hasTls(place) && !(believed && trusts)
  if (!isOwn || requestHeaderLines(place, 'x-forwarded-for').length > 0) return []
  if (believed) return [{
    kind: 'spoofable' as const, message: `Every client is believed what it says in ${believed.words[0] ?? 'that header'}`,
    cause: 'RemoteIPHeader without RemoteIPInternalProxy or RemoteIPTrustedProxy', ...shown(standpoint, believed),
    fix: 'Name the proxies that stand before it: RemoteIPInternalProxy and their addresses. Where there is none, remove RemoteIPHeader.',
  }]
  return [{ kind: 'spoofable' as const, message: 'X-Forwarded-For of clients is passed on', ...shown(standpoint, by.directive) }]
}))

const log = configurationCheck({
  id: 'SEC-07', title: 'Access tokens are not written down', concerns: 'security',
  faults: {
    tokens: {
      severity: 'warning', means: 'the access log keeps queries, in which old clients send their access token',
      cause: 'CustomLog with common or combined', users: 'who reads the log can act as those who use such clients',
      fix: 'Write the format with %m %U %H in place of %r.', ours,
    },
  },
}, standpoint => passings(standpoint).flatMap(({ place: { host, server } }) => {
  const own = (host?.directives ?? []).filter(isLog)
  const logs = own.length > 0 ? own : server.main.filter(isLog)
  const around = [...server.main, ...(host?.directives ?? [])]
  return logs
    .filter(line => /%(?:[<>]|!?[\d,]+)*[rq]|%\{QUERY_STRING\}e/.test(formatOf(line, around)))
    .map(line => ({ kind: 'tokens' as const, message: 'The access log keeps the queries of /_matrix', ...shown(standpoint, line) }))
}))

const isLog = ({ name, words }: Directive) => name === 'transferlog' || (name === 'customlog' && words[0] !== '/dev/null')

/** The format of a log: by its nickname, or as it stands there. */
function formatOf({ name, words }: Directive, around: readonly Directive[]): string {
  const formats = around.filter(({ name }) => name === 'logformat')
  if (name === 'transferlog') return formats.findLast(({ words }) => words.length === 1)?.words[0] ?? '%h %l %u %t "%r" %>s %b'
  return formats.findLast(format => format.words[1] === words[1])?.words[0] ?? words[1] ?? '%r'
}

export const hostProxyChecks: readonly Check[] = [canonical, host, timeout, retry, scheme, clientAddress, log]
