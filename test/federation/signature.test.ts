import { spawnSync } from 'node:child_process'
import { join } from 'node:path'
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { authorization } from '../../src/federation/authorization.ts'
import { decodeBase64, encodeBase64 } from '../../src/federation/base64.ts'
import { canonicalJson } from '../../src/federation/canonical-json.ts'
import { isObject, readJson, type JsonObject } from '../../src/federation/json.ts'
import { isSigned, signJson } from '../../src/federation/signature.ts'
import { signingKey } from '../../src/federation/signing-key.ts'

/** The seed of the specification's test vectors (appendices, "Cryptographic Test Vectors"). */
const seed = 'YJDBA9Xnr2sVqXD9Vj7XVUnmFZcZrlw8Md7kMW+3XA1'
const key = signingKey('ed25519:1', decodeBase64(seed)!)

const parsed = (text: string): JsonObject => {
  const reading = readJson(Buffer.from(text))
  if (!reading.ok || !isObject(reading.value)) throw new Error(text)
  return reading.value
}

describe('canonical JSON is that of the specification', () => {
  test.each([
    ['{}', '{}'],
    ['{"one": 1, "two": "Two"}', '{"one":1,"two":"Two"}'],
    ['{"b": "2", "a": "1"}', '{"a":"1","b":"2"}'],
    ['{"b":"2","a":"1"}', '{"a":"1","b":"2"}'],
    [
      '{"auth": {"success": true, "mxid": "@john.doe:example.com", "profile": {"display_name": "John Doe", "three_pids": [{"medium": "email", "address": "john.doe@example.org"}, {"medium": "msisdn", "address": "123456789"}]}}}',
      '{"auth":{"mxid":"@john.doe:example.com","profile":{"display_name":"John Doe","three_pids":[{"address":"john.doe@example.org","medium":"email"},{"address":"123456789","medium":"msisdn"}]},"success":true}}',
    ],
    ['{"a": "日本語"}', '{"a":"日本語"}'],
    ['{"本": 2, "日": 1}', '{"日":1,"本":2}'],
    [String.raw`{"a": "\u65E5"}`, '{"a":"日"}'],
    ['{"a": null}', '{"a":null}'],
    ['{"a": -0}', '{"a":0}'],
    // By code point U+FF61 comes before U+10002, whose first UTF-16 unit is smaller.
    ['{"\u{10002}": 2, "\uff61": 1}', '{"\uff61":1,"\u{10002}":2}'],
    [String.raw`{"a": "\u0001\u001f\b\t\n\f\r\"\\\/\u007f\u2028"}`, `{"a":"${String.raw`\u0001\u001f\b\t\n\f\r\"\\/`}\u007f\u2028"}`],
    ['{"10": 1, "9": 2, "__proto__": 3}', '{"10":1,"9":2,"__proto__":3}'],
  ])('%s', (text, canonical) => expect(canonicalJson(parsed(text))).toBe(canonical))

  test.each([1.5, 2 ** 53, -(2 ** 53), Number.NaN, Infinity])('there is none of %d', number => expect(() => canonicalJson({ number })).toThrow(RangeError))
})

describe('signatures are those of the specification', () => {
  test.each([
    ['{}', 'K8280/U9SSy9IVtjBuVeLr+HpOB4BQFWbg+UZaADMtTdGYI7Geitb76LTrr5QV/7Xg4ahLwYGYZzuHGZKM5ZAQ'],
    ['{"one": 1, "two": "Two"}', 'KqmLSbO39/Bzb0QIYE82zqLwsA+PDzYIpIRA2sRQ4sL53+sN6/fpNSoqE7BP7vBZhG6kYdD13EIMJpvhJI+6Bw'],
  ])('%s', (text, signature) => {
    const signed = signJson(parsed(text), 'domain', key)
    expect(signed.signatures).toEqual({ domain: { 'ed25519:1': signature } })
    expect(isSigned(signed, 'domain', 'ed25519:1', key.verifyKey)).toBe(true)
    expect(isSigned({ ...signed, more: 1 }, 'domain', 'ed25519:1', key.verifyKey)).toBe(false)
    expect(isSigned({ ...signed, unsigned: { age: 1 } }, 'domain', 'ed25519:1', key.verifyKey)).toBe(true)
    expect(isSigned(signed, 'other', 'ed25519:1', key.verifyKey)).toBe(false)
  })

  test('others stay beside it', () => {
    const other = signingKey('ed25519:2', new Uint8Array(32).fill(7))
    const signed = signJson(signJson(signJson({ a: 1 }, 'domain', key), 'domain', other), 'notary', other)
    expect(signed.signatures).toMatchObject({ domain: { 'ed25519:1': expect.any(String), 'ed25519:2': expect.any(String) }, notary: { 'ed25519:2': expect.any(String) } })
    expect(isSigned(signed, 'domain', 'ed25519:1', key.verifyKey)).toBe(true)
    expect(isSigned(signed, 'notary', 'ed25519:2', other.verifyKey)).toBe(true)
  })

  test('a request', () =>
    expect(authorization({ method: 'GET', target: '/_matrix/federation/v1/query/profile?user_id=%40alice%3Ab.test' }, 'a.test', 'b.test', key)).toBe(
      'X-Matrix origin="a.test",destination="b.test",key="ed25519:1",sig="v7VCFPSCAtEGoSpSBtD/vKdHd135I906xnIy4dY5i1S5Q+N2/ZrWVgNpcw1deYUKGwDhlZzE+1d21eVVallVCA"',
    ))
})

describe('base64', () => {
  test.each([['', []], ['AA', [0]], ['AB', [0]], ['AA==', [0]], ['+/8', [251, 255]]])('%j is read', (text, bytes) => expect([...decodeBase64(text)!]).toEqual(bytes))
  test.each(['A', 'AA=A', '-_8', 'A A', 'AA\n', 'AAAAA', '====', 'AAAA=', 'AA='])('%j is none', text => expect(decodeBase64(text)).toBeUndefined())
  test('what is written is read again', () =>
    fc.assert(fc.property(fc.uint8Array(), bytes => void expect(decodeBase64(encodeBase64(bytes))).toEqual(bytes))))
})

/** Documents as servers may sign them: any text, integers, deep. */
const documents = fc.letrec<{ value: unknown; object: JsonObject }>(tie => ({
  value: fc.oneof(
    { depthSize: 'small' },
    fc.string({ unit: 'binary' }), fc.maxSafeInteger(), fc.boolean(), fc.constant(null), fc.constant(-0), fc.array(tie('value'), { maxLength: 4 }), tie('object'),
  ),
  object: fc.dictionary(fc.oneof(fc.string({ unit: 'binary', maxLength: 6 }), fc.constantFrom('unsigned', 'type', '\uff61', '\u{10002}', '10', '9')), tie('value'), { maxKeys: 6 }),
})).object

const debians = '/usr/bin/python3'
const installed = spawnSync(debians, ['-c', 'import signedjson, canonicaljson']).status === 0

test.skipIf(!installed)(`Debian's signedjson agrees on 1,000 documents${installed ? '' : ' (python3-signedjson is not installed)'}`, () => {
  const samples = fc.sample(documents, { numRuns: 1000, seed: 4 }).map(document => {
    const signed = signJson(document, 'domain', key)
    return { document, text: JSON.stringify(document), signed: JSON.stringify(signed), signature: signed.signatures.domain!['ed25519:1'] }
  })
  const ran = spawnSync(debians, [join(import.meta.dirname, 'oracle.py')], {
    input: JSON.stringify({ seed, documents: samples.map(({ text, signed }) => ({ text, signed })) }),
    maxBuffer: 1e9,
    encoding: 'utf8',
  })
  expect(ran.stderr).toBe('')
  const answers = JSON.parse(ran.stdout) as { canonical: string; signature: string; verified: boolean }[]
  expect(answers).toHaveLength(1000)
  samples.forEach(({ document, signature, text }, index) => {
    const { canonical, signature: theirs, verified } = answers[index]!
    expect(canonicalJson(parsed(text))).toBe(Buffer.from(canonical, 'base64').toString())
    expect({ signature, verified }).toEqual({ signature: theirs, verified: true })
    expect(isSigned({ ...document, signatures: { domain: { 'ed25519:1': theirs } } }, 'domain', 'ed25519:1', key.verifyKey)).toBe(true)
  })
})
