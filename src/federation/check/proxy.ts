import { check, type Check, type NotMade, type Sighted, type Sighting } from '../check.ts'
import type { Endpoint, Site } from '../site.ts'
import type { Exchanged } from '../world.ts'
import { isObject } from '../json.ts'
import { isGatewayError, isHtml, isLimited, isMatrix, isRedirect, isRefusal, isUnanswered, jsonOf, objectOf, said } from './answer.ts'
import { askBoth } from './both-sides.ts'
import { clientDocument } from './client-document.ts'
import { asked, at, clientApi, clientVersions, evidence, firstRequest, homeserver, limited, nameOf } from './endpoint.ts'
import { routes } from './routes.ts'

const noUse = 'other servers cannot talk to the homeserver'
const ours = 'playbooks/site.yml'

/** A redirect, or a proxy without a homeserver behind it: checks of their own speak of these. */
function toldElsewhere(exchanged: Exchanged): NotMade | undefined {
  if (isLimited(exchanged)) return limited(exchanged)
  return isRedirect(exchanged) || isGatewayError(exchanged) ? { notMade: 'it answers with a redirect or a failure (HTTP-11, HTTP-22)' } : undefined
}

const clients = check({
  id: 'HTTP-02', title: 'Clients reach the homeserver', concerns: 'clients', vantage: 'controller', follows: ['WKC-01', 'HTTP-03', 'HTTP-15'],
  faults: {
    'not-matrix': {
      severity: 'error', means: 'another answer than the homeserver\'s comes',
      cause: 'ProxyPass /_matrix is missing in that virtual host, or stands behind a more general one',
      users: 'nobody can log in', fix: 'Write ProxyPass /_matrix http://127.0.0.1:8008/_matrix nocanon, before general ones.',
      ours: 'playbooks/site.yml (matrix_backend_url)',
    },
  },
  async look(site) {
    const seen = await firstRequest(site, 'clients')
    if (!seen) return { notMade: 'it is not known where clients find the homeserver' }
    const { endpoint, target, exchanged } = seen
    if (!exchanged.answer) return { notMade: `nothing answers clients: ${said(exchanged)}` }
    const elsewhere = toldElsewhere(exchanged)
    if (elsewhere) return elsewhere
    if (!isMatrix(exchanged) || !Array.isArray(objectOf(exchanged)?.versions)) {
      // A server without users need not have a client API where its name is.
      const document = await clientDocument(site)
      const needed = document.exchanged.answer?.status === 200 && !document.absent
      return needed || isMatrix(exchanged) ? [{
        kind: 'not-matrix' as const, message: `No homeserver answers clients at ${nameOf(endpoint)}`,
        ...evidence(endpoint, target, exchanged),
      }] : { notApplicable: 'there is no client document and no client API' }
    }
    return []
  },
})

const federation = check({
  id: 'HTTP-03', title: 'The federation API answers', concerns: 'federation', vantage: 'controller', follows: ['WKS-11', 'TLS-02', 'HTTP-15'],
  faults: {
    'not-matrix': {
      severity: 'error', means: 'another answer than the homeserver\'s comes',
      cause: 'ProxyPass /_matrix is missing in the virtual host that m.server names; ProxyPass /_matrix/ http://127.0.0.1:8008/ takes the path\'s beginning away',
      users: noUse,
      fix: 'Write ProxyPass /_matrix http://127.0.0.1:8008/_matrix nocanon into that virtual host.',
      ours: 'playbooks/site.yml (matrix_backend_url)',
    },
    refused: {
      severity: 'error', means: 'the web server refuses other servers (403, 410)',
      cause: 'Require in a <Location> or <LocationMatch>; RewriteRule with [F] or [G]; mod_security', users: noUse,
      fix: 'Let everybody reach /_matrix: Require all granted, and leave it out of that rule.', ours,
    },
    'no-federation': {
      severity: 'error', means: 'the homeserver answers, and does not know the path',
      cause: 'its listener lacks the resource federation; a path that was shortened on the way', users: noUse,
      fix: 'Add federation to the resources of the listener, and pass the whole path on.', ours,
    },
    'no-version': {
      severity: 'warning', means: 'the answer does not name the homeserver', cause: 'a filter before the homeserver',
      users: 'nothing; testers report a failure', fix: 'Pass the answer on as it is.',
    },
  },
  async look(site) {
    const seen = await firstRequest(site, 'servers')
    if (!seen) return { notMade: 'nothing answers where other servers look' }
    const { endpoint, target, exchanged } = seen
    if (!exchanged.answer) return { notMade: said(exchanged) }
    const elsewhere = toldElsewhere(exchanged)
    if (elsewhere) return elsewhere
    const shown = evidence(endpoint, target, exchanged)
    if (isRefusal(exchanged)) return [{
      kind: 'refused' as const, message: `${nameOf(endpoint)} refuses other servers`, ...shown,
    }]
    if (!isMatrix(exchanged)) return [{
      kind: 'not-matrix' as const, message: `No homeserver answers other servers at ${nameOf(endpoint)}`, ...shown,
    }]
    if (exchanged.answer.status !== 200) return [{
      kind: 'no-federation' as const, message: `The homeserver at ${nameOf(endpoint)} does not offer federation`, ...shown,
    }]
    const server = objectOf(exchanged)?.server
    return isObject(server) && typeof server.name === 'string' && typeof server.version === 'string' ? [] : [{
      kind: 'no-version' as const, message: 'The homeserver does not tell its name and version', ...shown,
    }]
  },
})

const encodedSlash = check({
  id: 'HTTP-05', title: 'Paths with an encoded slash are let through', concerns: 'federation', vantage: 'controller',
  faults: {
    refused: {
      severity: 'error', means: 'a path with %2F is refused before the homeserver',
      cause: 'AllowEncodedSlashes is Off by default; set for the whole server it does not hold in virtual hosts',
      users: 'rooms and aliases whose name has a slash cannot be reached; events of old rooms are missing',
      fix: 'Write AllowEncodedSlashes NoDecode into the virtual host.', ours,
    },
  },
  look: site => compared(site, '/_matrix/federation/v1/event/%24matrix%2Fprovision', '/_matrix/federation/v1/event/%24matrix-provision', (exchanged, endpoint) => ({
    kind: 'refused' as const, message: `${nameOf(endpoint)} refuses paths with an encoded slash`, answered: said(exchanged),
  })),
})

/** A request that comes through and one that should: where the second does not come to the homeserver, something before it keeps it out. */
async function compared<Kind extends string>(site: Site, target: string, control: string, sight: (exchanged: Exchanged, endpoint: Endpoint) => Sighting<Kind>): Promise<Sighted<Kind>> {
  const endpoint = await homeserver(site)
  if ('notMade' in endpoint) return endpoint
  const [exchanged, passed] = await Promise.all([target, control].map(target => site.ask(endpoint, { target })) as [Promise<Exchanged>, Promise<Exchanged>])
  if (isMatrix(exchanged)) return []
  if (isLimited(exchanged)) return limited(exchanged)
  if (!isMatrix(passed)) return { notMade: 'errors of the homeserver do not come through (HTTP-12)' }
  return [{ ...sight(exchanged, endpoint), asked: asked(endpoint, target), control: `${asked(endpoint, control)} → ${said(passed)}` }]
}

const noRedirect = check({
  id: 'HTTP-11', title: 'Nothing below /_matrix is redirected', concerns: 'federation', vantage: 'controller',
  faults: {
    servers: {
      severity: 'error', means: 'requests of servers are redirected',
      cause: 'Redirect / or RewriteRule to www, to https or to a trailing slash, before the ProxyPass',
      users: 'servers follow no redirects here: federation does not work', fix: 'Leave /_matrix out of the redirect.', ours,
    },
    clients: {
      severity: 'error', means: 'requests of clients are redirected',
      cause: 'Redirect / or RewriteRule to www, to https or to a trailing slash, before the ProxyPass',
      users: 'clients lose their log-in on the way, or stop',
      fix: 'Leave /_matrix out of the redirect, and let base_url name the place itself.', ours,
    },
  },
  async look(site) {
    const sides = await Promise.all((['servers', 'clients'] as const).map(async whose => ({ whose, seen: await firstRequest(site, whose) })))
    if (sides.every(({ seen }) => !seen)) return { notMade: 'nothing answers' }
    const redirected = sides.filter(({ seen }) => seen && isRedirect(seen.exchanged))
    // One redirect that meets both is one fault.
    const places = new Map(redirected.map(side => [`${side.seen!.endpoint.address} ${nameOf(side.seen!.endpoint)}`, side] as const).reverse())
    return [...places.values()].map(({ whose, seen }) => ({
      kind: whose, message: `Requests of ${whose} to ${nameOf(seen!.endpoint)} are redirected`,
      ...evidence(seen!.endpoint, seen!.target, seen!.exchanged),
    }))
  },
})

const errorsComeThrough = check({
  id: 'HTTP-12', title: 'Errors of the homeserver come through', concerns: 'clients', vantage: 'controller',
  faults: {
    replaced: {
      severity: 'warning', means: 'a page in HTML takes the place of the homeserver\'s error', cause: 'ProxyErrorOverride On',
      users: 'clients and servers cannot tell what went wrong, and try again and again',
      fix: 'Write ProxyErrorOverride Off in that virtual host.', ours,
    },
  },
  async look(site) {
    const looks = await askBoth(site, ['/_matrix/federation/v1/matrix-provision'], ['/_matrix/client/matrix-provision'])
    if ('notMade' in looks) return looks
    const replaced = looks.filter(({ exchanged }) => exchanged.answer && isHtml(exchanged.answer) && !isLimited(exchanged))
    return [...new Map(replaced.map(look => [nameOf(look.endpoint), look])).values()].map(({ endpoint, target, exchanged }) => ({
      kind: 'replaced' as const, message: `${nameOf(endpoint)} puts pages of its own in place of the homeserver's errors`, ...evidence(endpoint, target, exchanged),
    }))
  },
})

const gateway = check({
  id: 'HTTP-22', title: 'The proxy gets answers from the homeserver', concerns: 'federation', vantage: 'controller',
  faults: {
    refused: {
      severity: 'error', means: 'the proxy cannot connect to the homeserver (503)',
      cause: 'the homeserver does not run, or listens elsewhere than ProxyPass says; SELinux without httpd_can_network_connect',
      users: 'nothing works',
      fix: 'Start the homeserver, and compare its listener with ProxyPass; on SELinux setsebool -P httpd_can_network_connect on.',
      ours: 'playbooks/site.yml (matrix_backend_url)',
    },
    'no-answer': {
      severity: 'error', means: 'the proxy gets no answer from the homeserver, or not in time (502, 504, silence)',
      cause: 'the homeserver hangs or is overloaded; ProxyPass leads to something else; ProxyTimeout is too short',
      users: 'nothing works, or not always', fix: 'Look into the homeserver\'s log.',
      ours: 'playbooks/site.yml (matrix_backend_url, matrix_proxy_timeout)',
    },
  },
  async look(site) {
    const silent = await silentHomeserver(site)
    if (silent) return [silent]
    const seen = await Promise.all([firstRequest(site, 'servers'), firstRequest(site, 'clients')])
    if (!seen.some(one => one?.exchanged.answer)) return { notMade: 'nothing answers' }
    const failing = seen.find(one => one && isGatewayError(one.exchanged))
    if (!failing) return []
    const { endpoint, target, exchanged } = failing
    const kind = exchanged.answer!.status === 503 ? ('refused' as const) : ('no-answer' as const)
    return [{
      kind,
      message: kind === 'refused' ? `${nameOf(endpoint)} cannot connect to the homeserver` : `${nameOf(endpoint)} gets no answer from the homeserver`,
      ...evidence(endpoint, target, exchanged),
    }]
  },
})

/** Apache takes connections and speaks TLS, and what is passed on gets no answer at any address. */
async function silentHomeserver(site: Site): Promise<Sighting<'no-answer'> | undefined> {
  const { targets, host, identity, step, wellKnown } = await site.discovery()
  // A delegation that fails leads nowhere: what stands at the port that is left need have nothing to do with Matrix.
  if (step === '6' && wellKnown?.ok === false) return undefined
  const looks = await Promise.all(targets.map(target => site.keysAt(target)))
  const [silent] = looks.filter(({ exchanged }) => isUnanswered(exchanged))
  if (!silent || looks.some(({ exchanged }) => exchanged.answer)) return undefined
  const { reason, message } = silent.exchanged.failure!
  return {
    kind: 'no-answer', message: reason === 'timeout' ? `The homeserver behind ${identity} does not answer in time` : `The homeserver behind ${identity} gives no answer`,
    asked: `GET https://${host}/_matrix/key/v2/server at ${at(silent)}`, answered: message,
  }
}

const longRequests = check({
  id: 'HTTP-25', title: 'Long addresses are accepted', concerns: 'clients', vantage: 'controller',
  faults: {
    refused: {
      severity: 'warning', means: 'an address of 6,000 characters is refused',
      cause: 'LimitRequestLine below its default of 8190', users: 'clients with long filters or many servers to join by fail',
      fix: 'Remove LimitRequestLine.', ours,
    },
  },
  async look(site) {
    const endpoint = await clientApi(site)
    if ('notMade' in endpoint) return endpoint
    const exchanged = await site.ask(endpoint, { target: `${endpoint.base}${clientVersions}?matrix-provision=${'x'.repeat(6000)}` })
    const { answer } = exchanged
    return answer && [400, 413, 414, 431].includes(answer.status) && !isMatrix(exchanged) ? [{
      kind: 'refused' as const, message: `${nameOf(endpoint)} refuses long addresses`,
      asked: asked(endpoint, `${clientVersions}?…`), answered: said(exchanged),
    }] : []
  },
})

const compression = check({
  id: 'HTTP-21', title: 'Answers are compressed once or not at all', concerns: 'clients', vantage: 'controller',
  faults: {
    doubled: {
      severity: 'warning', means: 'an answer is compressed twice',
      cause: 'SetOutputFilter DEFLATE over what the homeserver has compressed', users: 'clients read garbage',
      fix: 'Take DEFLATE away from /_matrix.', ours,
    },
  },
  async look(site) {
    const endpoint = await clientApi(site)
    if ('notMade' in endpoint) return endpoint
    const target = endpoint.base + clientVersions
    const exchanged = await site.ask(endpoint, { target, headers: [['Accept-Encoding', 'gzip']] })
    const [first, second] = exchanged.answer?.body ?? []
    return first === 0x1f && second === 0x8b && jsonOf(exchanged.answer) === undefined ? [{
      kind: 'doubled' as const, message: `Answers of ${nameOf(endpoint)} are compressed twice`,
      asked: `${asked(endpoint, target)} with Accept-Encoding: gzip`, answered: said(exchanged),
    }] : []
  },
})

export const proxyChecks: readonly Check[] = [clients, federation, encodedSlash, noRedirect, errorsComeThrough, compression, gateway, routes, longRequests]
