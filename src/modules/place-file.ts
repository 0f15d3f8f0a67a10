import { posix } from 'node:path'
import type { Change } from '../host/change.ts'
import type { FactKinds, Facts, FileState } from '../host/fact.ts'
import { type Directories, planDirectories } from './directories.ts'
import { actor, type AskedAttributes } from './file-attributes.ts'
import { early } from './early.ts'
import { type Seen, seenThrough, sha256 } from './file-change.ts'
import { fileResult, hardLinkWarnings, stateAfter } from './file-result.ts'
import { timeZone } from './host-clock.ts'
import type { ModuleResult, PlanContext } from './module.ts'
import { inside, normalPath } from './normal-path.ts'
import { refuse } from './refusal.ts'
import { backupName, bytesFor, replaceFile, type Source } from './replace-file.ts'

/** A file that is to stand at a place that a user named: the heart of `copy` and `template`. */
export interface Placement {
  readonly source: Source
  /** Its name in a directory; absent: the place must not be a directory. */
  readonly name?: string
  /** As it was written: with a slash at the end it is a directory. */
  readonly dest: string
  readonly asked: AskedAttributes
  /** For directories that are missing. */
  readonly askedDirectory: AskedAttributes
  readonly force: boolean
  readonly follow: boolean
  readonly backup: boolean
  readonly validate?: string
  readonly unsafe: boolean
}

export interface Placed {
  readonly changes: readonly Change[]
  readonly result: ModuleResult
}

/** @param planned directories that other changes of the same plan make or keep */
export async function placeFile(placement: Placement, context: PlanContext, planned?: Directories['states']): Promise<Placed> {
  const { facts, now } = context
  const { source, asked, force, follow } = placement
  const place = await findPlace(placement, context, planned)
  const { path, followed, digest } = place
  const exists = (follow ? followed : place.file).type !== 'absent'
  if (exists && !force) return { changes: [], result: { changed: false, dest: placement.dest } }
  if (followed.type !== 'absent' && followed.type !== 'file') refuse(`${path} is a ${followed.type}, which is not replaced by a file`, { dest: path })

  const throughLink = place.file.type === 'link' && follow && followed.type === 'file'
  const observed: Seen = throughLink ? { path: followed.path, state: followed, digest } : { path, state: place.file, digest, leadsTo: followed }
  const differs = observed.state.type === 'link' || digest !== digestOf(source)
  const [by, former, zone] = await Promise.all([actor(facts), differs ? withBytes(observed, facts) : observed, placement.backup && differs ? timeZone(facts) : 'UTC'])
  const backup = placement.backup && differs && digest !== null ? backupName(observed.path, digest, now, zone) : undefined
  const placing = { validate: placement.validate, backup, unsafe: placement.unsafe }
  const change = replaceFile(former, source, asked, placing, { by, now })

  const changes = [...place.changes, ...(change ? [throughLink ? seenThrough(path, change) : change] : [])]
  const warnings = [...asked.warnings, ...hardLinkWarnings(former, change)]
  return {
    changes,
    result: {
      dest: former.path,
      ...fileResult(stateAfter(changes, former)),
      ...(backup !== undefined && { backup_file: backup }),
      ...(warnings.length > 0 && { warnings }),
    },
  }
}

/** Asks early for all that `placeFile` will ask when everything is right already. */
export function lookEarly({ dest, name }: Pick<Placement, 'dest' | 'name'>, context: PlanContext): void {
  const { facts } = context
  const place = normalPath(dest, context).then(named => {
    const path = dest.endsWith('/') && name !== undefined ? inside(named, name) : named
    return Promise.allSettled([look(path, facts), facts.followed(posix.dirname(path))])
  })
  early(place, actor(facts))
}

interface Place {
  readonly path: string
  readonly file: FileState
  readonly followed: FactKinds['followed']
  readonly digest: string | null
  /** Directories that have to be made first. */
  readonly changes: readonly Change[]
}

/** The path of the file itself, which is in the directory that was named where that is one. */
async function findPlace(placement: Placement, context: PlanContext, planned: Directories['states'] | undefined): Promise<Place> {
  const { facts } = context
  const { name, dest } = placement
  const named = await normalPath(dest, context)
  const asDirectory = dest.endsWith('/')
  if (asDirectory && name === undefined) refuse('can not use content with a dir as dest')

  const path = asDirectory ? inside(named, name ?? '') : named
  const [at, directories, parent] = await Promise.all([
    look(path, facts),
    asDirectory && !planned ? planDirectories([{ path: named, asked: placement.askedDirectory }], context) : undefined,
    planned?.get(posix.dirname(path)) ?? facts.followed(posix.dirname(path)),
  ])
  if (at.followed.type === 'directory') {
    if (name === undefined) refuse(`can not use content with a dir as dest: ${path} is a directory`, { dest: path })
    return { ...(await look(inside(path, name), facts)), changes: [] }
  }
  if (!asDirectory && parent.type !== 'directory') refuse(`Destination directory ${posix.dirname(path)} does not exist`, { dest: path })
  return { ...at, changes: directories?.changes ?? [] }
}

async function look(path: string, facts: Facts): Promise<Omit<Place, 'changes'>> {
  const [file, followed, digest] = await Promise.all([facts.file(path), facts.followed(path), facts.digest(path)])
  return { path, file, followed, digest }
}

async function withBytes(seen: Seen, facts: Facts): Promise<Seen> {
  return { ...seen, content: await bytesFor(seen.path, seen.state, facts) }
}

const digestOf = (source: Source) => ('digest' in source ? source.digest : sha256(source.content))
