import { describe, expect, test } from 'vitest'
import type { Directive } from '../../../src/federation/apache/directive.ts'
import { loadConfiguration } from '../../../src/federation/apache/load.ts'
import { decided } from '../../../src/federation/apache/route.ts'
import { isOn, value, type Place } from '../../../src/federation/apache/setting.ts'
import { serverOf, virtualHostFor } from '../../../src/federation/apache/virtual-host.ts'
import { decodes, forwardedProto, type Passing } from '../../../src/federation/cause/proxying.ts'
import type { ApacheEvidence } from '../../../src/federation/host-evidence.ts'
import type { FactKinds } from '../../../src/host/fact.ts'
import { compileReading } from '../../../src/shell/reading.ts'
import { readSections, sectionPrelude } from '../../../src/shell/section.ts'
import { labHosts, noLab, onLab } from '../../lab/hosts.ts'
import { rendered } from './evidence.ts'

/** Things that a reader of Apache's files can get wrong. */
const nasty: Record<string, string> = {
  'conf-enabled/nasty.conf': `# a comment that goes on \\
Listen 9999
Define where /srv
<IfDefine !nowhere>
	Define nowhere \${where}/none
</IfDefine>
<IfModule mod_proxy.c>
<IfModule !mod_nothing.c>
<Location "/a b">
	ProxyPass \\
	    "http://127.0.0.1:1/\${nowhere}" \\
	    nocanon
</Location>
</IfModule>
</IfModule>
<IfModule mod_nothing.c>
ThisIsNoDirective
<IfModule x>
</IfModule>
</IfModule>
<IfVersion >= 2.4>
Alias /one "\${where}/one"
</IfVersion>
<IfVersion = 2.4>
Alias /two /two
</IfVersion>
<Macro Site $name $port $p>
<VirtualHost *:$port>
	ServerName $name
	Alias /p "$p/it's"
</VirtualHost>
</Macro>
Use Site one.test 8081 /srv
USE site two.test 8082 /var
UndefMacro Site
<Directory ~ "^/x/.*[0-9]{3}">
	Require all denied
	<Files "*.php">
		Require all granted
	</Files>
</Directory>
  include conf-enabled/parts/*.part
IncludeOptional conf-enabled/none/*.conf
SetEnv A 'b "c"'
SetEnv D "e \\"f\\""
<If "%{HTTP_HOST} == 'x' && %{REQUEST_METHOD} > 'A'">
	Header set X-If "1"
</If>
`,
  'conf-enabled/parts/b.part': 'Alias /b /b\n',
  'conf-enabled/parts/a.part': 'Alias /a /a\r\nAlias /a2 \\\r\n /a2\n',
  'conf-enabled/parts/.hidden.part': 'Alias /hidden /hidden\n',
}

/** What Apache does at once when it reads it, and does not tell afterwards. */
const ignored = new Set(['serverroot', 'undefmacro', 'defaultruntimedir'])

/** Apache counts the lines of a macro from its beginning. */
const withoutMacros = (text: string) => text.replaceAll(/macro '\w+' \(defined on line (\d+) of "([^"]+)"\) used on line \d+ of "[^"]+":(\d+)/g, (_, start: string, file: string, line: string) => `${file}:${Number(start) + Number(line)}`)

/** What Apache itself says that it has read: file, last line, directive, arguments. */
function dumped(text: string): readonly string[] {
  const found: string[] = []
  let file = ''
  let line = 0
  for (const one of text.split('\n')) {
    const heading = /^ *# In file: (.*)$/.exec(one)
    const number = /^ *# *(\d+):$/.exec(one)
    if (heading) file = heading[1]!
    else if (number) line = Number(number[1])
    else if (one.trim() && !/^\s*<\//.test(one)) found.push(withoutMacros(`${file}:${line} ${one.trim()}`))
  }
  return found
}

/** The same of what we have read. */
function shown(directives: readonly Directive[], files: ApacheEvidence['files']): readonly string[] {
  return directives.filter(({ name }) => !ignored.has(name)).flatMap(({ spelled, text, file, line, children }) => {
    const lines = files.find(({ path }) => path === file)!.text.split('\n')
    let last = line
    while (lines[last - 1]!.replace(/\r$/, '').endsWith('\\')) last++
    return [`${file}:${last} ${children ? `<${spelled} ${text}>` : `${spelled} ${text}`}`, ...(children ? shown(children, files) : [])]
  })
}

/** Virtual hosts that do one thing each, and the paths by which it shows. */
const variants: readonly (readonly [name: string, lines: string, paths: readonly string[]])[] = [
  ['nocanon', 'ProxyPass /_matrix http://127.0.0.1:8008/_matrix nocanon', ['/_matrix/x', '/_matrix', '/_matrixfoo', '/other']],
  ['without nocanon', 'ProxyPass /_matrix http://127.0.0.1:8008/_matrix', ['/_matrix/x']],
  ['mapping=encoded', 'ProxyPass /_matrix http://127.0.0.1:8008/_matrix mapping=encoded', ['/_matrix/x']],
  ['a shortened path', 'ProxyPass /_matrix/ http://127.0.0.1:8008/ nocanon', ['/_matrix/x', '/_matrix']],
  ['a Location', '<Location /_matrix>\nProxyPass http://127.0.0.1:8008/_matrix nocanon\n</Location>', ['/_matrix/x', '/_matrixfoo']],
  ['a Location that counts before what is flat', 'ProxyPass /_matrix http://127.0.0.1:8008/flat\n<Location /_matrix/client>\nProxyPass http://127.0.0.1:8008/located\n</Location>', ['/_matrix/client/x', '/_matrix/x']],
  ['two Locations', '<Location /_matrix>\nProxyPass http://127.0.0.1:8008/outer\n</Location>\n<Location /_matrix/client>\nProxyPass http://127.0.0.1:8008/inner\n</Location>', ['/_matrix/client/x', '/_matrix/x']],
  ['two Locations, the other way round', '<Location /_matrix/client>\nProxyPass http://127.0.0.1:8008/inner\n</Location>\n<Location /_matrix>\nProxyPass http://127.0.0.1:8008/outer\n</Location>', ['/_matrix/client/x']],
  ['a pattern', 'ProxyPassMatch "^/_matrix/(?:key|federation)/" "http://127.0.0.1:8008" nocanon', ['/_matrix/key/x', '/_matrix/client/x']],
  ['a pattern with parts', 'ProxyPassMatch "^/_matrix/([^/]+)/(.*)$" "http://127.0.0.1:8008/$1/_/$2"', ['/_matrix/key/x']],
  ['the first line counts', 'ProxyPass / http://127.0.0.1:8008/first/\nProxyPass /_matrix http://127.0.0.1:8008/second', ['/_matrix/x', '/y']],
  ['an exception', 'ProxyPass /_matrix/client !\nProxyPass /_matrix http://127.0.0.1:8008/_matrix', ['/_matrix/client/x', '/_matrix/x']],
  ['an exception behind', 'ProxyPass /_matrix http://127.0.0.1:8008/_matrix\nProxyPass /_matrix/client !', ['/_matrix/client/x']],
  ['ProxyPass comes before Redirect and Alias', 'Redirect permanent / https://elsewhere.test/\nAlias /_matrix /var/www/html\nProxyPass /_matrix http://127.0.0.1:8008/_matrix', ['/_matrix/x', '/y']],
  ['Redirect comes before Alias', 'Alias /a /var/www/html/index.html\nRedirect 302 /a https://elsewhere.test/b', ['/a', '/a/c', '/ab']],
  ['RedirectMatch', 'RedirectMatch 301 "^/(?!\\.well-known/)(.*)$" "https://elsewhere.test/$1"', ['/x/y', '/.well-known/z']],
  ['Redirect gone', 'Redirect gone /x', ['/x', '/y']],
  ['Alias', 'Alias /a/b /var/www/html/index.html\nAlias /a /nowhere', ['/a/b', '/a/c']],
  ['a rewrite rule to the proxy', 'RewriteEngine On\nRewriteRule ^/_matrix/(.*) http://127.0.0.1:8008/rewritten/$1 [P]\nProxyPass /_matrix http://127.0.0.1:8008/_matrix', ['/_matrix/x', '/_matrix']],
  ['a rewrite rule that forbids dots', 'RewriteEngine On\nRewriteRule "(^|/)\\." - [F]\nProxyPass / http://127.0.0.1:8008/', ['/.well-known/x', '/x']],
  ['a rewrite rule that redirects', 'RewriteEngine On\nRewriteRule ^/x$ https://elsewhere.test/ [R=301,L]\nProxyPass / http://127.0.0.1:8008/', ['/x', '/y']],
  ['a rewrite rule that lets pass', 'RewriteEngine On\nRewriteRule ^/_matrix - [L]\nRewriteRule ^ https://elsewhere.test/ [R=302,L]\nProxyPass / http://127.0.0.1:8008/', ['/_matrix/x', '/y']],
  ['a rewrite rule with a condition', 'RewriteEngine On\nRewriteCond %{REQUEST_URI} !^/_matrix\nRewriteRule ^ https://elsewhere.test/ [R=302,L]\nProxyPass / http://127.0.0.1:8008/', ['/_matrix/x', '/y']],
  ['an engine that is off', 'RewriteRule ^ https://elsewhere.test/ [R=302,L]\nProxyPass / http://127.0.0.1:8008/', ['/x']],
  ['only what the main server says', '', ['/main/x', '/forbidden/x']],
  ['NoDecode', 'AllowEncodedSlashes NoDecode\nProxyPass /_matrix http://127.0.0.1:8008/_matrix nocanon', ['/_matrix/x']],
  ['Off', 'AllowEncodedSlashes Off\nProxyPass /_matrix http://127.0.0.1:8008/_matrix nocanon', ['/_matrix/x']],
  ['preserved', 'ProxyPreserveHost On\nProxyPass /_matrix http://127.0.0.1:8008/_matrix\nRequestHeader set X-Forwarded-Proto "https"', ['/_matrix/x']],
  ['the scheme', 'ProxyPass /_matrix http://127.0.0.1:8008/_matrix\nRequestHeader set "X-Forwarded-Proto" expr=%{REQUEST_SCHEME}', ['/_matrix/x']],
  ['a header in a Location', 'ProxyPass /_matrix http://127.0.0.1:8008/_matrix\n<Location /_matrix>\nProxyPreserveHost On\nRequestHeader set X-Forwarded-Proto http\n</Location>\nRequestHeader set X-Forwarded-Proto https', ['/_matrix/x']],
  ['a header that is taken away', 'ProxyPass /_matrix http://127.0.0.1:8008/_matrix\nRequestHeader set X-Forwarded-Proto https\nRequestHeader unset X-Forwarded-Proto', ['/_matrix/x']],
]

const mainServer = `AllowEncodedSlashes NoDecode
ProxyPreserveHost Off
ProxyPass /main http://127.0.0.1:8008/main
RewriteEngine On
RewriteRule ^/forbidden - [F]
`
const portOf = (index: number) => 9100 + index
const sites = mainServer + variants.map(([, lines], index) => `Listen ${portOf(index)}\n<VirtualHost *:${portOf(index)}>\nServerName v${index}.test\nDocumentRoot /var/www/html\n${lines}\n</VirtualHost>\n`).join('')

/** Asks each of the addresses that it is given, and says status, Location, what reached the homeserver, and with which headers. */
const ask = `import http.client, json, sys
def ask(port, target):
    connection = http.client.HTTPConnection('127.0.0.1', port, timeout=10)
    connection.putrequest('GET', target, skip_host=True)
    connection.putheader('Host', 'v.test')
    connection.endheaders()
    answer = connection.getresponse()
    body = answer.read()
    echo = json.loads(body) if '/echo' in target and answer.status == 200 else {}
    return {'status': answer.status, 'location': answer.getheader('Location'), 'reached': answer.getheader('X-Lab-Target'), 'headers': {name.lower(): value for name, value in echo.get('headers', [])}}
print(json.dumps([ask(port, target) for port, target in json.loads(sys.argv[1])]))`

interface Answered {
  readonly status: number
  readonly location: string | null
  readonly reached: string | null
  readonly headers: { readonly [name: string]: string }
}

describe.skipIf(noLab)(onLab('Apache\'s configuration, compared with a real Apache'), () => {
  const lab = labHosts(1)

  async function configuration(): Promise<ApacheEvidence> {
    const { prelude, program, parse } = compileReading([{ kind: 'apacheConfiguration', key: '' }])
    const stdout = await lab.sh('lab1', `MP_NONCE=nonce\n${sectionPrelude}${prelude}${program}`)
    return parse(readSections(Buffer.from(stdout)), '')[0]!.value as NonNullable<FactKinds['apacheConfiguration']>
  }

  const put = (files: Record<string, string>) =>
    lab.sh('lab1', Object.entries(files).map(([path, text]) => `mkdir -p "$(dirname /etc/apache2/${path})"; printf %s '${Buffer.from(text).toString('base64')}' | base64 -d >/etc/apache2/${path}`).join('\n'))

  test('is read directive for directive, line for line', async () => {
    await lab.sh('lab1', 'a2enmod -q info macro rewrite headers proxy proxy_http ssl >/dev/null 2>&1')
    await put({ ...nasty, 'sites-enabled/homeserver.conf': rendered('homeserver').replaceAll('*:443', '*:8443'), 'sites-enabled/seed.conf': rendered('seed') })
    const evidence = await configuration()
    const wanted = dumped(await lab.sh('lab1', 'apache2ctl -t -D DUMP_CONFIG 2>/dev/null'))
    expect(wanted.length).toBeGreaterThan(200)
    expect(shown(loadConfiguration(evidence), evidence.files)).toEqual(wanted)
    expect(evidence).toMatchObject({ version: expect.stringMatching(/^2\.4\./), root: '/etc/apache2', unread: [], environment: { APACHE_LOG_DIR: '/var/log/apache2' } })
    expect(evidence.modules).toEqual(expect.arrayContaining(['core_module', 'proxy_http_module', 'macro_module']))
  })

  test('has the virtual hosts that Apache has', async () => {
    const { hosts } = serverOf(loadConfiguration(await configuration()))
    const dump = await lab.sh('lab1', 'apache2ctl -t -D DUMP_VHOSTS 2>/dev/null')
    const wanted = [...withoutMacros(dump).matchAll(/\(([^()]+):(\d+)\)$/gm)].map(([, file, line]) => `${file}:${line}`)
    expect([...new Set(hosts.map(({ directive: { file, line } }) => `${file}:${line}`))].sort()).toEqual([...new Set(wanted)].sort())
  })

  test('does with a path what was foreseen', async () => {
    await lab.sh('lab1', 'rm -f /etc/apache2/conf-enabled/nasty.conf /etc/apache2/sites-enabled/homeserver.conf /etc/apache2/sites-enabled/seed.conf')
    await put({ 'sites-enabled/variants.conf': sites })
    await lab.sh('lab1', 'systemctl restart apache2')
    const server = serverOf(loadConfiguration(await configuration()))
    const place = (index: number, path: string): Place => {
      const found = virtualHostFor(server, { address: '127.0.0.1', port: portOf(index), name: 'v.test' })
      expect(found).toMatchObject({ named: false, host: { name: `v${index}.test` } })
      return { server, host: found!.host, path }
    }
    const questions = variants.flatMap(([name, , paths], index) => paths.map(path => ({ name, index, path })))
    const answers = await asked(questions.map(({ index, path }) => [portOf(index), path]))
    const observed = questions.map(({ name, path }, at) => `${name} ${path}: ${observedFate(answers[at]!)}`)
    const foreseen = questions.map(({ name, index, path }) => `${name} ${path}: ${foreseenFate(place(index, path))}`)
    expect(foreseen).toEqual(observed)

    // What is escaped in the path, what of it may be a slash, and what the homeserver is told.
    const passing = variants.map(([name, , [path]], index) => ({ name, index, place: place(index, path!), by: decided(place(index, path!)) })).filter((one): one is typeof one & Pick<Passing, 'by'> => one.by?.kind === 'proxy' || (one.by?.kind === 'rewrite' && one.by.does === 'proxy'))
    const escaped = await asked(passing.map(({ index, place }) => [portOf(index), `${place.path}/%24a%3Ab`]))
    expect(passing.map(({ name, by }) => `${name}: ${decodes({ by } as Passing) ? 'decodes' : 'leaves'}`)).toEqual(passing.map(({ name }, at) => `${name}: ${escaped[at]!.reached?.includes('%24a%3Ab') ? 'leaves' : 'decodes'}`))
    const slashes = await asked(passing.map(({ index, place }) => [portOf(index), `${place.path}/a%2Fb`]))
    const lets = ({ place, by }: (typeof passing)[number]) => ['nodecode', 'on'].includes(value(place, 'allowencodedslashes') ?? '') || (by.kind === 'proxy' && by.parameters.values.get('mapping') === 'encoded')
    expect(passing.map(one => `${one.name}: ${lets(one)}`)).toEqual(passing.map(({ name }, at) => `${name}: ${slashes[at]!.reached !== null}`))
    const echo = '/_matrix/client/echo'
    const echoing = passing.filter(({ index }) => foreseenFate(place(index, echo)) === `reaches ${echo}`)
    const echoes = await asked(echoing.map(({ index }) => [portOf(index), echo]))
    expect(echoing.map(({ name, place }) => `${name}: ${isOn(place, 'proxypreservehost') ? 'v.test' : '127.0.0.1:8008'} ${forwardedProto(place).value}`)).toEqual(
      echoing.map(({ name }, at) => `${name}: ${echoes[at]!.headers.host} ${echoes[at]!.headers['x-forwarded-proto'] ?? 'missing'}`))
    expect(echoing.length).toBeGreaterThan(8)
  })

  const asked = async (targets: readonly (readonly [number, string])[]) => JSON.parse(await lab.sh('lab1', `python3 -c '${ask.replaceAll("'", `'\\''`)}' '${JSON.stringify(targets)}'`)) as readonly Answered[]
})

function observedFate({ status, location, reached }: Answered): string {
  if (reached !== null) return `reaches ${reached}`
  return status >= 300 && status < 400 ? `${status} to ${location}` : status === 410 || status === 403 ? String(status) : 'a file'
}

function foreseenFate(place: Place): string {
  const fate = decided(place)
  if (fate?.kind === 'proxy') return `reaches ${new URL(fate.to).pathname}`
  if (fate?.kind === 'redirect') return fate.status === 410 ? '410' : `${fate.status} to ${fate.to}`
  if (fate?.kind === 'rewrite') return fate.does === 'forbid' ? '403' : fate.does === 'proxy' ? `reaches ${new URL(fate.to).pathname}` : `${/R=(\d+)/.exec(fate.directive.text)?.[1]} to ${fate.to}`
  // Alias /nowhere and directories that nobody grants are 403 for Apache.
  return fate?.kind === 'alias' && !fate.file.startsWith('/var/www') ? '403' : 'a file'
}
