import { paths } from './apache.ts'
import type { Fault } from './fault.ts'
import { curl, logged } from './symptom.ts'

const matrix = 'https://matrix.lab1.test/_matrix'
const format = /CustomLog .*%m %U %H.*/

/** What only a look from inside shows: it troubles nobody yet, or nobody who looks from outside. */
export const insideFaults: readonly Fault[] = [
  {
    id: 'impatient-proxy',
    broken: '`ProxyTimeout` shorter than requests take',
    by: { edit: { [paths.homeserver]: [['ProxyTimeout 600', 'ProxyTimeout 1']] } },
    shows: {
      on: 'lab1',
      sh: `synapse=$(systemctl show -p MainPID --value matrix-synapse); kill -STOP $synapse; curl -sS -i --max-time 3 ${matrix}/client/versions 2>&1; kill -CONT $synapse`,
      shows: /^HTTP\/2 50[24]/,
    },
    expect: ['HTTP-17', 'short'],
    line: /ProxyTimeout 1/,
  },
  {
    id: 'forwarded-for-believed',
    broken: 'no `RequestHeader unset X-Forwarded-For`, so that clients can claim any address',
    by: { edit: { [paths.homeserver]: [['    RequestHeader unset X-Forwarded-For early\n', '']] } },
    shows: logged(`-H 'X-Forwarded-For: 192.0.2.66' ${matrix}/client/versions`, 'Processed request', /192\.0\.2\.66/),
    expect: ['SEC-03', 'spoofable'],
    line: /ProxyPass \/_matrix/,
  },
  {
    id: 'no-forwarded-proto',
    broken: 'no `X-Forwarded-Proto`',
    by: { edit: { [paths.homeserver]: [['    RequestHeader set X-Forwarded-Proto "https"\n', '']] } },
    shows: logged(`${matrix}/client/versions`, 'x-forwarded-proto', /lacks an x-forwarded-proto header/),
    expect: ['HTTP-27', 'missing'],
    line: /ProxyPass \/_matrix/,
  },
  {
    id: 'homeserver-open-to-all',
    broken: "Synapse's port is open to the world",
    by: { edit: { [paths.synapse]: [["bind_addresses: ['127.0.0.1']", "bind_addresses: ['0.0.0.0']"]] } },
    shows: curl('http://matrix.lab1.test:8008/_matrix/client/versions', /"versions"/),
    expect: ['HS-02', 'public'],
    line: /bind_addresses/,
  },
  {
    id: 'proxy-taken-for-everybody',
    broken: 'the listener of Synapse has `x_forwarded: false`',
    by: { edit: { [paths.synapse]: [['x_forwarded: true', 'x_forwarded: false']] } },
    shows: logged(`--interface eth0 ${matrix}/client/versions`, 'Processed request', / 127\.0\.0\.1 /),
    expect: ['HS-01', 'off'],
    line: /x_forwarded: false/,
  },
  {
    id: 'other-public-baseurl',
    broken: '`public_baseurl` of Synapse is another address than clients find',
    by: { edit: { [paths.synapse]: [['public_baseurl: https://matrix.lab1.test/', 'public_baseurl: https://lab1.test/']] } },
    shows: { on: 'lab1', sh: 'curl -sS http://127.0.0.1:8008/.well-known/matrix/client', shows: /"https:\/\/lab1\.test\/?"/ },
    expect: ['HS-04', 'other'],
    line: /public_baseurl/,
  },
  {
    id: 'tokens-in-the-log',
    broken: 'an access log that keeps the query, and with it access tokens',
    by: { edit: { [paths.homeserver]: [[format, 'CustomLog "/var/log/apache2/matrix.lab1.test-access.log" combined']] } },
    shows: {
      on: 'lab1',
      sh: `curl -s -o /dev/null '${matrix}/client/versions?access_token=secret'; tail -n 1 /var/log/apache2/matrix.lab1.test-access.log`,
      shows: /access_token=secret/,
    },
    expect: ['SEC-07', 'tokens'],
    line: /CustomLog .*combined/,
  },
]
