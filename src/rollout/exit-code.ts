import type { Recap } from '../core/event.ts'
import { exitCodes } from '../core/exit-codes.ts'

/** How a host is at the end of a run. */
export interface HostEnd {
  readonly failure: unknown
  readonly unreachable: boolean
  readonly recap: Recap
}

/** Exit code of a run that came to its end. What a command line can get wrong is the command's own business. */
export function exitCode(hosts: readonly HostEnd[], run: { readonly interrupted: boolean; readonly checkMode: boolean; readonly detailed: boolean }): number {
  if (run.interrupted) return exitCodes.interrupted
  if (hosts.some(host => host.unreachable)) return exitCodes.unreachable
  if (hosts.some(host => host.failure)) return exitCodes.failed
  return run.checkMode && run.detailed && hosts.some(({ recap }) => recap.changed > 0 || recap.unknown > 0) ? exitCodes.changesPending : exitCodes.ok
}
