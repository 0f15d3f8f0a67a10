import type { Answer, Exchanged } from './world.ts'
import type { Endpoint } from './site.ts'

/** A homeserver of our own, with a new key each run, that a server can reach: it asks with signatures, and sees who asks it. */
export interface Probe {
  /** Its server name: `probe.example.net:8449`. */
  readonly name: string
  readonly keyId: string
  /** Requests that reached it: for its keys, or anything else. */
  readonly seen: readonly ProbeVisit[]
  /**
   * A signed request (server-server API, "Request authentication").
   *
   * @param destination server name as it is signed
   * @param endpoint where it is sent
   */
  ask(endpoint: Endpoint, destination: string, request: { readonly method: string; readonly target: string; readonly content?: unknown }): Promise<Exchanged>
  close(): Promise<void>
}

export interface ProbeVisit {
  /** Milliseconds since 1970. */
  readonly at: number
  readonly from: string
  readonly method: string
  readonly target: string
  /** TLS did not come to its end: the certificate is not trusted, say. */
  readonly tlsFailure?: string
  readonly answered?: Answer['status']
}
