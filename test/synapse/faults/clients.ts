import { allowsOnly, inHomeserver, paths, withModule } from './apache.ts'
import type { Fault, Injection } from './fault.ts'
import { curl } from './symptom.ts'

const url = 'https://lab1.test/.well-known/matrix/client'
const login = 'https://matrix.lab1.test/_matrix/client/v3/login'
const origin = "-H 'Origin: https://app.example'"
const document = (content: object): Injection => ({ write: { [paths.client]: JSON.stringify(content) } })
const homeserver = { 'm.homeserver': { base_url: 'https://matrix.lab1.test' } }
const allowed = '        Header always set Access-Control-Allow-Origin "*"\n'
const twice = /access-control-allow-origin[^]*access-control-allow-origin/i

/** What keeps people from logging in, while other servers see nothing of it. */
export const clientFaults: readonly Fault[] = [
  {
    id: 'base-url-http',
    broken: '`m.homeserver.base_url` begins with http://',
    by: document({ 'm.homeserver': { base_url: 'http://matrix.lab1.test' } }),
    shows: curl(url, /"http:\/\/matrix/),
    expect: ['WKC-01', 'not-https'],
    cause: 'http://',
  },
  {
    id: 'base-url-elsewhere',
    broken: '`m.homeserver.base_url` names a host that passes nothing on',
    by: document({ 'm.homeserver': { base_url: 'https://lab1.test' } }),
    shows: curl(url, /"https:\/\/lab1\.test"/),
    expect: ['WKC-01', 'no-homeserver'],
    cause: 'ProxyPass',
  },
  {
    id: 'bogus-identity-server',
    broken: '`m.identity_server` is the homeserver itself',
    by: document({ ...homeserver, 'm.identity_server': { base_url: 'https://matrix.lab1.test' } }),
    shows: curl(url, /m\.identity_server/),
    expect: ['WKC-03', 'bogus'],
    cause: "the homeserver's own address",
  },
  {
    id: 'dead-key',
    broken: 'The client document names a sliding sync proxy',
    by: document({ ...homeserver, 'org.matrix.msc3575.proxy': { url: 'https://slidingsync.lab1.test' } }),
    shows: curl(url, /msc3575/),
    expect: ['WKC-04', 'dead'],
    cause: 'old guide',
  },
  {
    id: 'no-cors',
    broken: 'The client document without `Access-Control-Allow-Origin`',
    by: { edit: { [paths.delegation]: [[allowed, '']] } },
    shows: { sh: `curl -sS -i ${origin} ${url}`, shows: /^HTTP\/2 200(?:(?!access-control-allow-origin)[^])*$/i },
    expect: ['WKC-02', 'missing'],
    line: /Alias .*client/,
  },
  {
    id: 'cors-twice',
    broken: '`Header set` and `Header always set`, so that the header comes twice',
    by: { edit: { [paths.delegation]: [[allowed, `${allowed}        Header onsuccess set Access-Control-Allow-Origin "*"\n`]] } },
    shows: curl(`${origin} ${url}`, twice),
    expect: ['WKC-02', 'doubled'],
    line: /Header onsuccess set/,
  },
  {
    id: 'redirect-without-cors',
    broken: 'The client document is redirected with `Header set` alone, which redirects do not get',
    by: {
      edit: {
        [paths.delegation]: [
          ['    SSLEngine on\n', '    SSLEngine on\n    RewriteEngine On\n    RewriteRule ^/\\.well-known/matrix/client$ /client.json [R=302,L]\n'],
          [allowed, allowed.replace('always ', '')],
          ['<Location "/.well-known/matrix/">', '<LocationMatch "^/(.well-known/matrix/|client.json)">'],
          ['    </Location>', '    </LocationMatch>'],
        ],
      },
      run: withModule('rewrite'),
    },
    shows: { sh: `curl -sS -i ${origin} ${url}`, shows: /^HTTP\/2 302(?:(?!access-control-allow-origin)[^])*$/i },
    expect: ['WKC-02', 'missing-on-redirect'],
    line: /Header set Access-Control-Allow-Origin/,
  },
  {
    id: 'api-without-cors',
    broken: '`Header unset Access-Control-Allow-Origin` over `/_matrix`',
    by: inHomeserver('    Header unset Access-Control-Allow-Origin'),
    shows: { sh: `curl -sS -i -X OPTIONS ${origin} ${login}`, shows: /^HTTP\/2 204(?:(?!access-control-allow-origin)[^])*$/i },
    expect: ['HTTP-13', 'no-origin'],
    line: /Header unset/,
  },
  {
    id: 'api-cors-twice',
    broken: '`Header always set Access-Control-Allow-Origin` on top of what Synapse sends',
    by: inHomeserver('    Header always set Access-Control-Allow-Origin "*"'),
    shows: curl(`-X OPTIONS ${origin} ${login}`, twice),
    expect: ['HTTP-13', 'doubled'],
    line: /Header always set/,
  },
  {
    id: 'options-refused',
    broken: '`<LimitExcept>` that forbids OPTIONS',
    by: inHomeserver(allowsOnly('/_matrix/client', 'GET POST PUT DELETE')),
    shows: curl(`-X OPTIONS ${origin} ${login}`, /^HTTP\/2 403/),
    expect: ['HTTP-13', 'refused'],
    line: /<LimitExcept/,
  },
]
