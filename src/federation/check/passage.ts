import { check, type Check, type Fault, type Sighted, type Sighting } from '../check.ts'
import type { Endpoint, Site } from '../site.ts'
import { header, type Exchanged } from '../world.ts'
import { errcodeOf, isLimited, isMatrix, objectOf, said } from './answer.ts'
import { asked, clientApi, evidence, firstRequest, homeserver, nameOf } from './endpoint.ts'

const ours = 'playbooks/site.yml'

const credentials = check({
  id: 'HTTP-15', title: 'Authorization comes through', concerns: 'federation', vantage: 'controller',
  faults: {
    stripped: {
      severity: 'error', means: 'the header Authorization does not reach the homeserver',
      cause: 'RequestHeader unset Authorization; mod_auth_basic over the whole site',
      users: 'every signed request of other servers and every request of a client that is logged in fails',
      fix: 'Take the line out, or AuthType None in <Location "/_matrix">.', ours,
    },
    claimed: {
      severity: 'error', means: 'the web server wants a password of its own', cause: 'AuthType Basic over the whole site',
      users: 'federation and log-in do not work', fix: 'Put AuthType None and Require all granted into <Location "/_matrix">.',
      ours,
    },
  },
  async look(site) {
    const claiming = (await Promise.all([firstRequest(site, 'servers'), firstRequest(site, 'clients')])).find(seen => seen && isClaim(seen.exchanged))
    if (claiming) return [{
      kind: 'claimed' as const, message: `${nameOf(claiming.endpoint)} wants a password of its own`,
      ...evidence(claiming.endpoint, claiming.target, claiming.exchanged),
    }]
    const [servers, clients] = await Promise.all([homeserver(site), clientApi(site)])
    if ('notMade' in servers && 'notMade' in clients) return servers
    const sightings = await Promise.all([
      'notMade' in clients ? undefined : authorization(site, clients, `${clients.base}/_matrix/client/v3/account/whoami`, 'Bearer matrix-provision-no-token'),
      // No homeserver asks anybody for keys over a header that names no server.
      'notMade' in servers ? undefined : authorization(site, servers, '/_matrix/federation/v1/event/%24matrix-provision', 'X-Matrix matrix-provision'),
    ])
    return sightings.filter(seen => seen !== undefined)
  },
})

/** The web server itself wants to know who asks. */
const isClaim = (exchanged: Exchanged) => exchanged.answer?.status === 401 && errcodeOf(exchanged) === undefined && header(exchanged.answer, 'www-authenticate') !== undefined

async function authorization(site: Site, endpoint: Endpoint, target: string, value: string): Promise<Sighting<'stripped' | 'claimed'> | undefined> {
  const [without, withValue] = await Promise.all([site.ask(endpoint, { target }), site.ask(endpoint, { target, headers: [['Authorization', value]] })])
  const shown = { asked: `${asked(endpoint, target)} with Authorization: ${value.split(' ')[0]} …`, answered: said(withValue), control: `without Authorization → ${said(without)}` }
  if (isClaim(without) && isClaim(withValue)) return {
    kind: 'claimed', message: `${nameOf(endpoint)} wants a password of its own`, ...shown,
  }
  // The specification has a code of its own for a token that is missing; for servers' signatures Synapse says it in words.
  const missing = errcodeOf(withValue) === 'M_MISSING_TOKEN' || /missing authorization/i.test(String(objectOf(withValue)?.error ?? ''))
  return missing ? {
    kind: 'stripped', message: `Authorization does not reach the homeserver behind ${nameOf(endpoint)}`, ...shown,
  } : undefined
}

const methods = activeCheck(
  'HTTP-14', 'PUT and DELETE come through', 'federation',
  { refused: {
    severity: 'error', means: 'the method is refused before the homeserver',
    cause: 'mod_security with the Core Rule Set (rule 911100), <Limit>, <LimitExcept GET POST>',
    users: 'messages to this server do not arrive: they come by PUT',
    fix: 'Write SecRuleEngine Off in that virtual host, or allow GET, HEAD, POST, PUT, DELETE and OPTIONS.', ours,
  } },
  [
    { by: 'servers', method: 'PUT', target: '/_matrix/federation/v1/send/matrix-provision', content: '{}' },
    { by: 'servers', method: 'PUT', target: '/_matrix/federation/v2/send_join/%21none%3Aexample.org/%24none', content: '{}' },
    { by: 'servers', method: 'PUT', target: '/_matrix/federation/v2/invite/%21none%3Aexample.org/%24none', content: '{}' },
    { by: 'clients', method: 'DELETE', target: '/_matrix/client/v3/user/%40nobody%3Aexample.org/rooms/%21none%3Aexample.org/tags/u.none' },
  ],
  (exchanged, endpoint, method) => (isMatrix(exchanged) ? undefined : {
    kind: 'refused', message: `${nameOf(endpoint)} refuses ${method}`, answered: said(exchanged),
  }),
)

const uploads = activeCheck(
  'HTTP-16', 'A file of one megabyte can be uploaded', 'clients',
  { refused: {
    severity: 'warning', means: 'a body of 1 MiB is refused before the homeserver',
    cause: 'LimitRequestBody, SecRequestBodyLimit', users: 'pictures and files cannot be sent',
    fix: 'Write LimitRequestBody 0 in that virtual host, and SecRuleEngine Off where there is mod_security.', ours,
  } },
  [{ by: 'clients', method: 'POST', target: '/_matrix/media/v3/upload', content: 'x'.repeat(1 << 20), type: 'application/octet-stream' }],
  (exchanged, endpoint) => (exchanged.answer && !isMatrix(exchanged) && exchanged.answer.status !== 404 ? {
    kind: 'refused', message: `${nameOf(endpoint)} refuses a body of 1 MiB`, answered: said(exchanged),
  } : undefined),
  ['HTTP-14'],
)

interface ActiveRequest {
  readonly by: 'servers' | 'clients'
  readonly method: string
  readonly target: string
  readonly content?: string
  readonly type?: string
}

/** A check by requests without any authority, which the homeserver must refuse itself. */
function activeCheck<Kind extends string>(
  id: string, title: string, concerns: Check['concerns'], faults: { readonly [K in Kind]: Fault }, requests: readonly ActiveRequest[],
  judge: (exchanged: Exchanged, endpoint: Endpoint, method: string) => Sighting<NoInfer<Kind>> | undefined,
  follows: readonly string[] = [],
): Check {
  return check({
    id, title, concerns, vantage: 'controller', active: true, follows, faults,
    async look(site): Promise<Sighted<Kind>> {
      const endpoints = { servers: await homeserver(site), clients: await clientApi(site) }
      const looks = await Promise.all(requests.map(async ({ by, method, target, content, type }) => {
        const endpoint = endpoints[by]
        if ('notMade' in endpoint) return undefined
        const control = await site.ask(endpoint, { target: endpoint.base + target })
        // Where no error comes through (HTTP-12), or nothing at all for that path (HTTP-24), these say nothing.
        if (errcodeOf(control) === undefined) return undefined
        const body = content === undefined ? {} : { body: Buffer.from(content), headers: [['Content-Type', type ?? 'application/json']] as const }
        const exchanged = await site.ask(endpoint, { method, target: endpoint.base + target, ...body })
        if (isLimited(exchanged)) return undefined
        const seen = judge(exchanged, endpoint, method)
        return { seen: seen && { ...seen, asked: asked(endpoint, target, method), control: `GET of the same path → ${said(control)}` } }
      }))
      if (looks.every(look => look === undefined)) return { notMade: 'no homeserver answers, its errors do not come through, or it limits how often it is asked' }
      // A method that is refused everywhere is one fault.
      const seen = looks.flatMap(look => look?.seen ?? [])
      return [...new Map(seen.map(one => [one.message, one] as const).reverse()).values()].reverse()
    },
  })
}

/** What of a request must come through to the homeserver. */
export const passageChecks: readonly Check[] = [credentials, methods, uploads]
