import { request } from 'node:https'
import { buffer } from 'node:stream/consumers'
import { isObject, readJson, type JsonObject } from '../../../src/federation/json.ts'
import { isSigned, signJson } from '../../../src/federation/signature.ts'
import { signingKey } from '../../../src/federation/signing-key.ts'
import type { Exchange, Exchanged, World } from '../../../src/federation/world.ts'

/** How a homeserver and what stands before it differ from a healthy one. */
export interface Ailment {
  /** What stands before it makes of a request; a string is its own page instead. */
  readonly before?: (request: { target: string; body: string; authorization: string | undefined; method: string }) => { target?: string; body?: string; authorization?: string } | string
  /** Where it finds the probe; undefined: nowhere. */
  readonly way?: 'direct' | 'notary' | 'distrusting' | undefined
  /** It asks for fewer signed requests. */
  readonly limited?: (request: { readonly method: string }) => boolean
  readonly whitelist?: boolean
  /** It has no `/_matrix/key/v2/query`. */
  readonly noQuery?: boolean
  /** It fetches keys only when it needs them to verify. */
  readonly lazyQuery?: boolean
  readonly name?: string
  /** Where it is and comes from; 203.0.113.7 where nothing is said. */
  readonly address?: string
}

const key = signingKey('ed25519:a', new Uint8Array(32).fill(3))
type Reply = readonly [status: number, content: unknown]
const unauthorized = (error: string): Reply => [401, { errcode: 'M_UNAUTHORIZED', error }]

/** A world in which `hs.test:8448` is a homeserver that verifies as Synapse does, with the words that Synapse has for it. */
export function worldOf(certificate: string, probe: { readonly name: string; readonly port: number }, ailment: Ailment): World {
  const { name = 'hs.test:8448' } = ailment
  const way = 'way' in ailment ? ailment.way : 'direct'
  let known: JsonObject | undefined

  const fetchKeys = async (by: 'direct' | 'notary') => {
    if (by === 'notary' ? way !== 'notary' : way !== 'direct' && way !== 'distrusting') return
    known ??= await keysOf(probe.port, way === 'distrusting' ? undefined : certificate)
  }

  const reply = async (method: string, target: string, authorization: string | undefined, body: string): Promise<Reply> => {
    const [path = ''] = target.split('?')
    if (path === '/_matrix/key/v2/server')
      return [200, signJson({ server_name: name, valid_until_ts: Date.now() + 864e5, verify_keys: { [key.id]: { key: key.verifyKey } } }, name, key)]
    if (path === '/_matrix/federation/v1/version') return [200, { server: { name: 'Synapse', version: '1' } }]
    if (path === '/_matrix/key/v2/query' && method === 'POST' && !ailment.noQuery) {
      if (!ailment.lazyQuery) await fetchKeys('direct')
      return [200, { server_keys: known ? [known] : [] }]
    }
    const known404: Reply | undefined = path.startsWith('/_matrix/federation/v1/event/') ? [404, ''] : path.startsWith('/_matrix/federation/v1/make_join/') ? [404, { errcode: 'M_NOT_FOUND', error: 'Room not found' }] : path.endsWith('/query/profile') ? [404, { errcode: 'M_NOT_FOUND', error: 'User not found' }] : path.startsWith('/_matrix/federation/v1/send/') && method === 'PUT' ? [200, { pdus: {} }] : undefined
    if (!known404) return [404, { errcode: 'M_UNRECOGNIZED', error: 'Unrecognized request' }]
    const [, origin, destination, keyId, sig] = /^X-Matrix origin="([^"]+)",destination="([^"]+)",key="([^"]+)",sig="([^"]+)"$/.exec(authorization ?? '') ?? []
    if (!origin || !keyId) return unauthorized('Missing Authorization headers')
    if (destination !== name) return unauthorized('Destination mismatch in auth header')
    if (ailment.whitelist) return [403, { errcode: 'M_FORBIDDEN', error: `Federation denied with ${origin}.` }]
    if (ailment.limited?.({ method })) return [429, { errcode: 'M_LIMIT_EXCEEDED', error: 'Too Many Requests' }]
    await fetchKeys('direct')
    await fetchKeys('notary')
    const keys = known?.verify_keys
    if (!isObject(keys) || !isObject(keys[keyId])) return unauthorized(`Failed to find any key to satisfy: _FetchKeyRequest(server_name='${origin}', minimum_valid_until_ts=0, key_ids=['${keyId}'])`)
    const content = method === 'PUT' ? { content: JSON.parse(body) as unknown } : {}
    const request = { method, uri: target, origin, destination, ...content, signatures: { [origin]: { [keyId]: sig } } }
    return isSigned(request, origin, keyId, String(keys[keyId].key)) ? known404 : unauthorized(`Invalid signature for server ${origin} with key ${keyId}: Unable to verify signature for ${origin}: <class 'nacl.exceptions.BadSignatureError'> Signature was forged or corrupt`)
  }

  const exchange = async (asked: Exchange): Promise<Exchanged> => {
    const sent = { method: asked.method, target: asked.target, authorization: asked.headers.find(([name]) => name === 'Authorization')?.[1], body: Buffer.from(asked.body ?? []).toString() }
    const passed = ailment.before?.(sent) ?? {}
    if (typeof passed === 'string') return answered(404, 'text/html', passed)
    const { method, target, authorization, body } = { ...sent, ...passed }
    const [status, content] = await reply(method, target, authorization, body)
    return answered(status, 'application/json', JSON.stringify(content))
  }
  return {
    now: () => Date.now(),
    random: count => crypto.getRandomValues(new Uint8Array(count)),
    resolver: {
      addresses: async (_, family) => ({ ok: true, records: family === 4 ? [ailment.address ?? '203.0.113.7'] : [] }),
      services: async () => ({ ok: true, records: [] }),
      aliases: async () => ({ ok: true, records: [] }),
    },
    exchange,
  }
}

const answered = (status: number, type: string, body: string): Exchanged => ({ milliseconds: 1, answer: { status, reason: '', version: '1.1', headers: [['content-type', type]], body: Buffer.from(body) } })

/** Fetches the probe's key document from the probe itself, as a peer would. */
const keysOf = (port: number, ca: string | undefined) =>
  new Promise<JsonObject | undefined>(resolve => {
    request({ host: '127.0.0.1', port, servername: 'probe.test', path: '/_matrix/key/v2/server', agent: false, ...(ca && { ca }) }, async response => {
      const reading = readJson(await buffer(response))
      resolve(reading.ok && isObject(reading.value) ? reading.value : undefined)
    }).on('error', () => resolve(undefined)).end()
  })
