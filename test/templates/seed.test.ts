import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import type { Raw } from '../../src/core/value.ts'
import { Evaluation } from '../../src/language/template/evaluation.ts'

/** The configuration that the project started from, with all white space as one blank. */
const seed =
  '<VirtualHost *:80> ServerAdmin office@server.tld ServerName matrix.server.tld Protocols h2 h2c http/1.1 DocumentRoot /var/www/matrix.server.tld RequestHeader set "X-Forwarded-Proto" expr=%{REQUEST_SCHEME} AllowEncodedSlashes NoDecode ProxyPreserveHost on ProxyPass /_matrix http://127.0.0.1:8008/_matrix nocanon ProxyPassReverse /_matrix http://127.0.0.1:8008/_matrix ProxyPass /_synapse/client http://127.0.0.1:8008/_synapse/client nocanon ProxyPassReverse /_synapse/client http://127.0.0.1:8008/_synapse/client Alias /.well-known/matrix/client /var/www/matrix.server.tld/client.json <Location "/.well-known/matrix/client"> ForceType application/json Header set Access-Control-Allow-Origin * </Location> Alias /.well-known/matrix/server /var/www/matrix.server.tld/server.json <Location "/.well-known/matrix/server"> ForceType application/json Header set Access-Control-Allow-Origin * </Location> ErrorLog "/var/log/apache2/matrix.server.tld-error.log" CustomLog "/var/log/apache2/matrix.server.tld-access.log" common </VirtualHost>'

const file = join(import.meta.dirname, '..', '..', 'templates', 'seed.conf.j2')

const render = (variables: Record<string, Raw>) =>
  new Evaluation({ get: name => variables[name], names: () => Object.keys(variables) }, { directory: '/' }).renderFile(readFileSync(file, 'utf8'), file)

test('seed.conf.j2 is the configuration of the beginning, directive for directive', () => {
  expect(String(render({ matrix_server_name: 'server.tld', matrix_fqdn: 'matrix.server.tld' })).replaceAll(/\s+/g, ' ').trim()).toBe(seed)
})
