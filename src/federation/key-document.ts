import { isObject, readJson, type JsonObject } from './json.ts'
import { isSigned, signatureIn } from './signature.ts'
import { verifyKey } from './signing-key.ts'
import { header, type Answer, type Exchanged } from './world.ts'

/** A key document (`GET /_matrix/key/v2/server`) and what it is worth (server-server API, "Retrieving server keys"). */
export interface KeyDocumentResult {
  readonly address: string
  readonly port: number
  readonly exchanged: Exchanged
  /** Null where there was no JSON object in the answer. */
  readonly document: KeyDocument | null
  /** What is wrong with it; none: it is good. */
  readonly problems: readonly KeyProblem[]
}

export interface KeyDocument {
  readonly serverName: string | null
  /** Milliseconds since 1970; null where it is no integer. */
  readonly validUntil: number | null
  /** All that stand in `verify_keys`. */
  readonly keys: readonly VerifyKey[]
  /** The document as it came. */
  readonly raw: JsonObject
}

export interface VerifyKey {
  /** `ed25519:a_1`. */
  readonly id: string
  /** It is an Ed25519 key of 32 bytes in base64. */
  readonly valid: boolean
  /** The document is signed with it. */
  readonly signed: boolean
  /** As it stands in the document; empty where there is no text. */
  readonly key: string
}

export interface KeyProblem {
  readonly kind:
    | 'no-answer'
    | 'status'
    | 'content-type'
    | 'not-json'
    | 'duplicate-key'
    | 'server-name'
    | 'no-keys'
    | 'key-id'
    | 'key-length'
    | 'valid-until-missing'
    | 'expired'
    | 'expires-soon'
    | 'not-signed'
    | 'signature'
    | 'not-canonical'
  readonly severity: 'error' | 'warning'
  readonly message: string
}

const hour = 60 * 60 * 1000
const mostKeys = 50

/**
 * Judges what a server answered to `GET /_matrix/key/v2/server`.
 *
 * @param serverName the name that was asked for; the document must carry it byte for byte
 * @param now milliseconds since 1970
 */
export function judgeKeys(
  serverName: string,
  { address, port }: { readonly address: string; readonly port: number },
  exchanged: Exchanged,
  now: number,
): KeyDocumentResult {
  const { answer, failure } = exchanged
  const result = { address, port, exchanged }
  if (!answer || failure) return { ...result, document: null, problems: [error('no-answer', failure?.message ?? 'no answer')] }
  const problems = [...judgeAnswer(answer)]
  const reading = readJson(answer.body)
  if (!reading.ok) return { ...result, document: null, problems: [...problems, error('not-json', reading.message)] }
  if (!isObject(reading.value))
    return { ...result, document: null, problems: [...problems, error('not-json', 'it is no JSON object')] }
  for (const { kind, message } of reading.oddities)
    problems.push(kind === 'duplicate-key' ? warning('duplicate-key', message) : error('not-canonical', message))
  const document = readDocument(serverName, reading.value)
  return { ...result, document, problems: [...problems, ...judgeDocument(serverName, document, now)] }
}

function* judgeAnswer(answer: Answer): Iterable<KeyProblem> {
  if (answer.status !== 200) yield error('status', `the status is ${answer.status}, not 200`)
  const type = header(answer, 'content-type')
  if (type?.split(';')[0]!.trim().toLowerCase() !== 'application/json')
    yield error('content-type', `the content type is ${type ?? 'missing'}, not application/json`)
}

function readDocument(serverName: string, raw: JsonObject): KeyDocument {
  const { server_name: name, valid_until_ts: validUntil, verify_keys: keys } = raw
  return {
    serverName: typeof name === 'string' ? name : null,
    validUntil: Number.isSafeInteger(validUntil) ? (validUntil as number) : null,
    keys: Object.entries(isObject(keys) ? keys : {})
      .slice(0, mostKeys)
      .map(([id, entry]) => {
        const key = isObject(entry) && typeof entry.key === 'string' ? entry.key : ''
        const valid = isEd25519(id) && verifyKey(key) !== undefined
        return { id, key, valid, signed: valid && isSigned(raw, serverName, id, key) }
      }),
    raw,
  }
}

function* judgeDocument(
  serverName: string,
  { serverName: found, validUntil, keys, raw }: KeyDocument,
  now: number,
): Iterable<KeyProblem> {
  if (found !== serverName)
    yield error(
      'server-name',
      `server_name is ${found === null ? 'missing' : JSON.stringify(found)}, not ${JSON.stringify(serverName)}`,
    )
  if (validUntil === null) yield error('valid-until-missing', 'valid_until_ts is no integer')
  else if (validUntil <= now) yield error('expired', `the keys were valid until ${iso(validUntil)} only`)
  else if (validUntil < now + hour)
    yield warning('expires-soon', `the keys are valid until ${iso(validUntil)}, for less than an hour`)
  if (!keys.some(({ id }) => isEd25519(id))) yield error('no-keys', 'verify_keys has no ed25519 key')
  for (const { id, key, valid, signed } of keys) {
    if (!isEd25519(id)) yield warning('key-id', `the key ${JSON.stringify(id)} is of an algorithm that nobody uses`)
    else if (!/^ed25519:[A-Za-z0-9_]+$/.test(id))
      yield error('key-id', `the key identifier ${JSON.stringify(id)} may have only letters, digits and _ behind the colon`)
    if (!isEd25519(id)) continue
    if (!valid) yield error('key-length', `the key ${id} is not 32 bytes of base64: ${JSON.stringify(key.slice(0, 60))}`)
    else if (signatureIn(raw, serverName, id) === undefined)
      yield error('not-signed', `the document is not signed by ${serverName} with ${id}`)
    else if (!signed) yield error('signature', `the signature by ${id} is not that of the document`)
  }
}

const isEd25519 = (id: string): boolean => id.startsWith('ed25519:')

/** Whatever the number: not every integer is a date that JavaScript can say. */
const iso = (milliseconds: number): string =>
  Math.abs(milliseconds) <= 8.64e15 ? new Date(milliseconds).toISOString() : `${milliseconds} ms after 1970`

const error = (kind: KeyProblem['kind'], message: string): KeyProblem => ({ kind, severity: 'error', message })
const warning = (kind: KeyProblem['kind'], message: string): KeyProblem => ({ kind, severity: 'warning', message })
