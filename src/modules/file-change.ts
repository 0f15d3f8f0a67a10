import { createHash } from 'node:crypto'
import { Unknown } from '../core/unknown.ts'
import type { Change, ContentDiff, Prediction } from '../host/change.ts'
import { absentFile, type FactKey, type FactKinds, type FileState } from '../host/fact.ts'
import type { Step } from '../host/step.ts'
import { type Attributes, attributesOf, attributeSteps, shownAttributes } from './file-attributes.ts'

/** A path as it is, or as it will be: its state and what is known of its bytes. */
export interface Seen {
  readonly path: string
  readonly state: FileState
  /** Absent where it was not read, or cannot be known. */
  readonly content?: Uint8Array
  /** SHA-256 in hexadecimal. */
  readonly digest?: string | null
  /** For a link: what it leads to. */
  readonly leadsTo?: FactKinds['followed']
}

/** Bytes beyond this many are neither shown as a diff nor kept for undo. */
export const shownBytes = 1 << 20

export const nothingAt = (path: string): Seen => ({ path, state: absentFile })

/** A state as it will be; inode and device cannot be known. */
export const stateOf = (type: FileState['type'], attributes: Attributes, now: number, more: { size?: number; target?: string } = {}): FileState => ({
  type, ...attributes, size: 0, inode: 0, device: 0, links: 1, modified: now, changed: now, ...more,
})

export const sha256 = (content: Uint8Array): string => createHash('sha256').update(content).digest('hex')

/**
 * The change of one path from what is there to what will be: what a plan shows of it, what undoes it, and what each fact
 * that can be read of the path will be.
 *
 * @param steps make it
 * @param details `undo` where the steps back are not those that `restore` finds
 */
export function pathChange(former: Seen, later: Seen, steps: readonly Step[], details: Pick<Partial<Change>, 'undo' | 'note'> = {}): Change {
  const kind = former.state.type === 'absent' ? 'create' : later.state.type === 'absent' ? 'delete' : 'update'
  const diff = contentDiff(former, later)
  return {
    subject: { kind: 'file', name: later.path },
    kind,
    ...difference(former, later, diff === undefined),
    ...(diff && { diff }),
    steps,
    undo: restore(former, later),
    touches: factsOf(former, later),
    predicts: predictionsOf(former, later),
    ...details,
  }
}

/** What two changes touch and foresee, as one. */
export const together = (one: Pick<Change, 'touches' | 'predicts'>, other: Pick<Change, 'touches' | 'predicts'>): Pick<Change, 'touches' | 'predicts'> => ({
  touches: one.touches === 'everything' || other.touches === 'everything' ? 'everything' : [...one.touches, ...other.touches],
  predicts: [...one.predicts, ...other.predicts],
})

/** A change of what a link leads to, with what is read through the link. */
export function seenThrough(link: string, change: Change): Change {
  const { name: path } = change.subject
  if (path === link || change.touches === 'everything') return change
  const own = change.predicts.filter(prediction => prediction.key === path && prediction.kind !== 'file')
  return {
    ...change,
    touches: [...change.touches, ...own.map(({ kind }) => ({ kind, key: link }))],
    predicts: [...change.predicts, ...own.map(prediction => ({ ...prediction, key: link }))],
  }
}

/** The steps that bring a path back to what it was; null where its bytes are not known, or are no bytes. */
export function restore(former: Seen, later: Seen): readonly Step[] | null {
  const { path, state } = former
  const attributes = attributesOf(state)
  const staged = attributesOf(later.state)
  switch (state.type) {
    case 'absent':
      return [{ step: 'remove', path }]
    case 'link': {
      const moved = later.state.type === 'link' && later.state.target === state.target
      const link: Step[] = moved ? [] : [{ step: 'link', path, target: state.target ?? '' }]
      return [...link, ...attributeSteps(path, moved ? staged : nobody, attributes, true)]
    }
    case 'directory':
      if (later.state.type === 'directory') return attributeSteps(path, staged, attributes)
      return [
        ...(later.state.type === 'absent' ? [] : [{ step: 'remove', path } as const]),
        { step: 'directory', path },
        ...attributeSteps(path, nobody, attributes),
      ]
    case 'file':
      if (bytesStay(former, later)) return attributeSteps(path, staged, attributes)
      return former.content ? [{ step: 'write', path, content: former.content, mode: state.mode, owner: state.owner, group: state.group }] : null
    default:
      return later.state.type === state.type ? attributeSteps(path, staged, attributes) : null
  }
}

/** Differs from everyone: steps made against it set all attributes. */
const nobody: Attributes = { mode: -1, owner: '', uid: -1, group: '', gid: -1 }

/** Whether only what is said about the file changes, and not what is in it. */
const bytesStay = (former: Seen, later: Seen): boolean =>
  former.state.type === later.state.type && former.content === later.content && former.digest === later.digest && former.state.target === later.state.target

function factsOf(former: Seen, later: Seen): FactKey[] {
  const kinds = bytesStay(former, later) ? stateKinds : allKinds
  return kinds.map(kind => ({ kind, key: later.path }))
}

const stateKinds = ['file', 'followed'] as const
const allKinds = [...stateKinds, 'digest', 'content', 'listing'] as const

function predictionsOf(former: Seen, later: Seen): Prediction[] {
  const { path: key, state, leadsTo } = later
  const link = state.type === 'link'
  const unread = new Unknown(`what ${key} ${link ? 'leads to' : 'will hold'} has not been read`)
  const own: Prediction = { kind: 'file', key, value: state }
  if (link && bytesStay(former, later)) return [own]
  const states: Prediction[] = [own, { kind: 'followed', key, value: link ? (leadsTo ? { ...leadsTo, through: [key, ...(leadsTo.through ?? [])] } : unread) : { ...state, path: key } }]
  if (bytesStay(former, later)) return states
  const type = link ? leadsTo?.type : state.type
  const digest = later.digest ?? (later.content && sha256(later.content)) ?? unread
  return [
    ...states,
    { kind: 'digest', key, value: type === undefined || type === 'file' ? digest : null },
    { kind: 'content', key, value: type === undefined || type === 'file' ? (later.content ?? unread) : null },
    // What is in a new directory follows from the files that are foreseen in it.
    ...(type === 'directory' ? [] : [{ kind: 'listing', key, value: type === undefined ? unread : null } as const]),
  ]
}

/** Attributes that differ, as they are and as they will be. */
function difference(former: Seen, later: Seen, withDigest: boolean): Pick<Change, 'observed' | 'desired'> {
  const before = shown(former)
  const after = shown(later)
  // Numbers that are the same are the same user, whatever its name.
  if (former.state.uid === later.state.uid && former.state.uid >= 0 && after.owner) before.owner = after.owner
  if (former.state.gid === later.state.gid && former.state.gid >= 0 && after.group) before.group = after.group
  if (withDigest && later.digest && former.digest !== later.digest) {
    after.sha256 = later.digest
    if (former.digest) before.sha256 = former.digest
  }
  const names = [...new Set([...Object.keys(before), ...Object.keys(after)])].filter(name => before[name] !== after[name])
  const pick = (from: Shown): Shown => Object.fromEntries(Object.entries(from).filter(([name]) => names.includes(name)))
  return { observed: pick(before), desired: pick(after) }
}

interface Shown {
  [name: string]: string
}

function shown({ state }: Seen): Shown {
  if (state.type === 'absent') return { state: 'absent' }
  const { mode, owner, group } = shownAttributes(attributesOf(state))
  if (state.type === 'link') return { state: 'link', target: state.target ?? '', owner, group }
  return { state: state.type, mode, owner, group }
}

function contentDiff(former: Seen, later: Seen): ContentDiff | undefined {
  if (bytesStay(former, later)) return undefined
  const before = bytesOf(former)
  const after = bytesOf(later)
  if (before === undefined || after === undefined || (before === null && after === null)) return undefined
  if ([before, after].some(bytes => bytes !== null && bytes.length > shownBytes)) return undefined
  return { path: later.path, before, after }
}

/** Null where the path is no file; undefined where its bytes are not known. */
const bytesOf = ({ state, content }: Seen): Uint8Array | null | undefined => (state.type === 'file' ? content : null)
