import { describe, expect, test } from 'vitest'
import { parsePin } from '../../../src/federation/network/pin.ts'

test.each([
  ['matrix.example.org:443:203.0.113.9', { name: 'matrix.example.org', port: 443, addresses: ['203.0.113.9'] }],
  ['example.org:8448:[2001:db8::9]', { name: 'example.org', port: 8448, addresses: ['2001:db8::9'] }],
  ['example.org:8448:2001:db8::9,203.0.113.9', { name: 'example.org', port: 8448, addresses: ['2001:db8::9', '203.0.113.9'] }],
])('--resolve %s', (text, pin) => {
  expect(parsePin(text)).toEqual(pin)
})

describe('--resolve is refused', () => {
  test.each(['', 'example.org', 'example.org:443', 'example.org:443:', 'example.org:0:203.0.113.9', 'example.org:99999:203.0.113.9', 'a b:443:203.0.113.9', 'example.org:443:other.example', 'example.org:443:203.0.113.9,', ':443:203.0.113.9'])('%j', text => {
    expect(() => parsePin(text)).toThrow(expect.objectContaining({ code: 'wrong-use', message: expect.stringContaining(`--resolve '${text}'`) }))
  })
})
