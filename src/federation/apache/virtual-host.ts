import type { Directive } from './directive.ts'
import { wildcardOf } from './pattern.ts'

/** What stands outside of all virtual hosts, and the virtual hosts in the order of loading. */
export interface Server {
  readonly main: readonly Directive[]
  readonly hosts: readonly VirtualHost[]
  /** `Listen` lines. */
  readonly listens: readonly Listen[]
}

export interface VirtualHost {
  /** The `<VirtualHost …>` line. */
  readonly directive: Directive
  readonly directives: readonly Directive[]
  readonly addresses: readonly VirtualHostAddress[]
  /** ServerName without scheme and port, in lower case; null where there is none. */
  readonly name: string | null
  /** ServerAlias, in lower case, with `*` and `?`. */
  readonly aliases: readonly string[]
}

export interface VirtualHostAddress {
  /** Null for every address. A name, which Apache resolves when it starts, stands as it is. */
  readonly address: string | null
  /** Null for every port. */
  readonly port: number | null
}

export interface Listen {
  readonly directive: Directive
  /** Null for every address. */
  readonly address: string | null
  readonly port: number
}

export function serverOf(directives: readonly Directive[]): Server {
  return {
    main: directives.filter(({ name }) => name !== 'virtualhost'),
    hosts: directives.filter(({ name }) => name === 'virtualhost').map(virtualHost),
    listens: directives.filter(({ name }) => name === 'listen').flatMap(listen),
  }
}

/** `Listen 443`, `Listen 203.0.113.9:443`, `Listen [::]:443 https`. */
function listen(directive: Directive): readonly Listen[] {
  const [text = ''] = directive.words
  if (/^\d+$/.test(text)) return [{ directive, address: null, port: Number(text) }]
  const { address, port } = addressOf(text)
  return port === null ? [] : [{ directive, address, port }]
}

function virtualHost(directive: Directive): VirtualHost {
  const directives = directive.children ?? []
  const name = directives.findLast(({ name }) => name === 'servername')?.words[0]
  return {
    directive,
    directives,
    addresses: directive.words.map(addressOf),
    name: name === undefined ? null : hostOf(name),
    aliases: directives
      .filter(({ name }) => name === 'serveralias')
      .flatMap(({ words }) => words.map(word => word.toLowerCase())),
  }
}

/** `*:443`, `_default_:443`, `203.0.113.9`, `[2001:db8::9]:443`, `*`. */
function addressOf(text: string): VirtualHostAddress {
  const [, bracketed, plain, port] = /^(?:\[([^\]]*)\]|(.*?))(?::(\d+|\*))?$/.exec(text)!
  const address = bracketed ?? plain ?? ''
  return {
    address: ['', '*', '_default_'].includes(address) ? null : address,
    port: port === undefined || port === '*' ? null : Number(port),
  }
}

/** `https://Example.org:443` is `example.org`. */
const hostOf = (text: string): string => /^(?:[a-z]+:\/\/)?\[?(.*?)\]?(?::\d+)?$/i.exec(text)![1]!.toLowerCase()

/** What a request is for. */
export interface Asked {
  /** The address that it came in by; where that is another one than the host's own (NAT), those of `*` count. */
  readonly address: string
  readonly port: number
  /** The name of the Host header, without port; empty where there is none. */
  readonly name: string
}

/** The virtual host that answers, as vhost.c finds it; undefined where the main server does. */
export function virtualHostFor(
  { hosts }: Server,
  { address, port, name }: Asked,
): { readonly host: VirtualHost; readonly named: boolean } | undefined {
  const at = (wanted: string | null) =>
    hosts.filter(({ addresses }) => addresses.some(one => one.address === wanted && (one.port === null || one.port === port)))
  const own = at(address)
  const candidates = own.length > 0 ? own : at(null)
  const host = candidates.find(candidate => isNamed(candidate, name.toLowerCase()))
  return host ? { host, named: true } : candidates[0] && { host: candidates[0], named: false }
}

/** Whether a virtual host is for a name, by ServerName or ServerAlias. */
export const isNamed = ({ name, aliases }: VirtualHost, wanted: string): boolean =>
  name === wanted || aliases.some(alias => alias === wanted || wildcardOf(alias).test(wanted))
