import { authorization, type FederationRequest } from './authorization.ts'
import { serveProbe, type ProbeVisit } from './probe-server.ts'
import { signingKey } from './signing-key.ts'
import type { Endpoint } from './site.ts'
import type { Exchanged, World } from './world.ts'

/** A homeserver of our own, with a new key each run, that a server can reach: it asks with signatures, and sees who asks it. */
export interface Probe {
  /** Its server name: `probe.example.net:8449`. */
  readonly name: string
  readonly keyId: string
  /** What reached it so far, in order. */
  readonly seen: readonly ProbeVisit[]
  /**
   * A signed request (server-server API, "Request authentication").
   *
   * @param destination server name as it is signed
   * @param endpoint where it is sent
   */
  ask(endpoint: Endpoint, destination: string, request: FederationRequest): Promise<Exchanged>
  /** Ends every connection and frees the port. */
  close(): Promise<void>
}

export interface ProbeOptions {
  readonly world: World
  /** Server name under which others find it, with the port unless it is 8448: `probe.example.net:8449`. */
  readonly name: string
  readonly listen: { readonly address: string; readonly port: number }
  /** For the name, PEM: its own first, then the intermediate ones. */
  readonly certificate: string
  /** PEM. */
  readonly key: string
}

/** A server that has to fetch our keys first may need three tries of 10 s, and more. */
const patience = 60_000
const mostBytes = 64 * 1024

/**
 * Opens a probe.
 *
 * @throws the error of `listen` or of a certificate that is none, as Node has it
 */
export async function openProbe({ world, name, listen, certificate, key }: ProbeOptions): Promise<Probe> {
  // A key that nobody can have seen, under a name that nobody can have kept: no cache hides a failure.
  const own = signingKey(`ed25519:p${Buffer.from(world.random(6)).toString('hex')}`, world.random(32))
  const server = await serveProbe({ name, listen, certificate, key, signingKey: own, now: () => world.now() })
  return {
    name,
    keyId: own.id,
    seen: server.visits,
    close: () => server.close(),
    ask(endpoint, destination, request) {
      const body = request.content === undefined ? undefined : Buffer.from(JSON.stringify(request.content))
      return world.exchange({
        address: endpoint.address,
        port: endpoint.port,
        tls: { servername: endpoint.servername, identity: endpoint.identity },
        method: request.method,
        target: request.target,
        headers: [
          ['Host', endpoint.host],
          ['User-Agent', 'matrix-provision'],
          ['Authorization', authorization(request, name, destination, own)],
          ...(body ? ([['Content-Type', 'application/json']] as const) : []),
        ],
        ...(body && { body }),
        deadline: patience,
        limit: mostBytes,
      })
    },
  }
}
