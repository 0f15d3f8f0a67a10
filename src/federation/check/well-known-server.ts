import { check, type Check } from '../check.ts'
import type { WellKnownFailure, WellKnownHop } from '../discovery.ts'
import type { Site } from '../site.ts'
import { header } from '../world.ts'
import { contentTypeOf, errcodeOf, said } from './answer.ts'
import { delegation, leadsNowhere, type WellKnownFailed } from './delegation.ts'
import { at } from './endpoint.ts'
import { otherPort } from './reachability.ts'

const users = 'other servers do not find the homeserver: nobody elsewhere can be reached from it, or reach it'
const playbook = 'playbooks/site.yml'

const withPort = check({
  id: 'WKS-03', title: 'm.server names the port', concerns: 'federation', vantage: 'controller',
  faults: {
    closed: {
      severity: 'error', means: 'm.server has no port, and 8448, which that means, is closed',
      cause: 'the belief that a name without a port means 443: {"m.server": "matrix.example.org"}',
      users, fix: 'Write the port: {"m.server": "HOST:443"}.', ours: 'playbooks/site.yml (matrix_federation_port)',
    },
    implied: {
      severity: 'info', means: 'm.server has no port: SRV records are asked for, then 8448 is taken', cause: 'm.server without a port',
      fix: 'Write the port, so that nothing hangs on SRV lookups.', ours: 'playbooks/site.yml (matrix_federation_port)',
    },
  },
  async look(site) {
    const { step, targets, identity, wellKnown } = await site.discovery()
    if (!wellKnown?.ok) return { notApplicable: 'no document is followed' }
    if (step !== '3.3' && step !== '3.4' && step !== '3.5') return []
    const asked = `m.server: ${wellKnown.server}`
    if (step !== '3.5' || targets.length === 0) return [{
      kind: 'implied' as const, message: `m.server names no port: SRV records decide`, asked,
    }]
    const looks = await Promise.all(targets.map(target => site.keysAt(target)))
    if (looks.some(({ exchanged }) => exchanged.answer)) return [{
      kind: 'implied' as const, message: `m.server names no port, which means ${identity}:8448`, asked,
    }]
    const elsewhere = await otherPort(site)
    return [{
      kind: 'closed' as const, message: `m.server names no port, which means ${identity}:8448, and nothing answers there`, asked, answered: looks[0]!.exchanged.failure?.message,
      ...(elsewhere && { control: `a homeserver answers at ${at(elsewhere)}`, fix: `Write {"m.server": "${identity}:${elsewhere.port}"}.` }),
    }]
  },
})

const contentType = check({
  id: 'WKS-04', title: 'The delegation document calls itself JSON', concerns: 'federation', vantage: 'controller',
  faults: {
    type: {
      severity: 'warning', means: 'the content type is not application/json',
      cause: 'a file without an ending, and no ForceType application/json', users: 'none yet: servers must read it all the same',
      fix: 'Put ForceType application/json into <Location "/.well-known/matrix/">.', ours: playbook,
    },
  },
  async look(site) {
    const state = await delegation(site)
    if (state.kind !== 'served') return { notApplicable: 'no document is followed' }
    const types = [...new Set(state.documents.flatMap(({ result }) => (result.ok ? [contentTypeOf(result.hops.at(-1)!.exchanged.answer!)] : [])))]
    return types.filter(type => type !== 'application/json').map(type => ({
      kind: 'type' as const,
      message: `The delegation document comes as ${type || 'nothing in particular'}, not as application/json`,
    }))
  },
})

const redirects = check({
  id: 'WKS-05', title: 'Redirects of the delegation document can be followed', concerns: 'federation', vantage: 'controller',
  faults: {
    loop: {
      severity: 'error', means: 'redirects lead in a circle',
      cause: 'Redirect permanent / before the Alias; www and bare name redirect to each other', users,
      fix: 'Leave /.well-known/matrix/ out of every redirect, before all of them.', ours: playbook,
    },
    'too-many': {
      severity: 'error', means: 'more redirects than anybody follows',
      cause: 'a chain of redirects (www, language, trailing slash)', users,
      fix: 'Leave /.well-known/matrix/ out of the redirects.', ours: playbook,
    },
    'to-http': {
      severity: 'error', means: 'a redirect leaves https',
      cause: 'Redirect to http://…; RewriteRule behind a proxy that ends TLS', users,
      fix: 'Redirect to https, or better: leave /.well-known/matrix/ out.', ours: playbook,
    },
    invalid: {
      severity: 'error', means: 'a redirect leads nowhere',
      cause: 'a redirect to a host that has no address or does not answer; a RewriteRule without a host',
      users, fix: 'Leave /.well-known/matrix/ out of the redirects.', ours: playbook,
    },
    permanent: {
      severity: 'warning', means: 'a redirect has status 308', cause: 'RewriteRule … [R=308]',
      users: 'older servers do not follow 308 and do not find the homeserver',
      fix: 'Redirect with 301 or 302, or serve the document itself.', ours: playbook,
    },
    redirected: {
      severity: 'info', means: 'the document is reached by a redirect', cause: 'a redirect of the whole site',
      fix: 'Nothing has to be done; a document without a redirect has less that can break.',
    },
  },
  async look(site) {
    const state = await delegation(site)
    if (state.kind === 'not-needed') return { notApplicable: state.why }
    if (state.kind === 'failed') {
      const kind = leadsNowhere(state.failure) ? 'invalid' : broken[state.failure.kind]
      if (!kind) return state.failure.hops.at(-1)?.exchanged.answer ? [] : { notMade: 'the document cannot be read' }
      return [{
        kind, message: `The delegation document cannot be reached: ${leadsNowhere(state.failure) ? nowhere(state.failure) : state.failure.message}`,
        asked: `GET https://${site.hostname}/.well-known/matrix/server at ${state.address}`, answered: chain(state.failure.hops),
      }]
    }
    const hops = state.documents.find(({ result }) => result.ok && result.hops.length > 1)?.result.hops ?? []
    if (hops.length === 0) return []
    const permanent = hops.some(({ exchanged }) => exchanged.answer?.status === 308)
    return [{
      kind: permanent ? ('permanent' as const) : ('redirected' as const),
      message: permanent ? 'The delegation document is redirected with 308' : 'The delegation document is reached by a redirect',
      answered: chain(hops),
    }]
  },
})

const broken: { readonly [kind in WellKnownFailure]?: 'loop' | 'too-many' | 'to-http' | 'invalid' } = {
  'redirect-loop': 'loop', 'too-many-redirects': 'too-many', 'redirect-to-http': 'to-http', 'redirect-invalid': 'invalid',
}

const nowhere = ({ kind, message, hops }: WellKnownFailed) =>
  kind === 'no-address' ? `it redirects, and ${message}` : `it redirects to ${hops.at(-1)!.url}, and nothing answers there: ${message}`

const chain = (hops: readonly WellKnownHop[]): string => hops.slice(0, 4).map(({ exchanged }) => said(exchanged)).join(', then ')

const sameEverywhere = check({
  id: 'WKS-06', title: 'Every address gives the same delegation', concerns: 'federation', vantage: 'controller',
  faults: {
    differs: {
      severity: 'error', means: 'addresses of the server name delegate to different places (split brain)',
      cause: 'one of several front ends was not rolled out',
      users: 'each server keeps what it happened to get for up to two days: some reach the homeserver, some do not',
      fix: 'Roll out the same document to every front end.', ours: playbook,
    },
    partly: {
      severity: 'error', means: 'some addresses of the server name have no usable document',
      cause: 'one of several front ends was not rolled out',
      users: 'servers that happen to ask that address do not find the homeserver for an hour',
      fix: 'Roll out the document to every front end.', ours: playbook,
    },
  },
  async look(site) {
    const state = await delegation(site)
    if (state.kind !== 'served') return { notApplicable: 'no document is followed' }
    const seen = state.documents.filter(({ result }) => result.ok || result.kind !== 'connect')
    const answered = seen.map(({ address, result }) => `${address}: ${result.ok ? result.server : result.message}`).join('; ')
    const servers = new Set(seen.flatMap(({ result }) => (result.ok ? [result.server] : [])))
    if (servers.size > 1) return [{
      kind: 'differs' as const, message: `The addresses of ${site.hostname} delegate to ${servers.size} different places`,
      answered,
    }]
    const bad = seen.filter(({ result }) => !result.ok)
    return bad.length > 0 ? [{
      kind: 'partly' as const,
      message: `${bad.map(({ address }) => address).join(', ')} gives no usable delegation document, other addresses of ${site.hostname} do`,
      answered,
    }] : []
  },
})

const lifetime = check({
  id: 'WKS-07', title: 'The delegation document may be kept for a sensible time', concerns: 'federation', vantage: 'controller',
  faults: {
    long: {
      severity: 'info', means: 'it may be kept for more than two days', cause: 'a global ExpiresDefault',
      fix: 'Set Cache-Control to an hour or a day; servers keep it for two days at most.',
      ours: 'playbooks/site.yml (matrix_well_known_max_age)',
    },
    short: {
      severity: 'info', means: 'it may not be kept', cause: 'a global Cache-Control: no-store',
      fix: 'Set Cache-Control to an hour or a day: every server asks again all the time.',
      ours: 'playbooks/site.yml (matrix_well_known_max_age)',
    },
  },
  async look(site) {
    const state = await delegation(site)
    if (state.kind !== 'served') return { notApplicable: 'no document is followed' }
    const answer = state.documents.find(({ result }) => result.ok)!.result.hops.at(-1)!.exchanged.answer!
    const control = header(answer, 'cache-control')
    const seconds = /(?:^|[\s,])max-age="?(\d{1,12})/i.exec(control ?? '')?.[1]
    if (seconds !== undefined && Number(seconds) > 48 * 3600) return [{
      kind: 'long' as const, message: `The delegation document may be kept for ${Math.round(Number(seconds) / 3600)} hours`,
      answered: `Cache-Control: ${control}`,
    }]
    if (/\bno-store\b/i.test(control ?? '') || (seconds !== undefined && Number(seconds) === 0)) return [{
      kind: 'short' as const, message: 'The delegation document may not be kept', answered: `Cache-Control: ${control}`,
    }]
    return []
  },
})

const consistent = check({
  id: 'WKS-11', title: 'The delegation leads to this server', concerns: 'federation', vantage: 'controller',
  faults: {
    'other-place': {
      severity: 'error', means: 'm.server leads somewhere else than the homeserver',
      cause: 'a wrong name or port in m.server: 8448 and 443 mixed up, or the web site\'s name', users,
      fix: 'Let m.server name the place where the homeserver answers.',
      ours: 'playbooks/site.yml (matrix_fqdn, matrix_federation_port)',
    },
  },
  async look(site) {
    const discovery = await site.discovery()
    if (!discovery.wellKnown?.ok) return { notApplicable: 'no document is followed' }
    const looks = await Promise.all(discovery.targets.map(target => site.keysAt(target)))
    if (looks.some(({ document }) => document?.serverName === site.serverName)) return []
    if (!looks.some(({ exchanged }) => exchanged.answer)) return { notMade: 'nothing answers where it leads' }
    const found = await homeserverElsewhere(site)
    const led = looks.find(({ exchanged }) => exchanged.answer)!
    return found === undefined ? [] : [{
      kind: 'other-place' as const, message: `m.server leads to ${discovery.wellKnown.server}, and the homeserver of ${site.serverName} answers at ${found}`,
      asked: `GET https://${discovery.host}/_matrix/key/v2/server at ${at(led)}`, answered: said(led.exchanged), control: `the same at ${found} → the key document of ${site.serverName}`, fix: `Write {"m.server": "${found}"}.`,
    }]
  },
})

/** Where clients find the homeserver, or the other usual port, when its key document is there. */
async function homeserverElsewhere(site: Site): Promise<string | undefined> {
  const endpoint = await site.clientBase()
  if (endpoint && (await isOurs(site, endpoint))) return `${endpoint.host.replace(/:\d+$/, '')}:${endpoint.port}`
  const other = await otherPort(site)
  const { identity, servername } = await site.discovery()
  return other && (await isOurs(site, { address: other.address, port: other.port, host: other.port === 443 ? identity : `${identity}:${other.port}`, identity, servername })) ? `${identity}:${other.port}` : undefined
}

async function isOurs(site: Site, endpoint: Omit<Parameters<Site['ask']>[0], 'base'>): Promise<boolean> {
  const exchanged = await site.ask({ ...endpoint, base: '' }, { target: '/_matrix/key/v2/server' })
  return errcodeOf(exchanged) === undefined && new TextDecoder().decode(exchanged.answer?.body).includes(JSON.stringify(site.serverName))
}

export const wellKnownServerChecks: readonly Check[] = [withPort, contentType, redirects, sameEverywhere, lifetime, consistent]
