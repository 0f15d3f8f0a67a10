import type { Recap } from '../core/event.ts'
import { exitCodes } from '../core/exit-codes.ts'

/** Exit code of a run that came to its end. What a command line can get wrong is the command's own business. */
export function exitCode(recaps: Iterable<Recap>, run: { readonly interrupted: boolean; readonly checkMode: boolean; readonly detailed: boolean }): number {
  const all = [...recaps]
  if (run.interrupted) return exitCodes.interrupted
  if (all.some(recap => recap.unreachable > 0)) return exitCodes.unreachable
  if (all.some(recap => recap.failed > 0)) return exitCodes.failed
  return run.checkMode && run.detailed && all.some(recap => recap.changed > 0 || recap.unknown > 0) ? exitCodes.changesPending : exitCodes.ok
}
