import { fail } from './fail.ts'

export interface Url {
  readonly scheme: string
  readonly netloc: string
  readonly path: string
  readonly query: string
  readonly fragment: string
  readonly username: string | null
  readonly password: string | null
  readonly hostname: string | null
  readonly port: number | null
}

/** Python's `urllib.parse.urlsplit`, which takes any text apart. @throws ProvisionError for a port that is none */
export function parseUrl(text: string): Url {
  const [, scheme = '', rest = ''] = /^(?:([A-Za-z][A-Za-z0-9+.-]*):)?([\s\S]*)$/.exec(text.trim().replaceAll(/[\t\n\r]/g, ''))!
  const [, netloc, behind = ''] = /^(?:\/\/([^/?#]*))?([\s\S]*)$/.exec(rest)!
  const [, path = '', query = '', fragment = ''] = /^([^?#]*)(?:\?([^#]*))?(?:#([\s\S]*))?$/.exec(behind)!
  const at = (netloc ?? '').lastIndexOf('@')
  const user = at < 0 ? undefined : netloc!.slice(0, at)
  const host = (netloc ?? '').slice(at + 1)
  const [, bracketed, plain, port] = /^(?:\[([^\]]*)\]|([^:]*))(?::(.*))?$/.exec(host) ?? fail(`'${host}' is no host`)
  if (port !== undefined && port !== '' && !(/^\d+$/.test(port) && Number(port) <= 65535)) fail(`'${port}' is no port`)
  const colon = user?.indexOf(':') ?? -1
  return {
    scheme: scheme.toLowerCase(),
    netloc: netloc ?? '',
    path,
    query,
    fragment,
    username: user === undefined ? null : colon < 0 ? user : user.slice(0, colon),
    password: user === undefined || colon < 0 ? null : user.slice(colon + 1),
    hostname: (bracketed ?? plain ?? '').toLowerCase() || null,
    port: port ? Number(port) : null,
  }
}
