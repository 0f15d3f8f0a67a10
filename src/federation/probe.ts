import { authorization, type FederationRequest } from './authorization.ts'
import { serveProbe, type ProbeVisit } from './probe-server.ts'
import { signingKey } from './signing-key.ts'
import type { World } from './world.ts'

/** A homeserver of our own, with a new key each run, that a server can reach: it signs what is asked, and sees who asks for its keys. */
export interface Probe {
  /** Its server name: `probe.example.net:8449`. */
  readonly name: string
  readonly keyId: string
  /** What reached it so far, in order. */
  readonly seen: readonly ProbeVisit[]
  /**
   * The `Authorization` header of a request in its name.
   *
   * @param destination server name that is asked, as it is before delegation
   */
  sign(request: FederationRequest, destination: string): string
  /** Ends every connection and frees the port. */
  close(): Promise<void>
}

export interface ProbeOptions {
  readonly world: Pick<World, 'now' | 'random'>
  /** Server name under which others find it, with the port unless it is 8448: `probe.example.net:8449`. */
  readonly name: string
  readonly listen: { readonly address: string; readonly port: number }
  /** For the name, PEM: its own first, then the intermediate ones. */
  readonly certificate: string
  /** PEM. */
  readonly key: string
}

/**
 * Opens a probe.
 *
 * @throws the error of `listen` or of a certificate that is none, as Node has it
 */
export async function openProbe({ world, name, listen, certificate, key }: ProbeOptions): Promise<Probe> {
  // A key that nobody can have seen before: no cache hides a failure.
  const own = signingKey(`ed25519:p${Buffer.from(world.random(6)).toString('hex')}`, world.random(32))
  const server = await serveProbe({ name, listen, certificate, key, signingKey: own, now: () => world.now() })
  return {
    name,
    keyId: own.id,
    seen: server.visits,
    sign: (request, destination) => authorization(request, name, destination, own),
    close: () => server.close(),
  }
}
