import { standpoints } from './apache/standpoint.ts'
import type { Finder } from './cause/cause.ts'
import { documentCauses } from './cause/documents.ts'
import { homeserverCause } from './cause/homeserver.ts'
import { portCauses, portsOf } from './cause/ports.ts'
import { proxyCauses } from './cause/proxy.ts'
import { silence } from './cause/service.ts'
import { quoted, whereOf } from './check/host.ts'
import type { Finding } from './check.ts'
import type { Site } from './site.ts'

const causes: { readonly [id: string]: Finder } = { ...documentCauses, ...portCauses, ...proxyCauses }

/**
 * Where on the hosts of the inventory the cause of a finding stands.
 *
 * @param id of the check that found it
 * @returns the line, and what is wrong there; undefined where no host shows one
 */
export async function explain(site: Site, id: string, finding: Finding): Promise<Pick<Finding, 'where' | 'cause'> | undefined> {
  if (finding.where || site.hosts.length === 0) return undefined
  const find = causes[id]
  if (find)
    for (const standpoint of await standpoints(site)) {
      const silent = id === 'DNS-03' ? portsOf({ standpoint, finding }).map(port => silence(standpoint.host, port)).find(found => found) : undefined
      if (silent) return silent
      for (const { line, says } of find({ standpoint, finding }))
        return { where: whereOf(standpoint.host, line), cause: says === undefined ? quoted(line) : `${quoted(line)}: ${says}` }
    }
  return homeserverCause(site, id, finding)
}
