import { posix } from 'node:path'
import type { Change } from '../host/change.ts'
import type { FactKinds, Facts, FileState } from '../host/fact.ts'
import { attributeChange } from './attribute-change.ts'
import { pathChange, type Seen, together } from './file-change.ts'
import type { FileTask, FileWork } from './file-task.ts'
import { stateAfter, stateName } from './file-result.ts'
import { timeChange } from './file-times.ts'
import { normalPath } from './normal-path.ts'
import { refuse } from './refusal.ts'
import { bytesFor } from './replace-file.ts'

/** Another name for the file at `src`. (Ansible's modules/file.py, `ensure_hardlink`.) */
export async function hardLink({ observed, src, force, asked, times, context }: FileTask): Promise<FileWork> {
  const { facts, now } = context
  const { path, state } = observed
  const name = stateName(state)
  if (src === undefined && name !== 'hard') refuse('src is required for creating new hardlinks')
  const from = src === undefined ? undefined : await normalPath(src, context)
  const [source, parent] = await Promise.all([from === undefined ? undefined : facts.followed(from), facts.followed(posix.dirname(path))])
  if (source?.type === 'absent') refuse('src does not exist', { dest: path, src })
  if (source && source.type !== 'file') refuse(`src is a ${source.type}, which cannot have another name`, { dest: path, src })

  if (source && parent.type !== 'directory') refuse(`Error while linking: [Errno 2] No such file or directory: '${from}' -> '${path}'`, { path })

  const needed = source !== undefined && needsLink(state, name, source, from as string, path, force)
  const changes = needed ? [await linking(observed, source, facts)] : []
  const made: Seen = { path, state: stateAfter(changes, observed) }
  const attributes = withSource(attributeChange(made, asked), made, source)
  const touched = timeChange({ path, state: stateAfter(attributes ? [attributes] : [], made) }, times, now)
  return { changes: [...changes, attributes, touched].filter(change => change !== undefined), result: { dest: path, src }, at: observed }
}

/** Both names are one file: what is changed under one is different under the other. */
function withSource(change: Change | undefined, made: Seen, source: FactKinds['followed'] | undefined): Change | undefined {
  if (!change || !source) return change
  const { path } = source
  return { ...change, ...together(change, pathChange({ path, state: made.state }, { path, state: stateAfter([change], made) }, [])) }
}

async function linking(observed: Seen, source: FactKinds['followed'], facts: Facts): Promise<Change> {
  const { path: target, ...state } = source
  const linked: FileState = { ...state, links: state.links + 1 }
  const [content, digest] = await Promise.all([bytesFor(observed.path, observed.state, facts), facts.digest(target)])
  const change = pathChange({ ...observed, content }, { path: observed.path, state: linked, digest }, [{ step: 'link', path: observed.path, target, hard: true }])
  // The source has one name more.
  const counted = pathChange({ path: target, state }, { path: target, state: linked }, [])
  const { sha256: _, ...desired } = change.desired
  return { ...change, desired: { ...desired, src: target }, ...together(change, counted) }
}

function needsLink(state: FileState, name: string, source: FileState, from: string, path: string, force: boolean): boolean {
  const same = state.inode === source.inode && state.device === source.device && state.inode !== 0
  if (name === 'absent') return true
  if (name === 'link') return state.target !== from
  if (same) return false
  if (name === 'directory') refuse('Cannot link: different hard link exists at destination', { dest: path, src: from })
  if (!force) refuse(name === 'hard' ? 'Cannot link, different hard link exists at destination' : `Cannot link, ${name} exists at destination`, { dest: path, src: from })
  return true
}
