import type { Directive } from '../apache/directive.ts'
import { standpoints, type Standpoint } from '../apache/standpoint.ts'
import { check, type Check, type Known, type NotMade, type Place, type Sighting } from '../check.ts'
import type { HostEvidence } from '../host-evidence.ts'
import type { Site } from '../site.ts'

/** Where a directive stands, as a finding shows it. */
export const whereOf = (host: HostEvidence, { file, line }: Pick<Directive, 'file' | 'line'>): Place => ({ file, line, host: host.name })

/** A directive as a finding quotes it. */
export function quoted({ name, text, children }: Directive): string {
  const spelled = spellings.get(name) ?? name
  return children ? `<${spelled} ${text}>` : `${spelled} ${text}`.trim()
}

/** Of those that findings speak of; Apache does not care. */
const spellings = new Map(
  ['VirtualHost', 'Location', 'LocationMatch', 'Directory', 'ProxyPass', 'ProxyPassMatch', 'ProxyPreserveHost', 'ProxyTimeout', 'ProxyRequests', 'ProxyErrorOverride', 'RewriteRule', 'Redirect', 'RedirectMatch', 'RedirectPermanent', 'Timeout',
    'RequestHeader', 'Header', 'CustomLog', 'LogFormat', 'AllowEncodedSlashes', 'LimitRequestBody', 'LimitRequestLine', 'Alias', 'AliasMatch', 'DocumentRoot', 'FallbackResource', 'Require', 'ForceType', 'SSLCertificateFile', 'SSLProtocol',
    'SSLCipherSuite', 'SSLVerifyClient', 'SSLEngine', 'Protocols', 'SecRuleEngine', 'SecRequestBodyLimit', 'SetOutputFilter', 'AddOutputFilterByType', 'ServerTokens', 'TraceEnable', 'AuthType', 'Listen', 'LimitExcept', 'Limit', 'BalancerMember',
    'ExpiresDefault', 'ExpiresByType', 'Proxy', 'FilesMatch', 'DirectoryMatch', 'SSLCertificateChainFile'].map(spelling => [spelling.toLowerCase(), spelling]),
)

type Look<Kind extends string> = (standpoint: Standpoint) => readonly Sighting<NoInfer<Kind>>[]

/** Why no configuration can be judged: it cannot be read, or none is for the name. */
export function noneHere(site: Site): NotMade {
  const unread = site.hosts.flatMap(({ name, unread }) => unread.map(text => `${name}: ${text}`)).find(text => !/synapse/i.test(text))
  return { notMade: unread ?? `no Apache of the inventory has a virtual host for ${site.serverName}` }
}

/** A check by Apache's configuration, on every host of the inventory that serves the name. */
export function configurationCheck<Kind extends string>(known: Omit<Known<Kind>, 'vantage'>, find: Look<Kind>): Check {
  return check<Kind>({
    ...known, vantage: 'host',
    async look(site) {
      const all = await standpoints(site)
      if (all.length === 0) return noneHere(site)
      // One line is one thing, however many paths it takes.
      const found = all.flatMap(find)
      return [...new Map(found.map(one => [`${one.kind} ${one.where?.host} ${one.where?.file}:${one.where?.line}`, one])).values()]
    },
  })
}
