import { randomBytes } from 'node:crypto'
import { signJson } from '../../src/federation/signature.ts'
import { signingKey, type SigningKey } from '../../src/federation/signing-key.ts'
import type { Header } from '../../src/federation/world.ts'
import { html, json, matrixError, redirect, type Asked, type Internet, type Reply, type VirtualHost } from './internet.ts'

export const now = Date.UTC(2026, 10, 24)

/** The parts of a healthy server, to be broken one at a time. */
export interface Parts extends Internet {
  /** Of the server name, at port 443. */
  readonly delegation: VirtualHost
  /** Of the homeserver's name, at port 443. */
  readonly homeserver: VirtualHost
}

const cors: readonly Header[] = [
  ['Access-Control-Allow-Origin', '*'], ['Access-Control-Allow-Methods', 'GET, HEAD, POST, PUT, DELETE, OPTIONS'], ['Access-Control-Allow-Headers', 'X-Requested-With, Content-Type, Authorization, Date'],
]

/** What Synapse answers to somebody without an account; data of the server in, replies out. */
export function synapse(serverName: string, { key = signingKey('ed25519:a_1', randomBytes(32)), flows = ['m.login.password'], now: clock = now }: { readonly key?: SigningKey; readonly flows?: readonly string[]; readonly now?: number } = {}): (request: Asked) => Reply {
  return ({ method, path, headers, body }) => {
    const client = /^\/_matrix\/(client|media)\//.test(path) ? cors : []
    const authorization = headers.find(([name]) => name === 'Authorization')?.[1]
    if (method === 'OPTIONS') return { status: 204, headers: cors }
    if (path === '/_matrix/federation/v1/version') return json(200, { server: { name: 'Synapse', version: '1.163.2' } })
    if (path === '/_matrix/key/v2/server')
      return json(200, signJson({ server_name: serverName, valid_until_ts: clock + 24 * 3600 * 1000, old_verify_keys: {}, verify_keys: { [key.id]: { key: key.verifyKey } } }, serverName, key))
    if (path === '/_matrix/key/v2/query') return json(200, { server_keys: Object.keys((JSON.parse(body) as { server_keys: object }).server_keys).map(name => ({ server_name: name })) })
    if (path === '/_matrix/client/versions') return json(200, { versions: ['v1.1', 'v1.12'] }, client)
    if (path === '/_matrix/client/v3/login') return json(200, { flows: flows.map(type => ({ type })) }, client)
    if (path === '/_synapse/admin/v1/server_version') return json(200, { server_version: '1.163.2' })
    if (path === '/_synapse/metrics') return { status: 200, headers: [['Content-Type', 'text/plain; version=0.0.4']], body: '# HELP python_gc_objects_collected_total Objects\n' }
    if (path.startsWith('/_synapse/replication/')) return matrixError(401, 'M_UNAUTHORIZED', 'Unauthorized')
    if (path === '/health') return { status: 200, headers: [['Content-Type', 'text/plain']], body: 'OK' }
    if (/^\/_matrix\/federation\/v[12]\/(event|send|publicRooms|invite|query|make_join|state|backfill|user|media)/.test(path)) {
      if (authorization === undefined) return matrixError(401, 'M_UNAUTHORIZED', 'Missing Authorization headers')
      return matrixError(401, 'M_UNAUTHORIZED', 'Malformed Authorization header')
    }
    if (/^\/_matrix\/client\/(v1|v3)\/(account|sync|media|rooms|user|publicRooms)|^\/_matrix\/media\/v3\/upload/.test(path))
      return authorization === undefined ? matrixError(401, 'M_MISSING_TOKEN', 'Missing access token', client) : matrixError(401, 'M_UNKNOWN_TOKEN', 'Invalid access token', client)
    return matrixError(404, 'M_UNRECOGNIZED', 'Unrecognized request', client)
  }
}

/** What Apache does with what it is not told to pass on. */
const apache: (request: Asked) => Reply = ({ method, target }) => (method === 'CONNECT' || !target.startsWith('/') ? html(405, 'Method Not Allowed') : html(404))

/** The virtual host of our own playbook before a homeserver. */
export const proxied = (homeserver: (request: Asked) => Reply): ((request: Asked) => Reply) => request => (/^\/(_matrix|_synapse\/client)(\/|$)/.test(request.path) && !request.path.includes('..') && !/%2e%2e/i.test(request.path) ? homeserver(request) : apache(request))

export const wellKnown = (documents: { readonly [path: string]: unknown }, headers: readonly Header[] = [['Access-Control-Allow-Origin', '*']]): ((request: Asked) => Reply) => request => {
  const name = /^\/\.well-known\/matrix\/(\w+)$/.exec(request.path)?.[1]
  return name !== undefined && name in documents ? json(200, documents[name], headers) : apache(request)
}

/** Redirects all but the path of certificate renewal. */
const port80 = (name: string, addresses: readonly string[]): VirtualHost => ({
  name, addresses, port: 80, tls: null, answer: request => (request.path.startsWith('/.well-known/acme-challenge/') ? apache(request) : redirect(301, `https://${name}${request.target}`)),
})

/** `example.org` delegates to `matrix.example.org:443`, each with an IPv4 and an IPv6 address. */
export function healthy({ seed = randomBytes(32) }: { readonly seed?: Uint8Array } = {}): Parts {
  const name = 'example.org'
  const fqdn = `matrix.${name}`
  const [own, delegated] = [['203.0.113.8', '2001:db8::8'], ['203.0.113.9', '2001:db8::9']]
  const delegation: VirtualHost = { name, addresses: own, port: 443, tls: { names: [name] }, answer: wellKnown({ server: { 'm.server': `${fqdn}:443` }, client: { 'm.homeserver': { base_url: `https://${fqdn}` } } }) }
  const homeserver: VirtualHost = { name: fqdn, addresses: delegated, port: 443, tls: { names: [fqdn] }, answer: proxied(synapse(name, { key: signingKey('ed25519:a_1', seed) })) }
  // Whatever else the homeserver's machine serves comes first there.
  const first: VirtualHost = { name: 'www.example.net', addresses: delegated, port: 443, tls: { names: ['www.example.net'] }, answer: apache }
  return {
    now, delegation, homeserver, addresses: { [name]: own, [fqdn]: delegated, 'example.com': ['203.0.113.1'] }, services: {}, aliases: {}, failures: {},
    hosts: [delegation, first, homeserver, port80(name, own), port80(fqdn, delegated)],
  }
}

/** Another server of the same fleet, all in one virtual host. */
export function neighbour(parts: Internet, name: string, address: string, at?: number): VirtualHost {
  parts.addresses[name] = [address]
  const documents = wellKnown({ server: { 'm.server': `${name}:443` }, client: { 'm.homeserver': { base_url: `https://${name}` } } })
  const matrix = proxied(synapse(name, { ...(at !== undefined && { now: at }) }))
  const host: VirtualHost = { name, addresses: [address], port: 443, tls: { names: [name] }, answer: request => (request.path.startsWith('/.well-known/') ? documents(request) : matrix(request)) }
  parts.hosts.push(host)
  return host
}

/** What a virtual host answers, with some of it otherwise; `undefined` leaves it as it is. */
export function otherwise(host: VirtualHost, change: (request: Asked) => Reply | undefined): void {
  const before = host.answer
  host.answer = request => change(request) ?? before(request)
}
