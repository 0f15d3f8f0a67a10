import type { Change } from '../host/change.ts'
import { attributeChange } from './attribute-change.ts'
import { planDirectories } from './directories.ts'
import { type Seen, seenThrough } from './file-change.ts'
import { stateAfter, stateName } from './file-result.ts'
import type { FileTask, FileWork } from './file-task.ts'
import { timeChange } from './file-times.ts'
import { readHostTree } from './host-tree.ts'
import { refuse } from './refusal.ts'

/** A tree of more entries is work for `chown -R`. */
const mostEntries = 50_000

/** A directory with all that are missing above it, and with `recurse` the attributes of all that is in it. (Ansible's modules/file.py, `ensure_directory`.) */
export async function makeDirectory(task: FileTask): Promise<FileWork> {
  const { observed, follow, asked, times, context } = task
  const { state, leadsTo } = observed
  const real: Seen = state.type === 'link' && follow ? { path: leadsTo.path, state: leadsTo } : observed
  if (real.state.type === 'absent') {
    const { changes } = await planDirectories([{ path: real.path, asked }], context)
    const made = { ...real, state: stateAfter(changes, real) }
    const dated = timeChange(made, times, context.now)
    return { changes: throughLinks(new Map([[observed.path, real.path]]), [...changes, ...(dated ? [dated] : [])]), result: { path: real.path }, at: real }
  }
  if (real.state.type !== 'directory') refuse(`${real.path} already exists as a ${stateName(real.state)}`, { path: real.path })
  const links = new Map([[observed.path, real.path]])
  const below = task.recurse ? await changesBelow(real.path, task, { done: new Set([real.path]), links }) : []
  return { changes: throughLinks(links, [...changesOf(real, task), ...below]), result: { path: real.path }, at: real }
}

function changesOf(seen: Seen, { asked, times, context }: FileTask): Change[] {
  const attributes = attributeChange(seen, asked)
  const dated = seen.state.type === 'link' ? undefined : timeChange({ ...seen, state: stateAfter(attributes ? [attributes] : [], seen) }, times, context.now)
  return [attributes, dated].filter(change => change !== undefined)
}

/** What was gone through. */
interface Walk {
  /** Links may lead in circles. */
  readonly done: Set<string>
  /** Links, and where they lead. */
  readonly links: Map<string, string>
}

async function changesBelow(directory: string, task: FileTask, walk: Walk): Promise<Change[]> {
  const { facts } = task.context
  const entries = await readHostTree(directory, facts, mostEntries)
  if (!entries) refuse(`${directory} holds more than ${mostEntries} files`, { path: directory, hint: 'Use the module command with `chown -R` or `chmod -R`.' })
  const fresh = entries.filter(({ path }) => !walk.done.has(path))
  for (const { path } of fresh) walk.done.add(path)
  const changes = fresh.flatMap(entry => changesOf(entry, task))
  if (!task.follow) return changes

  const links = fresh.filter(({ state }) => state.type === 'link')
  const targets = await Promise.all(links.map(({ path }) => facts.followed(path)))
  for (const [index, { path, ...state }] of targets.entries()) {
    walk.links.set((links[index] as Seen).path, path)
    if (state.type === 'absent' || walk.done.has(path)) continue
    walk.done.add(path)
    if (state.type === 'directory') changes.push(...(await changesBelow(path, task, walk)))
    changes.push(...changesOf({ path, state }, task))
  }
  return changes
}

const throughLinks = (links: ReadonlyMap<string, string>, changes: readonly Change[]) =>
  changes.map(change => [...links].filter(([, target]) => target === change.subject.name).reduce((seen, [link]) => seenThrough(link, seen), change))
