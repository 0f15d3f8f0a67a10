import type { Lab } from '../../src/lab/lab.ts'
import type { Command, Run } from '../measure.ts'

/** What a run is about: fresh hosts, hosts that are as they should be, and a preview of those. */
export const phases = ['first apply', 'second apply', 'dry run'] as const
export type Phase = (typeof phases)[number]

/** Something to be measured. */
export interface Contender {
  readonly name: string
  readonly version: string
  readonly phases: readonly Phase[]
  /** How often a round runs it on hosts that are right already: what is quick is run more often. */
  readonly times: number
  command(phase: Phase, hosts: number): Command
  /** Whether a run has done what it should: changed something on each fresh host, and nothing where all was right. */
  isRight(phase: Phase, run: Run, hosts: number): boolean
  /** Ends what a run has left behind, so that the next one begins like the first. */
  tidy?(): void
}

/** The directory of the playbooks. */
export const bench = `${import.meta.dirname}/..`

/** Names of the first hosts. */
export const first = (lab: Lab, hosts: number): readonly string[] => lab.hosts.slice(0, hosts).map(({ name }) => name)
