/** A host as inventories write it: `name`, `name:port`, `[2001:db8::1]:port`, with ranges in the name. */
export interface Address {
  readonly host: string
  readonly port: number | undefined
}

/**
 * Takes a host and its port apart, as Ansible does (`parsing/utils/addresses.py`).
 *
 * @returns undefined where the text is no host name, IPv4 or IPv6 address (each with ranges)
 */
export function parseAddress(text: string): Address | undefined {
  let host = text
  let port: string | undefined
  for (const form of [/^\[(.+)\]:([0-9]+)$/, /^((?:[^:[\]]|\[[^\]]*\])*):([0-9]+)$/]) {
    const match = form.exec(host)
    if (match) [, host, port] = match as unknown as [string, string, string]
  }
  if (!isHostName(host) && !ipv4.test(host) && !ipv6.test(host)) return undefined
  return { host, port: port === undefined ? undefined : Number(port) }
}

const range = String.raw`\[(?:[a-z]:[a-z]|[0-9]+:[0-9]+)(?::[0-9]+)?\]`
const label = String.raw`(?:[\p{L}\p{N}_]|${range})(?:[\p{L}\p{N}_\-]|${range})*(?<![_\-])`

/** Nearly every name is one of these, and Unicode's classes take a millisecond to compile. */
const plainName = /^[\da-z](?:[\w-]*[\da-z])?(?:\.[\da-z](?:[\w-]*[\da-z])?)*$/i
const isHostName = (text: string): boolean => plainName.test(text) || new RegExp(`^${label}(?:\\.${label})*$`, 'iu').test(text)

const byte = String.raw`(?:[01]?[0-9]{1,2}|2[0-4][0-9]|25[0-5]|\[[0-9]+:[0-9]+(?::[0-9]+)?\])`
export const ipv4 = new RegExp(`^(?:${byte}\\.){3}${byte}$`, 'i')

const word = String.raw`(?:[0-9a-f]{1,4}|\[[0-9a-f]+:[0-9a-f]+(?::[0-9]+)?\])`
const ipv6Forms = [
  `(?:${word}:){7}${word}`,
  `(?:${word}:){1,6}:`,
  ...[1, 2, 3, 4, 5, 6].map(count => `(?:${word}:){${count}}(?::${word}){1,${7 - count}}`),
  `:(?::${word}){1,6}`,
  `${word}?::`,
  `(?:0:){6}(?:${word}\\.){3}${word}`,
  `::(?:ffff:)?(?:${word}\\.){3}${word}`,
  `(?:0:){5}ffff:(?:${word}\\.){3}${word}`,
]
// Only the last form must reach the end of the text, as in Ansible: what follows an address may be an index.
export const ipv6 = new RegExp(`^(?:${ipv6Forms.join('|')}$)`, 'i')
