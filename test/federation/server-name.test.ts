import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { addressAndPort, parseServerName } from '../../src/federation/server-name.ts'

describe('a server name', () => {
  test.each([
    ['example.org', { hostname: 'example.org', kind: 'dns' }],
    ['example.org:8448', { hostname: 'example.org', kind: 'dns', port: 8448 }],
    ['EXAMPLE.org', { hostname: 'EXAMPLE.org', kind: 'dns' }],
    ['example.org.', { hostname: 'example.org.', kind: 'dns' }],
    ['localhost:65535', { hostname: 'localhost', kind: 'dns', port: 65535 }],
    ['xn--bcher-kva.example', { hostname: 'xn--bcher-kva.example', kind: 'dns' }],
    ['1.2.3', { hostname: '1.2.3', kind: 'dns' }],
    ['x'.repeat(255), { hostname: 'x'.repeat(255), kind: 'dns' }],
    ['203.0.113.7', { hostname: '203.0.113.7', kind: 'ipv4' }],
    ['203.0.113.7:8449', { hostname: '203.0.113.7', kind: 'ipv4', port: 8449 }],
    ['[2001:db8::7]', { hostname: '2001:db8::7', kind: 'ipv6' }],
    ['[2001:db8::7]:443', { hostname: '2001:db8::7', kind: 'ipv6', port: 443 }],
    ['[::ffff:203.0.113.7]:08448', { hostname: '::ffff:203.0.113.7', kind: 'ipv6', port: 8448 }],
  ])('%s', (name, parts) => {
    expect(parseServerName(name)).toEqual({ ok: true, ...parts })
  })
})

describe('what is no server name is told with the likeliest mistake', () => {
  test.each([
    ['', 'it is empty'],
    ['hs_1.example', 'no underscore'],
    ['hs example', 'no blanks'],
    ['hs.example\n', 'no blanks'],
    ['https://hs.example', 'without https://'],
    ['hs.example/', 'no slash'],
    ['hs.example:443/', 'no slash'],
    ['@user:hs.example', 'without the user'],
    ['hs.example:', 'one to five digits'],
    ['hs.example:abc', 'one to five digits'],
    ['hs.example:-1', 'one to five digits'],
    ['hs.example:123456', 'one to five digits'],
    ['hs.example:0', 'no port 0'],
    ['hs.example:99999', 'no port 99999'],
    ['[::1', 'a bracket is missing'],
    ['::1]', 'a bracket is missing'],
    ['2001:db8::7', 'stands in brackets'],
    ['[2001:db8::7::1]', 'no IPv6 address'],
    ['[fe80::1%eth0]', 'a DNS name or an IP address'],
    ['256.1.1.1', 'no IPv4 address'],
    ['010.0.0.1', 'no IPv4 address'],
    ['x'.repeat(256), 'longer than 255'],
    ['bücher.example', 'a DNS name or an IP address'],
  ])('%j: %s', (name, mistake) => {
    const parsed = parseServerName(name)
    expect(parsed).toMatchObject({ ok: false, problem: expect.stringContaining(mistake) })
    expect(parsed.ok || parsed.problem).not.toMatch(/[\n\x1b]/)
  })
})

describe('for any text', () => {
  const likely = fc.string({ unit: fc.constantFrom('a', 'Z', '0', '9', '.', '-', ':', '[', ']', '_', ' ', '/', '%', '\0', 'é', '٣') })

  test('it is a name or none, and a name consists of what was taken from it', () => {
    fc.assert(fc.property(fc.oneof(fc.string(), likely), text => {
      const parsed = parseServerName(text)
      if (!parsed.ok) {
        expect(parsed.problem).toMatch(/is no server name: /)
        return
      }
      expect(text).toMatch(/^[0-9A-Za-z.:[\]-]+$/)
      const host = parsed.kind === 'ipv6' ? `[${parsed.hostname}]` : parsed.hostname
      expect(text.startsWith(host)).toBe(true)
      expect(text.slice(host.length)).toMatch(parsed.port === undefined ? /^$/ : new RegExp(`^:0*${parsed.port}$`))
    }), { numRuns: 2000 })
  })

  test('addresses with ports are read as they are written', () => {
    fc.assert(fc.property(fc.oneof(fc.ipV4(), fc.ipV6()), fc.integer({ min: 1, max: 65535 }), (address, port) => {
      expect(parseServerName(addressAndPort(address, port))).toEqual({ ok: true, hostname: address, kind: address.includes(':') ? 'ipv6' : 'ipv4', port })
    }))
  })
})
