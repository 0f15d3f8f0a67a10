import { describe, expect, test } from 'vitest'
import type { Finding } from '../../src/federation/check.ts'
import { explain } from '../../src/federation/explain.ts'
import type { HostEvidence } from '../../src/federation/host-evidence.ts'
import { siteOf } from '../../src/federation/look.ts'
import { verify, type VerifyOptions } from '../../src/federation/verify.ts'
import { apacheOf, hostWith, rendered } from './apache/evidence.ts'
import { refused, worldOf } from './internet.ts'
import { healthy } from './server.ts'

const homeserver = rendered('homeserver')
const delegation = rendered('delegation')

interface Broken {
  readonly homeserver?: (text: string) => string
  readonly delegation?: (text: string) => string
  /** Put before everything else, outside of virtual hosts. */
  readonly before?: string
  /** A site that comes first. */
  readonly first?: string
  readonly modules?: readonly string[]
  readonly host?: Partial<HostEvidence>
}

function hostOf({ homeserver: change = text => text, delegation: other = text => text, before = '', first = '', modules, host }: Broken): HostEvidence {
  const files = { '/etc/apache2/conf-enabled/before.conf': before, '000.conf': first, 'delegation.conf': other(delegation), 'homeserver.conf': change(homeserver) }
  return hostWith(apacheOf(files, modules && { modules: [...apacheOf({}).modules, ...modules] }), host)
}

/** The file, the text of the line, and what is said of it. */
async function explained(broken: Broken, id: string, kind: string, more: Partial<Finding> = {}): Promise<string | undefined> {
  const host = hostOf(broken)
  const site = siteOf('example.org', { world: worldOf(healthy()), hosts: [host] })
  const found = await explain(site, id, { kind, severity: 'error', message: '', ...more })
  if (!found?.where) return undefined
  const { file, line } = found.where
  const files = [...host.apache!.files, ...(host.synapse?.files ?? [])]
  const text = files.find(({ path }) => path === file)!.text.split('\n')[line! - 1]!.trim()
  return `${file.replace(/.*\//, '')}: ${text} | ${id.startsWith('FED') ? found.cause : found.cause!.split(': ').slice(1).join(': ')}`
}

const asking = (path: string): Partial<Finding> => ({ asked: `GET https://matrix.example.org${path} at 203.0.113.9:443` })
const put = (line: string, text: string) => (before: string) => before.replaceAll(new RegExp(`^(.*${line}.*)$`, 'gm'), line => `${text}\n${line}`)
const drop = (line: string) => (before: string) => before.replaceAll(new RegExp(`^.*${line}.*\n`, 'gm'), '')
const swap = (one: string, other: string) => (before: string) => before.replaceAll(one, other)
const inTls = (text: string) => (before: string) => before.replace(/(<VirtualHost \*:443>\n)/, `$1${text}\n`)

describe('the proxy before the homeserver', () => {
  test.each<[string, Broken, [string, string, Partial<Finding>?], string]>([
    ['no AllowEncodedSlashes', { homeserver: drop('AllowEncodedSlashes') }, ['HTTP-05', 'refused'], 'homeserver.conf: <VirtualHost *:443> | AllowEncodedSlashes NoDecode is missing'],
    ['AllowEncodedSlashes outside', { homeserver: drop('AllowEncodedSlashes'), before: 'AllowEncodedSlashes NoDecode' }, ['HTTP-05', 'refused'], 'before.conf: AllowEncodedSlashes NoDecode | it stands outside of the virtual host, which does not take it over'],
    ['AllowEncodedSlashes Off', { homeserver: swap('AllowEncodedSlashes NoDecode', 'AllowEncodedSlashes Off') }, ['HTTP-05', 'refused'], 'homeserver.conf: AllowEncodedSlashes Off | '],
    ['no nocanon', { homeserver: swap(' nocanon', '') }, ['HTTP-06', 'changed'], 'homeserver.conf: ProxyPass /_matrix http://127.0.0.1:8008/_matrix retry=0 | nocanon is missing'],
    ['RewriteRule [P]', { homeserver: put('ProxyPass /_matrix', 'RewriteEngine on\nRewriteRule "^(/_matrix/.*)$" "http://127.0.0.1:8008$1" [P,L]') }, ['HTTP-06', 'changed'], 'homeserver.conf: RewriteRule "^(/_matrix/.*)$" "http://127.0.0.1:8008$1" [P,L] | a RewriteRule with [P] always decodes; ProxyPass with nocanon does not'],
    ['a rule that drops the query', { homeserver: put('ProxyPass /_matrix', 'RewriteEngine on\nRewriteRule "^(/_matrix/federation/v1/query/.*)$" "http://127.0.0.1:8008$1" [P,QSD]') }, ['HTTP-08', 'changed'], 'homeserver.conf: RewriteRule "^(/_matrix/federation/v1/query/.*)$" "http://127.0.0.1:8008$1" [P,QSD] | it changes the query'],
    ['no ProxyPass', { homeserver: drop('ProxyPass /_matrix') }, ['HTTP-03', 'not-matrix'], 'homeserver.conf: <VirtualHost *:443> | no ProxyPass in it is for /_matrix/federation/v1/version'],
    ['a shortened path', { homeserver: swap('ProxyPass /_matrix http://127.0.0.1:8008/_matrix', 'ProxyPass /_matrix/ http://127.0.0.1:8008/') }, ['HTTP-03', 'no-federation'], 'homeserver.conf: ProxyPass /_matrix/ http://127.0.0.1:8008/ nocanon retry=0 | it makes http://127.0.0.1:8008/federation/v1/version of /_matrix/federation/v1/version'],
    ['clients alone', { homeserver: swap('ProxyPass /_matrix http://127.0.0.1:8008/_matrix', 'ProxyPass /_matrix/client http://127.0.0.1:8008/_matrix/client') }, ['HTTP-03', 'not-matrix'], 'homeserver.conf: <VirtualHost *:443> | no ProxyPass in it is for /_matrix/federation/v1/version'],
    ['no virtual host for the name', { homeserver: swap('ServerName matrix.example.org', 'ServerName other.example.org') }, ['HTTP-03', 'not-matrix'], 'delegation.conf: <VirtualHost *:443> | no virtual host at port 443 is for matrix.example.org, and this one is the first'],
    ['everything is redirected', { homeserver: put('ProxyPass /_matrix', 'RewriteEngine on\nRewriteRule ^ https://www.example.org%{REQUEST_URI} [R=301,L]') }, ['HTTP-11', 'servers'], 'homeserver.conf: RewriteRule ^ https://www.example.org%{REQUEST_URI} [R=301,L] | it takes /_matrix too'],
    ['Apache\'s own errors', { homeserver: put('ProxyRequests', 'ProxyErrorOverride On') }, ['HTTP-12', 'replaced', asking('/_matrix/federation/v1/matrix-provision')], 'homeserver.conf: ProxyErrorOverride On | '],
    ['a header of its own for browsers', { homeserver: put('ProxyRequests', 'Header always set Access-Control-Allow-Origin "*"') }, ['HTTP-13', 'doubled'], 'homeserver.conf: Header always set Access-Control-Allow-Origin "*" | '],
    ['only GET and POST', { homeserver: put('ProxyRequests', '<Location /_matrix>\n<LimitExcept GET POST>\nRequire all denied\n</LimitExcept>\n</Location>') }, ['HTTP-14', 'refused'], 'homeserver.conf: <LimitExcept GET POST> | '],
    ['mod_security', { homeserver: swap('SecRuleEngine Off', 'SecRuleEngine On'), modules: ['security2_module'] }, ['HTTP-14', 'refused'], 'homeserver.conf: SecRuleEngine On | mod_security judges what goes to the homeserver'],
    ['mod_security everywhere', { homeserver: drop('SecRuleEngine'), before: 'SecRuleEngine On', modules: ['security2_module'] }, ['HTTP-28', 'refused'], 'before.conf: SecRuleEngine On | mod_security judges what goes to the homeserver'],
    ['Authorization is taken away', { homeserver: put('ProxyRequests', 'RequestHeader unset Authorization') }, ['HTTP-15', 'stripped'], 'homeserver.conf: RequestHeader unset Authorization | '],
    ['a password for everything', { homeserver: put('ProxyRequests', '<Location />\nAuthType Basic\nRequire valid-user\n</Location>') }, ['HTTP-15', 'claimed'], 'homeserver.conf: AuthType Basic | '],
    ['small bodies', { before: 'LimitRequestBody 102400' }, ['HTTP-16', 'refused'], 'before.conf: LimitRequestBody 102400 | '],
    ['a backend that is not there', { homeserver: swap(':8008', ':8018') }, ['HTTP-22', 'refused'], 'homeserver.conf: ProxyPass /_matrix http://127.0.0.1:8018/_matrix nocanon retry=0 | nothing answers at http://127.0.0.1:8018, or not in time'],
    ['one part of the API', { homeserver: put('ProxyPass /_matrix', 'ProxyPass /_matrix/federation/v1/user !') }, ['HTTP-24', 'not-routed', asking('/_matrix/federation/v1/user/devices/%40none%3Aexample.org')], 'homeserver.conf: ProxyPass /_matrix/federation/v1/user ! | it takes /_matrix/federation/v1/user/devices/@none:example.org'],
    ['all of federation', { homeserver: put('ProxyPass /_matrix', 'ProxyPass /_matrix/federation !') }, ['HTTP-03', 'not-matrix'], 'homeserver.conf: ProxyPass /_matrix/federation ! | it takes /_matrix/federation/v1/version'],
    ['the keys', { homeserver: put('ProxyPass /_matrix', 'ProxyPass /_matrix/key !') }, ['HTTP-04', 'status'], 'homeserver.conf: ProxyPass /_matrix/key ! | it takes /_matrix/key/v2/server'],
    ['media', { homeserver: put('ProxyPass /_matrix', 'ProxyPass /_matrix/media !') }, ['HTTP-24', 'not-routed', asking('/_matrix/media/v3/upload')], 'homeserver.conf: ProxyPass /_matrix/media ! | it takes /_matrix/media/v3/upload'],
    ['federation for some addresses', { homeserver: put('ProxyRequests', '<Location /_matrix/federation>\nRequire ip 192.0.2.0/24\n</Location>') }, ['HTTP-03', 'refused'], 'homeserver.conf: Require ip 192.0.2.0/24 | it stands in <Location /_matrix/federation>'],
    ['clients for some addresses', { homeserver: put('ProxyRequests', '<Location /_matrix/client>\nRequire ip 192.0.2.0/24\n</Location>') }, ['WKC-01', 'no-homeserver'], 'homeserver.conf: Require ip 192.0.2.0/24 | it stands in <Location /_matrix/client>'],
    ['joins for some addresses', { homeserver: put('ProxyRequests', '<LocationMatch ^/_matrix/federation/v[12]/(send_join|make_join)>\n<RequireAny>\nRequire ip 192.0.2.0/24\nRequire local\n</RequireAny>\n</LocationMatch>') }, ['HTTP-24', 'refused', asking('/_matrix/federation/v1/make_join/%21none%3Aexample.org/%40none%3Aexample.org')], 'homeserver.conf: Require ip 192.0.2.0/24 | it stands in <LocationMatch ^/_matrix/federation/v[12]/(send_join|make_join)>'],
    ['a rule against joins', { homeserver: put('ProxyPass /_matrix', 'RewriteEngine On\nRewriteRule ^/_matrix/federation/v1/(make_join|invite)/ - [F]') }, ['HTTP-24', 'refused', asking('/_matrix/federation/v1/make_join/%21none%3Aexample.org/%40none%3Aexample.org')], 'homeserver.conf: RewriteRule ^/_matrix/federation/v1/(make_join|invite)/ - [F] | it refuses /_matrix/federation/v1/make_join/!none:example.org/@none:example.org'],
    ['media that are gone', { homeserver: put('ProxyPass /_matrix', 'RewriteEngine On\nRewriteRule ^/_matrix/media/ - [G]') }, ['HTTP-24', 'refused', asking('/_matrix/media/v3/upload')], 'homeserver.conf: RewriteRule ^/_matrix/media/ - [G] | it refuses /_matrix/media/v3/upload'],
    ['short headers', { before: 'LimitRequestFieldSize 120' }, ['FED-04', 'not-matrix'], 'before.conf: LimitRequestFieldSize 120 | LimitRequestFieldSize 120: the header Authorization of servers is longer'],
    ['the scheme', { homeserver: swap('X-Forwarded-Proto "https"', 'X-Forwarded-Proto "http"') }, ['HTTP-10', 'to-http'], 'homeserver.conf: RequestHeader set X-Forwarded-Proto "http" | it says http'],
    ['the administration API', { homeserver: put('ProxyPass /_synapse', 'ProxyPass /_synapse http://127.0.0.1:8008/_synapse') }, ['SEC-01', 'exposed'], 'homeserver.conf: ProxyPass /_synapse http://127.0.0.1:8008/_synapse | it passes /_synapse/admin/v1/server_version on too'],
    ['everything', { homeserver: put('ProxyPass /_matrix', 'ProxyPass / http://127.0.0.1:8008/ nocanon') }, ['SEC-02', 'metrics', { message: '/_synapse/metrics is public' }], 'homeserver.conf: ProxyPass / http://127.0.0.1:8008/ nocanon | it passes /_synapse/metrics on too'],
    ['a forward proxy', { homeserver: swap('ProxyRequests Off', 'ProxyRequests On') }, ['SEC-04', 'open'], 'homeserver.conf: ProxyRequests On | '],
    ['a forward proxy, everywhere', { homeserver: drop('ProxyRequests'), before: 'ProxyRequests On' }, ['SEC-04', 'open'], 'before.conf: ProxyRequests On | '],
    ['Matrix at port 80', { homeserver: text => text.replace(/RedirectMatch 301 .*/, 'ProxyPass /_matrix http://127.0.0.1:8008/_matrix') }, ['NET-02', 'unencrypted', { message: 'http://matrix.example.org passes Matrix without encryption' }], 'homeserver.conf: ProxyPass /_matrix http://127.0.0.1:8008/_matrix | it passes Matrix on without encryption'],
    ['IPv4 alone', { before: '', homeserver: swap('<VirtualHost *:443>', '<VirtualHost 203.0.113.9:443>') }, ['DNS-03', 'dead'], 'homeserver.conf: <VirtualHost 203.0.113.9:443> | it is for that address alone'],
    ['a port that nobody listens at', { host: { listening: [{ address: '::', port: 80 }] } }, ['DNS-03', 'dead'], 'homeserver.conf: <VirtualHost *:443> | nothing on the host listens at port 443'],
    ['the path of certificate renewal', { homeserver: text => text.replace(/RedirectMatch 301 .*/, 'Redirect permanent / https://matrix.example.org/') }, ['NET-02', 'challenge-loop', { message: 'http://matrix.example.org/ leads' }], 'homeserver.conf: Redirect permanent / https://matrix.example.org/ | it takes the path of certificate renewal too'],
  ])('%s', async (_, broken, [id, kind, more], wanted) => expect(await explained(broken, id, kind, more)).toBe(wanted))
})

describe('the documents', () => {
  test.each<[string, Broken, [string, string], string | undefined]>([
    ['no virtual host for the server name', { delegation: swap('ServerName example.org', 'ServerName www.example.org'), first: '<VirtualHost *:443>\nServerName other.example\n</VirtualHost>' }, ['WKS-01', 'missing'], '000.conf: <VirtualHost *:443> | no virtual host at port 443 is for example.org, and this one is the first'],
    ['no Alias', { delegation: drop('Alias /.well-known/matrix/server') }, ['WKS-01', 'missing'], 'delegation.conf: <VirtualHost *:443> | no Alias is for the document: it is looked for at /var/www/matrix.example.org/.well-known/matrix/server'],
    ['an Alias to nowhere', {}, ['WKS-01', 'missing'], 'delegation.conf: Alias /.well-known/matrix/server "/var/www/matrix.example.org/server.json" | /var/www/matrix.example.org/server.json is not there'],
    ['another application takes all', { delegation: put('Alias /.well-known/matrix/client', 'ProxyPass / http://127.0.0.1:3000/') }, ['WKS-09', 'page'], 'delegation.conf: ProxyPass / http://127.0.0.1:3000/ | it passes the document on to http://127.0.0.1:3000/.well-known/matrix/server'],
    ['a CMS takes all', { delegation: text => put('Alias /.well-known/matrix/client', 'RewriteEngine On\nRewriteCond %{REQUEST_FILENAME} !-f\nRewriteRule . /index.php [L]')(text) }, ['WKS-09', 'page'], 'delegation.conf: RewriteRule . /index.php [L] | it takes the document\'s path too'],
    ['a page for what is not there', { delegation: text => put('Require all granted', 'FallbackResource /index.php')(drop('Alias /.well-known')(text)) }, ['WKS-09', 'page'], 'delegation.conf: FallbackResource /index.php | '],
    ['Redirect comes before Alias, wherever it stands', { delegation: text => text.replace('    ErrorLog', '    Redirect permanent / https://www.example.org/\n    ErrorLog') }, ['WKS-05', 'loop'], 'delegation.conf: Redirect permanent / https://www.example.org/ | it takes the document\'s path too'],
    ['a rule against dots', { delegation: put('Alias /.well-known/matrix/client', 'RewriteEngine On\nRewriteRule "(^|/)\\." - [F]') }, ['WKS-10', 'forbidden'], 'delegation.conf: RewriteRule "(^|/)\\." - [F] | it takes the document\'s path too'],
    ['a directory against dots', { delegation: text => swap('Alias /.well-known/matrix/server "/var/www/matrix.example.org/server.json"', 'Alias /.well-known/matrix/server "/var/www/.matrix/server.json"')(text), before: '<DirectoryMatch "/\\.">\nRequire all denied\n</DirectoryMatch>' }, ['WKS-10', 'forbidden'], 'before.conf: Require all denied | '],
    ['nobody grants access', { delegation: text => swap('/var/www/matrix.example.org', '/srv/matrix')(drop('Require all granted')(text)) }, ['WKS-10', 'forbidden'], 'delegation.conf: Alias /.well-known/matrix/server "/srv/matrix/server.json" | no <Directory> grants access to /srv/matrix'],
    ['a password for the site', { delegation: put('Alias /.well-known/matrix/client', '<Location />\nAuthType Basic\nAuthName x\nRequire valid-user\n</Location>') }, ['WKS-12', 'protected'], 'delegation.conf: Require valid-user | '],
    ['no type', { delegation: drop('ForceType') }, ['WKS-04', 'type'], 'delegation.conf: Alias /.well-known/matrix/server "/var/www/matrix.example.org/server.json" | the file\'s name tells no type, and no ForceType is for it'],
    ['another type', { delegation: swap('ForceType application/json', 'ForceType text/plain') }, ['WKC-07', 'type'], 'delegation.conf: ForceType text/plain | '],
    ['kept for a year', { before: 'ExpiresDefault "access plus 1 year"', delegation: drop('Cache-Control') }, ['WKS-07', 'long'], 'before.conf: ExpiresDefault "access plus 1 year" | '],
    ['no header for browsers', { delegation: drop('Access-Control-Allow-Origin') }, ['WKC-02', 'missing'], 'delegation.conf: Alias /.well-known/matrix/client "/var/www/matrix.example.org/client.json" | no Header line for Access-Control-Allow-Origin is for what it leads to'],
    ['a header twice', { delegation: put('Header always set Access', 'Header set Access-Control-Allow-Origin "*"') }, ['WKC-02', 'doubled'], 'delegation.conf: Header always set Access-Control-Allow-Origin "*" | it adds to another line, or to what the homeserver sends: set without always does not replace one with it'],
    ['no header with a redirect', { delegation: swap('Header always set Access', 'Header set Access') }, ['WKC-02', 'missing-on-redirect'], 'delegation.conf: Header set Access-Control-Allow-Origin "*" | without always it is not sent with a redirect'],
    ['no TLS for the server name', { delegation: text => text.replace(/<VirtualHost \*:443>[^]*/, '') }, ['WKS-08', 'no-tls'], 'delegation.conf: <VirtualHost *:80> | no virtual host with TLS is for example.org'],
  ])('%s', async (_, broken, [id, kind], wanted) => expect(await explained(broken, id, kind)).toBe(wanted))
})

describe('what says that the document is there but does not come blames no line for its absence', () => {
  test.each<[string, Broken, [string, string, Partial<Finding>?], string | undefined]>([
    ['no answer', {}, ['WKS-01', 'no-answer'], undefined],
    ['a directory that nobody may enter', {}, ['WKC-06', 'failing', { answered: '403, an HTML page of Apache' }], undefined],
    ['a redirect of .htaccess', {}, ['WKC-06', 'failing', { answered: '301 to https://www.example.org/' }], undefined],
    ['an application that fails', { delegation: put('Alias /.well-known/matrix/client', 'ProxyPass / http://127.0.0.1:3000/') }, ['WKS-01', 'server-error'], 'delegation.conf: ProxyPass / http://127.0.0.1:3000/ | it passes the document on to http://127.0.0.1:3000/.well-known/matrix/server'],
    ['a rule that says that it is gone', { delegation: put('Alias /.well-known/matrix/client', 'RewriteEngine On\nRewriteRule ^/.well-known/ - [G]') }, ['WKS-01', 'missing', { answered: '410, an HTML page' }], 'delegation.conf: RewriteRule ^/.well-known/ - [G] | it takes the document\'s path too'],
  ])('%s', async (_, broken, [id, kind, more], wanted) => expect(await explained(broken, id, kind, more)).toBe(wanted))
})

describe('Apache that does not listen', () => {
  const unit = 'apache2.service'
  const listening = [{ address: '::', port: 22 }]
  const complaint = { said: "Invalid command 'Listn'", at: { file: '/etc/apache2/ports.conf', line: 5 } }
  const ofHost = async (service: HostEvidence['service'], options: Partial<VerifyOptions> = {}) => {
    const parts = healthy()
    for (const address of ['203.0.113.8', '2001:db8::8', '203.0.113.9', '2001:db8::9']) parts.failures[address] = refused
    const { checks, summary } = await verify('example.org', { world: worldOf(parts), hosts: [hostOf({ host: { listening, service } })], ...options })
    const [first, ...others] = checks.flatMap(({ id, findings }) => findings.map(({ kind, cause, where, severity }) => ({ id, kind, cause, where, severity }))).filter(({ severity }) => severity === 'error')
    return { summary, first, others }
  }

  test.each<[string, HostEvidence['service'], object]>([
    ['it does not run', { unit, state: 'inactive', complaint: null }, { cause: 'apache2.service does not run (inactive)', where: undefined }],
    ['its files are broken', { unit, state: 'failed', complaint }, { cause: "Apache does not start: Invalid command 'Listn'", where: { file: '/etc/apache2/ports.conf', line: 5, host: 'web1' } }],
    ['it runs with files of before', { unit, state: 'active', complaint }, { cause: "Apache refuses its configuration, and has not taken it over: Invalid command 'Listn'" }],
    ['it runs and listens elsewhere', { unit, state: 'active', complaint: null }, { cause: '<VirtualHost *:443>: nothing on the host listens at port 443', where: { file: '/etc/apache2/sites-enabled/delegation.conf', line: expect.any(Number), host: 'web1' } }],
  ])('%s', async (_, service, wanted) => {
    expect(await ofHost(service)).toMatchObject({ summary: 'example.org does not federate: nothing answers at port 443 of example.org', first: { id: 'DNS-03', kind: 'nothing-answers', ...wanted }, others: [] })
    const inside = wanted as { readonly cause: string; readonly where?: object }
    if (service?.state !== 'active') expect(await ofHost(service, { inside: true })).toMatchObject({ first: { id: 'NET-01', kind: 'closed', ...inside } })
  })
})

describe('TLS', () => {
  const of = (name: string): Partial<Finding> => ({ message: `The certificate of ${name} at 203.0.113.9:443 is not trusted` })
  test.each<[string, Broken, [string, string, Partial<Finding>?], string]>([
    ['no intermediate', {}, ['TLS-01', 'missing-intermediate', of('matrix.example.org')], 'homeserver.conf: SSLCertificateFile "/etc/ssl/matrix/fullchain.pem" | the file holds another certificate than a whole chain to a trusted root'],
    ['the certificate of the delegation', {}, ['TLS-03', 'expired', of('example.org')], 'delegation.conf: SSLCertificateFile "/etc/ssl/matrix/fullchain.pem" | the file holds a certificate that is over, will be soon, or was not read again since'],
    ['another name', { homeserver: swap('ServerName matrix.example.org', 'ServerName x.example.org') }, ['TLS-02', 'other-name', of('matrix.example.org')], 'delegation.conf: <VirtualHost *:443> | no virtual host at port 443 is for matrix.example.org, and this one is the first'],
    ['no TLS at that port', { homeserver: drop('SSLEngine') }, ['TLS-04', 'no-tls', of('matrix.example.org')], 'homeserver.conf: <VirtualHost *:443> | SSLEngine is not on'],
    ['old protocols', { homeserver: swap('-all +TLSv1.2 +TLSv1.3', '-all +TLSv1') }, ['TLS-04', 'old', of('matrix.example.org')], 'homeserver.conf: SSLProtocol -all +TLSv1 | '],
    ['one cipher', { homeserver: inTls('SSLCipherSuite AES128-SHA') }, ['TLS-04', 'handshake', of('matrix.example.org')], 'homeserver.conf: SSLCipherSuite AES128-SHA | it may have nothing that fits the certificate\'s key, or that others still speak'],
    ['old protocols alone', { homeserver: swap('-all +TLSv1.2 +TLSv1.3', '-all +TLSv1') }, ['TLS-04', 'handshake', of('matrix.example.org')], 'homeserver.conf: SSLProtocol -all +TLSv1 | '],
    ['certificates of clients, everywhere', { before: 'SSLVerifyClient require' }, ['TLS-07', 'required', of('matrix.example.org')], 'before.conf: SSLVerifyClient require | '],
    ['HTTP/2 alone', { homeserver: inTls('Protocols h2') }, ['TLS-08', 'http2-broken', of('matrix.example.org')], 'homeserver.conf: Protocols h2 http/1.1 | '],
    ['the first of its port', {}, ['SEC-05', 'catch-all'], 'delegation.conf: <VirtualHost *:443> | it is the first of its port'],
    ['versions', { before: 'ServerTokens OS' }, ['SEC-08', 'tokens'], 'before.conf: ServerTokens OS | '],
  ])('%s', async (_, broken, [id, kind, more], wanted) => expect(await explained(broken, id, kind, more)).toBe(wanted))
})

describe('the homeserver', () => {
  const synapse = (text: string): Broken => ({ host: { synapse: { files: [{ path: '/etc/matrix-synapse/homeserver.yaml', text }] } } })
  test.each<[string, Broken, [string, string], string | undefined]>([
    ['another name', synapse('server_name: matrix.example.org\n'), ['FED-01', 'other-name'], 'homeserver.yaml: server_name: matrix.example.org | server_name is matrix.example.org'],
    ['a list of servers', synapse('server_name: example.org\nfederation_domain_whitelist: [a.example]\n'), ['FED-08', 'denied'], 'homeserver.yaml: federation_domain_whitelist: [a.example] | it talks to these servers alone'],
    ['a list without servers', synapse('server_name: example.org\nfederation_domain_whitelist: []\n'), ['FED-07', 'unreached'], 'homeserver.yaml: federation_domain_whitelist: [] | the list is empty: it talks to nobody'],
    ['a list of addresses', synapse('server_name: example.org\nip_range_blacklist:\n- 0.0.0.0/0\n'), ['FED-05', 'unreached'], 'homeserver.yaml: ip_range_blacklist: | it goes to none of these addresses'],
    ['an authority of its own', synapse('server_name: example.org\nfederation_custom_ca_list: [/x.pem]\n'), ['FED-05', 'distrusts'], 'homeserver.yaml: federation_custom_ca_list: [/x.pem] | it believes these authorities alone, and no others of the system'],
    ['an empty list of addresses', synapse('server_name: example.org\nip_range_blacklist: []\n'), ['FED-05', 'unreached'], undefined],
  ])('%s', async (_, broken, [id, kind], wanted) => expect(await explained(broken, id, kind)).toBe(wanted))
})

test('of what no line is to blame for, none is named', async () => {
  for (const [id, kind] of [['HTTP-05', 'refused'], ['HTTP-14', 'refused'], ['SEC-01', 'exposed'], ['HTTP-15', 'stripped'], ['HTTP-12', 'replaced'], ['FED-03', 'unstable'], ['TLS-04', 'handshake'], ['HTTP-03', 'refused'], ['FED-05', 'unreached']] as const)
    expect(await explained({ homeserver: text => text }, id, kind, id === 'HTTP-12' ? asking('/_matrix/federation/v1/matrix-provision') : {})).toBe(id === 'HTTP-05' ? 'homeserver.conf: AllowEncodedSlashes NoDecode | ' : undefined)
})
