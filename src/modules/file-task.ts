import type { Change } from '../host/change.ts'
import type { AskedAttributes } from './file-attributes.ts'
import type { Seen } from './file-change.ts'
import type { AskedTimes } from './file-times.ts'
import type { ModuleResult, PlanContext } from './module.ts'

/** What the module `file` is asked about one path. */
export interface FileTask {
  /** What is there; of a link also where it leads. */
  readonly observed: Seen & Required<Pick<Seen, 'leadsTo'>>
  /** As it was written. */
  readonly src?: string
  readonly force: boolean
  readonly follow: boolean
  readonly recurse: boolean
  readonly asked: AskedAttributes
  readonly times: AskedTimes
  readonly context: PlanContext
}

/** What is to be done about it. */
export interface FileWork {
  readonly changes: readonly Change[]
  readonly result: ModuleResult
  /** The path that the result tells about, as it is. */
  readonly at: Seen
}
