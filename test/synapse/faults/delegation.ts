import { inDelegation, paths, wantsPassword, withModule } from './apache.ts'
import type { Fault, Injection } from './fault.ts'
import { curl } from './symptom.ts'

const url = 'https://lab1.test/.well-known/matrix/server'
const document = (content: string): Injection => ({ write: { [paths.server]: content } })
const redirected = (rule: string): Injection => ({ ...inDelegation(`    RewriteEngine On\n    RewriteRule ${rule}`), run: withModule('rewrite') })
const alias = /    Alias \/\.well-known\/matrix\/server .*\n/

/** What is wrong with the document by which a server name delegates. */
export const delegationFaults: readonly Fault[] = [
  {
    id: 'no-port',
    broken: '`m.server` without a port',
    by: document('{"m.server": "matrix.lab1.test"}'),
    shows: curl(url, /"matrix\.lab1\.test"/),
    expect: ['WKS-03', 'closed'],
    cause: 'without a port',
  },
  {
    id: 'scheme',
    broken: '`m.server` with a scheme',
    by: document('{"m.server": "https://matrix.lab1.test"}'),
    shows: curl(url, /"https:\/\/matrix\.lab1\.test"/),
    expect: ['WKS-02', 'invalid-server'],
    line: /Alias .*server\.json/,
  },
  {
    id: 'trailing-slash',
    broken: '`m.server` with a slash at its end',
    by: document('{"m.server": "matrix.lab1.test:443/"}'),
    shows: curl(url, /:443\/"/),
    expect: ['WKS-02', 'invalid-server'],
    line: /Alias .*server\.json/,
  },
  {
    id: 'not-json',
    broken: 'The delegation document has a comment in it',
    by: document('{\n  // our homeserver\n  "m.server": "matrix.lab1.test:443"\n}\n'),
    shows: curl(url, /\/\/ our homeserver/),
    expect: ['WKS-02', 'not-json'],
    line: /Alias .*server\.json/,
  },
  {
    id: 'other-place',
    broken: '`m.server` names the web site in place of the homeserver',
    by: document('{"m.server": "lab1.test:443"}'),
    shows: curl(url, /"lab1\.test:443"/),
    expect: ['WKS-11', 'other-place'],
    cause: 'm.server',
  },
  {
    id: 'closed-port',
    broken: '`m.server` names a port where nobody listens',
    by: document('{"m.server": "matrix.lab1.test:8448"}'),
    shows: curl(url, /"matrix\.lab1\.test:8448"/),
    expect: ['DNS-03', 'nothing-answers'],
    cause: 'port',
  },
  {
    id: 'too-large',
    broken: 'The delegation document is larger than 50 KiB',
    by: document(JSON.stringify({ 'm.server': 'matrix.lab1.test:443', padding: 'x'.repeat(60_000) })),
    shows: { sh: `curl -sS ${url} | wc -c`, shows: /^60\d{3}$/m },
    expect: ['WKS-12', 'large'],
    cause: 'another file',
  },
  {
    id: 'page-of-the-site',
    broken: '`FallbackResource`, so that a page comes in place of the delegation document',
    by: {
      edit: { [paths.delegation]: [[alias, '    FallbackResource /index.html\n']] },
      write: { '/var/www/matrix.lab1.test/index.html': '<!DOCTYPE html><title>Our site</title>\n' },
    },
    shows: curl(url, /^HTTP\/2 200[^]*<!DOCTYPE html>/),
    expect: ['WKS-09', 'page'],
    line: /FallbackResource/,
  },
  {
    id: 'no-document',
    broken: 'The delegation document lies where the server name does not serve it',
    by: { edit: { [paths.delegation]: [[alias, '']] } },
    shows: curl(url, /^HTTP\/2 404/),
    expect: ['WKS-01', 'missing'],
    line: /<VirtualHost \*:443>/,
  },
  {
    id: 'dot-files',
    broken: 'A rule against dot files forbids `/.well-known`',
    by: inDelegation('    <LocationMatch "/\\.">\n        Require all denied\n    </LocationMatch>'),
    shows: curl(url, /^HTTP\/2 403/),
    expect: ['WKS-10', 'forbidden'],
    line: /Require all denied/,
    also: ['WKC-06'],
  },
  {
    id: 'failing-site',
    broken: 'The whole site is passed on to an application that does not run',
    by: inDelegation('    ProxyPass / http://127.0.0.1:9/'),
    shows: curl(url, /^HTTP\/2 503/),
    expect: ['WKS-01', 'server-error'],
    line: /ProxyPass \/ /,
    also: ['WKC-06'],
  },
  {
    id: 'password',
    broken: 'A password over the whole site of the server name',
    by: { ...inDelegation(wantsPassword), write: { '/etc/apache2/passwords': '' } },
    shows: curl(url, /^HTTP\/2 401/),
    expect: ['WKS-12', 'protected'],
    line: /Require valid-user/,
    also: ['WKC-06'],
  },
  {
    id: 'redirect-loop',
    broken: 'Redirects of the delegation document lead in a circle',
    by: redirected('^/(.*)$ https://lab1.test/$1 [R=301,L]'),
    shows: curl(`-L ${url}`, /Maximum \(\d+\) redirects followed/),
    expect: ['WKS-05', 'loop'],
    line: /RewriteRule/,
    also: ['WKC-06'],
  },
  {
    id: 'redirect-to-http',
    broken: 'A redirect of the delegation document leaves https',
    by: redirected('^/(.*)$ http://www.lab1.test/$1 [R=302,L]'),
    shows: curl(url, /location: http:\/\/www/i),
    expect: ['WKS-05', 'to-http'],
    line: /RewriteRule/,
    also: ['WKC-06'],
  },
  {
    id: 'redirect-308',
    broken: 'The delegation document is redirected with status 308',
    by: redirected('^/\\.well-known/matrix/server$ https://matrix.lab1.test/server.json [R=308,L]'),
    shows: curl(url, /^HTTP\/2 308/),
    expect: ['WKS-05', 'permanent'],
    line: /R=308/,
  },
  {
    id: 'content-type',
    broken: '`ForceType text/plain` over the documents',
    by: { edit: { [paths.delegation]: [['        ForceType application/json\n', '        ForceType text/plain\n']] } },
    shows: curl(url, /content-type: text\/plain/i),
    expect: ['WKS-04', 'type'],
    line: /ForceType text\/plain/,
    also: ['WKC-07'],
  },
]
