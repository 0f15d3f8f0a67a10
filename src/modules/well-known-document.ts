import { parseServerName } from '../federation/server-name.ts'

/** What one of the documents under /.well-known/matrix/ holds, or why it would not do. */
export interface Document {
  readonly problems: readonly string[]
  readonly warnings: readonly string[]
  readonly content: { readonly [key: string]: unknown }
}

/** `m.server` (server-server API, "Resolving server names"). */
export function serverDocument(server: string | undefined): Document {
  if (!server) return problem('server is needed for the server document')
  const name = parseServerName(server)
  if (!name.ok) return problem(`server: ${name.problem}`)
  const warnings = name.port === undefined ? [`m.server '${server}' has no port, so other servers look for an SRV record and then use 8448, never 443. Write ${server}:443 if that is meant.`] : []
  return { problems: [], warnings, content: { 'm.server': server } }
}

export interface ClientWishes {
  readonly homeserverUrl?: string
  readonly identityServerUrl?: string
  readonly extra?: { readonly [key: string]: unknown }
}

/** `m.homeserver` and what goes with it (client-server API, "Well-known URI"). */
export function clientDocument({ homeserverUrl, identityServerUrl, extra = {} }: ClientWishes): Document {
  if (!homeserverUrl) return problem('homeserver_url is needed for the client document')
  const problems = [...urlProblems('homeserver_url', homeserverUrl), ...(identityServerUrl ? urlProblems('identity_server_url', identityServerUrl) : [])]
  const reserved = Object.keys(extra).filter(key => key === 'm.homeserver' || key === 'm.identity_server')
  if (reserved.length > 0) problems.push(`client_extra must not hold ${reserved.join(' and ')}: they have parameters of their own`)
  const warnings = Object.keys(extra).flatMap(key => {
    if (!key.includes('.')) return [`client_extra: '${key}' is not namespaced (like org.example.key), as the specification asks`]
    return dead[key] ? [`client_extra: '${key}' ${dead[key]}`] : []
  })
  return {
    problems, warnings,
    content: {
      'm.homeserver': { base_url: withoutSlash(homeserverUrl) },
      ...(identityServerUrl && { 'm.identity_server': { base_url: withoutSlash(identityServerUrl) } }),
      ...Object.fromEntries(Object.entries(extra).sort(([a], [b]) => (a < b ? -1 : 1))),
    },
  }
}

/** Keys of old guides that nobody reads any more. */
const dead: { readonly [key: string]: string } = {
  'org.matrix.msc3575.proxy': 'is read by no client any more: the sliding-sync proxy has ended',
  'm.rtc_foci': 'was never specified; org.matrix.msc4143.rtc_foci is what older clients read',
  'm.authentication': 'was never specified; clients ask the homeserver for auth_metadata',
}

export interface Contact {
  readonly role: string
  readonly matrix_id?: string
  readonly email_address?: string
}

/** Contacts and page (client-server API, "Server administrator contact information"). */
export function supportDocument(contacts: readonly Contact[] | undefined, page: string | undefined): Document {
  if (!contacts?.length && !page) return problem('support_contacts or support_page is needed for the support document')
  const problems = (contacts ?? []).flatMap((contact, index) => {
    const where = `support_contacts[${index}]`
    return [
      ...(contact.role && (contact.role.startsWith('m.role.') ? ['m.role.admin', 'm.role.security', 'm.role.moderator', 'm.role.dpo'].includes(contact.role) : contact.role.includes('.')) ? [] : [`${where}: role must be m.role.admin, m.role.security, or a namespaced name`]),
      ...(contact.matrix_id || contact.email_address ? [] : [`${where}: matrix_id or email_address is needed`]),
      ...(contact.matrix_id && !/^@[^:]+:.+$/.test(contact.matrix_id) ? [`${where}: matrix_id must look like @user:example.org`] : []),
    ]
  })
  if (page) problems.push(...urlProblems('support_page', page))
  return { problems, warnings: [], content: { ...(contacts?.length && { contacts }), ...(page && { support_page: page }) } }
}

const problem = (text: string): Document => ({ problems: [text], warnings: [], content: {} })

function urlProblems(name: string, text: string): string[] {
  if (!URL.canParse(text)) return [`${name} '${text}' is no URL`]
  const url = new URL(text)
  if (url.protocol !== 'https:') return [`${name} '${text}' must begin with https://`]
  return url.search || url.hash ? [`${name} '${text}' must have no query and no fragment`] : []
}

const withoutSlash = (url: string): string => url.replace(/\/+$/, '')
