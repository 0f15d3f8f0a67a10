import type { Change } from '../host/change.ts'
import type { FileState } from '../host/fact.ts'
import type { Seen } from './file-change.ts'
import type { ModuleResult } from './module.ts'
import { formatMode } from './symbolic-mode.ts'

/** What Ansible puts into the result of every module that makes files (module_utils/basic.py, `add_path_info`). */
export function fileResult(state: FileState): ModuleResult {
  if (state.type === 'absent') return {}
  const { uid, gid, owner, group, mode, size } = state
  // The size of a directory that is not there yet is the file system's to say.
  const sized = state.type !== 'directory' || state.inode !== 0
  return { uid, gid, owner, group, mode: formatMode(mode), state: stateName(state), ...(sized && { size }) }
}

export const fileReturns = {
  uid: 'Number of the user who owns it.',
  gid: 'Number of the group that owns it.',
  owner: 'Name of the user who owns it.',
  group: 'Name of the group that owns it.',
  mode: 'Permissions, as octal text.',
  state: '`file`, `directory`, `link`, `hard` for a file with several names, or `absent`.',
  size: 'Size in bytes; not given for a directory that was not there.',
}

/** What the engine adds to the result of a task that changes texts. */
export const diffReturns = { diff: 'With `--diff` or `diff: true`, and in a plan: a list of the texts that are changed, each with `before` and `after`.' }

/** As Ansible's `file` calls what it finds. */
export const stateName = ({ type, links }: FileState): string => (type === 'absent' || type === 'directory' || type === 'link' ? type : links > 1 ? 'hard' : 'file')

/** What a path will be when the changes are made. */
export function stateAfter(changes: readonly Change[], { path, state }: Seen): FileState {
  for (const change of changes.toReversed())
    for (const prediction of change.predicts) if (prediction.kind === 'file' && prediction.key === path) return prediction.value as FileState
  return state
}

/** A file with several names is replaced under one of them: the others keep what it was. */
export function hardLinkWarnings(former: Seen, change: Change | undefined): string[] {
  const replaced = change !== undefined && former.state.type === 'file' && former.state.links > 1 && change.steps.some(step => step.step === 'write' || step.step === 'copy')
  return replaced ? [`${former.path} is one of ${former.state.links} hard links to a file. It is replaced; the other names keep what the file was.`] : []
}
