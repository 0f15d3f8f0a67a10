import type { ApacheEvidence } from '../host-evidence.ts'
import { loadConfiguration } from './load.ts'
import { decided } from './route.ts'
import { serverOf } from './virtual-host.ts'

/** Where Apache passes Matrix on to, over HTTP: `http://127.0.0.1:8008`; the first such place. Undefined where there is none. */
export function backendOf(apache: ApacheEvidence): string | undefined {
  const server = serverOf(loadConfiguration(apache))
  for (const host of server.hosts) {
    const fate = decided({ server, host, path: '/_matrix/federation/v1/version' })
    const url = fate?.kind === 'proxy' ? URL.parse(fate.to) : null
    if (url && /^https?:$/.test(url.protocol)) return url.origin
  }
  return undefined
}
