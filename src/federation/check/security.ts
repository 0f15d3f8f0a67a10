import { check, type Check, type Sighting } from '../check.ts'
import type { Endpoint, Site } from '../site.ts'
import { header, headers, type Exchanged } from '../world.ts'
import { contentTypeOf, errcodeOf, isMatrix, objectOf, said } from './answer.ts'
import { asked, clientApi, evidence, homeserver, nameOf } from './endpoint.ts'

const narrow = { fix: 'Pass /_matrix and /_synapse/client on, and nothing else.', ours: 'playbooks/site.yml' }

/** Where a homeserver answers, for servers and for clients; each virtual host once. */
async function doors(site: Site): Promise<readonly Endpoint[] | { readonly notMade: string }> {
  const both = await Promise.all([homeserver(site), clientApi(site)])
  const open = both.filter((one): one is Endpoint => !('notMade' in one))
  if (open.length === 0) return both[0] as { notMade: string }
  return [...new Map(open.map(endpoint => [`${nameOf(endpoint)}:${endpoint.port}`, endpoint])).values()]
}

const administration = check({
  id: 'SEC-01', title: 'The administration API is not public', concerns: 'security', vantage: 'controller',
  faults: {
    exposed: {
      severity: 'error', means: '/_synapse/admin answers', cause: 'ProxyPass /_synapse or ProxyPass /',
      users: 'whoever gets an administrator\'s token, or guesses the password, owns the server from anywhere', ...narrow,
    },
  },
  async look(site) {
    const endpoints = await doors(site)
    if ('notMade' in endpoints) return endpoints
    const looks = await Promise.all(endpoints.map(async endpoint => ({ endpoint, exchanged: await site.ask(endpoint, { target: adminPath }) })))
    return looks.filter(({ exchanged }) => isAdministration(exchanged)).map(({ endpoint, exchanged }) => ({
      kind: 'exposed' as const, message: `The administration API is public at ${nameOf(endpoint)}`,
      ...evidence(endpoint, adminPath, exchanged),
    }))
  },
})

const adminPath = '/_synapse/admin/v1/server_version'

/** The API itself answers, if only that a token is missing; a homeserver of another kind says that it does not know the path. */
function isAdministration(exchanged: Exchanged): boolean {
  const code = errcodeOf(exchanged)
  return code === 'M_MISSING_TOKEN' || code === 'M_FORBIDDEN' || typeof objectOf(exchanged)?.server_version === 'string'
}

interface Inside {
  readonly target: string
  readonly kind: 'metrics' | 'replication' | 'mas' | 'health'
  readonly isOpen: (exchanged: Exchanged) => boolean
}

const insides: readonly Inside[] = [
  { target: '/_synapse/metrics', kind: 'metrics', isOpen: ({ answer }) => answer?.status === 200 && contentTypeOf(answer) === 'text/plain' && /^# (HELP|TYPE) /m.test(new TextDecoder().decode(answer.body)) },
  { target: '/_synapse/replication/', kind: 'replication', isOpen: exchanged => errcodeOf(exchanged) !== undefined && errcodeOf(exchanged) !== 'M_UNRECOGNIZED' },
  { target: '/_synapse/mas/', kind: 'mas', isOpen: exchanged => errcodeOf(exchanged) !== undefined && errcodeOf(exchanged) !== 'M_UNRECOGNIZED' },
  { target: '/health', kind: 'health', isOpen: ({ answer }) => answer?.status === 200 && new TextDecoder().decode(answer.body).trim() === 'OK' },
]

const inside = check({
  id: 'SEC-02', title: 'What is for the inside stays inside', concerns: 'security', vantage: 'controller',
  faults: {
    metrics: {
      severity: 'error', means: '/_synapse/metrics answers', cause: 'ProxyPass / or ProxyPass /_synapse',
      users: 'anybody reads how busy the server is, and with whom', ...narrow,
    },
    replication: {
      severity: 'error', means: '/_synapse/replication answers', cause: 'ProxyPass / or ProxyPass /_synapse',
      users: 'anybody can act as a worker', ...narrow,
    },
    mas: {
      severity: 'warning', means: '/_synapse/mas answers', cause: 'ProxyPass / or ProxyPass /_synapse',
      users: 'only a shared secret keeps anybody from making accounts', ...narrow,
    },
    health: { severity: 'info', means: '/health answers', cause: 'ProxyPass /', ...narrow },
  },
  async look(site) {
    const endpoints = await doors(site)
    if ('notMade' in endpoints) return endpoints
    const looks = await Promise.all(endpoints.flatMap(endpoint => insides.map(async one => ({ ...one, endpoint, exchanged: await site.ask(endpoint, { target: one.target }) }))))
    return looks.filter(({ isOpen, exchanged }) => isOpen(exchanged)).map(({ kind, target, endpoint, exchanged }) => ({
      kind, message: `${target} is public at ${nameOf(endpoint)}`, ...evidence(endpoint, target, exchanged),
    }))
  },
})

const forwardProxy = check({
  id: 'SEC-04', title: 'Nobody is served as a forward proxy', concerns: 'security', vantage: 'controller', active: true,
  faults: {
    open: {
      severity: 'error', means: 'requests for other hosts are passed on', cause: 'ProxyRequests On, mod_proxy_connect',
      users: 'strangers send their traffic by this server: it ends on block lists, and the inside of the network lies open',
      fix: 'Write ProxyRequests Off.', ours: 'playbooks/site.yml',
    },
  },
  async look(site) {
    const endpoint = await homeserver(site)
    if ('notMade' in endpoint) return endpoint
    const [plain, absolute, connect] = await Promise.all([
      proxied(site, endpoint, 'GET', '/matrix-provision-nope', 'matrix-provision.invalid'),
      proxied(site, endpoint, 'GET', 'http://matrix-provision.invalid/matrix-provision-nope', 'matrix-provision.invalid'),
      proxied(site, endpoint, 'CONNECT', 'matrix-provision.invalid:443', 'matrix-provision.invalid:443'),
    ])
    // A name that nobody has: who tries to reach it fails like a gateway, who does not answers as the first virtual host does ever.
    const usual = plain.answer?.status
    const tries: readonly (readonly [string, Exchanged])[] = [['GET http://matrix-provision.invalid/', absolute], ['CONNECT matrix-provision.invalid:443', connect]]
    return tries.filter(([, { answer }]) => answer && answer.status !== usual && (answer.status === 200 || (answer.status >= 500 && answer.status !== 501 && answer.status !== 505))).map(([asked, exchanged]) => ({
      kind: 'open' as const, message: `${nameOf(endpoint)} passes requests for other hosts on`, asked, answered: said(exchanged), control: `GET /matrix-provision-nope with Host: matrix-provision.invalid → ${said(plain)}`,
    }))
  },
})

const proxied = (site: Site, { address, port, identity, servername }: Endpoint, method: string, target: string, host: string) =>
  site.exchange({ address, port, tls: { servername, identity }, method, target, headers: [['Host', host]] })

const unknownHost = check({
  id: 'SEC-05', title: 'Only its own names lead to the homeserver', concerns: 'security', vantage: 'controller',
  faults: {
    'catch-all': {
      severity: 'info', means: 'any name leads to the homeserver', cause: 'the virtual host of Matrix is the first of its port',
      fix: 'Put a virtual host of its own before it (000-default) where that matters.',
    },
  },
  async look(site) {
    const endpoint = await homeserver(site)
    if ('notMade' in endpoint) return endpoint
    if (endpoint.servername === null) return { notApplicable: 'the server is found by its address' }
    const exchanged = await site.ask({ ...endpoint, host: 'matrix-provision.invalid', servername: null }, { target: '/_matrix/key/v2/server' })
    return isMatrix(exchanged) ? [{
      kind: 'catch-all' as const, message: `${endpoint.address} passes Matrix on under any name`,
      asked: 'GET /_matrix/key/v2/server with Host: matrix-provision.invalid', answered: said(exchanged),
    }] : []
  },
})

const paths = ['/_matrix/../_synapse/admin/v1/server_version', '/_matrix/%2e%2e/_synapse/admin/v1/server_version']

const tricks = check({
  id: 'SEC-06', title: 'No way leads around the paths that are passed on', concerns: 'security', vantage: 'controller', active: true,
  faults: {
    around: {
      severity: 'error', means: 'a path with .. leads to the administration API',
      cause: 'a homeserver or a second proxy that resolves what nocanon passes on raw',
      users: 'the administration API is public after all', fix: 'Let what stands behind Apache refuse paths with "..".',
    },
  },
  async look(site) {
    const endpoint = await homeserver(site)
    if ('notMade' in endpoint) return endpoint
    const looks = await Promise.all(paths.map(async target => ({ target, exchanged: await site.ask(endpoint, { target }) })))
    // Where it lies open anyway, that is the fault.
    if (isAdministration(await site.ask(endpoint, { target: adminPath }))) return { notApplicable: 'the administration API is public without tricks (SEC-01)' }
    return looks.filter(({ exchanged }) => isAdministration(exchanged)).map(({ target, exchanged }) => ({
      kind: 'around' as const, message: `${target} leads to the administration API`, asked: asked(endpoint, target),
      answered: said(exchanged),
    }))
  },
})

const talkative = check({
  id: 'SEC-08', title: 'The web server says no more of itself than it must', concerns: 'security', vantage: 'controller',
  faults: {
    tokens: {
      severity: 'info', means: 'the header Server tells versions', cause: 'ServerTokens OS or Full (Debian\'s default is OS)',
      fix: 'Write ServerTokens Prod.',
    },
    trace: { severity: 'info', means: 'TRACE is allowed', cause: 'TraceEnable On, the default', fix: 'Write TraceEnable Off.' },
  },
  async look(site) {
    const document = await site.document('server')
    if (!document.answer) return { notMade: said(document) }
    const server = header(document.answer, 'server') ?? ''
    const allow = await methodsOf(site)
    const sightings: Sighting<'tokens' | 'trace'>[] = []
    if (/\/\d/.test(server)) sightings.push({ kind: 'tokens', message: 'The web server tells its version', answered: `Server: ${server}` })
    if (/\bTRACE\b/.test(allow)) sightings.push({ kind: 'trace', message: 'The web server allows TRACE', answered: `Allow: ${allow}` })
    return sightings
  },
})

async function methodsOf(site: Site): Promise<string> {
  const endpoint = await site.endpointOf(new URL(`https://${site.hostname.includes(':') ? `[${site.hostname}]` : site.hostname}/`))
  const exchanged = endpoint && (await site.ask(endpoint, { method: 'OPTIONS', target: '/.well-known/matrix/server' }))
  return exchanged?.answer ? (header(exchanged.answer, 'allow') ?? '') : ''
}

const once = ['content-security-policy', 'x-frame-options', 'strict-transport-security', 'content-type', 'x-content-type-options']

const doubledHeaders = check({
  id: 'SEC-09', title: 'Headers of the homeserver are not doubled', concerns: 'clients', vantage: 'controller',
  faults: {
    doubled: {
      severity: 'info', means: 'a header comes twice', cause: 'a global Header always set on top of what the homeserver sends',
      users: 'browsers take the stricter of both, or neither', fix: 'Leave /_matrix out of global Header lines.',
    },
  },
  async look(site) {
    const endpoint = await clientApi(site)
    if ('notMade' in endpoint) return endpoint
    const { answer } = await site.ask(endpoint, { target: `${endpoint.base}/_matrix/client/versions` })
    const doubled = once.filter(name => headers(answer!, name).length > 1)
    return doubled.map(name => ({
      kind: 'doubled' as const, message: `${name} comes twice`, answered: headers(answer!, name).join(' and '),
    }))
  },
})

export const securityChecks: readonly Check[] = [administration, inside, forwardProxy, unknownHost, tricks, talkative, doubledHeaders]
