import type { FederationRequest } from '../authorization.ts'
import type { NotMade } from '../check.ts'
import { isObject } from '../json.ts'
import type { Probe } from '../probe.ts'
import type { Endpoint, Site } from '../site.ts'
import type { Exchanged } from '../world.ts'
import { errcodeOf, isMatrix, jsonOf, objectOf, said } from './answer.ts'
import { asked, homeserver } from './endpoint.ts'

/** A server that has to fetch keys first tries three times for 10 s. */
const patience = 60_000

/** How a homeserver takes a signed request. */
export type Reception =
  'accepted' | 'denied' | 'no-key' | 'bad-signature' | 'no-authorization' | 'other-destination' | 'limited' | 'refused' | 'not-matrix'

/** By the status and the words that Synapse, Dendrite and Conduit have for it. */
function reception({ answer, failure, milliseconds }: Exchanged): Reception {
  const exchanged = { answer, failure, milliseconds }
  if (answer?.status === 429) return 'limited'
  if (!answer || failure || jsonOf(answer) === undefined || errcodeOf(exchanged) === 'M_UNRECOGNIZED') return 'not-matrix'
  if (answer.status < 300 || answer.status === 404) return 'accepted'
  if (answer.status !== 401 && answer.status !== 403) return 'refused'
  const text = String(objectOf(exchanged)?.error ?? '')
  if (/missing (an? )?authorization/i.test(text)) return 'no-authorization'
  if (/destination/i.test(text)) return 'other-destination'
  if (/(find|fetch|get|retrieve|obtain)\b.*\bkey/i.test(text)) return 'no-key'
  if (/signature|verify/i.test(text)) return 'bad-signature'
  return answer.status === 403 ? 'denied' : 'refused'
}

export interface Signed {
  readonly request: FederationRequest
  readonly reception: Reception
  readonly asked: string
  readonly answered: string
}

/** A request in the name of the probe. The server is first made to fetch the probe's keys, so that all of them find the same state. */
export async function signed(site: Site, request: FederationRequest): Promise<Signed | NotMade> {
  const endpoint = await homeserver(site)
  if ('notMade' in endpoint) return endpoint
  await keyQuery(site, endpoint)
  const { method, target, content } = request
  const exchanged = await site.ask(endpoint, {
    method,
    target,
    deadline: patience,
    headers: [
      ['Authorization', site.probe!.sign(request, site.serverName)],
      ...(content === undefined ? [] : [['Content-Type', 'application/json'] as const]),
    ],
    ...(content !== undefined && { body: Buffer.from(JSON.stringify(content)) }),
  })
  return {
    request,
    reception: reception(exchanged),
    asked: `${asked(endpoint, target, method)}, signed`,
    answered: said(exchanged),
  }
}

const plainTarget = '/_matrix/federation/v1/event/$matrix-provision'

/** Nothing in it needs an escape, so nothing on the way has anything to change. */
export const plain = (site: Site) => signed(site, { method: 'GET', target: plainTarget })

/** Whether the homeserver's own refusal of the same request without a signature arrives. */
export async function refusesUnsigned(site: Site): Promise<boolean> {
  const endpoint = await homeserver(site)
  return !('notMade' in endpoint) && isMatrix(await site.ask(endpoint, { target: plainTarget }))
}

/** Who is told to ask less often has learned nothing else. */
export const tooOften = ({ answered }: Signed): NotMade => ({ notMade: `the server limits how often it is asked: ${answered} (rc_federation in Synapse)` })

/** What hangs on a signed request says nothing while the plain one is not accepted. */
export async function accepted(site: Site): Promise<Signed | NotMade> {
  const control = await plain(site)
  if ('notMade' in control || control.reception === 'accepted') return control
  if (control.reception === 'limited') return tooOften(control)
  return { notMade: `signed requests are not accepted at all (${control.answered}; FED-04, FED-05)` }
}

export interface KeyQuery {
  readonly asked: string
  readonly exchanged: Exchanged
  /** The answer has the probe's new key; undefined where the server answers no such questions. */
  readonly found: boolean | undefined
}

/**
 * Asks the server for the probe's keys, which it then has to fetch itself: no other notary is asked for this. The key is asked for
 * by its id: for all keys of a server Synapse tells what it happens to have, and fetches nothing.
 */
export async function keyQuery(site: Site, endpoint: Endpoint): Promise<KeyQuery> {
  const { name, keyId } = site.probe!
  const target = '/_matrix/key/v2/query'
  const body = Buffer.from(JSON.stringify({ server_keys: { [name]: { [keyId]: { minimum_valid_until_ts: 0 } } } }))
  const exchanged = await site.ask(endpoint, {
    method: 'POST',
    target,
    headers: [['Content-Type', 'application/json']],
    body,
    deadline: patience,
  })
  const keys = objectOf(exchanged)?.server_keys
  return {
    asked: `${asked(endpoint, target, 'POST')} for ${name}`,
    exchanged,
    found: Array.isArray(keys) ? keys.some(one => isKeyOf(site.probe!, one)) : undefined,
  }
}

const isKeyOf = ({ name, keyId }: Probe, keys: unknown): boolean =>
  isObject(keys) && keys.server_name === name && isObject(keys.verify_keys) && Object.hasOwn(keys.verify_keys, keyId)

/** Who fetched the probe's key document. */
export const fetched = ({ seen }: Probe): readonly string[] =>
  seen
    .filter(({ requests }) => requests.some(({ status, target }) => status === 200 && target === '/_matrix/key/v2/server'))
    .map(({ from }) => from)
