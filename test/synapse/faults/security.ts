import { inHomeserver, paths, withModule } from './apache.ts'
import type { Fault, Injection } from './fault.ts'
import { curl } from './symptom.ts'

const site = 'https://matrix.lab1.test'
const everywhere = 'ProxyPass /_matrix http://127.0.0.1:8008/_matrix nocanon retry=0'
const metrics: Injection['edit'] = { [paths.synapse]: [['names: [client, federation]', 'names: [client, federation, metrics]'], [/$/, '\nenable_metrics: true\n']] }

/** What is open that should not be. */
export const securityFaults: readonly Fault[] = [
  {
    id: 'admin-api-public',
    broken: '`ProxyPass /_synapse`, which makes the administration API public',
    by: inHomeserver('    ProxyPass /_synapse http://127.0.0.1:8008/_synapse nocanon'),
    shows: curl(`${site}/_synapse/admin/v1/server_version`, /server_version|M_MISSING_TOKEN/),
    expect: ['SEC-01', 'exposed'],
    line: /ProxyPass \/_synapse /,
  },
  {
    id: 'metrics-public',
    broken: '`ProxyPass /_synapse/metrics`',
    by: { edit: { ...metrics, ...inHomeserver('    ProxyPass /_synapse/metrics http://127.0.0.1:8008/_synapse/metrics nocanon').edit } },
    shows: curl(`${site}/_synapse/metrics`, /^HTTP\/2 200[^]*# HELP/),
    expect: ['SEC-02', 'metrics'],
    line: /ProxyPass \/_synapse\/metrics/,
  },
  {
    id: 'all-passed-on',
    broken: '`ProxyPass /`, which passes everything on',
    by: { edit: { [paths.homeserver]: [[everywhere, 'ProxyPass / http://127.0.0.1:8008/ nocanon retry=0']] } },
    shows: curl(`${site}/health`, /^HTTP\/2 200[^]*OK/),
    expect: ['SEC-01', 'exposed'],
    line: /ProxyPass \/ /,
  },
  {
    id: 'forward-proxy',
    broken: '`ProxyRequests On`',
    by: { write: { [paths.everywhere]: 'ProxyRequests On\n' } },
    shows: curl('-x http://lab1.test:80 http://matrix.lab2.test/', /^HTTP\/1.1 301[^]*location: https:\/\/matrix\.lab2\.test/i),
    expect: ['SEC-04', 'open'],
    line: /ProxyRequests On/,
  },
  {
    id: 'connect',
    broken: '`ProxyRequests On` and mod_proxy_connect, a way into the network behind',
    by: { write: { [paths.everywhere]: 'ProxyRequests On\nAllowCONNECT 443 22\n' }, run: withModule('proxy_connect') },
    shows: curl('-p -x http://lab1.test:80 https://matrix.lab2.test/_matrix/federation/v1/version', /"Synapse"/),
    expect: ['SEC-04', 'open'],
    line: /ProxyRequests On/,
  },
  {
    id: 'unencrypted',
    broken: '`ProxyPass` in the virtual host of port 80',
    by: { edit: { [paths.homeserver]: [[/    RedirectMatch 301 .*\n/, `    ${everywhere}\n`]] } },
    shows: curl('http://matrix.lab1.test/_matrix/client/versions', /"versions"/),
    expect: ['NET-02', 'unencrypted'],
    line: /ProxyPass \/_matrix/,
  },
  {
    id: 'certificates-cannot-be-renewed',
    broken: 'A redirect of everything, the path of certificate renewal included, that leads to itself',
    by: { edit: { [paths.homeserver]: [[/    RedirectMatch 301 .*\n/, '    RedirectMatch 301 "^/(.*)$" "http://matrix.lab1.test/$1"\n']] } },
    shows: curl('http://matrix.lab1.test/.well-known/acme-challenge/x', /^HTTP\/1.1 301[^]*location: http:\/\/matrix\.lab1\.test\/\.well-known\/acme-challenge\/x/i),
    expect: ['NET-02', 'challenge-loop'],
    line: /RedirectMatch/,
  },
  {
    id: 'catch-all',
    broken: 'The virtual host of Matrix is the first of its port, and answers to any name',
    by: {
      run: {
        do: 'cd /etc/apache2/sites-enabled && mv matrix-homeserver.conf 000-matrix.conf',
        undo: 'cd /etc/apache2/sites-enabled && mv 000-matrix.conf matrix-homeserver.conf',
      },
    },
    shows: curl('-k --connect-to ::lab1.test: https://nobody.example/_matrix/client/versions', /"versions"/),
    expect: ['SEC-05', 'catch-all'],
    line: /<VirtualHost \*:443>/,
  },
  {
    id: 'trace',
    broken: '`TraceEnable On`',
    by: { write: { [paths.everywhere]: 'TraceEnable On\n' } },
    shows: curl(`-X TRACE ${site}/index.html`, /^HTTP\/2 200[^]*TRACE/),
    expect: ['SEC-08', 'trace'],
    line: /TraceEnable On/,
  },
]
