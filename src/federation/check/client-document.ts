import type { NotApplicable, NotMade } from '../check.ts'
import type { Site } from '../site.ts'
import { header, type Exchanged } from '../world.ts'
import { isObject, type JsonObject } from '../json.ts'
import { isHtml, isRedirect, jsonOf } from './answer.ts'
import { delegation } from './delegation.ts'

/** The client document with the redirects that lead to it, each request as a browser makes it. */
export interface ClientDocument {
  readonly hops: readonly { readonly url: string; readonly exchanged: Exchanged }[]
  /** The last answer. */
  readonly exchanged: Exchanged
  /** Undefined where the answer is no JSON object. */
  readonly content: JsonObject | undefined
  /** Nobody has put a document there: not found, or a web site that answers everything with its page and delegates nothing. */
  readonly absent: boolean
}

const mostHops = 5

/** `/.well-known/matrix/client`, redirects followed: clients do since Matrix 1.20, browsers always did. */
export async function clientDocument(site: Site): Promise<ClientDocument> {
  let url = new URL(`https://${site.hostname.includes(':') ? `[${site.hostname}]` : site.hostname}/.well-known/matrix/client`)
  let exchanged = await site.document('client', { origin: true })
  const hops = [{ url: url.href, exchanged }]
  while (hops.length <= mostHops && isRedirect(exchanged)) {
    const location = header(exchanged.answer!, 'location')
    if (location === undefined || !URL.canParse(location, url.href)) break
    url = new URL(location, url)
    const endpoint = url.protocol === 'https:' ? await site.endpointOf(url) : null
    if (!endpoint || hops.some(hop => hop.url === url.href)) break
    exchanged = await site.ask(endpoint, { target: url.pathname + url.search, headers: [['Origin', origin]] })
    hops.push({ url: url.href, exchanged })
  }
  const { answer } = exchanged
  const content = answer?.status === 200 ? jsonOf(answer) : undefined
  const absent = answer?.status === 404 || (answer?.status === 200 && isHtml(answer) && (await delegation(site)).kind === 'not-needed')
  return { hops, exchanged, content: isObject(content) ? content : undefined, absent }
}

/** Where a web client lives that knows nothing of the server. */
export const origin = 'https://client.example'

/** The document where there is one; what hangs on it says nothing where there is none. */
export async function givenDocument(site: Site): Promise<(ClientDocument & { readonly content: JsonObject }) | NotMade | NotApplicable> {
  const document = await clientDocument(site)
  if (document.content) return { ...document, content: document.content }
  if (document.absent) return { notApplicable: 'there is no client document' }
  return { notMade: document.exchanged.answer?.status === 200 ? 'the client document is not JSON' : 'the client document cannot be read' }
}

/** `base_url` of a member such as `m.homeserver`; undefined where it has none that is a text. */
export function baseUrlOf(content: JsonObject, member: string): string | undefined {
  const value = content[member]
  return isObject(value) && typeof value.base_url === 'string' ? value.base_url : undefined
}
