import type { Check, Finding, Vantage } from './check.ts'
import type { Discovery } from './discovery.ts'

/** What a verification says in the end. Its JSON form is `--output json`: members are added, never changed. */
export interface Report {
  readonly version: 1
  readonly serverName: string
  /** ISO 8601, UTC. */
  readonly at: string
  /** `broken`: at least one error. `warned`: no error. `unknown`: it could not be looked at from here. */
  readonly verdict: 'federates' | 'warned' | 'broken' | 'unknown'
  /** One sentence: the first broken thing first. */
  readonly summary: string
  /** Null where the name is none. */
  readonly discovery: Discovery | null
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
}

export interface ConnectionView {
  readonly address: string
  readonly port: number
  /** `GET /_matrix/key/v2/server` was answered as it should be. */
  readonly ok: boolean
  readonly error?: string
  readonly milliseconds: number
}
