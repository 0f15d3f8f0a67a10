import { posix } from 'node:path'
import { attributeChange } from './attribute-change.ts'
import { actor, attributesOfNew, withAsked } from './file-attributes.ts'
import { pathChange, type Seen, seenThrough, stateOf } from './file-change.ts'
import { stateAfter } from './file-result.ts'
import type { FileTask, FileWork } from './file-task.ts'
import { timeChange } from './file-times.ts'
import { refuse } from './refusal.ts'

const empty = new Uint8Array()

/** Makes an empty file where nothing is, and sets the times of what is there. (Ansible's modules/file.py, `execute_touch`.) */
export async function touchFile({ observed, follow, asked, times, context }: FileTask): Promise<FileWork> {
  const { facts, now } = context
  const { path, state, leadsTo } = observed
  if (state.type === 'absent') {
    const [by, parent] = await Promise.all([actor(facts), facts.followed(posix.dirname(path))])
    if (parent.type !== 'directory') refuse(`Error, could not touch target: [Errno 2] No such file or directory: '${path}'`, { path })
    const attributes = withAsked(attributesOfNew('file', by, parent), asked, false)
    const { mode, owner, group } = attributes
    const made: Seen = { path, state: stateOf('file', attributes, now), content: empty }
    const change = pathChange(observed, made, [{ step: 'write', path, content: empty, mode, owner, group }])
    // What is made now has the time of now.
    const dated = times.modified === 'now' && times.accessed === 'now' ? undefined : timeChange(made, times, now)
    return { changes: dated ? [change, dated] : [change], result: { dest: path }, at: observed }
  }
  const dated = times.modified !== undefined || times.accessed !== undefined
  const beyond = follow && (asked.mode !== undefined || asked.owner !== undefined || asked.group !== undefined)
  if (leadsTo.type === 'absent' && (dated || beyond)) refuse(`Error while updating modification or access time: ${path} leads to ${leadsTo.path}, which does not exist`, { path })
  const real: Seen = { path: leadsTo.path, state: leadsTo }
  const attributed = state.type === 'link' && (!follow || leadsTo.type === 'absent') ? observed : real
  const attributes = attributeChange(attributed, asked)
  const touched = leadsTo.type === 'absent' ? undefined : timeChange({ ...real, state: stateAfter(attributes ? [attributes] : [], real) }, times, now)
  return { changes: [attributes, touched].filter(change => change !== undefined).map(change => seenThrough(path, change)), result: { dest: path }, at: observed }
}
