import { gunzipSync } from 'node:zlib'
import { parseJson } from '../core/python-json.ts'
import type { HttpAnswer, HttpResponse } from '../host/fact.ts'
import type { ModuleResult } from './module.ts'

/** How an answer is to be judged and what of it is to be told. */
export interface Expectation {
  readonly url: string
  readonly statusCodes: readonly number[]
  readonly returnContent: boolean
}

/** An answer with its body unpacked, where the server has packed it. */
export function decompressed(answer: HttpAnswer): HttpAnswer {
  if (answer.status === -1 || !/^(x-)?gzip$/i.test((answer as HttpResponse).headers['content-encoding']?.trim() ?? '')) return answer
  const response = answer as HttpResponse
  try {
    return { ...response, body: Uint8Array.from(gunzipSync(response.body)) }
  } catch {
    return { status: -1, url: response.url, error: 'the body is not compressed as its header says', ...(response.elapsed !== undefined && { elapsed: response.elapsed }) }
  }
}

/** An answer as Ansible's `uri` returns it: headers in lower case with underscores are members of their own. */
export function uriResult(answer: HttpAnswer, { url, statusCodes, returnContent }: Expectation): ModuleResult {
  const expected = statusCodes.includes(answer.status)
  const wanted = `Status code was ${answer.status} and not [${statusCodes.join(', ')}]`
  if (answer.status === -1) {
    const msg = `Request failed: ${(answer as Extract<HttpAnswer, { status: -1 }>).error}`
    return {
      failed: !expected,
      changed: false,
      status: -1,
      url: answer.url,
      redirected: false,
      elapsed: seconds(answer.elapsed),
      msg: expected ? msg : `${wanted}: ${msg}`,
    }
  }
  const response = answer as HttpResponse
  const json = isJson(response.headers['content-type']) ? jsonIn(textOf(response)) : undefined
  const cookies = readCookies(response.headers['set-cookie'])
  const msg =
    response.status >= 300
      ? `HTTP Error ${response.status}: ${response.reason}`
      : `OK (${response.headers['content-length'] ?? 'unknown'} bytes)`
  return {
    ...Object.fromEntries(
      Object.entries(response.headers).map(([name, value]) => [name.toLowerCase().replaceAll('-', '_'), value]),
    ),
    ...(response.headers.location !== undefined && { location: absolute(response.headers.location, response.url) }),
    cookies: Object.fromEntries(cookies),
    cookies_string: cookies.map(([name, value]) => `${name}=${value}`).join('; '),
    changed: false,
    redirected: normal(response.url) !== normal(url),
    url: normal(response.url) === normal(url) ? url : response.url,
    status: response.status,
    elapsed: seconds(response.elapsed),
    msg: expected ? msg : `${wanted}: ${msg}`,
    ...(json !== undefined && { json: json.value }),
    ...(returnContent && { content: textOf(response) }),
    ...(!expected && { failed: true }),
  }
}

const seconds = (elapsed: number | undefined): number => Math.floor(elapsed ?? 0)

/** `http://x` and `http://x/` are one address. */
const normal = (url: string): string => (URL.canParse(url) ? new URL(url).href : url)

const absolute = (location: string, base: string): string =>
  URL.canParse(location, base) ? new URL(location, base).href : location

/** `application/json`, `text/javascript`, `application/problem+json`. */
const isJson = (contentType = ''): boolean => /^[^/]+\/(?:[^;]*\+)?(?:json|javascript)\s*(?:;|$)/i.test(contentType)

function jsonIn(text: string): { readonly value: unknown } | undefined {
  try {
    return { value: parseJson(text) }
  } catch {
    return undefined
  }
}

/** The body as text, in the character set that the server names. */
function textOf({ headers, body }: HttpResponse): string {
  const [, charset = 'utf-8'] = /charset="?([^";\s]+)/i.exec(headers['content-type'] ?? '') ?? []
  try {
    return new TextDecoder(charset).decode(body)
  } catch {
    return new TextDecoder().decode(body)
  }
}

/** Several cookies are joined by commas, which the date of an `Expires` holds too. */
const readCookies = (header: string | undefined): readonly (readonly [string, string])[] =>
  (header ?? '').split(/, (?=[^;,=\s]+=)/).flatMap(cookie => {
    const [, name, value] = /^\s*([^;=\s]+)=([^;]*)/.exec(cookie) ?? []
    return name === undefined ? [] : [[name, value!.replace(/^"(.*)"$/, '$1')] as const]
  })
