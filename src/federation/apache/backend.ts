import type { ApacheEvidence } from '../host-evidence.ts'
import { loadConfiguration } from './load.ts'
import { decided } from './route.ts'
import { serverOf } from './virtual-host.ts'

/** The ports that Apache's virtual hosts are for. */
export const virtualHostPorts = (apache: ApacheEvidence): readonly number[] =>
  [...new Set(serverOf(loadConfiguration(apache)).hosts.flatMap(({ addresses }) => addresses.flatMap(({ port }) => port ?? [])))]

/**
 * Where Apache passes Matrix on to, over HTTP: `http://127.0.0.1:8008`; the first such place, a line that speaks of Matrix before one
 * for everything. Undefined where there is none.
 */
export function backendOf(apache: ApacheEvidence): string | undefined {
  const server = serverOf(loadConfiguration(apache))
  const passing = server.hosts.flatMap(host => {
    const fate = decided({ server, host, path: '/_matrix/federation/v1/version' })
    const url = fate?.kind === 'proxy' ? URL.parse(fate.to) : null
    return url && /^https?:$/.test(url.protocol) ? [{ origin: url.origin, spoken: fate!.directive?.text.includes('_matrix') ?? false }] : []
  })
  return (passing.find(({ spoken }) => spoken) ?? passing[0])?.origin
}
