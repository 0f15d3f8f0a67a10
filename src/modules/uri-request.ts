import type { Json } from '../core/value.ts'
import type { HttpRequest } from '../host/fact.ts'
import type { PlanContext } from './module.ts'
import { normalPath } from './normal-path.ts'
import { refuse } from './refusal.ts'

/** What of a request its parameters say, whatever is sent. */
export interface RequestParameters {
  readonly url: string
  readonly headers: { readonly [name: string]: Json }
  readonly unredirected_headers: readonly string[]
  readonly follow_redirects: 'all' | 'yes' | 'safe' | 'urllib2' | 'no' | 'none'
  readonly validate_certs: boolean
  readonly ca_path?: string
  readonly client_cert?: string
  readonly client_key?: string
  readonly timeout: number
  readonly url_username?: string
  readonly url_password?: string
  readonly force: boolean
  readonly http_agent: string
  readonly address?: string
}

/**
 * @param contentType of what is sent
 * @param certain it is said even where the headers name another
 */
export async function requestOf(
  parameters: RequestParameters, { contentType, certain = false }: { readonly contentType?: string; readonly certain?: boolean }, context: PlanContext,
): Promise<Omit<HttpRequest, 'method'>> {
  const { headers, unredirected_headers, follow_redirects: follow, address } = parameters
  const { url, credentials } = addressed(parameters)
  const given = Object.entries(headers).filter(([name]) => !(certain && name.toLowerCase() === 'content-type'))
  const named = new Set(given.map(([name]) => name.toLowerCase()))
  const [authorities, certificate, certificateKey] = await Promise.all(
    [parameters.ca_path, parameters.client_cert, parameters.client_key].map(path => (path === undefined ? undefined : pemOf(path, context))),
  )
  return {
    url,
    headers: {
      ...(!named.has('user-agent') && { 'User-Agent': parameters.http_agent }),
      ...(parameters.force && { 'Cache-Control': 'no-cache' }),
      ...(contentType !== undefined && !named.has('content-type') && { 'Content-Type': contentType }),
      ...Object.fromEntries(given.map(([name, value]) => [name, typeof value === 'string' ? value : JSON.stringify(value)])),
    },
    ...(unredirected_headers.length > 0 && { unredirected: unredirected_headers.map(name => name.toLowerCase()) }),
    followRedirects: follow === 'all' || follow === 'yes' ? 'all' : follow === 'none' || follow === 'no' ? 'none' : 'safe',
    validateCertificates: parameters.validate_certs,
    timeout: parameters.timeout,
    ...(authorities !== undefined && { authorities }),
    ...(certificate !== undefined && { certificate }),
    ...(certificateKey !== undefined && { certificateKey }),
    ...(address !== undefined && { address }),
    ...(credentials && { credentials }),
  }
}

const userInfo = /^([a-z][\w+.-]*:\/\/)([^/?#]*)@/i

/** Where to, and who asks: user and password may stand in the address, where they count less (`module_utils/urls.py`, `Request.open`). */
export function addressed({ url, url_username, url_password }: Pick<RequestParameters, 'url' | 'url_username' | 'url_password'>): Pick<HttpRequest, 'url' | 'credentials'> {
  const [user = '', password = ''] = userInfo.test(url) ? credentialsIn(url).map(unquoted) : []
  const credentials = url_username !== undefined ? { user: url_username, password: url_password ?? '' } : user === '' ? undefined : { user, password }
  return { url: url.replace(userInfo, '$1'), ...(credentials && { credentials }) }
}

/** The password in an address, as it stands there and as it is meant. */
export function passwordsIn(url: string): readonly string[] {
  const [, password] = credentialsIn(url)
  return password === undefined ? [] : [password, unquoted(password)]
}

function credentialsIn(url: string): readonly string[] {
  const [, , said] = userInfo.exec(url) ?? []
  if (said === undefined) return []
  const colon = said.indexOf(':')
  return colon < 0 ? [said] : [said.slice(0, colon), said.slice(colon + 1)]
}

/** As Python's `unquote` does: what is no code stays. */
const unquoted = (text: string): string =>
  text.replaceAll(/(?:%[0-9a-f]{2})+/gi, codes => Buffer.from(codes.replaceAll('%', ''), 'hex').toString())

async function pemOf(name: string, context: PlanContext): Promise<string> {
  const path = await normalPath(name, context)
  const content = await context.facts.content(path)
  return content ? Buffer.from(content).toString('latin1') : refuse(`there is no file ${path} on the host`)
}
