import { posix } from 'node:path'
import { absentFile } from '../host/fact.ts'
import { attributeChange } from './attribute-change.ts'
import { early } from './early.ts'
import { actor, type AskedAttributes } from './file-attributes.ts'
import { type Seen, seenThrough } from './file-change.ts'
import { stateAfter, stateName } from './file-result.ts'
import type { FileTask, FileWork } from './file-task.ts'
import { timeChange } from './file-times.ts'
import { inside, linkTarget } from './normal-path.ts'
import { refuse } from './refusal.ts'
import { bytesFor } from './replace-file.ts'
import { linkChange } from './symbolic-link.ts'

/** A symbolic link to `src`, or without it the link that is there. (Ansible's modules/file.py, `ensure_symlink`.) */
export async function makeLink({ observed, src, force, follow, asked, times, context }: FileTask): Promise<FileWork> {
  const { facts, now } = context
  const { path, state, leadsTo: formerly } = observed
  const target = src ?? (state.type === 'link' ? state.target : undefined)
  if (target === undefined) refuse('src is required for creating new symlinks')

  early(facts.followed(linkTarget(path, target)))
  const [by, parent, listing, content] = await Promise.all([
    actor(facts), facts.followed(posix.dirname(path)), state.type === 'directory' ? facts.listing(path) : null, bytesFor(path, state, facts),
  ])
  const beyond = linkTarget(path, target, parent.path)
  // What is relative in a directory's place is relative to that directory, to Ansible.
  const place = state.type === 'directory' ? linkTarget(path, target, path) : beyond
  const leadsTo = await facts.followed(place)
  if (!force && src !== undefined && leadsTo.type === 'absent') {
    const asWritten = src.startsWith('/') ? src : inside(state.type === 'directory' ? path : posix.dirname(path), src)
    refuse(`src file does not exist, use "force=yes" if you really want to create the link: ${asWritten}`, { path, src })
  }
  refuseToReplace(observed, force, listing ?? [])
  if (place === path && state.type === 'file') refuse(`${path} would be a link to itself, and the file would be lost`, { path, src })
  if (parent.type !== 'directory') refuse(`Error while linking: [Errno 2] No such file or directory: '${target}' -> '${path}'`, { path })

  const beyondLink = state.type === 'directory' ? await facts.followed(beyond) : leadsTo
  // What stood here is gone then.
  const later = place === path || (beyondLink.path === path && state.type !== 'link') ? { ...absentFile, path } : beyondLink
  const real: Seen = { path: later.path, state: later }
  const attributes = follow && later.type !== 'absent' ? attributeChange(real, asked) : undefined
  const attributed: Seen = { ...real, state: stateAfter(attributes ? [attributes] : [], real) }
  const dated = later.type === 'absent' ? undefined : timeChange(attributed, times, now)
  const changesBeyond = [attributes, dated].filter(change => change !== undefined)

  const ownership: AskedAttributes = follow ? { warnings: [] } : asked
  const change = linkChange({ ...observed, content, leadsTo: formerly }, { target, leadsTo: later }, ownership, { by, parent, now })
  const lost = follow && later.type === 'absent'
  const warnings = lost ? ['Cannot set fs attributes on a non-existent symlink target. follow should be set to False to avoid this.'] : []
  return {
    changes: [...(change ? [change] : []), ...changesBeyond.map(each => seenThrough(path, each))],
    result: { dest: path, src: target, ...(warnings.length > 0 && { warnings }) },
    at: observed,
  }
}

function refuseToReplace({ path, state }: Seen, force: boolean, listing: readonly string[]): void {
  const name = stateName(state)
  if (name === 'absent' || name === 'link') return
  if (!force) refuse(`refusing to convert from ${name} to symlink for ${path}`, { path })
  if (name === 'directory' && listing.length > 0) refuse(`the directory ${path} is not empty, refusing to convert it`, { path })
}
