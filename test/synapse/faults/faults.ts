import { clientFaults } from './clients.ts'
import { delegationFaults } from './delegation.ts'
import type { Fault } from './fault.ts'
import { homeserverFaults } from './homeserver.ts'
import { insideFaults } from './inside.ts'
import { nameFaults } from './names.ts'
import { proxyFaults } from './proxy.ts'
import { securityFaults } from './security.ts'
import { tlsFaults } from './tls.ts'

/** All faults that are tried, in the order of a peer's way: names, TLS, documents, the proxy, the homeserver. */
export const faults: readonly Fault[] = [
  ...nameFaults, ...tlsFaults, ...delegationFaults, ...clientFaults, ...proxyFaults, ...homeserverFaults, ...securityFaults, ...insideFaults,
]
