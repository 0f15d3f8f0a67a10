import { gzipSync } from 'node:zlib'
import type { JsonObject } from '../../src/federation/json.ts'
import { signJson } from '../../src/federation/signature.ts'
import { signingKey } from '../../src/federation/signing-key.ts'
import type { VerifyOptions } from '../../src/federation/verify.ts'
import { html, json, matrixError, redirect, refused, timeout, type Asked, type Reply } from './internet.ts'
import { neighbour, now, otherwise, proxied, synapse, wellKnown, type Parts } from './server.ts'

const day = 24 * 3600 * 1000
const isFederation = ({ path }: Asked) => path.startsWith('/_matrix/federation/')
const isMatrix = ({ path }: Asked) => path.startsWith('/_matrix/')
const page = html(200, 'Welcome')
const hanging = { failure: { stage: 'headers', reason: 'timeout', message: 'no answer within 10 s' } } as const
const unverifiable = { ok: false, code: 'UNABLE_TO_VERIFY_LEAF_SIGNATURE', message: 'unable to verify the first certificate' } as const

/** A server that was healthy, what is done to it, and what is said of it then. */
export interface Case {
  readonly name: string
  readonly change: (parts: Parts) => void
  readonly told: readonly string[]
  readonly serverName?: string
  readonly options?: Partial<VerifyOptions>
}

const server = (document: unknown) => (parts: Parts) => otherwise(parts.delegation, ({ path }) => (path === '/.well-known/matrix/server' ? (typeof document === 'string' ? { status: 200, headers: [['Content-Type', 'application/json']], body: document } : json(200, document)) : undefined))
const serverReply = (reply: Reply) => (parts: Parts) => otherwise(parts.delegation, ({ path }) => (path === '/.well-known/matrix/server' ? reply : undefined))
const client = (reply: Reply) => (parts: Parts) => otherwise(parts.delegation, ({ path }) => (path === '/.well-known/matrix/client' ? reply : undefined))
const clientDocument = (document: unknown) => client(json(200, document, [['Access-Control-Allow-Origin', '*']]))
const base = { 'm.homeserver': { base_url: 'https://matrix.example.org' } }
const matrix = (when: (request: Asked) => boolean, reply: Reply) => (parts: Parts) => otherwise(parts.homeserver, request => (when(request) ? reply : undefined))
const withHeader = (when: (request: Asked) => boolean, name: string, value: string) => (parts: Parts) => {
  const before = parts.homeserver.answer
  parts.homeserver.answer = request => {
    const reply = before(request)
    return 'failure' in reply || !when(request) ? reply : { ...reply, headers: [...(reply.headers ?? []), [name, value]] }
  }
}

const own = signingKey('ed25519:a_1', Buffer.alloc(32, 1))
const signed = (document: JsonObject) => signJson(document, 'example.org', own)

/** The homeserver's key document is another. */
function keys(make: (document: JsonObject) => Reply): (parts: Parts) => void {
  const document = { server_name: 'example.org', valid_until_ts: now + day, old_verify_keys: {}, verify_keys: { [own.id]: { key: own.verifyKey } } }
  return parts => otherwise(parts.homeserver, ({ path }) => (path === '/_matrix/key/v2/server' ? make(document) : undefined))
}

export const brokenServers: readonly Case[] = [
  // Names and addresses
  { name: 'a scheme in the name', serverName: 'https://example.org', change: () => {}, told: ['DNS-01:invalid'] },
  { name: 'capital letters', serverName: 'Example.org', change: () => {}, told: ['DNS-01:upper-case', 'FED-01:other-case'] },
  { name: 'a name without an address', change: parts => delete parts.addresses['example.org'], told: ['DNS-02:no-address'] },
  { name: 'm.server without an address', change: parts => delete parts.addresses['matrix.example.org'], told: ['DNS-02:delegated-no-address'] },
  { name: 'name servers that fail', change: parts => (parts.addresses['example.org'] = { failed: 'SERVFAIL' }), told: ['DNS-02:lookup-failed'] },
  { name: 'a dead IPv6 address of the homeserver', change: parts => (parts.failures['2001:db8::9'] = timeout), told: ['DNS-03:dead'] },
  { name: 'a dead IPv6 address of the server name', change: parts => (parts.failures['2001:db8::8'] = refused), told: ['DNS-03:dead'] },
  { name: 'Apache down at the homeserver', change: parts => parts.hosts.splice(1, 2), told: ['DNS-03:nothing-answers'] },
  { name: 'the right host and a wrong port in m.server', change: server({ 'm.server': 'matrix.example.org:8448' }), told: ['DNS-03:nothing-answers'] },
  { name: 'nothing at all answers', change: parts => parts.hosts.splice(0), told: ['DNS-03:nothing-answers'] },
  { name: 'Apache down at both addresses of the server name', change: parts => (parts.failures['203.0.113.8'] = parts.failures['2001:db8::8'] = timeout), told: ['DNS-03:nothing-answers'] },
  { name: 'only IPv6 at the homeserver', change: parts => (parts.addresses['matrix.example.org'] = ['2001:db8::9']), told: ['DNS-04:ipv6-only'] },
  { name: 'only IPv6 at the server name', change: parts => (parts.addresses['example.org'] = ['2001:db8::8']), told: ['DNS-04:document-ipv6-only'] },
  { name: 'a deprecated SRV record', change: parts => { srv(parts, '_matrix._tcp', 'matrix.example.org'); noDocument(parts) }, told: ['DNS-05:deprecated'] },
  { name: 'an SRV record that names an alias', change: parts => { srv(parts, '_matrix-fed._tcp', 'node.example.org'); noDocument(parts); parts.addresses['node.example.org'] = ['203.0.113.9']; parts.aliases['node.example.org'] = ['matrix.example.org'] }, told: ['DNS-05:alias'] },
  { name: 'an SRV record that offers nothing', change: parts => { parts.services['_matrix-fed._tcp.example.org'] = [{ target: '.', port: 0, priority: 0, weight: 0 }]; noDocument(parts) }, told: ['DNS-05:not-offered'] },
  { name: 'an SRV record with port 0', change: parts => { parts.services['_matrix-fed._tcp.example.org'] = [{ target: 'matrix.example.org', port: 0, priority: 10, weight: 443 }]; noDocument(parts) }, told: ['DNS-05:no-port'] },
  { name: 'SRV records that nobody can say', change: parts => { parts.services['_matrix-fed._tcp.matrix.example.org'] = { failed: 'SERVFAIL' }; server({ 'm.server': 'matrix.example.org' })(parts) }, told: ['DNS-05:lookup-failed'] },
  { name: 'a redirect that swallows certificate renewal', change: parts => otherwise(parts.hosts.at(-1)!, ({ path }) => redirect(301, `http://matrix.example.org${path}`)), told: ['NET-02:challenge-loop'] },
  { name: 'Matrix over plain HTTP', change: parts => (parts.hosts.at(-1)!.answer = parts.homeserver.answer), told: ['NET-02:unencrypted'] },

  // Certificates
  { name: 'a missing intermediate', change: parts => (parts.homeserver.tls!.chain = unverifiable), told: ['TLS-01:missing-intermediate'] },
  { name: 'a missing intermediate at the server name', change: parts => (parts.delegation.tls!.chain = unverifiable), told: ['TLS-01:missing-intermediate'] },
  { name: 'a certificate that signed itself', change: parts => Object.assign(parts.homeserver.tls!, { selfSigned: true, chain: { ok: false, code: 'DEPTH_ZERO_SELF_SIGNED_CERT', message: 'self-signed certificate' } }), told: ['TLS-01:self-signed'] },
  { name: 'a private authority', change: parts => (parts.homeserver.tls!.chain = { ok: false, code: 'SELF_SIGNED_CERT_IN_CHAIN', message: 'self-signed certificate in certificate chain' }), told: ['TLS-01:untrusted-root'] },
  { name: 'a certificate for another name', change: parts => (parts.homeserver.tls!.names = ['example.org']), told: ['TLS-02:other-name'] },
  { name: 'no virtual host of the name', change: parts => parts.hosts.splice(2, 1), told: ['TLS-02:other-name'] },
  { name: 'SRV with a certificate for its target', change: parts => { srv(parts, '_matrix-fed._tcp', 'matrix.example.org'); parts.hosts.splice(1, 1); noDocument(parts); parts.hosts.at(-1)!.tls = parts.homeserver.tls }, told: ['TLS-02:srv-target'] },
  { name: 'a certificate that has ended', change: parts => Object.assign(parts.homeserver.tls!, { notAfter: now - day, chain: { ok: false, code: 'CERT_HAS_EXPIRED', message: 'certificate has expired' } }), told: ['TLS-03:expired'] },
  { name: 'a certificate that ends soon', change: parts => Object.assign(parts.homeserver.tls!, { notBefore: now - 81 * day, notAfter: now + 9 * day }), told: ['TLS-03:soon'] },
  { name: 'a certificate of tomorrow', change: parts => Object.assign(parts.homeserver.tls!, { notBefore: now + day, chain: { ok: false, code: 'CERT_NOT_YET_VALID', message: 'certificate is not yet valid' } }), told: ['TLS-03:not-yet'] },
  { name: 'a port without TLS', change: parts => (parts.hosts[1]!.tls = parts.homeserver.tls = null), told: ['TLS-04:no-tls'] },
  { name: 'TLS 1.0', change: parts => (parts.homeserver.tls!.protocol = 'TLSv1'), told: ['TLS-04:old'] },
  { name: 'a certificate of the client is wanted', change: parts => (parts.homeserver.tls!.failure = { stage: 'tls', reason: 'tls', message: 'tlsv13 alert certificate required' }), told: ['TLS-07:required'] },
  { name: 'a certificate of the client is wanted, by TLS 1.3 after the handshake', change: parts => matrix(() => true, { failure: { stage: 'headers', reason: 'tls', message: 'TLS: tlsv13 alert certificate required' } })(parts), told: ['TLS-07:required'] },
  { name: 'TLS 1.1 at the host of the server name', change: parts => (parts.delegation.tls!.protocol = 'TLSv1.1'), told: ['TLS-04:old'] },
  { name: 'a TLS handshake that does not end', change: parts => (parts.homeserver.tls!.failure = { stage: 'tls', reason: 'timeout', message: 'no end of the TLS handshake within 10 s' }), told: ['TLS-04:hangs'] },
  { name: 'a TLS handshake that does not end, at the host of the server name', change: parts => (parts.delegation.tls!.failure = { stage: 'tls', reason: 'timeout', message: 'no end of the TLS handshake within 10 s' }), told: ['TLS-04:hangs'] },
  { name: 'HTTP/2 that does not work', change: matrix(({ http2 }) => http2, html(502, 'Bad Gateway')), told: ['TLS-08:http2-broken'] },

  // The delegation document
  { name: 'no document, and nothing at 8448', change: parts => noDocument(parts), told: ['WKS-01:missing'] },
  { name: 'a document that fails', change: serverReply(html(500, 'Internal Server Error')), told: ['WKS-01:server-error'] },
  { name: 'a document that never comes', change: serverReply(hanging), told: ['WKS-01:no-answer'] },
  { name: 'a site that never answers', change: parts => otherwise(parts.delegation, () => hanging), told: ['WKS-01:no-answer'] },
  { name: 'a document whose end never comes', change: serverReply({ failure: { stage: 'body', reason: 'timeout', message: 'no end of the body within 10 s' } }), told: ['WKS-01:no-answer'] },
  { name: 'a redirect to a host without an address', change: serverReply(redirect(301, 'https://www.example.org/.well-known/matrix/server')), told: ['WKS-05:invalid'] },
  { name: 'a redirect to a host that does not answer', change: parts => { parts.addresses['www.example.org'] = ['203.0.113.30']; serverReply(redirect(301, 'https://www.example.org/.well-known/matrix/server'))(parts) }, told: ['WKS-05:invalid'] },
  { name: 'a document with a comment', change: server('{"m.server": "matrix.example.org:443"} // here'), told: ['WKS-02:not-json'] },
  { name: 'm.server twice', change: server('{"m.server": "old.example.org:8448", "m.server": "matrix.example.org:443"}'), told: ['WKS-02:duplicate-key'] },
  { name: 'm.server that is a number', change: server({ 'm.server': 443 }), told: ['WKS-02:no-server'] },
  { name: 'm.server with a scheme', change: server({ 'm.server': 'https://matrix.example.org' }), told: ['WKS-02:invalid-server'] },
  { name: 'm.server with a slash', change: server({ 'm.server': 'matrix.example.org:443/' }), told: ['WKS-02:invalid-server'] },
  { name: 'm.server without a port', change: server({ 'm.server': 'matrix.example.org' }), told: ['WKS-03:closed'] },
  { name: 'a document as text', change: serverReply({ status: 200, headers: [['Content-Type', 'text/plain']], body: '{"m.server": "matrix.example.org:443"}' }), told: ['WKS-04:type'] },
  { name: 'redirects in a circle', change: serverReply(redirect(301, 'https://example.org/.well-known/matrix/server')), told: ['WKS-05:loop'] },
  { name: 'a redirect to http', change: serverReply(redirect(301, 'http://example.org/elsewhere')), told: ['WKS-05:to-http'] },
  { name: 'a redirect with 308', change: parts => { serverReply(redirect(308, 'https://example.org/document'))(parts); otherwise(parts.delegation, ({ path }) => (path === '/document' ? json(200, { 'm.server': 'matrix.example.org:443' }) : undefined)) }, told: ['WKS-05:permanent'] },
  { name: 'split brain', change: parts => splitBrain(parts, { 'm.server': 'old.example.org:443' }), told: ['WKS-06:differs'] },
  { name: 'one front end without the document', change: parts => splitBrain(parts, undefined), told: ['WKS-06:partly'] },
  { name: 'the document over http alone', change: parts => { parts.hosts.splice(0, 1); parts.hosts.find(({ name, port }) => name === 'example.org' && port === 80)!.answer = wellKnown({ server: { 'm.server': 'matrix.example.org:443' } }) }, told: ['WKS-08:http-only'] },
  { name: 'plain HTTP at port 443 of the server name', change: parts => (parts.delegation.tls = null), told: ['WKS-08:no-tls'] },
  { name: 'a page in place of the document', change: serverReply(page), told: ['WKS-09:page'] },
  { name: 'a rule against dot files', change: parts => otherwise(parts.delegation, () => html(403, 'Forbidden')), told: ['WKS-10:forbidden', 'WKC-06:failing'] },
  { name: 'm.server that leads to the web site', change: server({ 'm.server': 'example.org:443' }), told: ['WKS-11:other-place'] },
  { name: 'a document as large as a book', change: server(`{"m.server": "matrix.example.org:443", "x": "${'x'.repeat(60_000)}"}`), told: ['WKS-12:large'] },
  { name: 'a site that passes all on to something that is down', change: parts => otherwise(parts.delegation, () => html(503, 'Service Unavailable')), told: ['WKS-01:server-error', 'WKC-06:failing'] },
  { name: 'a redirect of the site to itself', change: parts => otherwise(parts.delegation, ({ target }) => redirect(301, `https://example.org${target}`)), told: ['WKS-05:loop', 'WKC-06:failing'] },
  { name: 'a password over the whole site', change: parts => otherwise(parts.delegation, () => ({ ...html(401, 'Unauthorized'), headers: [['WWW-Authenticate', 'Basic realm="x"']] })), told: ['WKS-12:protected', 'WKC-06:failing'] },

  // The client document
  { name: 'a client document with a comma too many', change: client({ status: 200, headers: [['Content-Type', 'application/json'], ['Access-Control-Allow-Origin', '*']], body: '{"m.homeserver": {},}' }), told: ['WKC-01:not-json'] },
  { name: 'no base_url', change: clientDocument({ 'm.homeserver': {} }), told: ['WKC-01:no-base-url'] },
  { name: 'base_url with http', change: clientDocument({ 'm.homeserver': { base_url: 'http://matrix.example.org' } }), told: ['WKC-01:not-https'] },
  { name: 'base_url of the web site', change: clientDocument({ 'm.homeserver': { base_url: 'https://example.org' } }), told: ['WKC-01:no-homeserver'] },
  { name: 'no CORS for the client document', change: client(json(200, base)), told: ['WKC-02:missing'] },
  { name: 'CORS twice for the client document', change: client(json(200, base, [['Access-Control-Allow-Origin', '*'], ['Access-Control-Allow-Origin', '*']])), told: ['WKC-02:doubled'] },
  { name: 'CORS for one site', change: client(json(200, base, [['Access-Control-Allow-Origin', 'https://app.example.org']])), told: ['WKC-02:wrong'] },
  { name: 'no CORS on a redirect', change: parts => { otherwise(parts.delegation, ({ path }) => (path === '/client' ? json(200, base, [['Access-Control-Allow-Origin', '*']]) : undefined)); client(redirect(302, '/client'))(parts) }, told: ['WKC-02:missing-on-redirect'] },
  { name: 'the homeserver as identity server', change: clientDocument({ ...base, 'm.identity_server': { base_url: 'https://matrix.example.org' } }), told: ['WKC-03:bogus'] },
  { name: 'the sliding sync proxy', change: clientDocument({ ...base, 'org.matrix.msc3575.proxy': { url: 'https://matrix.example.org' } }), told: ['WKC-04:dead'] },
  { name: 'a client document that fails', change: client(html(500)), told: ['WKC-06:failing'] },
  { name: 'a client document as text', change: client({ status: 200, headers: [['Content-Type', 'text/plain'], ['Access-Control-Allow-Origin', '*']], body: JSON.stringify(base) }), told: ['WKC-07:type'] },
  { name: 'a support contact without an address', change: parts => otherwise(parts.delegation, ({ path }) => (path === '/.well-known/matrix/support' ? json(200, { contacts: [{ role: 'm.role.admin' }] }) : undefined)), told: ['WKU-01:invalid'] },
  { name: 'a policy server with a short key', change: parts => otherwise(parts.delegation, ({ path }) => (path === '/.well-known/matrix/policy_server' ? json(200, { public_keys: { ed25519: 'AAAA' } }) : undefined)), told: ['WKP-01:invalid'] },

  // Apache before the homeserver
  { name: 'no ProxyPass', change: matrix(isMatrix, html(404)), told: ['HTTP-03:not-matrix'] },
  { name: 'no ProxyPass for clients', change: matrix(({ path }) => path.startsWith('/_matrix/client/'), html(404)), told: ['WKC-01:no-homeserver'] },
  { name: 'a shortened path', change: matrix(isMatrix, matrixError(404, 'M_UNRECOGNIZED')), told: ['HTTP-03:no-federation'] },
  { name: 'a listener without federation', change: matrix(({ path }) => /^\/_matrix\/(federation|key)\//.test(path), matrixError(404, 'M_UNRECOGNIZED')), told: ['HTTP-03:no-federation'] },
  { name: 'a key document behind a page', change: matrix(({ path }) => path === '/_matrix/key/v2/server', page), told: ['HTTP-04:not-json'] },
  { name: 'a password over the whole homeserver', change: matrix(() => true, { ...html(401, 'Unauthorized'), headers: [['WWW-Authenticate', 'Basic realm="x"']] }), told: ['HTTP-15:claimed'] },
  { name: 'mod_security that refuses uploads and PUT', change: matrix(({ method }) => method === 'PUT' || method === 'POST', html(403, 'Forbidden')), told: ['HTTP-14:refused'] },
  { name: 'no AllowEncodedSlashes', change: matrix(({ path }) => /%2f/i.test(path), html(404)), told: ['HTTP-05:refused'] },
  { name: 'single sign-on that turns in a circle', change: parts => { parts.homeserver.answer = proxied(synapse('example.org', { flows: ['m.login.sso'] })); otherwise(parts.homeserver, ({ path, target }) => (path.endsWith('/sso/redirect') ? redirect(302, `https://matrix.example.org${target}`) : undefined)) }, told: ['HTTP-10:loop'] },
  { name: 'single sign-on to http', change: parts => { parts.homeserver.answer = proxied(synapse('example.org', { flows: ['m.login.sso'] })); otherwise(parts.homeserver, ({ path, target }) => (path.endsWith('/sso/redirect') ? redirect(302, `http://matrix.example.org${target}`) : undefined)) }, told: ['HTTP-10:to-http'] },
  { name: 'a redirect of everything', change: matrix(() => true, redirect(301, 'https://www.example.org/')), told: ['HTTP-11:servers'] },
  { name: 'ProxyErrorOverride', change: parts => { const before = parts.homeserver.answer; parts.homeserver.answer = request => { const reply = before(request); return !('failure' in reply) && reply.status >= 400 ? html(reply.status) : reply } }, told: ['HTTP-12:replaced'] },
  { name: 'OPTIONS refused', change: matrix(({ method }) => method === 'OPTIONS', html(403, 'Forbidden')), told: ['HTTP-13:refused'] },
  { name: 'CORS of Apache on top', change: withHeader(isMatrix, 'Access-Control-Allow-Origin', '*'), told: ['HTTP-13:doubled'] },
  { name: 'mod_security', change: matrix(({ method }) => method === 'PUT' || method === 'DELETE', html(403, 'Forbidden')), told: ['HTTP-14:refused'] },
  { name: 'a stripped Authorization', change: parts => { const before = parts.homeserver.answer; parts.homeserver.answer = request => before({ ...request, headers: request.headers.filter(([name]) => name !== 'Authorization') }) }, told: ['HTTP-15:stripped'] },
  { name: 'a small LimitRequestBody', change: matrix(({ body }) => body.length > 100_000, html(413, 'Request Entity Too Large')), told: ['HTTP-16:refused'] },
  { name: 'calls without a service', change: clientDocument({ ...base, 'org.matrix.msc4143.rtc_foci': [{ type: 'livekit', livekit_service_url: 'https://matrix.example.org/livekit/jwt' }] }), told: ['HTTP-19:no-answer'] },
  { name: 'Upgrade over HTTP/2', change: withHeader(({ http2 }) => http2, 'Upgrade', 'h2'), told: ['HTTP-20:upgrade'] },
  { name: 'gzip twice', change: matrix(({ headers, path }) => path === '/_matrix/client/versions' && headers.some(([name]) => name === 'Accept-Encoding'), { status: 200, body: gzipSync('{}') }), told: ['HTTP-21:doubled'] },
  { name: 'a homeserver that does not run', change: matrix(isMatrix, html(503, 'Service Unavailable')), told: ['HTTP-22:refused'] },
  { name: 'a homeserver that hangs', change: matrix(isMatrix, html(504, 'Gateway Timeout')), told: ['HTTP-22:no-answer'] },
  { name: 'a homeserver that hangs while Apache waits', change: matrix(isMatrix, hanging), told: ['HTTP-22:no-answer'] },
  { name: 'a homeserver that breaks connections off', change: matrix(isMatrix, { failure: { stage: 'headers', reason: 'closed', message: 'the connection was closed before the end' } }), told: ['HTTP-22:no-answer'] },
  { name: 'log-in that misses the authentication service', change: parts => { matrix(({ path }) => path.endsWith('/auth_metadata'), json(200, { issuer: 'https://auth.example.org/' }))(parts); matrix(({ method, path }) => method === 'GET' && path.endsWith('/login'), matrixError(404, 'M_UNRECOGNIZED'))(parts) }, told: ['HTTP-23:not-routed'] },
  { name: 'a worker that nobody runs', change: matrix(({ path }) => path === '/_matrix/client/v3/sync', html(503, 'Service Unavailable')), told: ['HTTP-24:not-routed'] },
  { name: 'a rule against joins and invites', change: matrix(({ path }) => /^\/_matrix\/federation\/v1\/(make_join|invite)\//.test(path), html(403, 'Forbidden')), told: ['HTTP-24:refused'] },
  { name: 'a rule against state', change: matrix(({ path }) => path.startsWith('/_matrix/federation/v1/state/'), html(403, 'Forbidden')), told: ['HTTP-24:refused'] },
  { name: 'no PUT for joins', change: matrix(({ method, path }) => method === 'PUT' && path.includes('/send_join/'), html(403, 'Forbidden')), told: ['HTTP-14:refused'] },
  { name: 'media that are gone', change: matrix(({ path }) => path.startsWith('/_matrix/media/'), html(410, 'Gone')), told: ['HTTP-24:refused'] },
  { name: 'federation for some addresses alone', change: matrix(isFederation, html(403, 'Forbidden')), told: ['HTTP-03:refused'] },
  { name: 'no ProxyPass for keys', change: matrix(({ path }) => path.startsWith('/_matrix/key/'), html(404)), told: ['HTTP-04:status'] },
  { name: 'ProxyErrorOverride for servers alone', change: parts => { const before = parts.homeserver.answer; parts.homeserver.answer = request => { const reply = before(request); return isFederation(request) && !('failure' in reply) && reply.status >= 400 ? html(reply.status) : reply } }, told: ['HTTP-12:replaced'] },
  { name: 'a short LimitRequestLine', change: matrix(({ target }) => target.length > 4000, html(414, 'URI Too Long')), told: ['HTTP-25:refused'] },

  // Federation
  { name: 'another server_name', change: parts => (parts.homeserver.answer = proxied(synapse('matrix.example.org'))), told: ['FED-01:other-name'] },
  { name: 'one address of another homeserver', change: parts => otherAddress(parts, proxied(synapse('other.example'))), told: ['FED-02:partly'] },
  { name: 'one address that hangs', change: parts => otherAddress(parts, () => hanging), told: ['FED-02:partly'] },
  { name: 'two keys', change: parts => otherAddress(parts, proxied(synapse('example.org'))), told: ['FED-02:differs'] },
  { name: 'a balancer with a dead member', change: parts => { let count = 0; otherwise(parts.homeserver, ({ path }) => (path === '/_matrix/federation/v1/version' && count++ > 0 ? html(502, 'Bad Gateway') : undefined)) }, told: ['TLS-08:http2-broken', 'FED-03:unstable'] },
  { name: 'egress that is closed', change: parts => { neighbour(parts, 'other.example', '203.0.113.20'); matrix(({ path }) => path === '/_matrix/key/v2/query', json(200, { server_keys: [] }))(parts) }, options: { fleet: ['example.org', 'other.example'] }, told: ['FED-07:unreached'] },
  { name: 'a wrong clock', change: withHeader(isFederation, 'Date', new Date(now - 3600_000).toUTCString()), told: ['FED-09:wrong'] },

  // Security
  { name: 'ProxyPass /', change: parts => (parts.homeserver.answer = synapse('example.org')), told: ['SEC-01:exposed', 'SEC-02:metrics', 'SEC-02:replication'] },
  { name: 'an open proxy', change: parts => parts.hosts.forEach(host => otherwise(host, ({ target, method }) => (target.startsWith('http://') || method === 'CONNECT' ? html(502, 'Proxy Error') : undefined))), told: ['SEC-04:open'] },
  { name: 'a path that leads around', change: matrix(({ path }) => path.includes('/../'), json(200, { server_version: '1.163.2' })), told: ['SEC-06:around'] },

  // What is left of the faults that a key document can have, and of others
  { name: 'a name longer than identifiers have room for', serverName: `${'long.'.repeat(48)}example`, change: () => {}, told: ['DNS-01:long', 'DNS-02:no-address'] },
  { name: 'an address of a private network', change: parts => (parts.failures['203.0.113.9'] = parts.failures['2001:db8::9'] = { stage: 'connect', reason: 'private', message: '203.0.113.9 is an address that only a private network reaches' }), told: ['DNS-02:private'] },
  { name: 'a hundred addresses', change: parts => (parts.addresses['example.org'] = [...parts.addresses['example.org'] as string[], ...Array.from({ length: 100 }, (_, number) => `198.51.100.${number}`)]), told: ['DNS-02:many', 'DNS-03:dead'] },
  { name: 'a weak signature in the chain', change: parts => (parts.homeserver.tls!.chain = { ok: false, code: 'CA_MD_TOO_WEAK', message: 'CA signature digest algorithm too weak' }), told: ['TLS-01:untrusted'] },
  { name: 'a handshake that fails', change: parts => (parts.homeserver.tls!.failure = { stage: 'tls', reason: 'tls', message: 'sslv3 alert handshake failure' }), told: ['TLS-04:handshake'] },
  { name: 'HTTP/2 alone', change: parts => (parts.homeserver.tls!.failure = { stage: 'tls', reason: 'tls', message: 'tlsv1 alert no application protocol' }), told: ['TLS-08:no-http1'] },
  { name: 'a chain of redirects', change: parts => { let count = 0; serverReply({ status: 302, headers: [], body: '' })(parts); otherwise(parts.delegation, ({ path }) => (path.startsWith('/.well-known/matrix/server') ? redirect(302, `https://example.org/.well-known/matrix/server/${count++}`) : undefined)) }, told: ['WKS-05:too-many'] },
  { name: 'a redirect to nowhere', change: serverReply(redirect(302, 'https://')), told: ['WKS-05:invalid'] },
  { name: 'a document with status 204', change: serverReply({ status: 204 }), told: ['WKS-12:empty'] },
  { name: 'versions that are none', change: matrix(({ path }) => path === '/_matrix/client/versions', json(200, {}, [['Access-Control-Allow-Origin', '*']])), told: ['HTTP-02:not-matrix'] },
  { name: 'no name of the homeserver', change: matrix(({ path }) => path === '/_matrix/federation/v1/version', json(200, {})), told: ['HTTP-03:no-version'] },
  { name: 'clients that are redirected', change: parts => {
    parts.addresses['chat.example.org'] = ['203.0.113.10']
    parts.hosts.push({ ...parts.homeserver, name: 'chat.example.org', addresses: ['203.0.113.10'], tls: { names: ['chat.example.org'] }, answer: () => redirect(301, 'https://www.example.org/') })
    clientDocument({ 'm.homeserver': { base_url: 'https://chat.example.org' } })(parts)
  }, told: ['HTTP-11:clients'] },
  { name: 'CORS of Apache in place of the homeserver\'s', change: matrix(({ method }) => method === 'OPTIONS', { status: 200, headers: [['Access-Control-Allow-Origin', '*'], ['Access-Control-Allow-Methods', 'GET']] }), told: ['HTTP-13:not-enough'] },
  { name: 'OPTIONS answered by Apache', change: matrix(({ method }) => method === 'OPTIONS', { status: 200, headers: [['Allow', 'GET,HEAD,OPTIONS,TRACE']] }), told: ['HTTP-13:no-origin'] },
  { name: 'a password for what is done with an account', change: matrix(({ path }) => path.startsWith('/_matrix/client/v3/account/'), { ...html(401, 'Unauthorized'), headers: [['WWW-Authenticate', 'Basic realm="x"']] }), told: ['HTTP-15:claimed'] },
  { name: 'the side entrance of the authentication service', change: parts => parts.hosts.forEach(host => otherwise(host, ({ path }) => (path.startsWith('/_synapse/mas/') ? matrixError(403, 'M_FORBIDDEN') : undefined))), told: ['SEC-02:mas'] },
  { name: 'a key document that is refused', change: keys(() => json(403, { errcode: 'M_FORBIDDEN' })), told: ['HTTP-04:status'] },
  { name: 'a key document as text', change: keys(document => ({ status: 200, headers: [['Content-Type', 'text/plain']], body: JSON.stringify(signed(document)) })), told: ['HTTP-04:content-type'] },
  { name: 'a member twice', change: keys(document => ({ ...json(200, document), body: JSON.stringify(signed(document)).replace('{', '{"server_name":"example.org",') })), told: ['HTTP-04:duplicate-key'] },
  { name: 'no key', change: keys(document => json(200, signed({ ...document, verify_keys: {} }))), told: ['HTTP-04:no-keys'] },
  { name: 'a key id with blanks', change: keys(({ verify_keys, ...rest }) => json(200, signed({ ...rest, verify_keys: { ...(verify_keys as object), 'ed25519:a b': { key: own.verifyKey } } }))), told: ['HTTP-04:key-id', 'HTTP-04:not-signed'] },
  { name: 'a short key', change: keys(document => json(200, signed({ ...document, verify_keys: { [own.id]: { key: 'AAAA' } } }))), told: ['HTTP-04:key-length'] },
  { name: 'no end of validity', change: keys(({ valid_until_ts: _, ...rest }) => json(200, signed(rest))), told: ['HTTP-04:valid-until-missing'] },
  { name: 'keys of yesterday', change: keys(document => json(200, signed({ ...document, valid_until_ts: now - day }))), told: ['HTTP-04:expired'] },
  { name: 'keys for ten minutes', change: keys(document => json(200, signed({ ...document, valid_until_ts: now + 600_000 }))), told: ['HTTP-04:expires-soon'] },
  { name: 'no signature', change: keys(document => json(200, document)), told: ['HTTP-04:not-signed'] },
  { name: 'a number with a fraction', change: keys(document => ({ ...json(200, document), body: JSON.stringify(signed(document)).replace('{', '{"unsigned":1.5,') })), told: ['HTTP-04:not-canonical'] },
  { name: 'something changed on the way', change: keys(document => json(200, { ...signed(document), valid_until_ts: now + 2 * day })), told: ['HTTP-04:signature'] },
]

function srv(parts: Parts, prefix: string, target: string): void {
  parts.services[`${prefix}.example.org`] = [{ target, port: 443, priority: 10, weight: 5 }]
  // The certificate must be for the server name, and so must the virtual host.
  parts.hosts.push({ ...parts.homeserver, name: 'example.org', tls: { names: ['example.org'] } })
}

function noDocument(parts: Parts): void {
  otherwise(parts.delegation, ({ path }) => (path === '/.well-known/matrix/server' ? html(404) : undefined))
}

/** The IPv6 address of the server name is another front end. */
function splitBrain(parts: Parts, document: unknown): void {
  const [ipv4, ipv6] = parts.delegation.addresses as [string, string]
  parts.delegation.addresses = [ipv4]
  parts.hosts.push({ ...parts.delegation, addresses: [ipv6], answer: wellKnown({ ...(document !== undefined && { server: document }), client: base }) })
}

function otherAddress(parts: Parts, answer: (request: Asked) => Reply): void {
  const [ipv4, ipv6] = parts.homeserver.addresses as [string, string]
  parts.homeserver.addresses = [ipv4]
  parts.hosts.push({ ...parts.homeserver, addresses: [ipv6], answer })
}
