import { describe, expect, test } from 'vitest'
import { hostProxyChecks } from '../../../src/federation/check/host-proxy.ts'
import { hostServiceChecks } from '../../../src/federation/check/host-services.ts'
import { hostSynapseChecks } from '../../../src/federation/check/host-synapse.ts'
import type { HostEvidence } from '../../../src/federation/host-evidence.ts'
import { judge } from '../../../src/federation/judge.ts'
import { siteOf } from '../../../src/federation/look.ts'
import { apacheOf, hostWith, rendered } from '../apache/evidence.ts'
import { worldOf } from '../internet.ts'
import { healthy, type Parts } from '../server.ts'

const checks = [...hostProxyChecks, ...hostServiceChecks, ...hostSynapseChecks]

/** What the checks say of hosts, `ID kind file:line`, and why they were not made. */
async function told(hosts: readonly HostEvidence[], parts: Parts = healthy()): Promise<readonly string[]> {
  const results = await judge(siteOf('example.org', { world: worldOf(parts), hosts }), { active: true, late: new Promise(() => {}) }, checks)
  return results.flatMap(({ id, findings, why }) => (why ? [`${id} - ${why}`] : findings.map(({ kind, severity, where }) => `${id} ${kind} ${severity} ${where?.file.replace(/.*\//, '')}:${where?.line}`)))
}

const withoutSynapse = (told: readonly string[]) => told.filter(line => !/^(HS-\d+|HTTP-01) - no/.test(line))

/** What is said of our own virtual host after a change. */
async function changed(change: (text: string) => string, more: Parameters<typeof apacheOf>[1] = {}): Promise<readonly string[]> {
  const before = rendered('homeserver')
  const text = change(before)
  expect(text).not.toBe(before)
  return withoutSynapse(await told([hostWith(apacheOf({ 'matrix.conf': text, 'delegation.conf': rendered('delegation') }, more))]))
}

/** The line of our own virtual host on port 443 that begins so. */
const line = (text: string, beginning: string) => text.split('\n').findIndex((one, index) => one.trim().startsWith(beginning) && text.split('\n').slice(0, index).some(before => before.includes('*:443'))) + 1
const own = rendered('homeserver')
const at = (beginning: string) => `matrix.conf:${line(own, beginning)}`

describe('our own templates raise no alarm', () => {
  test.each<[string, Record<string, string>]>([
    ['two names', { 'homeserver.conf': rendered('homeserver'), 'delegation.conf': rendered('delegation') }],
    ['one name for both', { 'homeserver.conf': rendered('homeserver', { fqdn: 'example.org', delegates_here: true }) }],
    ['with an administrator', { 'homeserver.conf': rendered('homeserver', { admin: 'a@example.org' }), 'delegation.conf': rendered('delegation') }],
  ])('%s', async (_, files) => expect(withoutSynapse(await told([hostWith(apacheOf(files))]))).toEqual([]))

  test('where TLS ends elsewhere', async () => {
    const apache = apacheOf({ 'homeserver.conf': rendered('homeserver', { tls: 'elsewhere' }), 'delegation.conf': rendered('delegation', { tls: 'elsewhere' }) })
    expect(withoutSynapse(await told([hostWith(apache, { listening: [{ address: '0.0.0.0', port: 80 }] })]))).toEqual([])
  })
})

test('the configuration of the beginning says http behind what ends TLS for it, and logs queries', async () => {
  const said = withoutSynapse(await told([hostWith(apacheOf({ 'seed.conf': rendered('seed') }), { name: 'web1' })]))
  expect(said).toEqual(['HTTP-27 http error seed.conf:6', 'SEC-07 tokens warning seed.conf:24'])
})

describe('each fault is found where it stands', () => {
  test.each<[string, (text: string) => string, readonly string[]]>([
    ['no nocanon', text => text.replaceAll(' nocanon', ''), [`HTTP-07 no-nocanon error ${at('ProxyPass /_matrix')}`]],
    ['mapping=encoded instead', text => text.replaceAll('nocanon', 'mapping=encoded'), []],
    ['nocanon for servers alone', text => text.replace('    ProxyPass /_matrix ', '    ProxyPass /_matrix/client http://127.0.0.1:8008/_matrix/client\n    ProxyPass /_matrix '), [`HTTP-07 no-nocanon warning ${at('ProxyPass /_matrix')}`]],
    ['a general line behind it', text => text.replace(/( +ProxyPassReverse \/_matrix.*\n)/, '$1    ProxyPass / http://127.0.0.1:9000/\n'), []],
    ['a general line before it', text => text.replace('    ProxyPass /_matrix ', '    ProxyPass / http://127.0.0.1:8008/\n    ProxyPass /_matrix '), [`HTTP-07 no-nocanon error ${at('ProxyPass /_matrix')}`]],
    ['in a Location', text => text.replace(/ +ProxyPass \/_matrix.*\n/, '<Location /_matrix>\nProxyPass http://127.0.0.1:8008/_matrix\n</Location>\n'), [`HTTP-07 no-nocanon error matrix.conf:${line(own, 'ProxyPass /_matrix') + 1}`]],
    ['by a pattern', text => text.replace('ProxyPass /_matrix http://127.0.0.1:8008/_matrix nocanon retry=0', 'ProxyPassMatch "^/_matrix/(federation|key)/" "http://127.0.0.1:8008"'), [`HTTP-07 no-nocanon error ${at('ProxyPass /_matrix')}`]],
    ['a rewrite rule', text => text.replace(/ +ProxyPass \/_matrix.*\n/, 'RewriteEngine On\nRewriteRule ^/_matrix/(.*) http://127.0.0.1:8008/_matrix/$1 [P,NE]\n'), [`HTTP-07 rewrite-rule error matrix.conf:${line(own, 'ProxyPass /_matrix') + 1}`]],
    ['a rewrite rule that is switched off', text => text.replace('    ProxyPass /_matrix ', 'RewriteEngine Off\nRewriteRule ^/ http://x/ [P]\n    ProxyPass /_matrix '), []],
    ['a rewrite rule for something else', text => text.replace('    ProxyPass /_matrix ', 'RewriteEngine On\nRewriteRule ^/app/(.*) http://127.0.0.1:1/$1 [P]\n    ProxyPass /_matrix '), []],
    ['no ProxyPreserveHost', text => text.replace(/ +ProxyPreserveHost On\n/, '\n'), [`HTTP-09 off error ${at('ProxyPass /_matrix')}`]],
    ['ProxyPreserveHost Off', text => text.replace('ProxyPreserveHost On', 'ProxyPreserveHost Off'), [`HTTP-09 off error ${at('ProxyPreserveHost')}`]],
    ['too little time', text => text.replace('ProxyTimeout 600', 'ProxyTimeout 60'), [`HTTP-17 short warning ${at('ProxyTimeout')}`]],
    ['too little time for one backend', text => text.replaceAll('retry=0', 'retry=0 timeout=30'), [`HTTP-17 short warning ${at('ProxyPass /_matrix')}`]],
    ['Timeout counts without it', text => text.replace(/ +ProxyTimeout 600\n/, '\n'), []],
    ['X-Forwarded-Proto says http', text => text.replace('X-Forwarded-Proto "https"', 'X-Forwarded-Proto http'), [`HTTP-27 http error ${at('RequestHeader set X-Forwarded-Proto')}`]],
    ['X-Forwarded-Proto by an expression', text => text.replace('X-Forwarded-Proto "https"', '"X-Forwarded-Proto" expr=%{REQUEST_SCHEME}'), []],
    ['no X-Forwarded-Proto', text => text.replace(/ +RequestHeader set X-Forwarded-Proto.*\n/, '\n'), [`HTTP-27 missing warning ${at('ProxyPass /_matrix')}`]],
    ['X-Forwarded-For is passed on', text => text.replace(/ +RequestHeader unset.*\n/, '\n'), [`SEC-03 spoofable warning ${at('ProxyPass /_matrix')}`]],
    ['X-Forwarded-For is taken from everybody', text => text.replace(/ +RequestHeader unset.*\n/, '    RemoteIPHeader X-Forwarded-For\n'), [`SEC-03 spoofable warning ${at('RequestHeader unset')}`]],
    ['X-Forwarded-For is taken from the proxy before it', text => text.replace(/ +RequestHeader unset.*\n/, '    RemoteIPHeader X-Forwarded-For\n    RemoteIPInternalProxy 192.0.2.1\n'), []],
    ['queries are logged', text => text.replace(/CustomLog (.*access.log") .*/, 'CustomLog $1 combined'), [`SEC-07 tokens warning ${at('CustomLog')}`]],
    ['queries are logged by a format of its own', text => text.replace(/CustomLog (.*access.log") .*/, 'CustomLog $1 "%h \\"%r\\""'), [`SEC-07 tokens warning ${at('CustomLog')}`]],
    ['a log without queries', text => text.replace(/CustomLog (.*access.log") .*/, 'LogFormat "%h %U" short\nCustomLog $1 short'), []],
    ['a balancer', text => text.replace('ProxyPass /_matrix http://127.0.0.1:8008/_matrix', '<Proxy balancer://w>\nBalancerMember http://127.0.0.1:8008\nBalancerMember http://127.0.0.1:8009 retry=0\n</Proxy>\nProxyPass /_matrix balancer://w/_matrix'), [`HTTP-18 set-aside info matrix.conf:${line(own, 'ProxyPass /_matrix') + 1}`]],
  ])('%s', async (_, change, wanted) => expect(await changed(change)).toEqual(wanted))

  test('a port that nobody listens at', async () => {
    const apache = apacheOf({ 'matrix.conf': own, 'delegation.conf': rendered('delegation') })
    expect(withoutSynapse(await told([hostWith(apache, { listening: [{ address: '::', port: 80 }] })]))).toEqual(['NET-01 closed error matrix.conf:7'])
  })

  test('a homeserver that is down', async () => {
    const apache = apacheOf({ 'matrix.conf': own, 'delegation.conf': rendered('delegation') })
    const url = 'http://127.0.0.1:8008/health'
    const down = { url, error: 'connect ECONNREFUSED 127.0.0.1:8008' }
    expect(withoutSynapse(await told([hostWith(apache, { health: down })]))).toEqual([`HTTP-01 down error ${at('ProxyPass /_matrix')}`])
    expect(withoutSynapse(await told([hostWith(apache, { health: { url, status: 502 } })]))).toEqual([`HTTP-01 down error ${at('ProxyPass /_matrix')}`])
    expect(withoutSynapse(await told([hostWith(apache, { health: { url, status: 200 } })]))).toEqual([])
  })
})

test('hosts that have nothing to do with the name say so', async () => {
  const said = await told([hostWith(apacheOf({ 'other.conf': '<VirtualHost 192.0.2.1:443>\nServerName other.example\n</VirtualHost>' }))])
  expect(said.filter(line => /HTTP-07|NET-01/.test(line))).toEqual(['HTTP-07 - no Apache of the inventory has a virtual host for example.org', 'NET-01 - no Apache of the inventory has a virtual host for example.org'])
  expect((await told([])).every(line => line.endsWith('needs a look at the host: -i INVENTORY'))).toBe(true)
})

test('a configuration that cannot be read is said', async () => {
  const apache = apacheOf({ 'other.conf': '<VirtualHost 192.0.2.1:443>\nServerName other.example\n</VirtualHost>' })
  expect((await told([hostWith(apache, { unread: ['/etc/apache2/sites-enabled/matrix.conf: permission denied'] })])).filter(line => /HTTP-07/.test(line))).toEqual(['HTTP-07 - web1: /etc/apache2/sites-enabled/matrix.conf: permission denied'])
})

describe('Synapse', () => {
  const yaml = `server_name: "example.org"
public_baseurl: https://matrix.example.org
listeners:
  - port: 8008
    type: http
    tls: false
    x_forwarded: true
    bind_addresses: ['127.0.0.1', '::1']
    resources:
      - names: [client, federation]
        compress: false
report_stats: no
`
  const synapse = async (text: string, more: Partial<HostEvidence> = {}, parts?: Parts, later?: string) => {
    const files = [{ path: '/etc/matrix-synapse/homeserver.yaml', text }, ...(later === undefined ? [] : [{ path: '/etc/matrix-synapse/conf.d/a.yaml', text: later }])]
    const apache = apacheOf({ 'matrix.conf': own, 'delegation.conf': rendered('delegation') })
    return (await told([hostWith(apache, { synapse: { files }, ...more })], parts)).filter(line => line.startsWith('HS-'))
  }

  test.each<[string, string, readonly string[]]>([
    ['as it should be', yaml, []],
    ['no x_forwarded', yaml.replace('    x_forwarded: true\n', ''), ['HS-01 off warning homeserver.yaml:4']],
    ['x_forwarded: no', yaml.replace('x_forwarded: true', 'x_forwarded: no'), ['HS-01 off warning homeserver.yaml:7']],
    ['a listener of its own with TLS', `${yaml}`.replace('listeners:\n', 'listeners:\n  - {port: 8448, type: http, tls: true, resources: [{names: [federation]}]}\n'), []],
    ['no federation', yaml.replace('[client, federation]', '[client]'), ['HS-03 no-federation error homeserver.yaml:9']],
    ['another address', yaml.replace('https://matrix.example.org', 'https://example.org/'), ['HS-04 other warning homeserver.yaml:2']],
    ['no address', yaml.replace(/public_baseurl.*\n/, ''), ['HS-04 other warning homeserver.yaml:1']],
    ['a document of its own that nobody sees', `${yaml}serve_server_wellknown: true\n`, ['HS-05 unused info homeserver.yaml:13']],
    ['profiles are closed', `${yaml}allow_profile_lookup_over_federation: false\n`, ['HS-07 profiles info homeserver.yaml:13']],
    ['a list of servers', `${yaml}federation_domain_whitelist: [a.example]\n`, ['HS-09 some info homeserver.yaml:13']],
    ['a list without servers', `${yaml}federation_domain_whitelist: []\n`, ['HS-09 nobody error homeserver.yaml:13']],
    ['no list at all', `${yaml}federation_domain_whitelist:\n`, []],
    ['calls that nobody learns of', `${yaml}matrix_rtc:\n  transports:\n    - type: livekit\n      livekit_service_url: https://example.org/livekit/jwt\n`, ['HS-08 not-enabled warning homeserver.yaml:14']],
    ['another server', yaml.replace('example.org', 'example.net'), Array.from({ length: 9 }, (_, index) => `HS-0${index + 1} - no Synapse of the inventory has the server name example.org`)],
  ])('%s', async (_, text, wanted) => expect(await synapse(text)).toEqual(wanted))

  test('a later file counts', async () =>
    expect(await synapse(yaml, {}, undefined, 'listeners:\n- port: 8008\n  type: http\n  resources:\n  - names: [client]\n')).toEqual(['HS-01 off warning a.yaml:2', 'HS-03 no-federation error a.yaml:4']))

  test('open to everybody: it is tried whether anybody gets there', async () => {
    const text = yaml.replace(/ +bind_addresses.*\n/, '')
    const listening = [{ address: '0.0.0.0', port: 8008 }]
    const parts = healthy()
    expect(await synapse(text, { listening }, parts)).toEqual(['HS-02 open info homeserver.yaml:4'])
    parts.hosts.push({ ...parts.homeserver, port: 8008, tls: null })
    expect(await synapse(text, { listening }, parts)).toEqual(['HS-02 public error homeserver.yaml:4'])
    expect(await synapse(text, { listening: [{ address: '127.0.0.1', port: 8008 }] }, parts)).toEqual([])
  })

  test('Apache takes less than the homeserver', async () => {
    const files = [{ path: '/h.yaml', text: `${yaml}max_upload_size: 200M\n` }]
    const site = { 'matrix.conf': own.replace('    ProxyRequests Off', '    LimitRequestBody 104857600'), 'delegation.conf': rendered('delegation') }
    expect((await told([hostWith(apacheOf(site), { synapse: { files } })])).filter(line => line.startsWith('HS-'))).toEqual([`HS-06 smaller warning ${at('ProxyRequests')}`])
  })

  test('what cannot be read is said', async () =>
    expect((await told([hostWith(null, { unread: ['/etc/matrix-synapse/homeserver.yaml: permission denied'] })])).filter(line => line.startsWith('HS-01'))).toEqual(['HS-01 - web1: /etc/matrix-synapse/homeserver.yaml: permission denied']))

  test.each(['', '- a\n', 'a: b: c\n', '&a [*a]', 'listeners: 7\nserver_name: example.org\n', 'listeners: [7, {type: http}]\nserver_name: example.org\n', '\0', '{'.repeat(5000)])('%.20j does not break it', async text => expect(Array.isArray(await synapse(text))).toBe(true))
})
