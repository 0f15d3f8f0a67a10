import { describe, expect, test } from 'vitest'
import { verify } from '../../src/federation/verify.ts'
import { html, json, matrixError, noRoute, redirect, worldOf, type VirtualHost } from './internet.ts'
import { healthy, neighbour, now, otherwise, proxied, synapse, wellKnown, type Parts } from './server.ts'
import { told } from './told.ts'

const day = 24 * 3600 * 1000

interface Case {
  readonly name: string
  readonly change: (parts: Parts) => void
  readonly serverName?: string
  readonly info?: readonly string[]
}

const usual = ['TLS-05:other-certificate', 'WKU-01:absent']

/** A homeserver at port 8448 of the server name, with its certificate, and no word about it anywhere. */
function at8448(parts: Parts): void {
  otherwise(parts.delegation, () => html(404))
  parts.hosts.push({ ...parts.homeserver, name: 'example.org', addresses: parts.delegation.addresses, port: 8448, tls: { names: ['example.org'] } })
}

/** One virtual host at one address under one name. */
function alone(parts: Parts, host: Partial<VirtualHost> & { readonly name: string }): void {
  parts.hosts.splice(0)
  parts.hosts.push({ ...parts.homeserver, addresses: ['203.0.113.7'], tls: { names: [host.name] }, ...host })
}

const cases: readonly Case[] = [
  { name: 'as our own playbook makes it', change: () => {}, info: usual },
  { name: 'port 8448 without any document, and nobody at 443', change: parts => { at8448(parts); parts.hosts.splice(0, 1) }, info: ['SEC-05:catch-all'] },
  { name: 'port 8448 beside a web site without documents', change: at8448, info: ['WKC-01:none', 'WKU-01:absent', 'SEC-05:catch-all'] },
  { name: 'port 8448 beside a web site that answers everything with its page', change: parts => { at8448(parts); parts.delegation.answer = () => html(200, 'Welcome') }, info: ['WKC-01:none', 'SEC-05:catch-all'] },
  { name: 'an SRV record and the certificate of the server name', change: parts => {
    otherwise(parts.delegation, ({ path }) => (path.endsWith('/server') ? html(404) : undefined))
    parts.services['_matrix-fed._tcp.example.org'] = [{ target: 'node.example.net', port: 8449, priority: 10, weight: 0 }]
    parts.addresses['node.example.net'] = ['198.51.100.3']
    parts.hosts.push({ ...parts.homeserver, name: 'example.org', addresses: ['198.51.100.3'], port: 8449, tls: { names: ['example.org'] } })
  }, info: ['WKU-01:absent', 'SEC-05:catch-all'] },
  { name: 'an SRV record for a name that has no address itself', change: parts => {
    parts.services['_matrix-fed._tcp.example.org'] = [{ target: 'matrix.example.org', port: 443, priority: 10, weight: 0 }]
    parts.hosts.push({ ...parts.homeserver, name: 'example.org', tls: { names: ['example.org'] } })
    parts.addresses['example.org'] = ['203.0.113.8']
    parts.hosts.splice(0, 1)
  }, info: ['TLS-05:other-certificate'] },
  { name: 'm.server without a port, with an SRV record', change: parts => {
    otherwise(parts.delegation, ({ path }) => (path.endsWith('/server') ? json(200, { 'm.server': 'matrix.example.org' }) : undefined))
    parts.services['_matrix-fed._tcp.matrix.example.org'] = [{ target: 'matrix.example.org', port: 443, priority: 10, weight: 0 }]
  }, info: ['TLS-05:other-certificate', 'WKS-03:implied', 'WKU-01:absent'] },
  { name: 'm.server without a port, and 8448 open', change: parts => {
    otherwise(parts.delegation, ({ path }) => (path.endsWith('/server') ? json(200, { 'm.server': 'matrix.example.org' }) : undefined))
    parts.hosts.push({ ...parts.homeserver, port: 8448 })
  }, info: ['WKS-03:implied', 'WKU-01:absent', 'SEC-05:catch-all'] },
  { name: 'a server name with a port', serverName: 'example.org:8448', change: parts => { at8448(parts); parts.hosts.at(-1)!.answer = proxied(synapse('example.org:8448')) }, info: ['WKC-01:none', 'WKU-01:absent', 'SEC-05:catch-all'] },
  { name: 'an IPv4 address as server name', serverName: '203.0.113.7', change: parts => alone(parts, { name: '203.0.113.7', port: 8448, answer: proxied(synapse('203.0.113.7')) }), info: [] },
  { name: 'an IPv6 address as server name', serverName: '[2001:db8::7]:443', change: parts => alone(parts, { name: '2001:db8::7', addresses: ['2001:db8::7'], tls: { names: ['2001:db8::7'] }, answer: proxied(synapse('[2001:db8::7]:443')) }), info: ['WKU-01:absent'] },
  { name: 'no IPv6', change: parts => { parts.addresses['example.org'] = ['203.0.113.8']; parts.addresses['matrix.example.org'] = ['203.0.113.9'] }, info: usual },
  { name: 'IPv6 there and none here', change: parts => { parts.failures['2001:db8::8'] = parts.failures['2001:db8::9'] = noRoute }, info: ['DNS-03:not-tried', ...usual] },
  { name: 'no client document where there are no clients', change: parts => { otherwise(parts.delegation, ({ path }) => (path.endsWith('/client') ? html(404) : undefined)); otherwise(parts.homeserver, ({ path }) => (path.startsWith('/_matrix/client/') ? html(404) : undefined)) }, info: ['TLS-05:other-certificate', 'WKC-01:none', 'WKU-01:absent'] },
  { name: 'a redirect to www', change: parts => {
    parts.addresses['www.example.org'] = ['203.0.113.8']
    const documents = parts.delegation.answer
    parts.hosts.push({ ...parts.delegation, name: 'www.example.org', tls: { names: ['www.example.org'] }, answer: documents })
    otherwise(parts.delegation, ({ target }) => redirect(301, `https://www.example.org${target}`, [['Access-Control-Allow-Origin', '*']]))
  }, info: ['TLS-05:other-certificate', 'WKS-05:redirected'] },
  { name: 'one name and one virtual host for all', change: parts => {
    const documents = wellKnown({ server: { 'm.server': 'example.org:443' }, client: { 'm.homeserver': { base_url: 'https://example.org' } } })
    const matrix = parts.homeserver.answer
    parts.hosts.splice(1, 2)
    parts.delegation.answer = request => (request.path.startsWith('/.well-known/') ? documents(request) : matrix(request))
  }, info: ['WKU-01:absent', 'SEC-05:catch-all'] },
  { name: 'a certificate for both names, and a wildcard', change: parts => { parts.homeserver.tls!.names = ['example.org', '*.example.org']; parts.delegation.tls!.names = ['example.org', '*.example.org'] }, info: usual },
  { name: 'a certificate for six days', change: parts => Object.assign(parts.homeserver.tls!, { notBefore: now - 3 * day, notAfter: now + 3 * day }), info: usual },
  { name: 'TLS 1.2 without 1.3, and no HTTP/2', change: parts => Object.assign(parts.homeserver.tls!, { protocol: 'TLSv1.2', http2: false }), info: ['TLS-04:no-tls13', ...usual] },
  { name: 'clients at another host than servers', change: parts => {
    parts.addresses['chat.example.org'] = ['203.0.113.10']
    parts.hosts.push({ ...parts.homeserver, name: 'chat.example.org', addresses: ['203.0.113.10'], tls: { names: ['chat.example.org'] } })
    otherwise(parts.delegation, ({ path }) => (path.endsWith('/client') ? json(200, { 'm.homeserver': { base_url: 'https://chat.example.org' } }, [['Access-Control-Allow-Origin', '*']]) : undefined))
    otherwise(parts.homeserver, ({ path }) => (path.startsWith('/_matrix/client/') ? html(404) : undefined))
  }, info: usual },
  { name: 'a homeserver that is not Synapse', change: parts => otherwise(parts.homeserver, ({ path, headers }) => {
    if (path.startsWith('/_synapse/')) return matrixError(404, 'M_UNRECOGNIZED', 'M_UNRECOGNIZED: Not Found')
    if (path.startsWith('/_matrix/federation/v1/event/')) return headers.some(([name]) => name === 'Authorization') ? matrixError(400, 'M_BAD_JSON', 'bad header') : matrixError(401, 'M_UNAUTHORIZED', 'no signature')
    return undefined
  }), info: usual },
  { name: 'single sign-on that goes elsewhere', change: parts => { parts.homeserver.answer = proxied(synapse('example.org', { flows: ['m.login.sso'] })); otherwise(parts.homeserver, ({ path }) => (path.endsWith('/sso/redirect') ? redirect(302, 'https://login.example.net/authorize') : undefined)) }, info: usual },
  { name: 'a support document', change: parts => { parts.delegation.answer = wellKnown({ server: { 'm.server': 'matrix.example.org:443' }, client: { 'm.homeserver': { base_url: 'https://matrix.example.org' } }, support: { contacts: [{ role: 'm.role.admin', matrix_id: '@admin:example.org' }] } }) }, info: ['TLS-05:other-certificate'] },
  { name: 'another site first, with a page for everything', change: parts => parts.hosts.unshift({ ...parts.homeserver, name: 'other.example.org', tls: { names: ['other.example.org'] }, answer: ({ method }) => html(method === 'CONNECT' ? 405 : 200, 'Welcome') }), info: ['TLS-05:other-certificate', 'WKU-01:absent'] },
  { name: 'others of its fleet', change: parts => neighbour(parts, 'other.example', '203.0.113.20'), info: usual },
]

describe('set-ups that are unusual and healthy raise no alarm', () => {
  test.each(cases)('$name', async ({ change, serverName = 'example.org', info = [] }) => {
    const parts = healthy()
    change(parts)
    const report = await verify(serverName, { world: worldOf(parts), active: true, fleet: ['other.example' in parts.addresses ? 'other.example' : serverName] })
    expect({ told: told(report), info: told(report, ['info']), verdict: report.verdict, internal: report.checks.filter(({ why }) => why?.startsWith('internal')) })
      .toEqual({ told: [], info, verdict: 'federates', internal: [] })
  })
})
