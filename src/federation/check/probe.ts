import { check, type Check, type Known } from '../check.ts'
import type { FederationRequest } from '../authorization.ts'
import type { Site } from '../site.ts'
import { said } from './answer.ts'
import { homeserver } from './endpoint.ts'
import { accepted, fetched, keyQuery, plain, refusesUnsigned, signed, tooOften, type Signed } from './signed-request.ts'

const users = 'its users cannot join rooms, send messages or invite elsewhere'

const outbound = check({
  id: 'FED-05', title: 'It reaches other servers', concerns: 'federation', vantage: 'probe',
  faults: {
    unreached: {
      severity: 'error', means: 'it never came to the probe',
      cause: 'a firewall for what goes out; no DNS on the host; ip_range_blacklist, federation_domain_whitelist; a proxy in the environment',
      users, fix: 'Try from the host itself: curl -v https://PROBE/_matrix/key/v2/server.',
    },
    distrusts: {
      severity: 'error', means: 'it came to the probe and broke off the TLS connection',
      cause: 'the homeserver does not trust the certificate\'s authority: federation_custom_ca_list, which replaces the system\'s; old ca-certificates',
      users, fix: 'Install ca-certificates, and take federation_custom_ca_list out of homeserver.yaml.',
    },
    notary: {
      severity: 'error', means: 'it has the probe\'s keys from a notary only',
      cause: 'as above: its own way out is closed, and a trusted key server helps with keys alone', users,
      fix: 'Try from the host itself: curl -v https://PROBE/_matrix/key/v2/server.',
    },
  },
  async look(site) {
    const probe = site.probe!
    const endpoint = await homeserver(site)
    if ('notMade' in endpoint) return endpoint
    const { found, asked, exchanged } = await keyQuery(site, endpoint)
    if (found || fetched(probe).length > 0) return []
    const query = { asked, answered: said(exchanged) }
    const tryIt = { fix: `Try from the host itself: curl -v https://${probe.name}/_matrix/key/v2/server.` }
    const [silent] = probe.seen.filter(({ requests }) => requests.length === 0)
    if (silent) {
      const message = `It comes to ${probe.name} from ${silent.from} and breaks off: ${silent.failure ?? 'it asks nothing'}`
      return [{ kind: 'distrusts' as const, message, ...query }]
    }
    const control = await plain(site)
    if ('notMade' in control) return control
    const { targets } = await site.discovery()
    const by = fetched(probe)
    if (found === undefined ? by.length > 0 : by.some(from => targets.some(({ address }) => address === from))) return []
    if (control.reception === 'accepted') {
      const message = `It has the keys of ${probe.name} from ${by[0] ?? 'somebody else'}, and did not come itself`
      return [{ kind: 'notary' as const, message, ...query, ...tryIt, control: `${control.asked} → ${control.answered}` }]
    }
    if (control.reception !== 'no-key') return { notMade: `it never needed the probe's keys: ${control.answered}` }
    return [{ kind: 'unreached' as const, message: `It never came to ${probe.name}`, ...query, ...tryIt }]
  },
})

const inbound = check({
  id: 'FED-04', title: 'Signed requests of other servers are accepted', concerns: 'federation', vantage: 'probe',
  follows: ['HTTP-03', 'HTTP-15', 'FED-01', 'FED-05'],
  faults: {
    'bad-signature': {
      severity: 'error', means: 'the signature is called wrong, though nothing in the path can have been changed',
      cause: 'a filter that changes requests; RewriteRule that adds to the query; two homeservers behind one name',
      users: 'nothing of other servers arrives', fix: 'Pass /_matrix on with ProxyPass and nocanon alone.',
      ours: 'playbooks/site.yml',
    },
    'no-key': {
      severity: 'error', means: 'it does not find the probe\'s key, though it was fetched',
      cause: 'its clock is wrong: keys are over for it', users: 'nothing of other servers arrives',
      fix: 'Switch on time synchronisation: timedatectl set-ntp true.',
    },
    'no-authorization': {
      severity: 'error', means: 'the header Authorization is gone',
      cause: 'RequestHeader unset Authorization; a module for authentication', users: 'nothing of other servers arrives',
      fix: 'Let the header Authorization through.', ours: 'playbooks/site.yml',
    },
    'other-destination': {
      severity: 'error', means: 'the homeserver has another name', cause: 'server_name of homeserver.yaml is another name',
      users: 'nothing of other servers arrives', fix: 'Let the name delegate to its own homeserver.',
    },
    refused: {
      severity: 'error', means: 'it is refused for another reason', users: 'nothing of other servers arrives',
      fix: 'Look into the homeserver\'s log.',
    },
    'not-matrix': {
      severity: 'error', means: 'no homeserver answers', cause: 'ProxyPass for parts of /_matrix alone; LimitRequestFieldSize below its default of 8190; mod_security',
      users: 'nothing of other servers arrives', fix: 'Pass all of /_matrix on, with headers of the usual length.', ours: 'playbooks/site.yml',
    },
  },
  async look(site) {
    const control = await plain(site)
    if ('notMade' in control) return control
    const { reception: kind, asked, answered } = control
    if (kind === 'accepted') return []
    if (kind === 'limited') return tooOften(control)
    if (kind === 'denied') return { notMade: `it does not talk to everybody (FED-08): ${answered}` }
    if (kind === 'not-matrix' && !(await refusesUnsigned(site)))
      return { notMade: 'without a signature no homeserver answers it either (HTTP-12, HTTP-24)' }
    if (kind === 'no-key' && fetched(site.probe!).length === 0) return { notMade: 'it could not fetch the probe\'s keys (FED-05)' }
    return [{ kind, message: 'It does not accept a signed request', asked, answered }]
  },
})

const closed = check({
  id: 'FED-08', title: 'It talks to every server', concerns: 'federation', vantage: 'probe',
  faults: {
    denied: {
      severity: 'info', means: 'it refuses servers that are not on its list', cause: 'federation_domain_whitelist',
      users: 'people of other servers cannot be reached; perhaps this is meant so',
      fix: 'Add the probe\'s name to federation_domain_whitelist for the time of the test, or remove the list.',
    },
  },
  async look(site) {
    const control = await plain(site)
    if ('notMade' in control) return control
    const { reception, asked, answered } = control
    if (reception === 'limited') return tooOften(control)
    return reception === 'denied' ? [{ kind: 'denied' as const, message: `It does not talk to ${site.probe!.name}`, asked, answered }] : []
  },
})

const exempt = { fix: 'Exempt /_matrix from that rule: SecRuleEngine Off.', ours: 'playbooks/site.yml' }
const encodedCharacters = '%24matrix-provision%3Aa%2Bb%40c%21d'
const makeJoin = '/_matrix/federation/v1/make_join/'
const encodedSlash = '%24matrix-provision%2Fe'
const invites = 'invites into private rooms and joins from other servers fail; existing rooms seem to work'

const rawPath = passage({
  id: 'HTTP-06', title: 'The path of signed requests reaches the homeserver unchanged',
  faults: {
    changed: {
      severity: 'error', means: 'the path is decoded on its way',
      cause: 'ProxyPass without nocanon; RewriteRule with [P] instead of ProxyPass', users: invites,
      fix: 'Add nocanon to the ProxyPass line; in place of a RewriteRule with [P] write ProxyPass.', ours: 'playbooks/site.yml',
    },
    refused: {
      severity: 'error', means: 'a path with escapes is refused before the homeserver',
      cause: 'mod_security; a rule for special characters', users: invites, ...exempt,
    },
  },
  part: 'path',
  requests: ({ serverName, probe }) => [
    ...[encodedCharacters, encodedSlash].map(id => `/_matrix/federation/v1/event/${id}`),
    // Both of them, the room and the user, as every join has them in its path; the room is none.
    `${makeJoin}${encodeURIComponent(`!matrix-provision:${serverName}`)}/${encodeURIComponent(`@matrix-provision:${probe!.name}`)}`.replaceAll('!', '%21'),
  ].map(target => ({ method: 'GET', target })),
  // That an encoded slash, or the whole part of the API, is refused is told by checks of their own (HTTP-05, HTTP-24).
  allows: ({ reception, request: { target } }) =>
    (reception === 'not-matrix' && (target.endsWith(encodedSlash) || target.startsWith(makeJoin))) || (reception === 'denied' && target.startsWith(makeJoin)),
})

const query = passage({
  id: 'HTTP-08', title: 'The query of signed requests reaches the homeserver unchanged',
  faults: {
    changed: {
      severity: 'error', means: 'the query is decoded or cut off on its way',
      cause: 'RewriteRule without the flags NE and B, or with QSD',
      users: 'rooms are not found by their names, profiles of this server\'s users stay empty elsewhere',
      fix: 'Pass /_matrix on with ProxyPass and nocanon, not with RewriteRule.', ours: 'playbooks/site.yml',
    },
    refused: {
      severity: 'error', means: 'a query with escapes is refused before the homeserver',
      cause: 'mod_security; a rule for special characters', users: 'rooms are not found by their names', ...exempt,
    },
  },
  part: 'query',
  requests: ({ serverName }) => {
    const user = encodeURIComponent(`@matrix-provision+probe:${serverName}`)
    return [{ method: 'GET', target: `/_matrix/federation/v1/query/profile?user_id=${user}&field=displayname` }]
  },
  // Some servers tell nobody about their users.
  allows: ({ reception }) => reception === 'denied',
})

const body = passage({
  id: 'HTTP-28', title: 'The body of signed requests reaches the homeserver unchanged', active: true, follows: ['HTTP-14'],
  faults: {
    changed: {
      severity: 'error', means: 'the body is changed on its way', cause: 'mod_substitute, SetInputFilter, mod_security',
      users: 'no message of another server arrives', fix: 'Let no filter touch /_matrix.', ours: 'playbooks/site.yml',
    },
    refused: {
      severity: 'error', means: 'a PUT with a body is refused before the homeserver',
      cause: 'mod_security\'s rule 911100; <Limit>, <LimitExcept>', users: 'no message of another server arrives', ...exempt,
    },
  },
  part: 'body',
  // A transaction without anything in it, which a server takes and forgets.
  requests: ({ probe, now }) => {
    const content = { origin: probe!.name, origin_server_ts: now(), pdus: [], edus: [] }
    return [{ method: 'PUT', target: `/_matrix/federation/v1/send/${probe!.keyId.replace('ed25519:', '')}`, content }]
  },
})

interface Passage extends Pick<Known<'changed' | 'refused'>, 'id' | 'title' | 'active' | 'follows' | 'faults'> {
  /** What of the requests is to arrive as it was signed. */
  readonly part: string
  readonly requests: (site: Site) => readonly FederationRequest[]
  /** What is no fault of this check. */
  readonly allows?: (look: Signed) => boolean
}

/** A check whether one part of a request arrives as it was signed: it differs from the plain request in this alone. */
function passage({ part, requests, allows, ...known }: Passage): Check {
  return check({
    ...known, concerns: 'federation', vantage: 'probe',
    async look(site) {
      const control = await accepted(site)
      if ('notMade' in control) return control
      const looks = await Promise.all(requests(site).map(request => signed(site, request)))
      const unlike = looks.filter((look): look is Signed => 'reception' in look && look.reception !== 'accepted' && !allows?.(look))
      const wrong = unlike.find(({ reception }) => reception !== 'limited')
      if (!wrong) return unlike[0] ? tooOften(unlike[0]) : []
      const evidence = { asked: wrong.asked, answered: wrong.answered, control: `${control.asked} → ${control.answered}` }
      return wrong.reception === 'bad-signature'
        ? [{ kind: 'changed' as const, message: `The ${part} of signed requests is changed on its way to the homeserver`, ...evidence }]
        : [{ kind: 'refused' as const, message: `Signed requests with such a ${part} are not accepted`, ...evidence }]
    },
  })
}

/** What only a homeserver of our own can see. */
export const probeChecks: readonly Check[] = [outbound, inbound, closed, rawPath, query, body]
