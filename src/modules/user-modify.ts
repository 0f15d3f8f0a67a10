import type { Change, Prediction } from '../host/change.ts'
import type { Account, FactKey, Facts } from '../host/fact.ts'
import type { Json } from '../core/value.ts'
import type { Step } from '../host/step.ts'
import {
  agingWishes,
  expiryDate,
  expiryDay,
  lookUpGroups,
  passwordAging,
  shadowText,
  Unfulfillable,
  type UserParameters,
} from './account-wish.ts'
import { directoriesIn, homeAsItWillBe, makeHome } from './home-directory.ts'
import { hostPath } from './host-path.ts'
import { readLoginDefaults } from './login-defaults.ts'

export interface Modification {
  readonly change: Change | undefined
  readonly after: Account
  readonly warnings: readonly string[]
}

/**
 * Brings an account that exists into the wished state with usermod, touching only what differs.
 *
 * @throws Unfulfillable when a group does not exist, or shadow cannot be read and would decide
 */
export async function modifyUser(parameters: UserParameters, before: Account, facts: Facts): Promise<Modification> {
  const { name, uid } = parameters
  const warnings: string[] = []
  const observed: Record<string, Json> = {}
  const desired: Record<string, Json> = {}
  const usermod: string[] = []
  let after = before
  const set = <K extends keyof Account>(
    attribute: K,
    value: Account[K],
    shown: readonly [Json, Json] = [before[attribute] as Json, value as Json],
  ): void => {
    after = { ...after, [attribute]: value }
    ;[observed[attribute], desired[attribute]] = shown
  }
  requireShadow(parameters, before)
  const [groups, home] = await Promise.all([
    lookUpGroups(parameters, facts),
    parameters.home === undefined ? before.home : hostPath(parameters.home, facts),
  ])

  if (uid !== undefined && uid !== before.uid) {
    usermod.push('-u', String(uid), ...(parameters.non_unique ? ['-o'] : []))
    set('uid', uid)
  }
  if (groups.primary && groups.primary.gid !== before.gid) {
    usermod.push('-g', String(groups.primary.gid))
    set('group', groups.primary.name)
    after = { ...after, gid: groups.primary.gid }
  }
  const memberships = newMemberships(
    groups.supplementary?.map(group => group.name),
    parameters.append,
    before.groups,
  )
  if (memberships) {
    usermod.push(...(parameters.append ? ['-a'] : []), '-G', memberships.argument)
    set('groups', memberships.after, [before.groups.join(','), memberships.after.join(',')])
  }
  if (parameters.comment !== undefined && parameters.comment !== before.comment) {
    usermod.push('-c', parameters.comment)
    set('comment', parameters.comment)
  }
  if (home !== before.home) {
    usermod.push('-d', home, ...(parameters.move_home ? ['-m'] : []))
    set('home', home)
  }
  if (parameters.shell !== undefined && parameters.shell !== before.shell) {
    usermod.push('-s', parameters.shell)
    set('shell', parameters.shell)
  }
  const day = expiryDay(parameters)
  if (day !== undefined && day !== before.expires) {
    usermod.push('-e', expiryDate(day))
    set('expires', day, [
      before.expires === null ? 'never' : expiryDate(before.expires),
      day === null ? 'never' : expiryDate(day),
    ])
  }

  const steps: Step[] = []
  const password = newPassword(parameters, before)
  if (password.lock) {
    usermod.push(password.lock)
    set('password', password.after!, password.lock === '-L' ? ['unlocked', 'locked'] : ['locked', 'unlocked'])
  }
  if (password.warning !== undefined) warnings.push(password.warning)
  if (usermod.length > 0) steps.push({ step: 'account', argv: ['usermod', ...usermod, name] })
  if (password.fed !== undefined) {
    steps.push({ step: 'account', argv: ['chpasswd', '-e'], stdin: `${name}:${password.fed}\n` })
    set('password', password.fed, ['set', 'set anew'])
  }
  const aging = passwordAging(parameters, before)
  if (aging) {
    steps.push({ step: 'account', argv: aging })
    for (const { attribute, kept } of agingWishes(parameters)) if (kept !== before[attribute]) set(attribute, kept)
  }

  const moves = home !== before.home && parameters.move_home
  const place = parameters.create_home && !moves ? await facts.followed(home) : undefined
  const homes: Prediction[] = []
  if (place?.type === 'absent') {
    const defaults = await readLoginDefaults(facts)
    steps.push(...(await makeHome(home, after, parameters.skeleton, defaults, facts)))
    observed.home = home === before.home ? 'missing' : before.home
    desired.home = home
    homes.push(...homeAsItWillBe(home, defaults.homeMode, name, after.group, after.uid, after.gid))
  }
  if (steps.length === 0) return { change: undefined, after: before, warnings }

  const joined =
    groups.supplementary?.filter(group => after.groups.includes(group.name) && !before.groups.includes(group.name)) ?? []
  const left = before.groups.filter(group => !after.groups.includes(group))
  const predicts: Prediction[] = [
    { kind: 'account', key: name, value: after },
    ...joined.map(group => ({ kind: 'group' as const, key: group.name, value: { ...group, members: [...group.members, name] } })),
    ...homes,
  ]
  const touches: FactKey[] = [
    ...predicts.map(({ kind, key }) => ({ kind, key })),
    ...directoriesIn(steps),
    ...left.map(key => ({ kind: 'group' as const, key })),
    ...(moves ? [before.home, home].map(key => ({ kind: 'file' as const, key })) : []),
  ]
  return {
    change: { subject: { kind: 'account', name }, kind: 'update', observed, desired, steps, undo: null, touches, predicts },
    after,
    warnings,
  }
}

function requireShadow(parameters: UserParameters, { name, password }: Account): void {
  const { password_lock, expires } = parameters
  const compares = parameters.password !== undefined && parameters.update_password === 'always'
  const needs = compares || password_lock !== undefined || expires !== undefined || agingWishes(parameters).length > 0
  if (needs && password === null)
    throw new Unfulfillable(`What /etc/shadow says of ${name} cannot be read. The task needs the rights of root: become: true`)
}

/** What `usermod -G` has to be told; undefined where the memberships are as wished. */
function newMemberships(wished: readonly string[] | undefined, append: boolean, before: readonly string[]) {
  if (wished === undefined) return undefined
  const same = append
    ? wished.every(name => before.includes(name))
    : wished.length === before.length && wished.every(name => before.includes(name))
  if (same) return undefined
  return { argument: wished.join(','), after: [...new Set(append ? [...before, ...wished] : wished)].sort() }
}

interface NewPassword {
  readonly lock?: '-L' | '-U'
  /** The shadow text that a lock or unlock leaves. */
  readonly after?: string
  /** What chpasswd is fed with. */
  readonly fed?: string
  readonly warning?: string
}

/** A new password and its lock are set in one go; a lock alone is put before the password that is there. */
function newPassword(parameters: UserParameters, before: Account): NewPassword {
  const { password, password_lock } = parameters
  const shadow = before.password ?? ''
  const bare = (text: string) => text.replace(/^!+/, '')
  if (password !== undefined && parameters.update_password === 'always' && bare(shadow) !== bare(password))
    return { fed: shadowText(parameters) }
  if (password_lock && !shadow.startsWith('!')) return { lock: '-L', after: `!${shadow}` }
  if (password_lock === false && shadow.startsWith('!')) {
    // usermod refuses to leave an account without any password.
    if (bare(shadow) === '') return { warning: `${before.name} has no password: there is nothing to unlock` }
    return { lock: '-U', after: shadow.slice(1) }
  }
  return {}
}
