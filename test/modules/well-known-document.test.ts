import { describe, expect, test } from 'vitest'
import { clientDocument, serverDocument, supportDocument } from '../../src/modules/well-known-document.ts'

describe('m.server', () => {
  test.each(['matrix.example.org:443', '198.51.100.9:443', '[2001:db8::7]:8448', 'example.org'])('%s is written as it is', server => {
    expect(serverDocument(server)).toMatchObject({ problems: [], content: { 'm.server': server } })
  })
  test.each(['https://matrix.example.org', 'matrix.example.org:443/', 'matrix.example.org/', 'a b:443', 'hs_1.example:443', 'example.org:0', 'example.org:99999', 'example.org:', '', undefined])('%s is refused', server => {
    expect(serverDocument(server).problems).toHaveLength(1)
  })
  test('without a port is warned of: nobody tries 443 then', () => {
    expect(serverDocument('example.org').warnings[0]).toContain('8448')
    expect(serverDocument('example.org:443').warnings).toEqual([])
  })
})

describe('the client document', () => {
  test('has no identity server unless one is given, and no slash at the end', () => {
    expect(clientDocument({ homeserverUrl: 'https://matrix.example.org/' }).content).toEqual({ 'm.homeserver': { base_url: 'https://matrix.example.org' } })
  })
  test('carries further keys and warns of those that nobody reads', () => {
    const made = clientDocument({ homeserverUrl: 'https://m.example', extra: { 'org.matrix.msc3575.proxy': { url: 'x' }, 'io.element.e2ee': { default: true }, plain: 1 } })
    expect(made.content).toHaveProperty(['io.element.e2ee'])
    expect(made.warnings).toHaveLength(2)
  })
  test.each([{ homeserverUrl: 'http://matrix.example.org' }, { homeserverUrl: 'matrix.example.org' }, {}, { homeserverUrl: 'https://m.example', extra: { 'm.homeserver': {} } }])('%o is refused', wishes => {
    expect(clientDocument(wishes).problems.length).toBeGreaterThan(0)
  })
})

describe('the support document', () => {
  test('needs a contact or a page', () => {
    expect(supportDocument(undefined, undefined).problems).toHaveLength(1)
    expect(supportDocument([], 'https://example.org/help')).toMatchObject({ problems: [], content: { support_page: 'https://example.org/help' } })
  })
  test.each([
    [{ role: 'm.role.admin', email_address: 'a@example.org' }, 0],
    [{ role: 'org.example.cook', matrix_id: '@cook:example.org' }, 0],
    [{ role: 'm.role.admin' }, 1],
    [{ role: 'boss', matrix_id: '@b:example.org' }, 1],
    [{ role: 'm.role.security', matrix_id: 'b:example.org' }, 1],
  ])('contact %o has %i problems', (contact, problems) => {
    expect(supportDocument([contact], undefined).problems).toHaveLength(problems)
  })
})
