import type { Account, Facts, Group } from '../host/fact.ts'

/** What `user` is asked for, as its parameters name it. */
export interface UserParameters {
  readonly name: string
  readonly state: 'present' | 'absent'
  readonly uid?: number
  readonly non_unique: boolean
  readonly group?: string
  readonly groups?: readonly string[]
  readonly append: boolean
  readonly comment?: string
  readonly home?: string
  readonly create_home: boolean
  readonly move_home: boolean
  readonly skeleton?: string
  readonly umask?: string
  readonly shell?: string
  readonly password?: string
  readonly update_password: 'always' | 'on_create'
  readonly password_lock?: boolean
  readonly password_expire_min?: number
  readonly password_expire_max?: number
  readonly password_expire_warn?: number
  readonly password_expire_account_disable?: number
  readonly uid_min?: number
  readonly uid_max?: number
  /** Seconds since 1970; below 0: never. */
  readonly expires?: number
  readonly system: boolean
  readonly force: boolean
  readonly remove: boolean
}

/** A wish that cannot be fulfilled, in words for the user. */
export class Unfulfillable extends Error {}

/** The groups that a wish names, looked up. */
export interface WishedGroups {
  readonly primary: Group | undefined
  /** Undefined: left as they are. */
  readonly supplementary: readonly Group[] | undefined
}

/** @throws Unfulfillable when one does not exist */
export async function lookUpGroups({ group, groups }: UserParameters, facts: Facts): Promise<WishedGroups> {
  const names = groups?.map(name => name.trim()).filter(Boolean)
  const [primary, supplementary] = await Promise.all([
    group === undefined ? undefined : lookUp(group, facts),
    names && Promise.all([...new Set(names)].map(name => lookUp(name, facts))),
  ])
  return { primary, supplementary }
}

async function lookUp(name: string, facts: Facts): Promise<Group> {
  const group = await facts.group(name)
  if (!group) throw new Unfulfillable(`Group ${name} does not exist`)
  return group
}

/** Day since 1970 on which the account expires; null: never. Undefined: not asked for. */
export const expiryDay = ({ expires }: UserParameters): number | null | undefined =>
  expires === undefined ? undefined : expires < 0 ? null : Math.floor(expires / 86400)

/** As `useradd -e` takes it. */
export const expiryDate = (day: number | null): string =>
  day === null ? '' : new Date(day * 86_400_000).toISOString().slice(0, 10)

/** The crypted password as it is to stand in shadow. */
export const shadowText = ({ password = '', password_lock }: UserParameters): string =>
  password_lock ? `!${password}` : password

/** What `chage` sets: an attribute of the account, its option, and the days that are asked for; below 0 takes the limit away. */
export const agingWishes = (parameters: UserParameters) =>
  (
    [
      ['passwordMinimumDays', '-m', parameters.password_expire_min],
      ['passwordMaximumDays', '-M', parameters.password_expire_max],
      ['passwordWarnDays', '-W', parameters.password_expire_warn],
      ['passwordInactiveDays', '-I', parameters.password_expire_account_disable],
    ] as const
  ).flatMap(([attribute, option, days]) => (days === undefined ? [] : [{ attribute, option, days: Math.max(-1, days), kept: days < 0 ? null : days }]))

/** `chage` for what differs, or nothing. */
export function passwordAging(parameters: UserParameters, account: Account | undefined): readonly string[] | undefined {
  const due = agingWishes(parameters).filter(({ attribute, kept }) => account?.[attribute] !== kept)
  return due.length === 0 ? undefined : ['chage', ...due.flatMap(({ option, days }) => [option, String(days)]), parameters.name]
}

/** Ansible's warning for a password that somebody forgot to hash. */
export function passwordWarning(password: string | undefined): string | undefined {
  if (!password || ['*', '!', '*************'].includes(password)) return undefined
  const fields = password.split('$')
  const hash = fields.at(-1)!
  const lengths: { readonly [algorithm: string]: number } = { 1: 22, 5: 43, 6: 86 }
  const length = lengths[fields[1] ?? '']
  const sound =
    !/[:*!]/.test(password) &&
    fields.length >= 3 &&
    !/[^a-zA-Z0-9./=]/.test(hash) &&
    (length === undefined || hash.length === length)
  return sound
    ? undefined
    : "The input password appears not to have been hashed. The 'password' argument must be encrypted for this module to work properly."
}
