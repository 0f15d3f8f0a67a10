import type { ChangeView, TaskResult } from '../core/event.ts'
import { isUnknown } from '../core/unknown.ts'
import { Float } from '../core/value.ts'
import type { Change } from '../host/change.ts'
import type { ModuleResult } from '../modules/module.ts'

/** A change as events carry it. @param diff whether texts come with it @param done it has been made, though the run is a dry run */
export const viewChange = (change: Change, { diff, done }: { readonly diff: boolean; readonly done: boolean }): ChangeView => ({
  subject: change.subject,
  kind: change.kind,
  observed: change.observed,
  desired: change.desired,
  ...(diff && change.diff && { diff: viewDiff(change.diff) }),
  undoable: change.undo !== null,
  ...(change.note !== undefined && { note: change.note }),
  ...(done && { done }),
})

function viewDiff(diff: NonNullable<Change['diff']>): ChangeView['diff'] {
  const before = asText(diff.before)
  const after = asText(diff.after)
  if (before === undefined || after === undefined) return { path: diff.path, before: null, after: null, binary: true }
  return { path: diff.path, before, after }
}

const utf8 = new TextDecoder('utf-8', { fatal: true })

/** undefined: these bytes are no text. */
export function asText(bytes: Uint8Array | null): string | null | undefined {
  if (bytes === null) return null
  if (bytes.includes(0)) return undefined
  try {
    return utf8.decode(bytes)
  } catch {
    return undefined
  }
}

/** What `no_log` leaves of a result. */
const censored = "the output has been hidden due to the fact that 'no_log: true' was specified for this result"

/** What `no_log` leaves of changes: what kind of thing they are made to. A command's line is all that it is. */
export const viewChanges = (changes: readonly ChangeView[], noLog: boolean): readonly ChangeView[] =>
  noLog ? changes.map(({ subject, kind, undoable, done }) => ({ subject: { kind: subject.kind, name: '(censored due to no_log)' }, kind, observed: {}, desired: {}, undoable, ...(done && { done }) })) : changes

/** A result as events carry it: JSON, with unknowns and bytes as text. */
export function viewResult(result: ModuleResult, noLog: boolean): TaskResult {
  if (noLog) return { changed: result.changed === true, ...(result.failed && { failed: true }), ...(result.skipped && { skipped: true }), censored }
  return asJson(result) as TaskResult
}

function asJson(data: unknown): unknown {
  if (data === null || data === undefined) return data
  if (isUnknown(data)) return '(known after apply)'
  if (data instanceof Float) return data
  if (data instanceof Uint8Array) return Buffer.from(data).toString()
  if (typeof data === 'bigint') return String(data)
  if (Array.isArray(data)) return data.map(asJson)
  if (data instanceof Map) return Object.fromEntries([...data].map(([key, value]) => [String(key), asJson(value)]))
  if (typeof data === 'object') return Object.fromEntries(Object.entries(data).filter(([, value]) => value !== undefined).map(([key, value]) => [key, asJson(value)]))
  return data
}
