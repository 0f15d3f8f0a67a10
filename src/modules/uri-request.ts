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
  const { url, headers, unredirected_headers, follow_redirects: follow, url_username: user, address } = parameters
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
    ...(user !== undefined && { credentials: { user, password: parameters.url_password ?? '' } }),
  }
}

async function pemOf(name: string, context: PlanContext): Promise<string> {
  const path = await normalPath(name, context)
  const content = await context.facts.content(path)
  return content ? Buffer.from(content).toString('latin1') : refuse(`there is no file ${path} on the host`)
}
