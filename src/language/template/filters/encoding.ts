import { fail } from '../fail.ts'
import { textOf } from '../python/convert.ts'
import { iterate } from '../python/sequence.ts'
import { decode, encode } from '../python/codec.ts'
import { str } from '../python/text.ts'
import { orElse, present, type Thing, type Things } from '../thing.ts'
import { parseUrl } from '../url.ts'
import { filter, type Filters } from './filter.ts'

/** Bytes of a thing's text, or the bytes that it is. */
export const bytesOf = (thing: Thing, encoding = 'utf-8'): Uint8Array => {
  const it = present(thing)
  return it instanceof Uint8Array ? it : encode(str(it), encoding)
}

/** Filters from one way to write data to another. */
export const encodingFilters: Filters = {
  b64decode: filter('encoding?', (value, { encoding = 'utf-8' }) => {
    const text = Buffer.from(bytesOf(value)).toString('latin1').replaceAll(/[^A-Za-z0-9+/=]/g, '')
    if (text.replace(/=.*$/, '').length % 4 === 1 || (text.length % 4 !== 0)) fail('the text is not base64: its length is wrong')
    return decode(new Uint8Array(Buffer.from(text, 'base64')), str(encoding))
  }),
  b64encode: filter('encoding?', (value, { encoding = 'utf-8' }) => Buffer.from(bytesOf(value, str(encoding))).toString('base64')),
  urldecode: filter('', value => decodeUrl(textOf(value, 'what is decoded'))),
  urlencode: filter('', value => {
    const it = present(value)
    if (it instanceof Map) return query([...it])
    return Array.isArray(it) ? query(it.map(pair => iterate(pair))) : encodeUrl(str(it), '/')
  }),
  urlsplit: filter('query?', (value, { query: wanted = '' }) => {
    const url = parseUrl(textOf(value, 'the URL'))
    const parts: Things = new Map(Object.entries({
      fragment: url.fragment, hostname: url.hostname, netloc: url.netloc, password: url.password, path: url.path, port: url.port, query: url.query, scheme: url.scheme, username: url.username,
    }))
    if (wanted === '' || wanted === null) return parts
    return parts.has(wanted) ? parts.get(wanted)! : fail(`urlsplit: unknown URL component: ${str(wanted)}`, `Its parts are ${[...parts.keys()].map(str).join(', ')}.`)
  }),
}

const query = (pairs: readonly (readonly Thing[])[]): string =>
  pairs.map(([key, value]) => `${encodeUrl(str(orElse(key, () => '')), '').replaceAll('%20', '+')}=${encodeUrl(str(orElse(value, () => '')), '').replaceAll('%20', '+')}`).join('&')

/** Python's `urllib.parse.quote`. */
const encodeUrl = (text: string, safe: string): string =>
  Array.from(Buffer.from(text, 'utf8'), byte => {
    const character = String.fromCharCode(byte)
    return /[A-Za-z0-9_.~-]/.test(character) || safe.includes(character) ? character : `%${byte.toString(16).toUpperCase().padStart(2, '0')}`
  }).join('')

/** Python's `urllib.parse.unquote_plus`. */
const decodeUrl = (text: string): string =>
  text.replaceAll('+', ' ').replaceAll(/(?:%[0-9a-fA-F]{2})+/g, codes => Buffer.from(codes.replaceAll('%', ''), 'hex').toString('utf8'))
