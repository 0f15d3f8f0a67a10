import { splitWords, UnclosedText } from '../core/shlex.ts'
import { isUnknown } from '../core/unknown.ts'
import type { Change } from '../host/change.ts'
import type { Facts, FileState } from '../host/fact.ts'
import type { WriteStep } from '../host/step.ts'
import { attributeChange } from './attribute-change.ts'
import { type Actor, type AskedAttributes, attributesOfNew, attributesOfReplaced, withAsked } from './file-attributes.ts'
import { nothingAt, pathChange, type Seen, sha256, shownBytes, stateOf, together } from './file-change.ts'
import { foreseen } from './foreseen.ts'
import { clockTime } from './host-clock.ts'
import type { ParameterSpecs } from './module.ts'
import { refuse } from './refusal.ts'

/** How a file is put in place. */
export interface Placing {
  /** A command with `%s` that must accept the new file first. */
  readonly validate?: string
  /** Where the former file is kept. */
  readonly backup?: string
  readonly unsafe?: boolean
}

export const placingParameters = {
  validate: { type: 'str', description: 'A command that checks the new file before it takes its place; `%s` stands for its path. No shell reads it. When it fails, nothing is changed.' },
  backup: { type: 'bool', default: false, description: 'Keep the former file beside the new one, as `NAME.NUMBER.YYYY-MM-DD@HH:MM:SS~`. The number is made from the former bytes.' },
} satisfies ParameterSpecs

/** What a file is to hold: bytes of ours, or those of another file on the host. */
export type Source =
  | { readonly content: Uint8Array }
  | { readonly from: string; readonly digest: string; readonly size: number; readonly content?: Uint8Array }

/** Bytes of a file that go through a shell: the host's holds them several times over. */
const mostSent = 64_000_000

/**
 * Makes a path hold these bytes and have these attributes: a whole new file where the bytes differ, and otherwise only what
 * else is different. A link at the path is replaced.
 *
 * @param former with its digest; with its bytes where they are to be shown and can be restored
 * @returns undefined where everything is right already
 */
export function replaceFile(
  former: Seen, source: Source, asked: AskedAttributes, placing: Placing, { by, now }: { readonly by: Actor; readonly now: number },
): Change | undefined {
  const digest = 'digest' in source ? source.digest : sha256(source.content)
  if (former.state.type === 'file' && former.digest === digest) return attributeChange(former, asked)
  if (placing.validate !== undefined) checkValidation(placing.validate)
  if (!('from' in source) && source.content.length > mostSent) refuse(`${former.path}: ${Math.round(source.content.length / 1e6)} MB are too much to be sent: ${mostSent / 1e6} MB at most`, { hint: 'Let the host fetch it, or copy it with remote_src from where the host has it.' })

  const { path } = former
  // Ansible gives a new file the group of the user who makes it, even in a directory that hands down its own.
  const base = former.state.type === 'file' ? attributesOfReplaced(former.state, by) : attributesOfNew('file', by, undefined)
  const attributes = withAsked(base, asked, false)
  const size = 'size' in source ? source.size : source.content.length
  const later: Seen = { path, state: stateOf('file', attributes, now, { size }), digest, content: source.content }
  const how: Omit<WriteStep, 'step' | 'content'> = {
    path,
    mode: attributes.mode,
    owner: attributes.owner,
    group: attributes.group,
    ...(placing.validate !== undefined && { validate: placing.validate }),
    ...(placing.backup !== undefined && { backup: placing.backup }),
    ...(placing.unsafe && { unsafe: true }),
  }
  const step = 'from' in source ? ({ step: 'copy', from: source.from, ...how } as const) : ({ step: 'write', content: source.content, ...how } as const)
  const change = pathChange(former, later, [step], placing.validate === undefined ? {} : { note: 'validated at apply' })
  return placing.backup === undefined ? change : withBackup(change, former, placing.backup)
}

function checkValidation(command: string): void {
  if (!command.includes('%s')) refuse(`validate must contain %s: ${command}`)
  try {
    splitWords(command)
  } catch (error) {
    if (!(error instanceof UnclosedText)) throw error
    refuse(`validate is not a command: ${error.message}: ${command}`)
  }
}

/** The change with what is foreseen of the copy of the former file, which goes again when the change is undone. */
function withBackup(change: Change, former: Seen, path: string): Change {
  const kept = former.state.type === 'link' && former.leadsTo ? former.leadsTo : former.state
  const copy = pathChange(nothingAt(path), { path, state: { ...kept, links: 1 }, digest: former.digest, content: former.content }, [])
  return { ...change, undo: change.undo && [...change.undo, { step: 'remove', path }], ...together(change, copy) }
}

/**
 * The name that Ansible gives a backup (module_utils/basic.py, `backup_local`). Where it has the number of its process, we
 * have one made from what is kept: a plan has no process, and two backups of one second do not take each other's name.
 *
 * @param digest SHA-256 of what is kept
 */
export const backupName = (path: string, digest: string, now: number, zone: string): string =>
  `${path}.${parseInt(digest.slice(0, 5), 16)}.${clockTime(now, zone)}~`

/** The bytes of a file, to be shown and restored; undefined where it is too large, or a dry run cannot tell them. */
export async function bytesFor(path: string, state: FileState, facts: Facts): Promise<Uint8Array | undefined> {
  if (state.type !== 'file' || state.size > shownBytes) return undefined
  const content = await foreseen(facts.content(path))
  return isUnknown(content) ? undefined : (content ?? undefined)
}
