import type { Check, Finding, Vantage } from './check.ts'
import type { Discovery, Lifetime, WellKnownFailure } from './discovery.ts'
import type { VerifyKey } from './key-document.ts'
import type { Certificate } from './world.ts'

/** What a verification says in the end. Its JSON form is `--output json`: members are added, never changed. */
export interface Report {
  readonly version: 1
  readonly serverName: string
  /** The host of the inventory whose own addresses were looked at. */
  readonly host?: string
  /** ISO 8601, UTC. */
  readonly at: string
  /** `broken`: at least one error. `warned`: no error. `unknown`: it could not be looked at from here. */
  readonly verdict: 'federates' | 'warned' | 'broken' | 'unknown'
  /** One sentence: the first broken thing first. */
  readonly summary: string
  /** Null where the name is none. */
  readonly discovery: DiscoveryView | null
  /** What answered at each address of the federation endpoint. */
  readonly connections: readonly ConnectionView[]
  /** Name and version as `/_matrix/federation/v1/version` gives them. */
  readonly server: { readonly name: string; readonly version: string } | null
  /** All checks, in the catalogue's order. */
  readonly checks: readonly CheckResult[]
  /** Requests that were made over the network. */
  readonly requests: number
  /** Milliseconds. */
  readonly duration: number
}

export interface CheckResult {
  readonly id: string
  readonly title: string
  readonly vantage: Vantage
  readonly concerns: Check['concerns']
  readonly outcome: 'passed' | 'error' | 'warning' | 'info' | 'not-made' | 'not-applicable'
  readonly findings: readonly Finding[]
  /** Why it was not made, or does not apply. */
  readonly why?: string
  /** The flag with which it could have been made. */
  readonly needs?: string
}

/** How others find the server, without the bytes that were exchanged on the way. */
export interface DiscoveryView extends Omit<Discovery, 'wellKnown'> {
  readonly wellKnown: WellKnownView | null
}

export interface WellKnownView {
  readonly ok: boolean
  /** `m.server`, where it can be followed. */
  readonly server?: string
  readonly failure?: { readonly kind: WellKnownFailure; readonly message: string }
  readonly lifetime: Lifetime
  readonly hops: readonly { readonly url: string; readonly address: string; readonly status: number | null; readonly milliseconds: number }[]
}

export interface ConnectionView {
  readonly address: string
  readonly port: number
  /** `GET /_matrix/key/v2/server` was answered as it should be. */
  readonly ok: boolean
  readonly error?: string
  readonly milliseconds: number
  readonly tls: { readonly protocol: string; readonly cipher: string; readonly trusted: boolean; readonly certificates: readonly Certificate[] } | null
  readonly keyDocument: { readonly serverName: string | null; readonly validUntil: number | null; readonly keys: readonly VerifyKey[]; readonly raw: unknown } | null
}
