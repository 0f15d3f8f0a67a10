import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { judgeKeys } from '../../src/federation/key-document.ts'
import type { JsonObject } from '../../src/federation/json.ts'
import { signJson } from '../../src/federation/signature.ts'
import { signingKey } from '../../src/federation/signing-key.ts'
import type { Exchanged } from '../../src/federation/world.ts'

const now = Date.UTC(2026, 10, 23)
const hour = 3_600_000
const name = 'hs.example'
const key = signingKey('ed25519:a', new Uint8Array(32).fill(1))
const second = signingKey('ed25519:b', new Uint8Array(32).fill(2))

const content = { server_name: name, valid_until_ts: now + 24 * hour, old_verify_keys: {}, verify_keys: { 'ed25519:a': { key: key.verifyKey } } }
const signed = (changes: JsonObject = {}) => signJson({ ...content, ...changes }, name, key)

const answer = (body: string | Uint8Array, status = 200, type: string | undefined = 'application/json'): Exchanged => ({
  milliseconds: 1,
  answer: { status, reason: '', version: '1.1', headers: type === undefined ? [] : [['content-type', type]], body: Buffer.from(body) },
})
const judge = (exchanged: Exchanged) => judgeKeys(name, { address: '203.0.113.7', port: 443 }, exchanged, now)
const kinds = (exchanged: Exchanged) => judge(exchanged).problems.map(({ severity, kind }) => `${severity} ${kind}`)
const json = (value: unknown) => answer(JSON.stringify(value))

test('a good document has no problem', () => {
  const { document, problems } = judge(json(signed()))
  expect(problems).toEqual([])
  expect(document).toMatchObject({ serverName: name, validUntil: now + 24 * hour, keys: [{ id: 'ed25519:a', valid: true, signed: true, key: key.verifyKey }] })
})

test.each([
  ['two keys, both signed', signJson(signed({ verify_keys: { ...content.verify_keys, 'ed25519:b': { key: second.verifyKey } } }), name, second)],
  ['padded base64', signed({ verify_keys: { 'ed25519:a': { key: `${key.verifyKey}=` } } })],
  ['unsigned members', { ...signed(), unsigned: { age_ts: 1 } }],
  ['signed by a notary too', signJson(signed(), 'notary.example', second)],
  ['members that nobody knows', signed({ 'org.example': [null, -0, 'ü'] })],
])('so has one with %s', (_, document) => expect(kinds(json(document))).toEqual([]))

describe('what is wrong is named', () => {
  test.each<[string, Exchanged, string[]]>([
    ['no answer', { milliseconds: 1, failure: { stage: 'connect', reason: 'refused', message: 'connection refused' } }, ['error no-answer']],
    ['half an answer', { ...json(signed()), failure: { stage: 'body', reason: 'closed', message: 'closed' } }, ['error no-answer']],
    ['404, a page', answer('<!DOCTYPE html>', 404, 'text/html'), ['error status', 'error content-type', 'error not-json']],
    ['no content type', answer(JSON.stringify(signed()), 200, ''), ['error content-type']],
    ['an array', json([]), ['error not-json']],
    ['no document at all', json({}), ['error server-name', 'error valid-until-missing', 'error no-keys']],
    ['another name', json(signJson({ ...content, server_name: 'HS.example' }, name, key)), ['error server-name']],
    ['another name that signs', json(signJson({ ...content, server_name: 'other' }, 'other', key)), ['error server-name', 'error not-signed']],
    ['over', json(signed({ valid_until_ts: now })), ['error expired']],
    ['nearly over', json(signed({ valid_until_ts: now + hour - 1 })), ['warning expires-soon']],
    ['the end as a text', json(signed({ valid_until_ts: '2026' })), ['error valid-until-missing']],
    ['no key', json(signed({ verify_keys: {} })), ['error no-keys']],
    ['keys as a list', json(signed({ verify_keys: [key.verifyKey] })), ['error no-keys']],
    ['a short key', json(signed({ verify_keys: { 'ed25519:a': { key: 'AAAA' } } })), ['error key-length']],
    ['a key that is a number', json(signed({ verify_keys: { 'ed25519:a': 7 } })), ['error key-length']],
    ['an odd identifier', json(signJson({ ...content, verify_keys: { 'ed25519:a-1': { key: key.verifyKey } } }, name, { ...key, id: 'ed25519:a-1' })), ['error key-id']],
    ['another algorithm', json(signed({ verify_keys: { ...content.verify_keys, 'rsa:1': { key: 'AAAA' } } })), ['warning key-id']],
    ['no signature', json(content), ['error not-signed']],
    ['one of two signatures', json(signed({ verify_keys: { ...content.verify_keys, 'ed25519:b': { key: second.verifyKey } } })), ['error not-signed']],
    ['changed since', json({ ...signed(), valid_until_ts: now + 25 * hour }), ['error signature']],
    ['signed by another key', json(signJson(content, name, { ...second, id: 'ed25519:a' })), ['error signature']],
    ['a signature that is none', json({ ...content, signatures: { [name]: { 'ed25519:a': 'AAAA' } } }), ['error signature']],
    ['a member twice', answer(JSON.stringify(signed()).replace('{', '{"server_name":"x",')), ['warning duplicate-key']],
    ['a number with a point', answer(JSON.stringify(signed()).replace(/("valid_until_ts":\d+)/, '$1.0')), ['error not-canonical']],
    ['a number with a fraction', answer(JSON.stringify(signed()).replace('{', '{"x":1.5,')), ['error not-canonical', 'error signature']],
  ])('%s', (_, exchanged, wanted) => expect(kinds(exchanged)).toEqual(wanted))
})

test('nothing that is sent makes it throw', () => {
  const anything = fc.oneof(fc.jsonValue(), fc.constantFrom(name, 'ed25519:a', now * 2, 9e15, { 'ed25519:a': { key: key.verifyKey } }, { [name]: { 'ed25519:a': 'A' } }))
  const document = fc.record(
    { server_name: anything, valid_until_ts: anything, verify_keys: anything, signatures: anything, old_verify_keys: anything, unsigned: anything },
    { requiredKeys: [] },
  )
  fc.assert(
    fc.property(fc.oneof(document.map(value => JSON.stringify(value)), fc.uint8Array(), fc.json()), body => {
      const { problems } = judge(answer(body as string))
      expect(problems.filter(({ severity }) => severity === 'error')).not.toEqual([])
    }),
    { numRuns: 1000 },
  )
})

test('who changes one byte of what is signed breaks the signature', () => {
  const body = Buffer.from(JSON.stringify(signed()))
  fc.assert(
    fc.property(fc.nat(body.length - 1), fc.integer({ min: 1, max: 255 }), (at, by) => {
      const changed = Buffer.from(body)
      changed[at] = changed[at]! ^ by
      const { problems, document } = judge(answer(changed))
      // Left over bits of the last base64 digit mean nothing, so a change there may leave all as it was.
      if (problems.length === 0) expect(document?.raw.server_name).toBe(name)
      else expect(problems.some(({ severity }) => severity === 'error')).toBe(true)
    }),
    { numRuns: 1000 },
  )
})
