import { allowsOnly, inHomeserver, paths, wantsPassword, withModSecurity, withModule } from './apache.ts'
import type { Fault, Symptom } from './fault.ts'
import { curl, logged } from './symptom.ts'

const matrix = 'https://matrix.lab1.test/_matrix'
const everywhere = 'ProxyPass /_matrix http://127.0.0.1:8008/_matrix nocanon retry=0'

/** How Synapse logs the target of a request that is sent with escapes. */
const arrives = (mark: string, shows: RegExp): Symptom => logged(`'${matrix}/federation/v1/event/%24${mark}%2Fx'`, `event/.*${mark}`, shows)

/** Single sign-on is redirected to where it came from. */
const turnsInACircle = curl(
  `'${matrix}/client/v3/login/sso/redirect?redirectUrl=https%3A%2F%2Fclient.example%2F'`,
  /location: https?:\/\/matrix\.lab1\.test\/_matrix\/client\/v3\/login\/sso\/redirect/i,
)

const smallBodies = `        SecRuleEngine On
        SecRuleRemoveById 1-9999999
        SecRequestBodyAccess On
        SecRequestBodyLimit 140000
        SecRequestBodyLimitAction Reject
`

/** What Apache does to requests on their way to the homeserver, and to its answers. */
export const proxyFaults: readonly Fault[] = [
  {
    id: 'no-nocanon',
    broken: '`ProxyPass` without `nocanon`',
    by: { edit: { [paths.homeserver]: [[`${everywhere}`, everywhere.replace(' nocanon', '')]] } },
    shows: arrives('canon', /GET \/_matrix\/federation\/v1\/event\/\$canon%2Fx/),
    expect: ['HTTP-06', 'changed'],
    line: /ProxyPass \/_matrix .*_matrix retry=0$/,
  },
  {
    id: 'rewrite-rule',
    broken: '`RewriteRule … [P]` in place of `ProxyPass`',
    by: {
      edit: { [paths.homeserver]: [[everywhere, 'RewriteEngine On\n    RewriteRule ^/_matrix/(.*)$ http://127.0.0.1:8008/_matrix/$1 [P]']] },
      run: withModule('rewrite'),
    },
    shows: arrives('rewritten', /GET \/_matrix\/federation\/v1\/event\/\$rewritten(%2F|\/)x/),
    expect: ['HTTP-06', 'changed'],
    line: /RewriteRule .*\[P\]/,
  },
  {
    id: 'query-cut-off',
    broken: '`RewriteRule … [P,QSD]`, which drops the query',
    by: {
      ...inHomeserver('    RewriteEngine On\n    RewriteRule ^(/_matrix/federation/v1/query/.*)$ http://127.0.0.1:8008$1 [P,QSD]'),
      run: withModule('rewrite'),
    },
    shows: logged(`'${matrix}/federation/v1/query/profile?user_id=mark'`, '/query/profile', /GET \/_matrix\/federation\/v1\/query\/profile HTTP/),
    expect: ['HTTP-08', 'changed'],
    also: ['HTTP-07'],
    line: /RewriteRule .*QSD/,
  },
  {
    id: 'no-encoded-slashes',
    broken: 'no `AllowEncodedSlashes`',
    by: { edit: { [paths.homeserver]: [['    AllowEncodedSlashes NoDecode\n', '']] } },
    shows: curl(`${matrix}/federation/v1/event/%24a%2Fb`, /^HTTP\/2 404[^]*<html>/i),
    expect: ['HTTP-05', 'refused'],
    line: /<VirtualHost \*:443>/,
  },
  {
    id: 'encoded-slashes-globally',
    broken: '`AllowEncodedSlashes` for the whole server only, which virtual hosts do not inherit',
    by: { edit: { [paths.homeserver]: [['    AllowEncodedSlashes NoDecode\n', '']] }, write: { [paths.everywhere]: 'AllowEncodedSlashes NoDecode\n' } },
    shows: curl(`${matrix}/federation/v1/event/%24a%2Fb`, /^HTTP\/2 404[^]*<html>/i),
    expect: ['HTTP-05', 'refused'],
    line: /AllowEncodedSlashes NoDecode/,
  },
  {
    id: 'matrix-redirected',
    broken: '`RewriteRule … [R]` leads everything to www, `/_matrix` included',
    by: { ...inHomeserver('    RewriteEngine On\n    RewriteRule ^/(.*)$ https://www.lab1.test/$1 [R=301,L]'), run: withModule('rewrite') },
    shows: curl(`${matrix}/federation/v1/version`, /^HTTP\/2 301/),
    expect: ['HTTP-11', 'servers'],
    line: /RewriteRule .*R=301/,
  },
  {
    id: 'prefix-stripped',
    broken: '`ProxyPass` takes the beginning of the path away',
    by: { edit: { [paths.homeserver]: [[everywhere, 'ProxyPass /_matrix/ http://127.0.0.1:8008/ nocanon retry=0']] } },
    shows: curl(`${matrix}/federation/v1/version`, /^HTTP\/2 404[^]*No Such Resource/),
    expect: ['HTTP-03', 'not-matrix'],
    line: /ProxyPass \/_matrix\/ http:\/\/127\.0\.0\.1:8008\/ /,
  },
  {
    id: 'clients-only',
    broken: '`ProxyPass` for `/_matrix/client` alone',
    by: { edit: { [paths.homeserver]: [[everywhere, 'ProxyPass /_matrix/client http://127.0.0.1:8008/_matrix/client nocanon retry=0']] } },
    shows: curl(`${matrix}/federation/v1/version`, /^HTTP\/2 404[^]*<html>/i),
    expect: ['HTTP-03', 'not-matrix'],
    line: /<VirtualHost \*:443>/,
  },
  {
    id: 'joins-forbidden',
    broken: '`Require ip` for joins of other servers',
    by: inHomeserver('    <LocationMatch "^/_matrix/federation/v[12]/(make_join|send_join)">\n        Require ip 192.0.2.0/24\n    </LocationMatch>'),
    shows: curl(`${matrix}/federation/v1/make_join/%21none/%40none`, /^HTTP\/2 403[^]*<html>/i),
    expect: ['HTTP-24', 'refused'],
    line: /Require ip 192/,
  },
  {
    id: 'other-backend-port',
    broken: '`ProxyPass` leads to a port where nobody listens',
    by: { edit: { [paths.homeserver]: [[everywhere, everywhere.replace('8008', '8009')]] } },
    shows: curl(`${matrix}/federation/v1/version`, /^HTTP\/2 503/),
    expect: ['HTTP-22', 'refused'],
    line: /ProxyPass .*:8009/,
  },
  {
    id: 'homeserver-down',
    broken: 'Synapse does not run',
    by: { run: { do: 'systemctl stop matrix-synapse', undo: 'systemctl start matrix-synapse' } },
    shows: curl(`${matrix}/federation/v1/version`, /^HTTP\/2 503/),
    expect: ['HTTP-22', 'refused'],
    line: /ProxyPass .*:8008/,
  },
  {
    id: 'host-not-preserved',
    broken: '`ProxyPreserveHost Off` and single sign-on',
    by: withSingleSignOn([['ProxyPreserveHost On', 'ProxyPreserveHost Off']]),
    shows: turnsInACircle,
    expect: ['HTTP-10', 'loop'],
    line: /ProxyPreserveHost Off/,
  },
  {
    id: 'forwarded-proto-http',
    broken: '`X-Forwarded-Proto` says http, and single sign-on',
    by: withSingleSignOn([['X-Forwarded-Proto "https"', 'X-Forwarded-Proto "http"']]),
    shows: turnsInACircle,
    expect: ['HTTP-10', 'loop'],
    line: /X-Forwarded-Proto \"http\"/,
  },
  {
    id: 'error-override',
    broken: '`ProxyErrorOverride On`',
    by: inHomeserver('    ProxyErrorOverride On'),
    shows: curl(`${matrix}/client/nope`, /^HTTP\/2 404[^]*<html>/i),
    expect: ['HTTP-12', 'replaced'],
    line: /ProxyErrorOverride On/,
  },
  {
    id: 'mod-security',
    broken: 'the Core Rule Set of mod_security, which forbids PUT',
    by: {
      edit: { [paths.homeserver]: [['        SecRuleEngine Off\n', '        SecRuleEngine On\n']] },
      run: withModSecurity,
    },
    shows: curl(`--http1.1 -X PUT -H 'Content-Type: application/json' -d '{}' ${matrix}/federation/v1/send/x`, /^HTTP\/1.1 403[^]*<html>/i),
    expect: ['HTTP-14', 'refused'],
    line: /SecRuleEngine On/,
  },
  {
    id: 'methods-limited',
    broken: '`<LimitExcept GET POST OPTIONS>`, which forbids PUT',
    by: inHomeserver(allowsOnly('/_matrix', 'GET POST OPTIONS')),
    shows: curl(`--http1.1 -X PUT -d '{}' ${matrix}/federation/v1/send/x`, /^HTTP\/1.1 403[^]*<html>/i),
    expect: ['HTTP-14', 'refused'],
    line: /<LimitExcept GET POST OPTIONS>/,
  },
  {
    id: 'authorization-stripped',
    broken: '`RequestHeader unset Authorization`',
    by: inHomeserver('    RequestHeader unset Authorization'),
    shows: curl(`-H 'Authorization: Bearer nonsense' ${matrix}/client/v3/account/whoami`, /M_MISSING_TOKEN/),
    expect: ['HTTP-15', 'stripped'],
    line: /RequestHeader unset Authorization/,
  },
  {
    id: 'password-over-matrix',
    broken: 'Basic authentication over the whole site',
    by: { ...inHomeserver(wantsPassword), write: { '/etc/apache2/passwords': '' } },
    shows: curl(`${matrix}/client/versions`, /^HTTP\/2 401[^]*www-authenticate: basic/i),
    expect: ['HTTP-15', 'claimed'],
    line: /AuthType Basic/,
  },
  {
    id: 'small-bodies',
    broken: '`SecRequestBodyLimit` of mod_security smaller than what people upload',
    by: {
      edit: { [paths.homeserver]: [['        SecRuleEngine Off\n', smallBodies]] },
      run: withModSecurity,
    },
    shows: curl(`--http1.1 -H 'Expect:' -X POST --data-binary @/bin/bash ${matrix}/media/v3/upload`, /^HTTP\/1.1 413[^]*<html>/i),
    expect: ['HTTP-16', 'refused'],
    line: /SecRequestBodyLimit 140000/,
  },
  {
    id: 'short-request-line',
    broken: '`LimitRequestLine` smaller than the addresses of Matrix',
    by: { write: { [paths.everywhere]: 'LimitRequestLine 1000\n' } },
    shows: curl(`--http1.1 '${matrix}/client/versions?${'x'.repeat(2000)}'`, /^HTTP\/1.1 414/),
    expect: ['HTTP-25', 'refused'],
    line: /LimitRequestLine 1000/,
  },
]

/** Single sign-on by CAS, which is what makes the homeserver look at the address that it was asked by. */
function withSingleSignOn(changes: readonly (readonly [string, string])[]): Fault['by'] {
  return { edit: { [paths.synapse]: [[/$/, '\ncas_config: {enabled: true, server_url: "https://cas.lab1.test"}\n']], [paths.homeserver]: changes } }
}
