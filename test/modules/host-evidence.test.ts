import { expect, test } from 'vitest'
import { FactFailure, httpKey, type FactKinds } from '../../src/host/fact.ts'
import { hostEvidence } from '../../src/modules/host-evidence.ts'
import { debian, look, type ObservedHost } from './observed-host.ts'

const apache = (text: string): FactKinds['apacheConfiguration'] =>
  ({ version: '2.4.71', modules: ['proxy_module'], defines: [], environment: {}, root: '/etc/apache2', files: [{ path: '/etc/apache2/apache2.conf', text }], unread: ['/etc/apache2/private.conf: permission denied'] })
const passing = apache('<VirtualHost *:443>\nServerName a.test\nProxyPass /_matrix http://127.0.0.1:8018/_matrix nocanon\n</VirtualHost>')
const health = httpKey({ method: 'GET', url: 'http://127.0.0.1:8018/health', followRedirects: 'none', validateCertificates: false, timeout: 10, limit: 10_000 })
const evidence = async (host: ObservedHost) => {
  const looked = look(host)
  return { ...(await hostEvidence('web1', looked.facts)), rounds: looked.rounds.length }
}

test('a host is read in two round trips, and its homeserver asked where Apache passes Matrix on to', async () =>
  expect(await evidence({
    apacheConfiguration: { '': passing }, synapseConfiguration: { '': { files: [{ path: '/h.yaml', text: 'server_name: a.test' }], unread: [] } }, listening: { '': [{ address: '::', port: 443 }] },
    http: { [health]: { status: 200, reason: 'OK', url: 'http://127.0.0.1:8018/health', headers: {}, body: new Uint8Array() } },
  })).toEqual({
    name: 'web1', apache: passing, service: null, synapse: { files: [{ path: '/h.yaml', text: 'server_name: a.test' }] }, listening: [{ address: '::', port: 443 }], health: { url: 'http://127.0.0.1:8018/health', status: 200 },
    unread: ['/etc/apache2/private.conf: permission denied'], rounds: 2,
  }))

test('a homeserver that does not answer is told with the reason', async () =>
  expect(await evidence({ apacheConfiguration: { '': passing } })).toMatchObject({ health: { url: 'http://127.0.0.1:8018/health', error: 'Connection refused' } }))

test('a host without Apache and Synapse shows nothing, in one round trip', async () =>
  expect(await evidence({})).toEqual({ name: 'web1', apache: null, service: null, synapse: null, listening: [], health: null, unread: [], rounds: 1 }))

test('what cannot be read is told, and the rest is there', async () => {
  const denied = new FactFailure({ kind: 'synapseConfiguration', key: '' }, 'Synapse cannot be looked at')
  expect(await evidence({ apacheConfiguration: { '': apache('') }, synapseConfiguration: { '': denied } })).toMatchObject({ synapse: null, health: null, unread: ['Synapse cannot be looked at', '/etc/apache2/private.conf: permission denied'] })
})

test('where nothing listens at a port of Apache, it is asked whether it runs, and what it has against its files', async () => {
  const stopped = { exists: true, active: 'failed', enabled: 'enabled', properties: {} }
  const output = "AH00526: Syntax error on line 5 of /etc/apache2/ports.conf:\nInvalid command 'Listn', perhaps misspelled or defined by a module not included in the server configuration"
  const host: ObservedHost = { apacheConfiguration: { '': passing }, unit: { 'apache2.service': stopped }, apacheCheck: { now: { valid: false, output } }, listening: { '': [{ address: '::', port: 80 }] } }
  const complaint = { said: "Invalid command 'Listn', perhaps misspelled or defined by a module not included in the server configuration", at: { file: '/etc/apache2/ports.conf', line: 5 } }
  expect(await evidence(host)).toMatchObject({ service: { unit: 'apache2.service', state: 'failed', complaint }, rounds: 2 })
  const nobody = { platform: { '': { ...debian, user: { name: 'admin', uid: 1000, home: '/home/admin' } } } }
  expect(await evidence({ ...host, ...nobody })).toMatchObject({ service: { state: 'failed', complaint: null } })
})
