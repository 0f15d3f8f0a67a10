import type { Change } from '../host/change.ts'
import { together } from './file-change.ts'

/** Changes of several paths as the one thing that they do: a module that is enabled, a site that is disabled. */
export function asOne(what: Pick<Change, 'subject' | 'kind' | 'observed' | 'desired'> & Partial<Pick<Change, 'note'>>, changes: readonly Change[], more: Pick<Change, 'touches' | 'predicts'>): Change {
  const undos = changes.toReversed().map(change => change.undo)
  const { touches, predicts } = changes.reduce<Pick<Change, 'touches' | 'predicts'>>(together, { touches: [], predicts: [] })
  return {
    ...what,
    steps: changes.flatMap(change => change.steps),
    undo: undos.includes(null) ? null : undos.flatMap(undo => undo ?? []),
    ...together({ touches, predicts }, more),
  }
}
