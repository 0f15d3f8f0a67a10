import type { LabHost, Place, Variant } from './host.ts'

/** Told what is being done, a sentence at a time without its full stop. */
export type Progress = (sentence: string) => void

/** What makes hosts. Callers hold the lab's lock. */
export interface Backend {
  /** The hosts of the lab by number, dead ones included. */
  list(): Promise<LabHost[]>
  /** Makes hosts as if they had never been there; returns when they take logins. */
  create(hosts: readonly (Place & Variant)[], progress: Progress): Promise<void>
  /** Brings dead hosts back with the file systems that they had. */
  revive(hosts: readonly LabHost[], progress: Progress): Promise<void>
  /** Removes every trace of the lab, however little is left of it. */
  destroy(progress: Progress): Promise<void>
  /** Stops a host in the middle of what it does, or lets it go on. */
  pause(host: LabHost, paused: boolean): Promise<void>
  /** The words to put before a command so that it runs on the host as root, without SSH. */
  enter(host: LabHost): Promise<string[]>
}
