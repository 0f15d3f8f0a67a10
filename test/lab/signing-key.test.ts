import { createPublicKey, verify } from 'node:crypto'
import { expect, test } from 'vitest'
import { keyDocument } from '../../src/lab/signing-key.ts'

test('a key document is signed by the key that it names', () => {
  const { signatures, ...content } = JSON.parse(keyDocument('lab1.test').document)
  expect(Object.keys(content)).toEqual(Object.keys(content).sort())
  const x = content.verify_keys['ed25519:lab'].key.replaceAll('+', '-').replaceAll('/', '_')
  const key = createPublicKey({ key: { kty: 'OKP', crv: 'Ed25519', x }, format: 'jwk' })
  const signature = Buffer.from(signatures['lab1.test']['ed25519:lab'], 'base64')
  expect(verify(null, Buffer.from(JSON.stringify(content)), key, signature)).toBe(true)
  expect(content.valid_until_ts).toBeGreaterThan(Date.now())
})

test('a server keeps its key', () => {
  const first = keyDocument('lab1.test')
  const second = keyDocument('lab1.test', first.key)
  expect(JSON.parse(second.document).verify_keys).toEqual(JSON.parse(first.document).verify_keys)
})
