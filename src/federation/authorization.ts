import { signJson } from './signature.ts'
import type { SigningKey } from './signing-key.ts'

/** A request between servers, as it is signed. */
export interface FederationRequest {
  /** In upper case. */
  readonly method: string
  /** The request target as it goes over the wire: raw path and query. */
  readonly target: string
  /** What the body says, as JSON; absent where there is no body. */
  readonly content?: unknown
}

/**
 * The `Authorization` header of a request (server-server API, "Request authentication").
 *
 * @param origin server name that signs
 * @param destination server name that is asked, as it is before delegation
 */
export function authorization(request: FederationRequest, origin: string, destination: string, key: SigningKey): string {
  const { method, target, content } = request
  const signed = signJson({ method, uri: target, origin, destination, ...(content !== undefined && { content }) }, origin, key)
  const signature = signed.signatures[origin]![key.id]!
  return `X-Matrix origin="${origin}",destination="${destination}",key="${key.id}",sig="${signature}"`
}
