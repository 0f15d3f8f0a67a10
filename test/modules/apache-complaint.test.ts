import { describe, expect, test } from 'vitest'
import { readComplaint } from '../../src/modules/apache-complaint.ts'
import { moduleOfDirective } from '../../src/modules/apache-directives.ts'

const site = '/etc/apache2/sites-enabled/matrix.conf'

describe('what Apache 2.4 says of a broken configuration is understood', () => {
  test.each([
    [
      'a directive of a module that is not enabled',
      `AH00526: Syntax error on line 12 of ${site}:\nInvalid command 'RequestHeader', perhaps misspelled or defined by a module not included in the server configuration\nAction 'configtest' failed.\nThe Apache error log may have more information.\n`,
      12, /^Invalid command 'RequestHeader'/, 'The module headers is not enabled. Add it to apache2_module.',
    ],
    [
      'a directive that nobody knows',
      `AH00526: Syntax error on line 3 of ${site}:\nInvalid command 'ServerNaem', perhaps misspelled or defined by a module not included in the server configuration`,
      3, /ServerNaem/, 'No enabled module knows ServerNaem. Check how it is spelled, or enable the module that brings it with apache2_module.',
    ],
    ['a section without end', `apache2: Syntax error on line 225 of /etc/apache2/apache2.conf: Syntax error on line 7 of ${site}: ${site}:7: <VirtualHost> was not closed.`, 7, '<VirtualHost> was not closed.', 'The section <VirtualHost> that begins there has no end.'],
    ['an end without section', `apache2: Syntax error on line 9 of ${site}: </Directory> without matching <Directory> section`, 9, '</Directory> without matching <Directory> section', '</Directory> stands where no <Directory> is open.'],
    ['an end that is missing', `apache2: Syntax error on line 7 of ${site}: Expected </IfModule> before end of configuration`, 7, 'Expected </IfModule> before end of configuration', 'A section has no end: </IfModule> is missing.'],
    ['a missing include', `apache2: Syntax error on line 7 of ${site}: Could not open configuration file /nope/x.conf: No such file or directory`, 7, /^Could not open/, 'An Include names /nope/x.conf, which is not there.'],
    ['a missing certificate', `AH00526: Syntax error on line 11 of ${site}:\nSSLCertificateFile: file '/nope' does not exist or is empty`, 11, /^SSLCertificateFile/, 'SSLCertificateFile names /nope, which is missing or empty. Put the file there before the site is enabled.'],
    ['a module whose file is missing', `apache2: Syntax error on line 7 of ${site}: Cannot load /nope.so into server: /nope.so: cannot open shared object file: No such file or directory`, 7, /^Cannot load/, /The module's file \/nope\.so cannot be loaded/],
    ['two servers on one port', `AH00526: Syntax error on line 8 of ${site}:\nCannot define multiple Listeners on the same IP:port`, 8, /multiple Listeners/, 'Two Listen lines name the same port.'],
    ['a missing directory', `AH00526: Syntax error on line 7 of ${site}:\nDocumentRoot '/nope' is not a directory, or is not readable`, 7, /^DocumentRoot/, /Make the directory/],
    ['wrong arguments', `AH00526: Syntax error on line 8 of ${site}:\nServerName takes one argument, The hostname and port of the server`, 8, 'ServerName takes one argument, The hostname and port of the server', undefined],
    ['two MPMs', 'AH00534: apache2: Configuration error: More than one MPM loaded.', undefined, 'More than one MPM loaded.', /^More than one MPM is enabled/],
    ['no MPM', 'AH00534: apache2: Configuration error: No MPM loaded.', undefined, 'No MPM loaded.', /^No MPM is enabled/],
    [
      'a missing log directory, behind warnings',
      "[Mon Nov 23 10:56:59.938078 2026] [core:warn] [pid 29776:tid 29776] AH00111: Config variable ${NOPE} is not defined\nAH00558: apache2: Could not reliably determine the server's fully qualified domain name\n(2)No such file or directory: AH02291: Cannot access directory '/var/log/nope/' for main error log\nAH00014: Configuration check failed",
      undefined, /AH02291/, 'The log directory /var/log/nope/ is missing.',
    ],
    ['nothing at all', '', undefined, '', undefined],
  ])('%s', (_, output, line, said, cause) => {
    const complaint = readComplaint(output)
    expect(complaint.at).toEqual(line === undefined ? undefined : { file: site, line })
    expect(complaint.said).toMatch(said)
    if (cause === undefined) expect(complaint.cause).toBeUndefined()
    else expect(complaint.cause).toMatch(cause)
  })
})

test('a module that is enabled is not asked for again', () => {
  const output = `AH00526: Syntax error on line 1 of ${site}:\nInvalid command 'Header', perhaps misspelled or defined by a module not included in the server configuration`
  expect(readComplaint(output, new Set(['headers'])).cause).toBe('Header belongs to the module headers, which is enabled but not loaded yet where the line stands.')
})

test.each([
  ['RequestHeader', 'headers'], ['requestheader', 'headers'], ['ProxyPass', 'proxy'], ['ProxyPreserveHost', 'proxy'], ['ProxyHTMLEnable', 'proxy_html'], ['AllowCONNECT', 'proxy_connect'],
  ['SSLEngine', 'ssl'], ['RewriteRule', 'rewrite'], ['H2Push', 'http2'], ['H2ProxyRequests', 'http2'], ['MDomain', 'md'], ['ExpiresByType', 'expires'], ['Action', 'actions'],
  ['RemoteIPHeader', 'remoteip'], ['CacheRoot', 'cache_disk'], ['CacheEnable', 'cache'], ['Require', 'authz_core'], ['ServerName', undefined], ['Protocols', undefined], ['<VirtualHost', undefined],
])('%s belongs to the module %s', (directive, module) => expect(moduleOfDirective(directive)).toBe(module))
