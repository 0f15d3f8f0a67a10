import { html, timeout, type Internet } from './internet.ts'
import { neighbour, otherwise } from './server.ts'

/** A server of a fleet, and what verify should say of it. */
export interface Member {
  readonly name: string
  readonly address: string
  readonly verdict: 'federates' | 'broken'
}

/**
 * Servers `s0.fleet.test` to … at loopback addresses of their own, all healthy but every twentieth, which is broken in one of
 * four ways in turn: no document, an expired certificate, silence, nothing there at all.
 */
export function fleetOf(count: number): { readonly internet: Internet; readonly members: readonly Member[] } {
  const internet: Internet = { now: Date.now(), addresses: {}, services: {}, aliases: {}, hosts: [], failures: {} }
  const members = Array.from({ length: count }, (_, index): Member => {
    const [name, address] = [`s${index}.fleet.test`, `127.77.${index >> 8}.${(index & 255) || 254}`]
    const breaking = index % 20 === 19 ? faults[Math.floor(index / 20) % faults.length] : undefined
    if (breaking) breaking(internet, name, address)
    else neighbour(internet, name, address, Date.now())
    return { name, address, verdict: breaking ? 'broken' : 'federates' }
  })
  return { internet, members }
}

const day = 86_400_000

const faults: readonly ((internet: Internet, name: string, address: string) => void)[] = [
  (internet, name, address) => otherwise(neighbour(internet, name, address, Date.now()), ({ path }) => (path === '/.well-known/matrix/server' ? html(404) : undefined)),
  (internet, name, address) => void (neighbour(internet, name, address, Date.now()).tls = { names: [name], notAfter: Date.now() - day / 2, chain: { ok: false, code: 'CERT_HAS_EXPIRED', message: 'expired' } }),
  (internet, name, address) => {
    internet.addresses[name] = [address]
    internet.failures[address] = timeout
  },
  (internet, name, address) => void (internet.addresses[name] = [address]),
]
