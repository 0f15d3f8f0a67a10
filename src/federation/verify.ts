import type { HostEvidence } from './host-evidence.ts'
import type { Probe } from './probe.ts'
import type { World } from './world.ts'

export interface VerifyOptions {
  readonly world: World
  /** Look also at addresses that only a private network reaches. */
  readonly allowPrivate?: boolean
  /** Send also what could change something or looks like an attack. */
  readonly active?: boolean
  readonly hosts?: readonly HostEvidence[]
  readonly probe?: Probe
  readonly fleet?: readonly string[]
  /** Milliseconds for the whole of one server; 60,000 unless said otherwise. */
  readonly deadline?: number
}
