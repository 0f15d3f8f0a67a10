import type { Change } from '../host/change.ts'
import type { ModuleResult } from '../modules/module.ts'
import { asText } from './view.ts'

/** One text as `diff` of a registered result has it. */
interface TextDiff {
  readonly before_header?: string
  readonly before?: string
  readonly after_header: string
  readonly after?: string
  /** What is there, or comes, is no text. */
  readonly dst_binary?: 1
  readonly src_binary?: 1
}

const hidden = " [[ Diff output has been hidden because 'no_log: true' was specified for this result ]]\n"

/** What changes do to texts, for who registers the result (`plugins/action/__init__.py`, `_get_diff_data`); undefined where there is none. */
export function textDiffs(changes: readonly Change[], { src }: ModuleResult, noLog: boolean): readonly TextDiff[] | undefined {
  const diffs = changes.flatMap(({ diff }) => (diff ? [diff] : []))
  if (diffs.length === 0) return undefined
  return diffs.map(({ path, before, after }): TextDiff => {
    const former = asText(before)
    const later = asText(after)
    return {
      ...(before !== null && { before_header: path }),
      ...(former === undefined ? { dst_binary: 1 } : { before: noLog ? '' : (former ?? '') }),
      after_header: typeof src === 'string' && diffs.length === 1 ? src : path,
      ...(later === undefined ? { src_binary: 1 } : { after: noLog ? hidden : (later ?? '') }),
    }
  })
}
