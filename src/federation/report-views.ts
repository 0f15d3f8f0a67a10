import type { Discovery, WellKnownResult } from './discovery.ts'
import type { KeyDocumentResult } from './key-document.ts'
import type { ConnectionView, DiscoveryView, WellKnownView } from './report.ts'

/** Discovery as a report carries it. */
export const discoveryView = ({ wellKnown, ...rest }: Discovery): DiscoveryView => ({ ...rest, wellKnown: wellKnown && wellKnownView(wellKnown) })

function wellKnownView(result: WellKnownResult): WellKnownView {
  const hops = result.hops.map(({ url, address, exchanged }) => ({ url, address, status: exchanged.answer?.status ?? null, milliseconds: Math.round(exchanged.milliseconds) }))
  return result.ok
    ? { ok: true, server: result.server, lifetime: result.lifetime, hops }
    : { ok: false, failure: { kind: result.kind, message: result.message }, lifetime: result.lifetime, hops }
}

/** What one address of the federation endpoint showed, as a report carries it. */
export function connectionView({ address, port, exchanged, document, problems }: KeyDocumentResult): ConnectionView {
  const { tls, failure, milliseconds } = exchanged
  const [problem] = problems.filter(({ severity }) => severity === 'error')
  const distrusted = tls && [tls.chain, tls.name].find(judged => !judged.ok)
  const error = problem?.message ?? failure?.message ?? (distrusted && !distrusted.ok ? distrusted.message : undefined)
  return {
    address, port, ok: error === undefined, ...(error !== undefined && { error }), milliseconds: Math.round(milliseconds),
    tls: tls ? { protocol: tls.protocol, cipher: tls.cipher, trusted: tls.chain.ok && tls.name.ok, certificates: tls.certificates } : null,
    keyDocument: document,
  }
}
