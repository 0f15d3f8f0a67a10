import type { Discovery, DiscoveredTarget, WellKnownResult } from './discovery.ts'
import type { HostEvidence } from './host-evidence.ts'
import type { KeyDocumentResult } from './key-document.ts'
import type { Probe } from './probe.ts'
import type { Exchange, Exchanged, Lookup, Service } from './world.ts'

/** What can be seen of one server name. Each question is asked when it is first needed, and only once. */
export interface Site {
  readonly serverName: string
  /** DNS name or IP address of the server name, without port and brackets. */
  readonly hostname: string
  /** Milliseconds since 1970, now. */
  now(): number
  /** Server discovery, as a peer does it. */
  discovery(): Promise<Discovery>
  /**
   * Addresses of a name, both families, literals as they are; pins instead of DNS where the name has any.
   *
   * @param port for which a pin counts; absent: any
   */
  addresses(name: string, port?: number): Promise<{ readonly ipv4: Lookup<string>; readonly ipv6: Lookup<string> }>
  /**
   * SRV records of a name, and the names that a name is an alias of; for checks, discovery asks for its own. A name whose port
   * 8448 is pinned has no SRV records: where it is reached has been said.
   */
  services(name: string): Promise<Lookup<Service>>
  aliases(name: string): Promise<Lookup<string>>
  /** The server's well-known document as the one address gives it, redirects followed. */
  wellKnownAt(address: string): Promise<WellKnownResult>
  /** The client document or another below `/.well-known/matrix/`, at the first address that answers; redirects not followed. */
  document(name: 'server' | 'client' | 'support' | 'policy_server', at?: { readonly origin?: boolean }): Promise<Exchanged>
  /** Where clients talk to: `m.homeserver.base_url` of the client document, else, where there is no such document, the server name itself. Null where neither can be used, or the document cannot be had. */
  clientBase(): Promise<Endpoint | null>
  /** Where a URL leads: the first of its addresses that can be connected to, else its first; null where its name has none. */
  endpointOf(url: URL): Promise<Endpoint | null>
  /** `GET /_matrix/key/v2/server` at one address, judged. */
  keysAt(target: DiscoveredTarget): Promise<KeyDocumentResult>
  /** Id of a signing key of another server, as that server shows it to us; undefined where it shows none. */
  keyIdOf(other: string): Promise<string | undefined>
  /** The first federation target that answers with HTTP; undefined where none does. */
  federation(): Promise<Endpoint | undefined>
  /**
   * A request to an endpoint. The same request is made only once; when the bound of requests to a server is reached, the result
   * is a failure that says so.
   */
  ask(endpoint: Endpoint, request: Ask): Promise<Exchanged>
  /** A request that is none of the usual ones: another address, SNI or protocol. Counted like the others. */
  exchange(exchange: Omit<Exchange, 'deadline' | 'limit'> & Partial<Pick<Exchange, 'deadline' | 'limit'>>): Promise<Exchanged>
  /** Requests that were made so far. */
  readonly requests: number
  /** What the hosts of the own inventory show from inside; empty where none was looked at. */
  readonly hosts: readonly HostEvidence[]
  /** A homeserver of our own that the server can reach; undefined without `--probe`. */
  readonly probe: Probe | undefined
  /** Other server names of the same fleet. */
  readonly fleet: readonly string[]
}

/** Where requests go and under which names. */
export interface Endpoint {
  readonly address: string
  readonly port: number
  readonly host: string
  readonly identity: string
  readonly servername: string | null
  /** Path that stands before `/_matrix`; empty or without a slash at its end. */
  readonly base: string
}

export interface Ask {
  readonly method?: string
  /** Raw path and query. */
  readonly target: string
  readonly headers?: Exchange['headers']
  readonly body?: Uint8Array
  /** Milliseconds. */
  readonly deadline?: number
  /** The most bytes of a body that are read. */
  readonly limit?: number
}
