import type { Facts, FileState } from '../host/fact.ts'
import type { Step } from '../host/step.ts'
import type { ParameterSpecs, PlanContext } from './module.ts'
import { refuse } from './refusal.ts'
import { formatMode, modeBits, umask } from './symbolic-mode.ts'

/** The parameters that all modules share which make files. */
export interface AttributeParameters {
  readonly mode?: string | number
  readonly owner?: string
  readonly group?: string
}

export const attributeParameters = {
  mode: {
    type: 'mode',
    description: 'Permissions, as octal text (`"0644"`) or symbolic (`u=rwX,g-w`). Absent: what is there is kept, and what is new gets 0644, or 0755 as a directory.',
  },
  owner: { type: 'str', description: 'Name or number of the user who owns it. Absent: what is there is kept.' },
  group: { type: 'str', description: 'Name or number of the group that owns it. Absent: what is there is kept.' },
} satisfies ParameterSpecs

export const unsafeWrites = {
  unsafe_writes: { type: 'bool', default: false, description: 'Write into the file itself where it cannot be replaced in one step, as under a bind mount.' },
} satisfies ParameterSpecs

/** Permissions and ownership. A number is -1 where it cannot be known yet. */
export interface Attributes {
  readonly mode: number
  readonly owner: string
  readonly uid: number
  readonly group: string
  readonly gid: number
}

/** Attributes that a task asks for, with the names looked up. */
export interface AskedAttributes {
  readonly mode?: string | number
  readonly owner?: Pick<Attributes, 'owner' | 'uid'>
  readonly group?: Pick<Attributes, 'group' | 'gid'>
  readonly warnings: readonly string[]
}

/** Looks up the user and the group that are asked for. A task in check mode may name some that do not exist yet. */
export async function askAttributes(parameters: AttributeParameters, { facts, checkMode }: PlanContext): Promise<AskedAttributes> {
  const { mode, owner, group } = parameters
  const [account, ownGroup] = await Promise.all([
    owner === undefined || isNumber(owner) ? undefined : owner === 'root' ? root : facts.account(owner),
    group === undefined || isNumber(group) ? undefined : group === 'root' && (await facts.platform('')).system === 'Linux' ? root : facts.group(group),
  ])
  const missing = [account === null && `user ${owner}`, ownGroup === null && `group ${group}`].filter(name => name !== false)
  if (missing.length > 0 && !checkMode) refuse(`${account === null ? 'chown' : 'chgrp'} failed: failed to look up ${missing[0]}`)
  return {
    ...(mode !== undefined && { mode }),
    ...(owner !== undefined && { owner: account ? { owner, uid: account.uid } : holder(owner, 'owner', 'uid') }),
    ...(group !== undefined && { group: ownGroup ? { group, gid: ownGroup.gid } : holder(group, 'group', 'gid') }),
    warnings: missing.map(name => `failed to look up ${name}. It has to be created up to this point of a real run`),
  }
}

/** Needs no look-up: everywhere the user 0, and on Linux the group 0 too. */
const root = { uid: 0, gid: 0 }

const isNumber = (text: string) => /^\d+$/.test(text)

/** By number; only root's has a name that is sure. */
function holder<Name extends string, Id extends string>(text: string, name: Name, id: Id): { [K in Name]: string } & { [K in Id]: number } {
  const number = isNumber(text) ? Number(text) : -1
  return { [name]: number === 0 ? 'root' : text, [id]: number } as { [K in Name]: string } & { [K in Id]: number }
}

/** `base` with what is asked for. */
export function withAsked(base: Attributes, asked: AskedAttributes, directory: boolean): Attributes {
  // Numbers that are the same are the same user, whatever its name.
  const owner = asked.owner && asked.owner.uid === base.uid && base.uid >= 0 ? undefined : asked.owner
  const group = asked.group && asked.group.gid === base.gid && base.gid >= 0 ? undefined : asked.group
  // Giving a file away takes its set-id bits; a mode that is asked for is set after that.
  const kept = (owner || group) && !directory ? base.mode & ~((base.mode & 0o010) !== 0 ? 0o6000 : 0o4000) : base.mode
  const mode = asked.mode === undefined ? kept : modeBits(asked.mode, { mode: kept, directory })
  if (mode === undefined)
    refuse('mode must be in octal or symbolic form', { details: `${asked.mode} is neither permission bits such as 0644 nor of a form such as u=rw,g=r` })
  return { ...base, ...owner, ...group, mode }
}

export const attributesOf = ({ mode, owner, uid, group, gid }: FileState): Attributes => ({ mode, owner, uid, group, gid })

/** Who the task runs as on the host. */
export interface Actor {
  readonly owner: string
  readonly uid: number
  readonly group: string
  readonly gid: number
  /** Names of the groups that it may give a file to; root may give it to all. */
  readonly groups: readonly string[]
}

export async function actor(facts: Facts): Promise<Actor> {
  const { user, system } = await facts.platform('')
  if (user.uid === 0) return { owner: user.name, uid: 0, group: system === 'Linux' ? 'root' : 'wheel', gid: 0, groups: [] }
  const account = await facts.account(user.name)
  const group = account?.group ?? user.name
  return { owner: user.name, uid: user.uid, group, gid: account?.gid ?? -1, groups: [group, ...(account?.groups ?? [])] }
}

/** What something new gets where nothing is asked for. A directory with the set-group-id bit gives its group, and to directories the bit. */
export function attributesOfNew(type: 'file' | 'directory' | 'link', by: Actor, parent: FileState | undefined): Attributes {
  const inherits = parent !== undefined && (parent.mode & 0o2000) !== 0
  const plain = type === 'link' ? 0o777 : (type === 'directory' ? 0o777 : 0o666) & ~umask
  return {
    mode: inherits && type === 'directory' ? plain | 0o2000 : plain,
    owner: by.owner,
    uid: by.uid,
    group: inherits ? parent.group : by.group,
    gid: inherits ? parent.gid : by.gid,
  }
}

/** What a file that is put in another's place has: the same, as far as the user who does it can give it away. */
export function attributesOfReplaced(former: FileState, by: Actor): Attributes {
  const kept = attributesOf(former)
  if (by.uid === 0 || (former.uid === by.uid && by.groups.includes(former.group))) return kept
  return { ...kept, owner: by.owner, uid: by.uid, group: by.group, gid: by.gid }
}

/** Steps from the attributes that a path has to those that it should have. A link has no permissions of its own. */
export function attributeSteps(path: string, observed: Attributes, desired: Attributes, link = false): Step[] {
  const owner = sameId(observed.uid, observed.owner, desired.uid, desired.owner) ? undefined : nameOrNumber(desired.owner, desired.uid)
  const group = sameId(observed.gid, observed.group, desired.gid, desired.group) ? undefined : nameOrNumber(desired.group, desired.gid)
  const given = owner !== undefined || group !== undefined
  const steps: Step[] = given ? [{ step: 'chown', path, ...(owner !== undefined && { owner }), ...(group !== undefined && { group }) }] : []
  // Set-id bits that are to stay have to be set again.
  if (!link && (observed.mode !== desired.mode || (given && (desired.mode & 0o6000) !== 0))) steps.push({ step: 'chmod', path, mode: desired.mode })
  return steps
}

const sameId = (a: number, nameA: string, b: number, nameB: string) => (a >= 0 && b >= 0 ? a === b : nameA === nameB)
const nameOrNumber = (name: string, id: number) => (name === '' ? String(id) : name)

/** Attributes as a plan and a result show them. */
export const shownAttributes = ({ mode, owner, group }: Attributes) => ({ mode: formatMode(mode), owner, group })
