import type { Recap } from '../core/event.ts'

/** Exit codes of a run. What a command line can get wrong is the command's own business. */
export function exitCode(recaps: Iterable<Recap>, run: { readonly interrupted: boolean; readonly checkMode: boolean; readonly detailed: boolean }): number {
  const all = [...recaps]
  if (run.interrupted) return 130
  if (all.some(recap => recap.unreachable > 0)) return 4
  if (all.some(recap => recap.failed > 0)) return 2
  return run.checkMode && run.detailed && all.some(recap => recap.changed > 0 || recap.unknown > 0) ? 3 : 0
}
