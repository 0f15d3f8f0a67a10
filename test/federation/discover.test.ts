import { describe, expect, test } from 'vitest'
import { siteOf } from '../../src/federation/look.ts'
import type { Discovery } from '../../src/federation/discovery.ts'
import type { Failure, Service } from '../../src/federation/world.ts'
import { json, redirect, refused, worldOf, type Internet, type Reply, type Shown, type Watched } from './internet.ts'

/** One vector: what is in DNS and behind the well-known URL, and where peers are led by it. */
interface Vector {
  readonly what: string
  readonly name?: string
  readonly addresses?: Internet['addresses']
  readonly services?: Internet['services']
  /** What `https://hs.example/.well-known/matrix/server` gives; absent: nothing listens there. */
  readonly wellKnown?: Reply
  /** What other hosts give at that URL, by their names. */
  readonly elsewhere?: { readonly [host: string]: Reply }
  readonly certificate?: Partial<Shown>
  readonly failures?: { readonly [address: string]: Failure }
  readonly step: Discovery['step']
  readonly targets: readonly string[]
  readonly host: string
  readonly identity?: string
  readonly servername?: string | null
  /** Everything that is asked of DNS and by HTTP, and nothing else. */
  readonly asked: readonly string[]
  readonly failure?: RegExp
}

const own = '203.0.113.10'
const delegate = '203.0.113.20'
const srv = (target: string, port: number, priority = 0, weight = 0): Service => ({ target, port, priority, weight })
const wellKnown = (server: unknown): Reply => json(200, { 'm.server': server })
const notFound: Reply = { status: 404, body: 'no' }
const names: Internet['addresses'] = { 'hs.example': [own], 'matrix.hs.example': [delegate], 'node1.example': ['203.0.113.11'], 'node2.example': ['203.0.113.12', '2001:db8::12'], 'www.hs.example': ['203.0.113.30'] }

const lookHs = ['A hs.example', 'AAAA hs.example', `GET https://hs.example/.well-known/matrix/server at ${own}`]
const look = (name: string) => [`A ${name}`, `AAAA ${name}`]
const srvOf = (name: string) => [`SRV _matrix-fed._tcp.${name}`, `SRV _matrix._tcp.${name}`]
const fallback = { step: '6', targets: [`${own}:8448`], host: 'hs.example', asked: [...lookHs, ...srvOf('hs.example')] } as const

const vectors: readonly Vector[] = [
  // 1, 2: addresses and ports need no questions
  { what: '1: an IPv4 address', name: '203.0.113.7', step: '1', targets: ['203.0.113.7:8448'], host: '203.0.113.7', identity: '203.0.113.7', servername: null, asked: [] },
  { what: '2: an IPv4 address with a port', name: '203.0.113.7:8449', step: '1', targets: ['203.0.113.7:8449'], host: '203.0.113.7:8449', identity: '203.0.113.7', servername: null, asked: [] },
  { what: '3: an IPv6 address', name: '[2001:db8::7]', step: '1', targets: ['[2001:db8::7]:8448'], host: '[2001:db8::7]', identity: '2001:db8::7', servername: null, asked: [] },
  { what: '4: an IPv6 address with a port', name: '[2001:db8::7]:443', step: '1', targets: ['[2001:db8::7]:443'], host: '[2001:db8::7]:443', identity: '2001:db8::7', servername: null, asked: [] },
  {
    what: '5: a name with a port: neither document nor SRV are asked for', name: 'hs.example:8449', wellKnown: wellKnown('other.example:443'), services: { '_matrix-fed._tcp.hs.example': [srv('node1.example', 443)] },
    step: '2', targets: [`${own}:8449`], host: 'hs.example:8449', identity: 'hs.example', asked: look('hs.example'),
  },
  // 3: delegated by the document
  { what: '7: delegated to an address', wellKnown: wellKnown('198.51.100.9'), step: '3.1', targets: ['198.51.100.9:8448'], host: '198.51.100.9', identity: '198.51.100.9', servername: null, asked: lookHs },
  { what: '8: delegated to an address with a port', wellKnown: wellKnown('198.51.100.9:443'), step: '3.1', targets: ['198.51.100.9:443'], host: '198.51.100.9:443', identity: '198.51.100.9', servername: null, asked: lookHs },
  { what: 'delegated to an IPv6 address', wellKnown: wellKnown('[2001:db8::9]:443'), step: '3.1', targets: ['[2001:db8::9]:443'], host: '[2001:db8::9]:443', identity: '2001:db8::9', servername: null, asked: lookHs },
  {
    what: '10: delegated to a name with a port: no SRV, and no document of that name', wellKnown: wellKnown('matrix.hs.example:443'), elsewhere: { 'matrix.hs.example': wellKnown('third.example:443') },
    services: { '_matrix-fed._tcp.matrix.hs.example': [srv('node1.example', 8449)] },
    step: '3.2', targets: [`${delegate}:443`], host: 'matrix.hs.example:443', identity: 'matrix.hs.example', asked: [...lookHs, ...look('matrix.hs.example')],
  },
  {
    what: '11: delegated to a name with SRV records', wellKnown: wellKnown('matrix.hs.example'), services: { '_matrix-fed._tcp.matrix.hs.example': [srv('node1.example', 8449)], '_matrix._tcp.matrix.hs.example': [srv('node2.example', 1)] },
    step: '3.3', targets: ['203.0.113.11:8449'], host: 'matrix.hs.example', asked: [...lookHs, 'SRV _matrix-fed._tcp.matrix.hs.example', ...look('node1.example')],
  },
  {
    what: '12: delegated to a name with deprecated SRV records', wellKnown: wellKnown('matrix.hs.example'), services: { '_matrix._tcp.matrix.hs.example': [srv('node2.example', 443)] },
    step: '3.4', targets: ['203.0.113.12:443', '[2001:db8::12]:443'], host: 'matrix.hs.example', asked: [...lookHs, ...srvOf('matrix.hs.example'), ...look('node2.example')],
  },
  { what: '14: delegated to a name alone', wellKnown: wellKnown('matrix.hs.example'), step: '3.5', targets: [`${delegate}:8448`], host: 'matrix.hs.example', asked: [...lookHs, ...srvOf('matrix.hs.example'), ...look('matrix.hs.example')] },
  {
    what: '15: the document is elsewhere: the host of the redirect plays no further part', wellKnown: redirect(301, 'https://www.hs.example/.well-known/matrix/server'), elsewhere: { 'www.hs.example': wellKnown('matrix.hs.example:443') },
    step: '3.2', targets: [`${delegate}:443`], host: 'matrix.hs.example:443', identity: 'matrix.hs.example',
    asked: [...lookHs, ...look('www.hs.example'), 'GET https://www.hs.example/.well-known/matrix/server at 203.0.113.30', ...look('matrix.hs.example')],
  },
  { what: 'delegated to itself', wellKnown: wellKnown('hs.example:443'), step: '3.2', targets: [`${own}:443`], host: 'hs.example:443', identity: 'hs.example', asked: lookHs },
  { what: 'delegated to a name that has no address', wellKnown: wellKnown('nowhere.example:443'), step: '3.2', targets: [], host: 'nowhere.example:443', identity: 'nowhere.example', asked: [...lookHs, ...look('nowhere.example')], failure: /nowhere\.example: no address/ },
  {
    what: 'the host and the certificate are those of the document, letter by letter', wellKnown: wellKnown('Matrix.HS.example:443'), step: '3.2', targets: [`${delegate}:443`], host: 'Matrix.HS.example:443', identity: 'Matrix.HS.example',
    asked: [...lookHs, ...look('Matrix.HS.example')],
  },
  { what: 'a whole name with its dot: neither SNI nor certificate have it', wellKnown: wellKnown('matrix.hs.example.:443'), addresses: { 'matrix.hs.example.': [delegate] }, step: '3.2', targets: [`${delegate}:443`], host: 'matrix.hs.example.:443', identity: 'matrix.hs.example', asked: [...lookHs, ...look('matrix.hs.example.')] },
  // 4, 5, 6: no document
  { ...fallback, what: '16: the document redirects in a circle', wellKnown: redirect(302, '/.well-known/matrix/server') },
  {
    what: '17: no document, SRV records: the certificate is for the server name', wellKnown: notFound, services: { '_matrix-fed._tcp.hs.example': [srv('node1.example', 8449)] },
    step: '4', targets: ['203.0.113.11:8449'], host: 'hs.example', asked: [...lookHs, 'SRV _matrix-fed._tcp.hs.example', ...look('node1.example')],
  },
  { what: '18: no document, deprecated SRV records', wellKnown: notFound, services: { '_matrix._tcp.hs.example': [srv('node1.example', 8449)] }, step: '5', targets: ['203.0.113.11:8449'], host: 'hs.example', asked: [...lookHs, ...srvOf('hs.example'), ...look('node1.example')] },
  {
    ...fallback, what: '19: nothing but addresses', wellKnown: notFound, addresses: { 'hs.example': [own, '2001:db8::13'] }, targets: [`${own}:8448`, '[2001:db8::13]:8448'],
    asked: [...lookHs, 'GET https://hs.example/.well-known/matrix/server at 2001:db8::13', ...srvOf('hs.example')],
  },
  ...(['{}', '{"m.server":443}', '[]', '', 'null', '"m.server"', '{"m.server":null}', '<html>', '{"m.server":"a"', '\uFEFF{"m.server":"matrix.hs.example:443"}', '{"__proto__":{"m.server":"matrix.hs.example:443"}}'].map((body): Vector =>
    ({ ...fallback, what: `21: a document that says nothing: ${JSON.stringify(body)}`, wellKnown: { status: 200, headers: [['Content-Type', 'application/json']], body } }))),
  { ...fallback, what: 'a document that is not UTF-8', wellKnown: { status: 200, body: Buffer.from('{"m.server":"matrix.hs.example:443","x":"\xff"}', 'latin1') } },
  { what: '22: the media type plays no part', wellKnown: { status: 200, headers: [['Content-Type', 'text/plain']], body: '{"m.server":"198.51.100.9","other":1}' }, step: '3.1', targets: ['198.51.100.9:8448'], host: '198.51.100.9', identity: '198.51.100.9', servername: null, asked: lookHs },
  { ...fallback, what: '23: a certificate for another name', wellKnown: wellKnown('matrix.hs.example:443'), certificate: { names: ['other.example'] } },
  { ...fallback, what: '23: a certificate that is not trusted', wellKnown: wellKnown('matrix.hs.example:443'), certificate: { chain: { ok: false, code: 'DEPTH_ZERO_SELF_SIGNED_CERT', message: 'self-signed' } } },
  { ...fallback, what: '24: nothing listens for https' },
  { ...fallback, what: '24: no answer in time', failures: { [`${own} 443`]: { stage: 'headers', reason: 'timeout', message: 'no answer within 10 s' } } },
  ...['https://matrix.hs.example', 'matrix.hs.example:443/', 'matrix.hs.example/', 'matrix.hs.example:0', 'matrix.hs.example:99999', 'matrix.hs.example:abc', '', 'matrix hs', '[::1'].map((server): Vector => ({ ...fallback, what: `25, 26: m.server ${JSON.stringify(server)} is no server name`, wellKnown: wellKnown(server) })),
  { ...fallback, what: '28: a document of more than 50 KiB', wellKnown: json(200, { 'm.server': 'matrix.hs.example:443', more: 'x'.repeat(51200) }) },
  { what: 'a document of 50 KiB', wellKnown: { status: 200, body: '{"m.server":"198.51.100.9"}'.padEnd(51200) }, step: '3.1', targets: ['198.51.100.9:8448'], host: '198.51.100.9', identity: '198.51.100.9', servername: null, asked: lookHs },
  ...[201, 204, 300, 304, 403, 500].map((status): Vector => ({ ...fallback, what: `a document with status ${status}`, wellKnown: { ...json(status, { 'm.server': 'matrix.hs.example:443' }) } })),
  {
    what: '30: the service is decidedly not offered', wellKnown: notFound, services: { '_matrix-fed._tcp.hs.example': [srv('.', 0)] },
    step: '4', targets: [], host: 'hs.example', asked: [...lookHs, 'SRV _matrix-fed._tcp.hs.example'], failure: /not offered/,
  },
  { what: '32: one address lives and one does not: both are told', wellKnown: wellKnown('matrix.hs.example:443'), addresses: { 'matrix.hs.example': [delegate, '2001:db8::dead'] }, step: '3.2', targets: [`${delegate}:443`, '[2001:db8::dead]:443'], host: 'matrix.hs.example:443', identity: 'matrix.hs.example', asked: [...lookHs, ...look('matrix.hs.example')] },
  { what: '33: capital letters make another name for certificates and signatures, not for DNS', name: 'HS.example', wellKnown: notFound, step: '6', targets: [`${own}:8448`], host: 'HS.example', asked: [...look('HS.example'), lookHs[2]!, ...srvOf('HS.example')] },
  ...['hs_1.example', 'hs example', '[::1', 'hs.example:', '', 'https://hs.example', 'hs.example/'].map((name): Vector => ({ what: `34: ${JSON.stringify(name)} is no name: nothing is asked`, name, step: null, targets: [], host: name, identity: '', servername: null, asked: [], failure: /no server name/ })),
  // SRV
  {
    what: 'SRV records by priority, the heaviest first, one of them dead', wellKnown: notFound,
    services: { '_matrix-fed._tcp.hs.example': [srv('node2.example', 3, 20, 100), srv('node1.example', 2, 10, 5), srv('node2.example', 1, 10, 50), srv('nowhere.example', 9, 5, 1)] },
    step: '4', targets: ['203.0.113.12:1', '[2001:db8::12]:1', '203.0.113.11:2', '203.0.113.12:3', '[2001:db8::12]:3'], host: 'hs.example',
    asked: [...lookHs, 'SRV _matrix-fed._tcp.hs.example', ...look('nowhere.example'), ...look('node2.example'), ...look('node1.example')],
  },
  { what: 'SRV targets without addresses', wellKnown: notFound, services: { '_matrix-fed._tcp.hs.example': [srv('nowhere.example', 9)] }, step: '4', targets: [], host: 'hs.example', asked: [...lookHs, 'SRV _matrix-fed._tcp.hs.example', ...look('nowhere.example')], failure: /nowhere\.example: no address/ },
  { what: 'nobody can say whether there are SRV records: Synapse gives up', wellKnown: notFound, services: { '_matrix-fed._tcp.hs.example': { failed: 'SERVFAIL' } }, step: '4', targets: [], host: 'hs.example', asked: [...lookHs, 'SRV _matrix-fed._tcp.hs.example'], failure: /SRV record _matrix-fed\._tcp\.hs\.example: SERVFAIL/ },
  {
    what: 'nobody can say whether there are deprecated ones', wellKnown: wellKnown('matrix.hs.example'), services: { '_matrix._tcp.matrix.hs.example': { failed: 'SERVFAIL' } },
    step: '3.4', targets: [], host: 'matrix.hs.example', asked: [...lookHs, ...srvOf('matrix.hs.example')], failure: /SERVFAIL/,
  },
  // Addresses
  { what: 'no address at all', addresses: { 'hs.example': [] }, step: '6', targets: [], host: 'hs.example', asked: [...look('hs.example'), ...srvOf('hs.example')], failure: /hs\.example: no address/ },
  { what: 'nobody can say which addresses there are', addresses: { 'hs.example': { failed: 'SERVFAIL' } }, step: '6', targets: [], host: 'hs.example', asked: [...look('hs.example'), ...srvOf('hs.example')], failure: /A: SERVFAIL, AAAA: SERVFAIL/ },
  { what: 'SRV records help a name without addresses', addresses: { 'hs.example': [] }, services: { '_matrix-fed._tcp.hs.example': [srv('node1.example', 8449)] }, step: '4', targets: ['203.0.113.11:8449'], host: 'hs.example', asked: [...look('hs.example'), 'SRV _matrix-fed._tcp.hs.example', ...look('node1.example')] },
  {
    what: 'the document comes from the first address that can be connected to', wellKnown: wellKnown('198.51.100.9'), addresses: { 'hs.example': ['203.0.113.66', own] }, failures: { '203.0.113.66': refused },
    step: '3.1', targets: ['198.51.100.9:8448'], host: '198.51.100.9', identity: '198.51.100.9', servername: null, asked: [...look('hs.example'), 'GET https://hs.example/.well-known/matrix/server at 203.0.113.66', lookHs[2]!],
  },
  { what: 'a thousand addresses: only so many are told', name: 'hs.example:443', addresses: { 'hs.example': Array.from({ length: 1000 }, (_, index) => `198.18.${index >> 8}.${index & 255}`) }, step: '2', targets: Array.from({ length: 16 }, (_, index) => `198.18.0.${index}:443`), host: 'hs.example:443', identity: 'hs.example', asked: look('hs.example') },
]

function internetOf({ addresses, services = {}, wellKnown, elsewhere = {}, certificate, failures = {} }: Vector): Internet {
  const known = { ...names, ...addresses }
  const answers = { ...(wellKnown && { 'hs.example': wellKnown }), ...elsewhere }
  const hosts = Object.entries(answers).map(([name, reply]) => ({ name, addresses: known[name] as readonly string[], port: 443, tls: { names: [name], ...certificate }, answer: () => reply }))
  return { now: Date.UTC(2026, 10, 24), addresses: known, services, aliases: {}, hosts, failures: { ...failures } }
}

const asked = ({ lookups, exchanges }: Watched) => [...lookups, ...exchanges.map(({ method, target, address, headers }) => `${method} https://${headers.find(([name]) => name === 'Host')?.[1]}${target} at ${address}`)]

describe('server discovery', () => {
  test.each(vectors)('$what', async vector => {
    const world = worldOf(internetOf(vector))
    const discovery = await siteOf(vector.name ?? 'hs.example', { world }).discovery()
    const { step, targets, host, identity, servername, failure } = discovery
    expect(asked(world).sort()).toEqual([...vector.asked].sort())
    const expected = vector.identity ?? vector.host
    expect({ step, host, identity, servername, targets: targets.map(({ address, port }) => `${address.includes(':') ? `[${address}]` : address}:${port}`) })
      .toEqual({ step: vector.step, host: vector.host, identity: expected, servername: vector.servername === undefined ? expected : vector.servername, targets: vector.targets })
    if (vector.failure) expect(failure).toMatch(vector.failure)
    else expect(failure).toBeUndefined()
  })
})
