import { check, type Check, type Fault, type Sighted, type Sighting } from '../check.ts'
import type { WellKnownFailure } from '../discovery.ts'
import { readJson } from '../json.ts'
import type { Site } from '../site.ts'
import type { Exchanged } from '../world.ts'
import { isHtml, said } from './answer.ts'
import { delegation, isOurs, isUnreached, leadsNowhere, type Document, type WellKnownFailed } from './delegation.ts'

const users = 'other servers do not find the homeserver: nobody elsewhere can be reached from it, or reach it'
const playbook = 'playbooks/site.yml'

/** A check of one way in which the document can fail, where it is needed and no address serves it. */
function failing<Kind extends string>(
  id: string,
  title: string,
  kinds: readonly WellKnownFailure[],
  faults: { readonly [K in Kind]: Fault },
  judge: (failure: WellKnownFailed, site: Site) => Omit<Sighting<NoInfer<Kind>>, 'asked' | 'answered'> | undefined | Promise<Omit<Sighting<NoInfer<Kind>>, 'asked' | 'answered'> | undefined>,
  follows: readonly string[] = [],
  served: (documents: readonly Document[]) => readonly Sighting<NoInfer<Kind>>[] = () => [],
): Check {
  return check({
    id, title, concerns: 'federation', vantage: 'controller', follows, faults,
    async look(site): Promise<Sighted<Kind>> {
      const state = await delegation(site)
      if (state.kind === 'not-needed') return { notApplicable: state.why }
      if (state.kind === 'served') return served(state.documents)
      const { failure } = state
      const own = failure.hops.at(-1)?.exchanged.failure
      if (own && isOurs(own)) return { notMade: own.message }
      if (!kinds.includes(failure.kind)) return hasDocument(failure) ? [] : { notMade: 'the document cannot be read' }
      const seen = await judge(failure, site)
      if (seen) return [{ ...seen, ...evidenceOf(failure) } as Sighting<Kind>]
      return answerOf(failure) ? [] : { notMade: 'the document cannot be read' }
    },
  })
}

/** The exchange that decided, as a finding shows it. */
function evidenceOf({ hops, message }: WellKnownFailed): { asked?: string; answered: string } {
  const last = hops.at(-1)
  return last ? { asked: `GET ${last.url} at ${last.address}`, answered: last.exchanged.answer ? said(last.exchanged) : message } : { answered: message }
}

const answerOf = ({ hops }: WellKnownFailed) => hops.at(-1)?.exchanged.answer
const hasDocument = (failure: WellKnownFailed) => answerOf(failure)?.status === 200
const statusOf = (failure: WellKnownFailed) => answerOf(failure)?.status ?? 0

const present = failing(
  'WKS-01', 'The delegation document is there', ['status', 'connect'],
  {
    missing: {
      severity: 'error', means: 'the document is not there, and no homeserver is found without it',
      cause: 'the file lies in the virtual host of matrix.… and not in that of the server name; the server name is another machine',
      users,
      fix: 'Serve /.well-known/matrix/server on the host of the server name, over https.', ours: playbook,
    },
    'no-answer': {
      severity: 'error', means: 'the host of the server name takes connections, and no whole answer comes',
      cause: 'what ProxyPass of / leads to hangs; Apache is overloaded (MaxRequestWorkers); a filter on the way', users,
      fix: 'Look into Apache\'s error log of that virtual host.', ours: playbook,
    },
    'server-error': {
      severity: 'error', means: 'the web server fails over the document',
      cause: 'ProxyPass of / to something that does not run; a broken .htaccess', users,
      fix: 'Look into Apache\'s error log of that virtual host.', ours: playbook,
    },
  },
  (failure, { serverName }) => {
    const status = statusOf(failure)
    // Nothing answers at all (DNS-03), or not where a redirect leads (WKS-05).
    if (isUnreached(failure) || leadsNowhere(failure)) return undefined
    if (failure.kind === 'connect') return { kind: 'no-answer', message: `${new URL(failure.hops.at(-1)!.url).hostname} gives no whole answer for the delegation document: ${failure.message}` }
    if (status === 404 || status === 410) return {
      kind: 'missing', message: `${serverName} has no delegation document, and no homeserver is found without it`,
    }
    return status >= 500 ? { kind: 'server-error', message: `${serverName} fails over the delegation document` } : undefined
  },
  ['DNS-03', 'DNS-05', 'WKS-08'],
)

const wellFormed = failing(
  'WKS-02', 'The delegation document can be read, and names a server', ['not-json', 'no-m.server', 'invalid-m.server'],
  {
    'not-json': {
      severity: 'error', means: 'the document is not JSON',
      cause: 'a comment, a trailing comma, a byte order mark, an empty file', users, fix: 'Write {"m.server": "HOST:443"}.',
      ours: playbook,
    },
    'no-server': {
      severity: 'error', means: 'm.server is missing or is not a text', cause: 'a misspelled member, a number', users,
      fix: 'Write {"m.server": "HOST:443"}.', ours: playbook,
    },
    'invalid-server': {
      severity: 'error', means: 'm.server is no server name', cause: 'a scheme (https://), a slash at the end, a port that is none',
      users: 'servers that follow the specification fall back to port 8448; Synapse does not find the homeserver at all',
      fix: 'Write host and port alone: {"m.server": "HOST:443"}.', ours: playbook,
    },
    'duplicate-key': {
      severity: 'warning', means: 'a member is there twice', cause: 'a document that was put together from two',
      users: 'servers disagree about what it says: most take the last, some the first, some refuse it',
      fix: 'Write {"m.server": "HOST:443"}, once.', ours: playbook,
    },
  },
  failure => {
    if (failure.kind === 'invalid-m.server') return {
      kind: 'invalid-server', message: `The delegation document cannot be used: ${failure.message}`,
    }
    if (failure.kind === 'no-m.server') return { kind: 'no-server', message: 'The delegation document has no m.server that is a text' }
    const answer = answerOf(failure)
    return answer && isHtml(answer) ? undefined : {
      kind: 'not-json', message: `The delegation document cannot be used: ${failure.message}`,
    }
  },
  [],
  documents => documents.flatMap(({ result: { hops } }) => {
    const hop = hops.at(-1)
    const reading = hop?.exchanged.answer && readJson(hop.exchanged.answer.body)
    const twice = reading?.ok ? reading.oddities.filter(({ kind }) => kind === 'duplicate-key') : []
    return twice.map(({ message }) => ({
      kind: 'duplicate-key' as const, message: `The delegation document is ambiguous: ${message}`, asked: `GET ${hop!.url} at ${hop!.address}`,
    }))
  }).slice(0, 1),
)

const overHttps = failing(
  'WKS-08', 'The host of the server name speaks https', ['tls', 'connect'],
  {
    'no-tls': {
      severity: 'error', means: 'port 443 of the server name does not speak TLS',
      cause: 'a virtual host for *:443 without SSLEngine on; only a virtual host for *:80', users,
      fix: 'Give the server name a virtual host with SSLEngine on and its certificate.',
      ours: 'playbooks/site.yml (matrix_tls)',
    },
    'http-only': {
      severity: 'error', means: 'the document is served over http alone', cause: 'only a virtual host for *:80', users,
      fix: 'Give the server name a virtual host for *:443 with its certificate: nobody asks over http.',
      ours: 'playbooks/site.yml (matrix_tls)',
    },
  },
  async (failure, site) => {
    const hop = failure.hops.at(-1)
    // That the handshake does not end tells nothing of what is spoken there (TLS-04).
    if (failure.kind === 'tls') return hop && !hop.exchanged.tls && hop.exchanged.failure?.reason !== 'timeout' && !/\balert\b/.test(failure.message) ? {
      kind: 'no-tls', message: `Port 443 of ${site.hostname} does not speak TLS: ${failure.message}`,
    } : undefined
    if (!hop) return undefined
    const plain = await site.exchange({ address: hop.address, port: 80, tls: null, method: 'GET', target: '/.well-known/matrix/server', headers: [['Host', site.hostname]] })
    return isDocument(plain) ? {
      kind: 'http-only', message: `${site.hostname} serves its delegation document over http alone`,
      control: `GET http://${site.hostname}/.well-known/matrix/server → ${said(plain)}`,
    } : undefined
  },
)

const isDocument = ({ answer }: Exchanged) => answer?.status === 200 && /"m\.server"/.test(new TextDecoder().decode(answer.body))

const notAPage = failing(
  'WKS-09', 'The delegation document is not a page of the web site', ['not-json'],
  {
    page: {
      severity: 'error', means: 'a page in HTML comes in place of the document',
      cause: 'FallbackResource /index.php, RewriteRule . /index.php, or ProxyPass / to another application', users,
      fix: 'Put the Alias and ProxyPass /.well-known/matrix/ ! before them.', ours: playbook,
    },
  },
  failure => {
    const answer = answerOf(failure)
    return answer && isHtml(answer) ? { kind: 'page', message: 'A page in HTML comes in place of the delegation document' } : undefined
  },
)

const allowed = failing(
  'WKS-10', 'Nobody is kept from reading the delegation document', ['status'],
  {
    forbidden: {
      severity: 'error', means: 'the web server refuses the document',
      cause: '<DirectoryMatch "/\\."> or RewriteRule "(^|/)\\." - [F] against dot files; no Require all granted for the directory of an Alias',
      users,
      fix: 'Allow /.well-known/matrix/: Require all granted in its <Directory>, and leave it out of rules against dot files.',
      ours: playbook,
    },
  },
  failure => (statusOf(failure) === 403 ? { kind: 'forbidden', message: 'The web server refuses the delegation document' } : undefined),
)

const plain = failing(
  'WKS-12', 'The delegation document is small and open', ['status', 'too-large'],
  {
    large: {
      severity: 'error', means: 'it is larger than 50 KiB', cause: 'another file is served in its place', users,
      fix: 'Serve {"m.server": "HOST:443"} and nothing else.', ours: playbook,
    },
    protected: {
      severity: 'error', means: 'it wants a password', cause: 'AuthType Basic over the whole site', users,
      fix: 'Put Require all granted into <Location "/.well-known/matrix/">.', ours: playbook,
    },
    empty: {
      severity: 'error', means: 'it comes with a status that is not 200',
      cause: 'RewriteRule … [R=204]; an application that answers everything', users, fix: 'Serve the document with status 200.',
      ours: playbook,
    },
  },
  failure => {
    if (failure.kind === 'too-large') return { kind: 'large', message: 'The delegation document is larger than 50 KiB' }
    const status = statusOf(failure)
    if (status === 401 || status === 407) return { kind: 'protected', message: 'The delegation document wants a password' }
    const known = status === 403 || status === 404 || status === 410 || status >= 500
    return known ? undefined : { kind: 'empty', message: `The delegation document comes with status ${status}` }
  },
)

export const wellKnownFailureChecks: readonly Check[] = [present, wellFormed, overHttps, notAPage, allowed, plain]
