import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import type { Directive } from '../../../src/federation/apache/directive.ts'
import { loadConfiguration } from '../../../src/federation/apache/load.ts'
import type { ApacheEvidence } from '../../../src/federation/host-evidence.ts'
import { apacheOf, rendered } from './evidence.ts'

const evidence = (files: Record<string, string>, more: Partial<ApacheEvidence> = {}): ApacheEvidence => ({
  version: '2.4.71', modules: ['core_module', 'proxy_module', 'ssl_module', 'mpm_event_module'], defines: ['SLOW'], environment: { LOG: '/var/log/apache2' }, root: '/etc/apache2',
  files: Object.entries(files).map(([path, text]) => ({ path, text })), ...more,
})

/** A configuration as one line for each directive: `file:line name words…`, what is inside indented. */
const shown = (directives: readonly Directive[], indent = ''): string[] =>
  directives.flatMap(({ name, words, file, line, children }) => [`${indent}${file.replace(/.*\//, '')}:${line} ${name} ${words.join('|')}`, ...(children ? shown(children, `${indent}  `) : [])])
const read = (files: Record<string, string>, more?: Partial<ApacheEvidence>) => shown(loadConfiguration(evidence(files, more)))
const lines = (text: string, more?: Partial<ApacheEvidence>) => read({ '/etc/apache2/apache2.conf': text }, more).map(line => line.replace(/^(\s*)[^ ]*conf:(\d+)/, '$1$2'))

describe('lines are read as Apache reads them', () => {
  test.each<[string, string, string[]]>([
    ['arguments', 'Alias /a "/b c"  \'d"e\'\n', ['1 alias /a|/b c|d"e']],
    ['escapes', String.raw`X "a\"b\\c\d" 'a\'b"' a\\b\c` + '\n', [String.raw`1 x a"b\c\d|a'b"|a\b\c`]],
    ['what follows a quote at once', 'X "a"b\n', ['1 x a|b']],
    ['a quote that is never closed', 'X "a b\n', ['1 x a b']],
    ['comments, blanks, tabs, empty lines', '# a\n\n \t X\tb  \n  # c\nY', ['3 x b', '5 y ']],
    ['continued lines', 'ProxyPass /a \\\n  http://b \\\n  nocanon\nX\n', ['1 proxypass /a|http://b|nocanon', '4 x ']],
    ['continued comments', '# a \\\nX b\nY\n', ['3 y ']],
    ['lines of Windows', 'X a\\\r\nb\r\nY\r\n', ['1 x ab', '3 y ']],
    ['containers', '<VirtualHost *:80 [::]:80>\nX\n<Location "/a b">\nY\n</Location>\n</VirtualHost>\nZ\n', ['1 virtualhost *:80|[::]:80', '  2 x ', '  3 location /a b', '    4 y ', '7 z ']],
    ['an expression', '<If "%{HTTP_HOST} > 3">\nX\n</If>\n', ['1 if %{HTTP_HOST} > 3', '  2 x ']],
    ['case does not matter', '<VIRTUALHOST *>\nproxypass /a !\n</virtualhost>\n', ['1 virtualhost *', '  2 proxypass /a|!']],
    ['a container that is never closed', '<Location />\nX\n', ['1 location /', '  2 x ']],
    ['an end without a beginning', '</Location>\nX\n', ['2 x ']],
  ])('%s', (_, text, wanted) => expect(lines(text)).toEqual(wanted))
})

describe('conditions are decided', () => {
  test.each<[string, string, string[]]>([
    ['a module that is there', '<IfModule proxy_module>\nX\n</IfModule>', ['2 x ']],
    ['by its source', '<IfModule mod_proxy.c>\nX\n</IfModule>', ['2 x ']],
    ['by the source of the MPM', '<IfModule event.c>\nX\n</IfModule>', ['2 x ']],
    ['a module that is not there, with more inside', '<IfModule security2_module>\n<IfModule x>\nX\n</IfModule>\n<Location />\nX\n</Location>\n</IfModule>\nY', ['9 y ']],
    ['not a module', '<IfModule !mod_security2.c>\nX\n</IfModule>\n<IfModule !proxy_module>\nY\n</IfModule>', ['2 x ']],
    ['a module that is loaded later', '<IfModule md_module>\nX\n</IfModule>\nLoadModule md_module m.so\n<IfModule md_module>\nY\n</IfModule>', ['6 y ']],
    ['a name that was defined at the start', '<IfDefine SLOW>\nX\n</IfDefine>\n<IfDefine !SLOW>\nY\n</IfDefine>', ['2 x ']],
    ['a name that is defined in the files', '<IfDefine A>\nX\n</IfDefine>\nDefine A\n<IfDefine A>\nY\n</IfDefine>\nUnDefine A\n<IfDefine A>\nZ\n</IfDefine>', ['6 y ']],
    ['versions', '<IfVersion >= 2.4>\nA\n</IfVersion>\n<IfVersion < 2.4>\nB\n</IfVersion>\n<IfVersion 2.4.71>\nC\n</IfVersion>\n<IfVersion = 2.4>\nD\n</IfVersion>\n<IfVersion ~ ^2\\.[34]>\nE\n</IfVersion>\n<IfVersion !< 2.4.72>\nF\n</IfVersion>', ['2 a ', '8 c ', '14 e ']],
    ['inside a container', '<Location />\n<IfModule ssl_module>\nX\n</IfModule>\nY\n</Location>', ['1 location /', '  3 x ', '  5 y ']],
  ])('%s', (_, text, wanted) => expect(lines(text)).toEqual(wanted))
})

test('variables stand for what was defined, else for the environment', () =>
  expect(lines('Define A b\nX ${A}/${LOG}/${NONE}\nDefine C ${A}c\nY "${C}"\n<Location /${A}>\n</Location>')).toEqual(['2 x b//var/log/apache2/${NONE}', '4 y bc', '5 location /b']))

test('macros are used, with the lines where they are written', () =>
  expect(lines('<Macro Host $name $n>\n<VirtualHost *:80>\nServerName $name.$n\n</VirtualHost>\n</Macro>\nUse host a.test 1\nUse HOST b.test 2\nUse nobody')).toEqual([
    '2 virtualhost *:80', '  3 servername a.test.1', '2 virtualhost *:80', '  3 servername b.test.2',
  ]))

describe('files are included', () => {
  test('in the order of their names, below the root, hidden ones left out', () =>
    expect(read({
      '/etc/apache2/apache2.conf': 'A\nInclude sites/*.conf\nB', '/etc/apache2/sites/b.conf': 'X b', '/etc/apache2/sites/a.conf': 'X a', '/etc/apache2/sites/B.conf': 'X B', '/etc/apache2/sites/.c.conf': 'X c',
      '/etc/apache2/sites/a.conf.bak': 'X bak', '/etc/apache2/sites/deep/a.conf': 'X deep',
    })).toEqual(['apache2.conf:1 a ', 'B.conf:1 x B', 'a.conf:1 x a', 'b.conf:1 x b', 'apache2.conf:3 b ']))
  test('a whole directory, with those in it', () =>
    expect(read({ '/etc/apache2/apache2.conf': 'Include d', '/etc/apache2/d/b': 'X b', '/etc/apache2/d/a/z': 'X z', '/etc/apache2/d/a/y': 'X y' })).toEqual(['y:1 x y', 'z:1 x z', 'b:1 x b']))
  test('by patterns in directories too', () =>
    expect(read({ '/etc/apache2/apache2.conf': 'IncludeOptional /srv/*/[ab]?.conf', '/srv/two/a1.conf': 'X 2', '/srv/one/b2.conf': 'X 1', '/srv/one/c3.conf': 'X no' })).toEqual(['b2.conf:1 x 1', 'a1.conf:1 x 2']))
  test('inside a container, and several times', () =>
    expect(read({ '/etc/apache2/apache2.conf': '<Location /a>\nInclude p.inc\n</Location>\n<Location /b>\nInclude p.inc\n</Location>', '/etc/apache2/p.inc': '# x\nProxyPass !' })).toEqual(
      ['apache2.conf:1 location /a', '  p.inc:2 proxypass !', 'apache2.conf:4 location /b', '  p.inc:2 proxypass !']))
  test('below another root from ServerRoot on', () =>
    expect(read({ '/etc/httpd/conf/httpd.conf': 'ServerRoot "/etc/httpd"\nInclude conf.d/*.conf', '/etc/httpd/conf.d/a.conf': 'X' }, { root: '/opt' })).toEqual(['httpd.conf:1 serverroot /etc/httpd', 'a.conf:1 x ']))
  test('not for ever, where one includes itself', () => expect(read({ '/etc/apache2/apache2.conf': 'X\nInclude apache2.conf' })).toHaveLength(129))
  test('and no file more than once for one line', () => expect(read({ '/etc/apache2/apache2.conf': 'Include apache2.conf.d', '/etc/apache2/apache2.conf.d/a': 'X' })).toEqual(['a:1 x ']))
})

test('our own virtual host, in Debian\'s Apache', () => {
  const directives = loadConfiguration(apacheOf({ 'matrix-homeserver.conf': rendered('homeserver') }))
  const hosts = directives.filter(({ name }) => name === 'virtualhost')
  expect(hosts.map(({ words, file }) => [words, file])).toEqual([[['*:80'], '/etc/apache2/sites-enabled/matrix-homeserver.conf'], [['*:443'], '/etc/apache2/sites-enabled/matrix-homeserver.conf']])
  const text = rendered('homeserver').split('\n')
  for (const { name, line, words } of hosts[1]!.children!) expect(text[line - 1]!.replaceAll(/[<>"]/g, '').trim().toLowerCase()).toContain(`${name} ${words[0]!.toLowerCase()}`)
  expect(hosts[1]!.children!.some(({ name }) => name === 'secruleengine')).toBe(false)
  expect(directives.find(({ name }) => name === 'errorlog')!.words).toEqual(['/var/log/apache2/error.log'])
})

test('no text makes it throw, or takes long', () => {
  const piece = fc.constantFrom('<VirtualHost *:80>', '</VirtualHost>', '<IfModule !x', '</IfModule>', '<Macro m $a>', '</Macro>', 'Use m 1', 'Include *', 'Include apache2.conf', 'Define A ${A}', 'Define A ${A}${A}x', 'Use m $a$a', 'Include [z-a]*', '<Location ~ "(">', '${A}', '\\', '"', '\n', ' ', '<', '>', '</', '<IfVersion ~ (', 'x', '\u0000', '<If')
  fc.assert(fc.property(fc.array(fc.oneof(piece, fc.string()), { maxLength: 60 }), parts => void loadConfiguration(evidence({ '/etc/apache2/apache2.conf': parts.join(''), '/etc/apache2/b': parts.join('\n') }))), { numRuns: 500 })
})
