import { Resolver as Channel } from 'node:dns/promises'
import type { Lookup, Resolver } from '../world.ts'

/** Of more records than this of one kind the rest is left out, with a note. */
export const mostRecords = 64

/** Milliseconds for a question, repeated and put to other name servers. */
const patience = { try: 1500, tries: 3, together: 6000 } as const

/**
 * Asks name servers, and nothing else: files and services of this machine (/etc/hosts, mDNS) play no part.
 *
 * @param servers `192.0.2.53`, `192.0.2.53:5353`, `[2001:db8::53]:53`; absent: those of this machine
 */
export function nameServers(servers?: readonly string[]): Resolver {
  return {
    addresses: (name, family) => asked(servers, channel => (family === 4 ? channel.resolve4(name) : channel.resolve6(name))),
    services: name => asked(servers, async channel => (await channel.resolveSrv(name)).map(({ name: target, port, priority, weight }) => ({ target: target || '.', port, priority, weight }))),
    aliases: name => asked(servers, channel => channel.resolveCname(name)),
  }
}

/** One question on a channel of its own, which can be given up without the others. */
async function asked<T>(servers: readonly string[] | undefined, question: (channel: Channel) => Promise<T[]>): Promise<Lookup<T>> {
  const channel = new Channel({ timeout: patience.try, tries: patience.tries })
  if (servers) channel.setServers(servers)
  const timer = setTimeout(() => channel.cancel(), patience.together)
  try {
    const records = await question(channel)
    return { ok: true, records: records.slice(0, mostRecords), ...(records.length > mostRecords && { note: `the first ${mostRecords} of ${records.length}` }) }
  } catch (error) {
    return none((error as NodeJS.ErrnoException).code ?? '', (error as Error).message)
  } finally {
    clearTimeout(timer)
  }
}

/** What c-ares means by its codes. */
function none(code: string, message: string): Lookup<never> {
  switch (code) {
    case 'ENODATA':
    case 'ENOTFOUND':
      return { ok: true, records: [] }
    case 'EBADNAME':
      return { ok: true, records: [], note: 'DNS cannot hold such a name' }
    case 'ETIMEOUT':
    case 'ECANCELLED':
      return { ok: false, reason: 'timeout', message: 'the name servers do not answer in time' }
    case 'ESERVFAIL':
      return { ok: false, reason: 'server-failure', message: 'the name server answers SERVFAIL: it cannot find out' }
    case 'EREFUSED':
      return { ok: false, reason: 'refused', message: 'the name server refuses to answer' }
    case 'ECONNREFUSED':
      return { ok: false, reason: 'refused', message: 'no name server can be reached' }
    case 'EBADRESP':
    case 'EFORMERR':
      return { ok: false, reason: 'other', message: 'the name server answers nonsense' }
    default:
      return { ok: false, reason: 'other', message: message || code }
  }
}
