import type { NotMade } from '../check.ts'
import type { Endpoint, Site } from '../site.ts'
import type { Exchanged } from '../world.ts'
import { clientApi, homeserver } from './endpoint.ts'

/** One path, and what came of asking for it. */
export interface Look {
  readonly endpoint: Endpoint
  readonly target: string
  readonly exchanged: Exchanged
}

/**
 * Paths of servers and of clients, each where they are asked.
 *
 * @param alone paths of clients where nothing answers servers
 */
export async function askBoth(site: Site, ofServers: readonly string[], ofClients: readonly string[], alone = ofClients): Promise<readonly Look[] | NotMade> {
  const [servers, clients] = await Promise.all([homeserver(site), clientApi(site)])
  if ('notMade' in servers && 'notMade' in clients) return servers
  const all = [
    ...('notMade' in servers ? [] : ofServers.map(target => ({ endpoint: servers, target }))),
    ...('notMade' in clients ? [] : ('notMade' in servers ? alone : ofClients).map(path => ({ endpoint: clients, target: clients.base + path }))),
  ]
  return Promise.all(all.map(async ({ endpoint, target }) => ({ endpoint, target, exchanged: await site.ask(endpoint, { target }) })))
}
