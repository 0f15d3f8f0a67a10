import type { ChangeView } from '../core/event.ts'
import type { ShowDiff } from './diff.ts'
import type { Outcome } from './outcome.ts'
import { printableLine } from './printable.ts'
import { valueText } from './value-text.ts'

export type Mark = '+' | '~' | '-' | '>' | '?'

/** One change, or several alike, as they are shown. Equal entries of different hosts are said once. */
export interface Entry {
  readonly mark: Mark
  readonly kind: string
  readonly names: readonly string[]
  /** `root:root 0755`, `mode 0644 → 0600`. */
  readonly attributes: string
  readonly notes: readonly string[]
  readonly diff: readonly string[]
  /** It has been made already, in a dry run. */
  readonly done: boolean
}

export const marks: { readonly [K in ChangeView['kind']]: Mark } = { create: '+', update: '~', delete: '-', run: '>', unknown: '?' }

/** The changes of a task on one host, loop items included; neighbours that differ in the name only become one. */
export function entriesOf(outcome: Outcome, showDiff: ShowDiff | undefined): Entry[] {
  const changes = outcome.items.length > 0 ? outcome.items.flatMap(item => item.changes) : outcome.changes
  const entries: Entry[] = []
  for (const change of changes) {
    const entry = entryOf(change, showDiff)
    const last = entries.at(-1)
    if (last && alike(last, entry)) entries[entries.length - 1] = { ...last, names: [...new Set([...last.names, ...entry.names])] }
    else entries.push(entry)
  }
  return entries
}

function entryOf(change: ChangeView, showDiff: ShowDiff | undefined): Entry {
  const irreversible = change.undoable || change.kind === 'run' || change.kind === 'unknown' ? [] : ['cannot be undone']
  const done = change.done ? ['done already: the task says check_mode: false'] : []
  const notes = [...done, ...(change.note ? [printableLine(change.note)] : []), ...irreversible]
  return {
    mark: marks[change.kind],
    kind: kindText(change),
    names: [printableLine(change.subject.name)],
    attributes: attributesOf(change),
    notes: notes.length > 0 ? [notes.join('; ')] : [],
    diff: change.diff && showDiff ? showDiff(change.diff) : [],
    done: change.done === true,
  }
}

function attributesOf(change: ChangeView): string {
  if (change.kind === 'update') return difference(change)
  if (change.kind === 'create') return description(change)
  // A unit is reloaded or restarted.
  return change.kind === 'run' && typeof change.desired.state === 'string' ? valueText(change.desired.state) : ''
}

const alike = (one: Entry, other: Entry): boolean =>
  one.mark === other.mark && one.kind === other.kind && one.attributes === other.attributes && one.diff.length + other.diff.length === 0
  && one.notes.join() === other.notes.join()

/** What a file is says more than that it is one. */
function kindText({ subject, kind, observed, desired }: ChangeView): string {
  const state = kind === 'delete' ? observed.state : desired.state
  const type = subject.kind === 'file' && (state === 'directory' || state === 'link') ? state : subject.kind
  return printableLine(type === 'directory' ? 'dir' : type)
}

/** What a new thing will be: where it leads, owner, group and mode as `ls` shows them, then the rest by name. */
function description({ desired }: ChangeView): string {
  const { owner, group, mode, target, ...rest } = desired
  const ownership = owner !== undefined && group !== undefined ? `${valueText(owner)}:${valueText(group)}` : owner !== undefined ? valueText(owner) : group !== undefined ? `:${valueText(group)}` : ''
  const named = Object.entries(rest).filter(([name, value]) => isTold(name) && value !== null && value !== undefined).map(([name, value]) => `${name} ${valueText(value)}`)
  return [target === undefined ? '' : `→ ${valueText(target)}`, ownership, mode === undefined ? '' : valueText(mode), ...named].filter(part => part !== '').join(' ')
}

/** Which attributes differ: observed → desired. */
function difference({ observed, desired }: ChangeView): string {
  return [...new Set([...Object.keys(observed), ...Object.keys(desired)])]
    .filter(name => !contents.includes(name))
    .map(name => [name, valueText(observed[name]), valueText(desired[name])] as const)
    .filter(([, before, after]) => before !== after)
    .map(([name, before, after]) => `${name} ${before} → ${after}`)
    .join(', ')
}

/** Attributes that the diff says better. */
const contents = ['content', 'digest', 'sha256', 'checksum', 'path']
/** The kind of a new thing says these already. */
const isTold = (name: string): boolean => !contents.includes(name) && name !== 'state' && name !== 'type'
