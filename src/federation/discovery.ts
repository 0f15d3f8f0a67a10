import type { Exchanged, Service } from './world.ts'

/** How peers find a server: the result of server discovery (server-server API, "Resolving server names"). */
export interface Discovery {
  readonly serverName: string
  /** The step of the specification that decided: `1`, `2`, `3.1` … `3.5`, `4`, `5`, `6`. Null where the name is none. */
  readonly step: Step | null
  /** Where to connect, in the order in which peers try. Empty where nothing was found. */
  readonly targets: readonly DiscoveredTarget[]
  /** The `Host` header of federation requests. */
  readonly host: string
  /** The DNS name or IP address that the certificate must be for. */
  readonly identity: string
  /** Server Name Indication; null for an IP literal. */
  readonly servername: string | null
  /** What was asked on the way, in order, as a person would draw it. */
  readonly path: readonly DiscoveryStep[]
  /** What the server's well-known document gave; null where the name causes no look at it. */
  readonly wellKnown: WellKnownResult | null
  /** SRV records of the name that was asked for last; which prefix, and whether deprecated. */
  readonly services: { readonly name: string; readonly deprecated: boolean; readonly records: readonly Service[] } | null
  /** Why there is nowhere to connect to, as a sentence. */
  readonly failure?: string
}

export type Step = '1' | '2' | '3.1' | '3.2' | '3.3' | '3.4' | '3.5' | '4' | '5' | '6'

export interface DiscoveredTarget {
  readonly address: string
  readonly port: number
  /** The name whose address it is; for SRV the target of the record. */
  readonly name: string
}

export interface DiscoveryStep {
  readonly kind: 'literal' | 'well-known' | 'srv' | 'address'
  /** What was looked for: a URL, a record's name. */
  readonly asked: string
  /** What came of it: `200, m.server matrix.example.org:443`, `no record`, `A 203.0.113.9`. */
  readonly found: string
  /** Where it leads on to: a server name, `host:port` of SRV records, addresses with ports. Null where it leads nowhere. */
  readonly leadsTo: string | null
  readonly milliseconds: number
}

/** A look at `https://HOST/.well-known/matrix/server` and what it is worth. */
export type WellKnownResult =
  | { readonly ok: true; readonly server: string; readonly lifetime: Lifetime; readonly hops: readonly WellKnownHop[] }
  | { readonly ok: false; readonly kind: WellKnownFailure; readonly message: string; readonly lifetime: Lifetime; readonly hops: readonly WellKnownHop[] }

export type WellKnownFailure =
  | 'no-address' | 'connect' | 'tls' | 'status' | 'redirect-loop' | 'too-many-redirects' | 'redirect-to-http' | 'redirect-invalid'
  | 'too-large' | 'not-json' | 'no-m.server' | 'invalid-m.server'

/** One request of a chain of redirects. */
export interface WellKnownHop {
  readonly url: string
  readonly address: string
  readonly exchanged: Exchanged
}

/** How long peers keep the result, and by which header. */
export interface Lifetime {
  /** As long as it is kept by the specification: 48 hours at most, an hour for a failure. Synapse keeps what it found for at least 5 minutes. */
  readonly milliseconds: number
  /** As long as the header says; null where there is none. */
  readonly stated: number | null
  readonly from: 'max-age' | 'expires' | 'no-store' | 'default' | 'failure'
}
