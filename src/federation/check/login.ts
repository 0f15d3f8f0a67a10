import { check, type Check } from '../check.ts'
import type { Endpoint, Site } from '../site.ts'
import { header } from '../world.ts'
import { isObject } from '../json.ts'
import { errcodeOf, isMatrix, isRedirect, objectOf, said } from './answer.ts'
import { givenDocument } from './client-document.ts'
import { asked, clientApi, nameOf } from './endpoint.ts'

const loginPath = '/_matrix/client/v3/login'

const singleSignOn = check({
  id: 'HTTP-10', title: 'Single sign-on stays at the public https address', concerns: 'clients', vantage: 'controller',
  faults: {
    loop: {
      severity: 'error', means: 'the start of single sign-on is redirected to itself',
      cause: 'ProxyPreserveHost Off, or no RequestHeader set X-Forwarded-Proto: the homeserver takes the request for one to another address',
      users: 'log-in by single sign-on turns in a circle',
      fix: 'Write ProxyPreserveHost On and RequestHeader set X-Forwarded-Proto "https".', ours: 'playbooks/site.yml (matrix_tls)',
    },
    'to-http': {
      severity: 'error', means: 'single sign-on leads to http',
      cause: 'X-Forwarded-Proto is http: TLS ends in front of Apache, and expr=%{REQUEST_SCHEME} says what Apache sees',
      users: 'browsers refuse to go on', fix: 'Write RequestHeader set X-Forwarded-Proto "https".',
      ours: 'playbooks/site.yml (matrix_tls)',
    },
  },
  async look(site) {
    const endpoint = await clientApi(site)
    if ('notMade' in endpoint) return endpoint
    if (!(await hasSingleSignOn(site, endpoint))) return { notApplicable: 'there is no single sign-on' }
    const target = `${endpoint.base}${loginPath}/sso/redirect?redirectUrl=https%3A%2F%2Fclient.example%2F`
    const exchanged = await site.ask(endpoint, { target })
    const location = exchanged.answer && header(exchanged.answer, 'location')
    const own = `https://${endpoint.host}`
    if (!isRedirect(exchanged) || location === undefined || !URL.canParse(location, own)) return []
    const next = new URL(location, own)
    const evidence = { asked: asked(endpoint, target), answered: said(exchanged) }
    if (next.hostname !== nameOf(endpoint)) return []
    if (next.protocol === 'http:') return [{
      kind: 'to-http' as const, message: `Single sign-on of ${nameOf(endpoint)} leads to http`, ...evidence,
    }]
    return next.pathname === target.split('?')[0] ? [{
      kind: 'loop' as const, message: `Single sign-on of ${nameOf(endpoint)} is redirected to itself`, ...evidence,
    }] : []
  },
})

async function hasSingleSignOn(site: Site, endpoint: Endpoint): Promise<boolean> {
  const flows = objectOf(await site.ask(endpoint, { target: endpoint.base + loginPath }))?.flows
  return Array.isArray(flows) && flows.some(flow => isObject(flow) && flow.type === 'm.login.sso')
}

const authenticationService = check({
  id: 'HTTP-23', title: 'Log-in reaches the Matrix Authentication Service where there is one', concerns: 'clients', vantage: 'controller',
  faults: {
    'not-routed': {
      severity: 'error', means: 'log-in reaches the homeserver, which leaves it to the service',
      cause: 'the rule for login, logout and refresh stands behind that for /_matrix, or ends in $ and misses /logout/all',
      users: 'older clients cannot log in or out',
      fix: 'Put ProxyPassMatch "^/_matrix/client/[^/]+/(?:login|logout|refresh)(?:/.*)?$" "http://127.0.0.1:8080" nocanon before it.',
    },
  },
  async look(site) {
    const endpoint = await clientApi(site)
    if ('notMade' in endpoint) return endpoint
    const metadata = await site.ask(endpoint, { target: `${endpoint.base}/_matrix/client/v1/auth_metadata` })
    if (typeof objectOf(metadata)?.issuer !== 'string') return { notApplicable: 'there is no authentication service' }
    const target = endpoint.base + loginPath
    const exchanged = await site.ask(endpoint, { target })
    return errcodeOf(exchanged) === 'M_UNRECOGNIZED' ? [{
      kind: 'not-routed' as const, message: `${loginPath} does not reach the authentication service`,
      asked: asked(endpoint, target), answered: said(exchanged),
    }] : []
  },
})

const calls = check({
  id: 'HTTP-19', title: 'The service for calls that the client document names answers', concerns: 'clients', vantage: 'controller',
  faults: {
    'no-answer': {
      severity: 'warning', means: 'it does not answer', cause: 'no ProxyPass for its path, or the service does not run',
      users: 'calls do not come about', fix: 'Pass its path on: ProxyPass /livekit/jwt/ http://127.0.0.1:8080/.',
      ours: 'playbooks/site.yml (matrix_client_extra)',
    },
  },
  async look(site) {
    const document = await givenDocument(site)
    if (!('content' in document)) return document
    const foci = document.content['org.matrix.msc4143.rtc_foci']
    const url = Array.isArray(foci) ? foci.filter(isObject).map(({ livekit_service_url }) => livekit_service_url).find(url => typeof url === 'string' && URL.canParse(url)) : undefined
    if (typeof url !== 'string') return { notApplicable: 'the client document names none' }
    const endpoint = await site.endpointOf(new URL(url))
    if (!endpoint) return [{ kind: 'no-answer' as const, message: `The service for calls has no address: ${url}` }]
    const target = `${endpoint.base.replace(/\/$/, '')}/healthz`
    const exchanged = await site.ask(endpoint, { target })
    const alive = exchanged.answer !== undefined && (exchanged.answer.status < 500 && exchanged.answer.status !== 404 || isMatrix(exchanged))
    return alive ? [] : [{
      kind: 'no-answer' as const, message: `The service for calls does not answer: ${url}`, asked: asked(endpoint, target),
      answered: said(exchanged),
    }]
  },
})

export const loginChecks: readonly Check[] = [singleSignOn, authenticationService, calls]
