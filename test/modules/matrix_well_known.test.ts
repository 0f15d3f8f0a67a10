import { describe, expect, test } from 'vitest'
import wellKnown from '../../src/modules/matrix_well_known.ts'
import { FakeHost } from '../host/fake-host.ts'
import { expectLaws } from './fake-run.ts'

const host = () => new FakeHost().directory('/var/www/matrix')
const root = { document_root: '/var/www/matrix' }

describe('the documents are written where they are served from', () => {
  test.each([
    ['server', { server: 'matrix.example.org:443' }, '{\n  "m.server": "matrix.example.org:443"\n}\n'],
    ['client', { homeserver_url: 'https://matrix.example.org/', format: 'compact' }, '{"m.homeserver":{"base_url":"https://matrix.example.org"}}\n'],
    [
      'client', { homeserver_url: 'https://m.example', identity_server_url: 'https://id.example', client_extra: { 'io.element.e2ee': { default: true }, 'cc.etke.ketesa': {} }, format: 'compact' },
      '{"m.homeserver":{"base_url":"https://m.example"},"m.identity_server":{"base_url":"https://id.example"},"cc.etke.ketesa":{},"io.element.e2ee":{"default":true}}\n',
    ],
    ['support', { support_contacts: [{ role: 'm.role.admin', matrix_id: '@admin:example.org' }], format: 'compact' }, '{"contacts":[{"role":"m.role.admin","matrix_id":"@admin:example.org"}]}\n'],
  ])('%s', async (document, parameters, text) => {
    const there = host()
    const { result, changes } = await expectLaws(wellKnown, { ...root, document, mode: '0640', owner: 'daemon', ...parameters }, there)
    expect(there.text(`/var/www/matrix/${document}.json`)).toBe(text)
    expect(result).toMatchObject({ changed: true, path: `/var/www/matrix/${document}.json`, content: JSON.parse(text) as object, mode: '0640', owner: 'daemon' })
    expect(changes).toMatchObject([{ subject: { kind: 'file', name: `/var/www/matrix/${document}.json` }, kind: 'create' }])
  })

  test('under another name where one is given', async () => {
    const there = host()
    await expectLaws(wellKnown, { ...root, document: 'server', server: 'a.example:443', path: '/srv/server' }, there)
    expect(there.text('/srv/server')).toContain('a.example:443')
  })
})

test('a server without a port is written, and warned of', async () => {
  const { result } = await expectLaws(wellKnown, { ...root, document: 'server', server: 'matrix.example.org' }, host())
  expect(result.warnings).toEqual([expect.stringContaining('never 443')])
})

test.each([
  ['server', {}, 'server is needed'],
  ['server', { server: 'https://matrix.example.org' }, 'must stand without https://'],
  ['client', { homeserver_url: 'http://matrix.example.org' }, 'must begin with https://'],
  ['support', {}, 'support_contacts or support_page is needed'],
])('a %s document from %o is refused, and nothing touched', async (document, parameters, message) => {
  const { result, changes } = await expectLaws(wellKnown, { ...root, document, ...parameters }, host())
  expect(changes).toEqual([])
  expect(result).toMatchObject({ failed: true, msg: expect.stringContaining(message) })
})

test('its directory has to be there', async () => {
  const { result } = await expectLaws(wellKnown, { document_root: '/var/www/none', document: 'server', server: 'a.example:443' }, host())
  expect(result).toMatchObject({ failed: true, msg: 'Destination directory /var/www/none does not exist' })
})
