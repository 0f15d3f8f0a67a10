import { check, type Check, type Sighting } from '../check.ts'
import { headers } from '../world.ts'
import { contentTypeOf, errcodeOf, isGatewayError, isLimited, isMatrix, objectOf, said } from './answer.ts'
import { clientKeys, isNamespaced } from './client-keys.ts'
import { baseUrlOf, clientDocument, givenDocument, origin } from './client-document.ts'
import { asked, clientVersions } from './endpoint.ts'

const ours = 'playbooks/site.yml (matrix_fqdn)'

const leadsToHomeserver = check({
  id: 'WKC-01', title: 'The client document leads to the homeserver', concerns: 'clients', vantage: 'controller', follows: ['DNS-02', 'DNS-03', 'TLS-01', 'TLS-02', 'TLS-03', 'TLS-04', 'TLS-07', 'TLS-08', 'HTTP-03', 'HTTP-11', 'HTTP-15', 'HTTP-22'],
  faults: {
    'not-json': {
      severity: 'error', means: 'the document is not JSON',
      cause: 'a page of the web site (FallbackResource, RewriteRule . /index.php), a comment or a trailing comma',
      users: 'nobody can log in by the server name',
      fix: 'Write {"m.homeserver": {"base_url": "https://HOST"}}, with its Alias before such rules.', ours,
    },
    'no-base-url': {
      severity: 'error', means: 'm.homeserver.base_url is missing or is no text', cause: 'a misspelled member',
      users: 'nobody can log in by the server name', fix: 'Write {"m.homeserver": {"base_url": "https://HOST"}}.', ours,
    },
    'not-https': {
      severity: 'error', means: 'base_url is no https address', cause: 'http://, a bare host name, an address of the inside',
      users: 'web clients refuse it, others send passwords in the clear', fix: 'Write the public address with https://.', ours,
    },
    'no-homeserver': {
      severity: 'error', means: 'no homeserver answers at base_url',
      cause: 'a wrong name; ProxyPass /_matrix is missing in that virtual host', users: 'nobody can log in',
      fix: 'Let base_url name the host that passes /_matrix on.', ours,
    },
    none: {
      severity: 'info', means: 'there is no client document, and the server name answers no clients',
      cause: 'a server without local users', users: 'whoever wants to log in has to know the homeserver\'s address',
      fix: 'Serve /.well-known/matrix/client where there are users.', ours,
    },
  },
  async look(site) {
    const { exchanged, content, hops, absent } = await clientDocument(site)
    const evidence = { asked: `GET ${hops.at(-1)!.url}`, answered: said(exchanged) }
    if (absent || exchanged.answer?.status !== 200) {
      const endpoint = await site.clientBase()
      const answers = endpoint && isMatrix(await site.ask(endpoint, { target: endpoint.base + clientVersions }))
      return absent && !answers ? [{ kind: 'none' as const, message: 'There is no client document', ...evidence }] : []
    }
    if (!content) return [{ kind: 'not-json' as const, message: 'The client document is not a JSON object', ...evidence }]
    const base = baseUrlOf(content, 'm.homeserver')
    if (base === undefined) return [{
      kind: 'no-base-url' as const, message: 'The client document has no m.homeserver.base_url', ...evidence,
    }]
    if (!URL.canParse(base) || new URL(base).protocol !== 'https:') return [{
      kind: 'not-https' as const, message: `base_url of the client document is no https address: ${base}`,
    }]
    const endpoint = await site.clientBase()
    if (!endpoint) return [{ kind: 'no-homeserver' as const, message: `base_url of the client document cannot be reached: ${base}` }]
    const versions = await site.ask(endpoint, { target: endpoint.base + clientVersions })
    // A homeserver that is down is told of as such, and one that is asked too often is there.
    if (isMatrix(versions) || isGatewayError(versions) || isLimited(versions)) return []
    return [{
      kind: 'no-homeserver' as const, message: `No homeserver answers at ${base}`,
      asked: asked(endpoint, endpoint.base + clientVersions), answered: said(versions),
    }]
  },
})

const readableByBrowsers = check({
  id: 'WKC-02', title: 'Web clients may read the client document', concerns: 'clients', vantage: 'controller',
  faults: {
    missing: {
      severity: 'error', means: 'Access-Control-Allow-Origin is missing', cause: 'no mod_headers, or no Header line for the path',
      users: 'Element Web cannot find the homeserver by the server name',
      fix: 'Put Header always set Access-Control-Allow-Origin "*" into <Location "/.well-known/matrix/">.',
      ours: 'playbooks/site.yml',
    },
    'missing-on-redirect': {
      severity: 'error', means: 'a redirect on the way has no Access-Control-Allow-Origin',
      cause: 'Header set without always: Apache leaves it out of redirects', users: 'web clients stop at the redirect',
      fix: 'Write Header always set, or leave /.well-known/matrix/ out of the redirect.', ours: 'playbooks/site.yml',
    },
    doubled: {
      severity: 'error', means: 'Access-Control-Allow-Origin comes twice',
      cause: 'Header set and Header always set for the same path; or the application behind sets it as well',
      users: 'browsers refuse an answer with two values', fix: 'Keep one: Header always set.', ours: 'playbooks/site.yml',
    },
    wrong: {
      severity: 'error', means: 'Access-Control-Allow-Origin allows only certain sites', cause: 'a list of origins',
      users: 'web clients of other sites cannot find the homeserver', fix: 'Allow "*": the document is public.',
      ours: 'playbooks/site.yml',
    },
  },
  async look(site) {
    const { hops, exchanged, absent } = await clientDocument(site)
    if (absent) return { notApplicable: 'there is no client document' }
    if (exchanged.answer?.status !== 200) return { notMade: 'the client document cannot be read' }
    return hops.flatMap<Sighting<'missing' | 'missing-on-redirect' | 'doubled' | 'wrong'>>(({ url, exchanged: { answer } }, index) => {
      const allowed = headers(answer!, 'access-control-allow-origin')
      const evidence = { asked: `GET ${url} with Origin: ${origin}`, answered: `Access-Control-Allow-Origin: ${allowed.join(' and ') || 'none'}` }
      if (allowed.length > 1) return [{
        kind: 'doubled', message: 'The client document comes with Access-Control-Allow-Origin twice', ...evidence,
      }]
      if (allowed.length === 0) return index < hops.length - 1
        ? [{ kind: 'missing-on-redirect', message: 'Web clients stop at the redirect of the client document', ...evidence }]
        : [{ kind: 'missing', message: 'Web clients may not read the client document', ...evidence }]
      return allowed[0] === '*' || allowed[0] === origin ? [] : [{
        kind: 'wrong', message: 'Web clients of other sites may not read the client document', ...evidence,
      }]
    })
  },
})

const identityServer = check({
  id: 'WKC-03', title: 'An identity server is named only where one answers', concerns: 'clients', vantage: 'controller',
  faults: {
    bogus: {
      severity: 'warning', means: 'm.identity_server names no identity server',
      cause: 'the homeserver\'s own address, copied into it', users: 'clients report a failure or stop at log-in',
      fix: 'Leave m.identity_server out.', ours: 'playbooks/site.yml (matrix_identity_server_url)',
    },
  },
  async look(site) {
    const document = await givenDocument(site)
    if (!('content' in document)) return document
    if (!('m.identity_server' in document.content)) return []
    const base = baseUrlOf(document.content, 'm.identity_server')
    if (base === undefined || !URL.canParse(base)) return [{
      kind: 'bogus' as const, message: 'm.identity_server of the client document has no base_url',
    }]
    const endpoint = await site.endpointOf(new URL(base))
    if (!endpoint) return [{ kind: 'bogus' as const, message: `No identity server can be reached at ${base}` }]
    const target = `${endpoint.base}/_matrix/identity/v2`
    const exchanged = await site.ask(endpoint, { target })
    return exchanged.answer?.status === 200 && objectOf(exchanged) ? [] : [{
      kind: 'bogus' as const, message: `No identity server answers at ${base}`, asked: asked(endpoint, target),
      answered: said(exchanged),
    }]
  },
})

const upToDate = check({
  id: 'WKC-04', title: 'The client document says nothing that is out of date', concerns: 'clients', vantage: 'controller',
  faults: {
    dead: {
      severity: 'warning', means: 'a member that no client knows any more', cause: 'an old guide',
      users: 'nothing, or an old client that waits for what is gone', fix: 'Remove it.',
      ours: 'playbooks/site.yml (matrix_client_extra)',
    },
    old: {
      severity: 'info', means: 'a member that has a successor', cause: 'an old guide',
      fix: 'Remove it when old clients no longer matter.', ours: 'playbooks/site.yml (matrix_client_extra)',
    },
    unnamed: {
      severity: 'info', means: 'a member that is not named like a Java package', cause: 'a misspelled name',
      fix: 'Remove it, or name it by a domain of yours.', ours: 'playbooks/site.yml (matrix_client_extra)',
    },
  },
  async look(site) {
    const document = await givenDocument(site)
    if (!('content' in document)) return document
    return Object.keys(document.content).slice(0, 50).flatMap<Sighting<'dead' | 'old' | 'unnamed'>>(member => {
      const known = Object.hasOwn(clientKeys, member) ? clientKeys[member]! : undefined
      if (!known) return isNamespaced(member) ? [] : [{
        kind: 'unnamed', message: `The client document has a member ${member.slice(0, 80)}, which is no name for one`,
      }]
      if (known.severity === 'fine') return []
      return [{ kind: known.severity === 'warning' ? 'dead' : 'old', message: `The client document has ${member}: ${known.verdict}` }]
    })
  },
})

const noSlash = check({
  id: 'WKC-05', title: 'base_url has no slash at its end', concerns: 'clients', vantage: 'controller',
  faults: {
    slash: {
      severity: 'info', means: 'base_url ends with a slash', cause: 'taste', users: 'some clients ask for //_matrix/…',
      fix: 'Leave the slash out.', ours,
    },
  },
  async look(site) {
    const document = await givenDocument(site)
    if (!('content' in document)) return document
    const base = baseUrlOf(document.content, 'm.homeserver')
    if (base === undefined || !base.endsWith('/')) return []
    const endpoint = await site.clientBase()
    const double = endpoint && (await site.ask(endpoint, { target: `${endpoint.base}/${clientVersions}` }))
    return [{
      kind: 'slash' as const, message: `base_url ends with a slash: ${base}`,
      ...(double && { control: `${asked(endpoint, `${endpoint.base}/${clientVersions}`)} → ${said(double)}` }),
    }]
  },
})

const absentIsNotFound = check({
  id: 'WKC-06', title: 'The client document is there, or is not found', concerns: 'clients', vantage: 'controller',
  faults: {
    failing: {
      severity: 'warning', means: 'the document is refused or fails, where 404 would say that there is none',
      cause: 'a broken rewrite, a rule against dot files, a password over the whole site',
      users: 'clients stop at log-in with an error', fix: 'Serve the document, or answer 404.', ours,
    },
  },
  async look(site) {
    const { exchanged, hops } = await clientDocument(site)
    const { answer } = exchanged
    if (!answer) return { notMade: `the host of the server name does not answer: ${said(exchanged)}` }
    const evidence = { asked: `GET ${hops.at(-1)!.url}`, answered: said(exchanged) }
    return answer.status === 200 || answer.status === 404 || errcodeOf(exchanged) === 'M_NOT_FOUND' ? [] : [{
      kind: 'failing' as const, message: `The client document is answered with ${answer.status}`, ...evidence,
    }]
  },
})

const contentType = check({
  id: 'WKC-07', title: 'The client document calls itself JSON', concerns: 'clients', vantage: 'controller',
  faults: {
    type: {
      severity: 'error', means: 'the content type is not application/json',
      cause: 'a file without an ending, and no ForceType application/json', users: 'Element X refuses the document',
      fix: 'Put ForceType application/json into <Location "/.well-known/matrix/">.', ours,
    },
  },
  async look(site) {
    const document = await givenDocument(site)
    if (!('content' in document)) return document
    const type = contentTypeOf(document.exchanged.answer!)
    return type === 'application/json' ? [] : [{
      kind: 'type' as const, message: `The client document comes as ${type || 'nothing in particular'}, not as application/json`,
      asked: `GET ${document.hops.at(-1)!.url}`, answered: said(document.exchanged),
    }]
  },
})

export const wellKnownClientChecks: readonly Check[] = [leadsToHomeserver, readableByBrowsers, identityServer, upToDate, noSlash, absentIsNotFound, contentType]
