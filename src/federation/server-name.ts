import { isIPv4, isIPv6 } from 'node:net'

/** A server name taken apart, or why it is none, as a sentence. */
export type ParsedServerName = ServerName | { readonly ok: false; readonly problem: string }

export interface ServerName {
  readonly ok: true
  /** Without port and brackets, as it was written: names of servers are compared with regard to case. */
  readonly hostname: string
  readonly kind: 'ipv4' | 'ipv6' | 'dns'
  readonly port?: number
}

/** host [":" port] (appendices, "Server Name"). What looks like four numbers is an IPv4 address, possible or not. */
const shape = /^(?:(?<ipv4>\d{1,3}(?:\.\d{1,3}){3})|\[(?<ipv6>[0-9A-Fa-f:.]{2,45})\]|(?<dns>[0-9A-Za-z.-]{1,255}))(?::(?<port>\d{1,5}))?$/

/**
 * Takes a server name apart by the grammar of the specification (appendices, "Server Name"). More strictly than the grammar,
 * addresses must be possible ones, and so must ports: nobody can connect to the others.
 */
export function parseServerName(name: string): ParsedServerName {
  const { ipv4, ipv6, dns, port } = shape.exec(name)?.groups ?? {}
  const hostname = ipv4 ?? ipv6 ?? dns
  if (hostname === undefined) return problem(`${quoted(name)} is no server name: ${mistake(name)}`)
  if (ipv4 !== undefined && !isIPv4(ipv4)) return problem(`${quoted(name)} is no server name: ${ipv4} is no IPv4 address`)
  if (ipv6 !== undefined && !isIPv6(ipv6)) return problem(`${quoted(name)} is no server name: ${ipv6} is no IPv6 address`)
  if (port !== undefined && (Number(port) < 1 || Number(port) > 65535)) return problem(`${quoted(name)} is no server name: there is no port ${port}`)
  const kind = ipv4 !== undefined ? 'ipv4' : ipv6 !== undefined ? 'ipv6' : 'dns'
  return { ok: true, hostname, kind, ...(port !== undefined && { port: Number(port) }) }
}

/** An address and port as a person writes them: `203.0.113.9:8448`, `[2001:db8::9]:8448`. */
export const addressAndPort = (address: string, port: number): string => `${isIPv6(address) ? `[${address}]` : address}:${port}`

const problem = (text: string): ParsedServerName => ({ ok: false, problem: text })

/** A name that anybody may have sent is shown on one line, and not all of it when it is long. */
const quoted = (name: string): string => JSON.stringify(name.length > 100 ? `${name.slice(0, 100)}…` : name)

/** The commonest mistakes, the first that applies. */
function mistake(name: string): string {
  if (name === '') return 'it is empty'
  if (name.includes('://')) return 'it must stand without https:// and the like'
  if (name.includes('/')) return 'it must have no slash and no path'
  if (name.includes('@')) return 'it is what stands after the first colon of a user id, without the user'
  if (/\s/.test(name)) return 'it must have no blanks'
  if (name.includes('_')) return 'it must have no underscore'
  if (/:\d*$/.test(name) && name.split(':').length > 2 && !name.includes('[')) return 'an IPv6 address stands in brackets'
  if (name.includes('[') !== name.includes(']')) return 'a bracket is missing'
  if (/:[^\]]*$/.test(name)) return 'the port after the colon is a number of one to five digits'
  if (name.length > 255) return 'it is longer than 255 characters'
  return 'it is a DNS name or an IP address, IPv6 in brackets, and possibly a colon and a port'
}
