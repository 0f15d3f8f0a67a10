import { certificate, documentsIn, inDelegation, passesMatrix, paths, servesDocuments, virtualHost, withModSecurity, withModule } from './apache.ts'
import type { Healthy } from './fault.ts'
import { curl, saysAndAnswers } from './symptom.ts'

const [v4, v6] = ['10.77.0.11', 'fd77::11']
const version = 'https://matrix.lab1.test/_matrix/federation/v1/version'
const wellKnown = 'https://lab1.test/.well-known/matrix'
const answers = /^HTTP\/[\d.]+ 200[^]*"Synapse"/
const passing = 'ProxyPass /_matrix http://127.0.0.1:8008/_matrix nocanon retry=0'
const other = { chain: '/etc/ssl/matrix/other.pem', key: '/etc/ssl/matrix/other.key' } as const
const serverAlias = /    Alias \/\.well-known\/matrix\/server .*\n/
const clientAlias = /    Alias \/\.well-known\/matrix\/client .*\n/
const synapse = (found: string | RegExp, by: string) => ({ [paths.synapse]: [[found, by]] }) as const
const homeserver = (found: string, by: string) => ({ edit: { [paths.homeserver]: [[found, by]] } }) as const
const record = { target: 'matrix.lab1.test', port: 443, priority: 10, weight: 5 }
const handshake = 'openssl s_client -connect matrix.lab1.test:443'

/** Set-ups that are unusual and healthy. */
export const healthySetups: readonly Healthy[] = [
  {
    id: 'a-certificate-each',
    unusual: 'A certificate for the delegated name only, and another for the server name',
    by: {
      certificates: [{ names: ['lab1.test'] }, { names: ['matrix.lab1.test'], at: 'other' }],
      edit: { [paths.homeserver]: [[certificate.chain, other.chain], [certificate.key, other.key]] },
    },
    shows: { sh: `${handshake} -servername matrix.lab1.test </dev/null 2>/dev/null | openssl x509 -noout -ext subjectAltName`, shows: /^ *DNS:matrix\.lab1\.test$/m },
  },
  { id: 'no-ipv6', unusual: 'No IPv6', by: { dns: { addresses: { 'lab1.test': [v4], 'matrix.lab1.test': [v4] } } } },
  {
    id: 'port-8448',
    unusual: 'Port 8448 and no delegation document',
    by: {
      edit: {
        '/etc/apache2/ports.conf': [[/$/, 'Listen 8448\n']],
        [paths.delegation]: [[serverAlias, ''], [/$/, virtualHost('*:8448', 'lab1.test', passesMatrix)]],
      },
    },
    shows: curl('https://lab1.test:8448/_matrix/federation/v1/version', answers),
  },
  {
    id: 'srv-record',
    unusual: 'An SRV record and no delegation document',
    by: { edit: { [paths.delegation]: [[serverAlias, passesMatrix]] }, dns: { services: { '_matrix-fed._tcp.lab1.test': [record] } } },
    shows: curl(`${wellKnown}/server`, /^HTTP\/2 404/),
  },
  {
    id: 'srv-record-of-the-delegated-name',
    unusual: '`m.server` without a port, and an SRV record that says it',
    by: { write: { [paths.server]: '{"m.server": "matrix.lab1.test"}' }, dns: { services: { '_matrix-fed._tcp.matrix.lab1.test': [record] } } },
    shows: curl(`${wellKnown}/server`, /"matrix\.lab1\.test"/),
  },
  {
    id: 'no-client-document',
    unusual: 'No client document, where there are no clients',
    by: { edit: { [paths.delegation]: [[clientAlias, '']] } },
    shows: curl(`${wellKnown}/client`, /^HTTP\/2 404/),
  },
  {
    id: 'mapping-encoded',
    unusual: '`mapping=encoded` in place of `nocanon`',
    by: homeserver(passing, passing.replace('nocanon', 'mapping=encoded')),
    shows: saysAndAnswers(paths.homeserver, 'mapping=encoded'),
  },
  {
    id: 'encoded-slashes-on',
    unusual: '`AllowEncodedSlashes On` with `nocanon`',
    by: homeserver('AllowEncodedSlashes NoDecode', 'AllowEncodedSlashes On'),
    shows: saysAndAnswers(paths.homeserver, 'AllowEncodedSlashes On'),
  },
  {
    id: 'www',
    unusual: 'The whole site is redirected to www, the documents with it',
    by: {
      edit: {
        [paths.delegation]: [
          ['    SSLEngine on\n', '    SSLEngine on\n    RewriteEngine On\n    RewriteRule ^/(.*)$ https://www.lab1.test/$1 [R=301,L]\n'],
          [/$/, virtualHost('*:443', 'www.lab1.test', servesDocuments('/var/www/site'))],
        ],
      },
      write: documentsIn('/var/www/site', 'matrix.lab1.test:443'),
      run: withModule('rewrite'),
      dns: { addresses: { 'www.lab1.test': [v4, v6] } },
    },
    shows: curl(`-L --resolve www.lab1.test:443:${v4} ${wellKnown}/server`, /^HTTP\/2 301[^]*HTTP\/2 200[^]*"matrix\.lab1\.test:443"/),
  },
  {
    id: 'delegation-on-another-machine',
    unusual: 'The documents are served by another machine',
    by: {
      lab2: {
        certificates: [{ names: ['lab1.test'], at: 'other' }],
        write: {
          '/etc/apache2/sites-enabled/lab1.conf': virtualHost('*:443', 'lab1.test', servesDocuments('/var/www/lab1'), other),
          ...documentsIn('/var/www/lab1', 'matrix.lab1.test:443'),
        },
      },
      dns: { addresses: { 'lab1.test': ['10.77.0.12', 'fd77::12'] } },
    },
    shows: curl(`--resolve lab1.test:443:10.77.0.12 ${wellKnown}/server`, /^HTTP\/2 200[^]*"matrix\.lab1\.test:443"/),
  },
  {
    id: 'documents-of-synapse',
    unusual: 'Synapse serves the documents itself, with its own headers of CORS',
    by: {
      edit: {
        ...synapse(/$/, '\nserve_server_wellknown: true\n'),
        [paths.delegation]: [
          ['    SSLEngine on\n', `    SSLEngine on\n${passesMatrix}    ProxyPass /.well-known/matrix http://127.0.0.1:8008/.well-known/matrix nocanon\n`],
          ['        Header always set Access-Control-Allow-Origin "*"\n', ''],
          [/ common\n/, ' "%h %t %m %U %>s"\n'],
        ],
      },
    },
    shows: curl(`${wellKnown}/server`, /server: Synapse[^]*"lab1\.test:443"/i),
  },
  {
    id: 'other-default-site',
    unusual: 'Another site with a certificate of its own is the first of the port',
    by: {
      certificates: [{ names: ['other.example'], by: 'itself', at: 'other' }],
      write: { '/etc/apache2/sites-enabled/000-other.conf': virtualHost('*:443', 'other.example', '', other) },
    },
    shows: { sh: `${handshake} -noservername </dev/null 2>/dev/null | openssl x509 -noout -subject`, shows: /other\.example/ },
  },
  {
    id: 'ip-literal',
    unusual: 'The server name is an IP address',
    serverName: `${v4}:443`,
    by: {
      certificates: [{ names: ['lab1.test', 'matrix.lab1.test', v4] }],
      edit: {
        [paths.synapse]: [['server_name: lab1.test', `server_name: "${v4}:443"`], ['homeserver.db', 'other.db']],
        [paths.delegation]: [['    SSLEngine on\n', `    SSLEngine on\n${passesMatrix}`]],
      },
    },
    shows: curl(`https://${v4}/_matrix/key/v2/server`, /"server_name":"10\.77\.0\.11:443"/),
  },
  {
    id: 'port-in-the-name',
    unusual: 'The server name has a port',
    serverName: 'matrix.lab1.test:443',
    by: { edit: { [paths.synapse]: [['server_name: lab1.test', 'server_name: "matrix.lab1.test:443"'], ['homeserver.db', 'other.db']] } },
    shows: curl('https://matrix.lab1.test/_matrix/key/v2/server', /"server_name":"matrix\.lab1\.test:443"/),
  },
  {
    id: 'http1-only',
    unusual: '`Protocols http/1.1`',
    by: homeserver('Protocols h2 http/1.1', 'Protocols http/1.1'),
    shows: curl(version, /^HTTP\/1\.1 200/),
  },
  {
    id: 'h2-only',
    unusual: '`Protocols h2` alone: Apache answers HTTP/1.1 all the same',
    by: homeserver('Protocols h2 http/1.1', 'Protocols h2'),
    shows: { on: 'lab1', sh: `grep -o 'Protocols .*' ${paths.homeserver}; curl --http1.1 -sS -i ${version}`, shows: /^Protocols h2\nHTTP\/1\.1 200/ },
  },
  {
    id: 'tls12-only',
    unusual: 'TLS 1.2 alone',
    by: { edit: { [paths.homeserver]: [['+TLSv1.2 +TLSv1.3', '+TLSv1.2']], [paths.delegation]: [['+TLSv1.2 +TLSv1.3', '+TLSv1.2']] } },
    shows: curl(`--tlsv1.3 ${version}`, /protocol version/),
  },
  {
    id: 'mod-security-off',
    unusual: 'mod_security on the host, switched off where Matrix is passed on',
    by: { run: withModSecurity },
    shows: { on: 'lab1', sh: 'apachectl -M 2>/dev/null | grep security2', shows: /security2_module/ },
  },
  {
    id: 'balancer',
    unusual: 'A balancer before Synapse',
    by: {
      edit: {
        [paths.homeserver]: [
          [passing, 'ProxyPass /_matrix balancer://synapse/_matrix nocanon'],
          [/^/, '<Proxy balancer://synapse>\n    BalancerMember http://127.0.0.1:8008 retry=0\n</Proxy>\n'],
        ],
      },
      run: { do: 'a2enmod -q proxy_balancer lbmethod_byrequests', undo: 'a2dismod -q -f lbmethod_byrequests proxy_balancer slotmem_shm' },
    },
    shows: saysAndAnswers(paths.homeserver, 'balancer://synapse/'),
  },
  {
    id: 'location-style',
    unusual: '`ProxyPass` within `<Location>`',
    by: homeserver(passing, '<Location /_matrix>\n        ProxyPass http://127.0.0.1:8008/_matrix nocanon retry=0\n    </Location>'),
    shows: saysAndAnswers(paths.homeserver, '<Location /_matrix>'),
  },
  {
    id: 'single-sign-on',
    unusual: 'Single sign-on',
    by: { edit: synapse(/$/, '\ncas_config: {enabled: true, server_url: "https://cas.lab1.test"}\n') },
    shows: curl('https://matrix.lab1.test/_matrix/client/v3/login', /m\.login\.sso/),
  },
  {
    id: 'closed-federation',
    unusual: '`federation_domain_whitelist`: it talks to some servers only',
    by: { edit: synapse(/$/, '\nfederation_domain_whitelist: [lab2.test]\n') },
    shows: saysAndAnswers(paths.synapse, 'federation_domain_whitelist'),
  },
  {
    id: 'profiles-kept',
    unusual: '`allow_profile_lookup_over_federation: false`: other servers are told nothing of its users',
    by: { edit: synapse(/$/, '\nallow_profile_lookup_over_federation: false\n') },
    shows: saysAndAnswers(paths.synapse, 'allow_profile_lookup_over_federation: false'),
  },
  {
    id: 'site-beside',
    unusual: 'A site of its own on the server name, with a page for every path',
    by: { ...inDelegation('    FallbackResource /index.html'), write: { '/var/www/matrix.lab1.test/index.html': '<!DOCTYPE html><title>Our site</title>\n' } },
    shows: curl('https://lab1.test/any/thing', /^HTTP\/2 200[^]*<!DOCTYPE html>/),
  },
]
