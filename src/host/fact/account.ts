export interface Account {
  readonly name: string
  /** Numbers are -1, and texts empty, in a prediction that cannot know them. */
  readonly uid: number
  readonly gid: number
  /** Name of the primary group. */
  readonly group: string
  /** Names of the groups whose list of members names the account, sorted. */
  readonly groups: readonly string[]
  readonly comment: string
  readonly home: string
  readonly shell: string
  /** The crypted password as shadow has it; null where we may not read it. */
  readonly password: string | null
  /** Day of expiry since 1970; null for never. */
  readonly expires: number | null
  readonly passwordMinimumDays: number | null
  readonly passwordMaximumDays: number | null
  readonly passwordWarnDays: number | null
  /** Days after a password's expiry until the account is disabled. */
  readonly passwordInactiveDays: number | null
}

export interface Group {
  readonly name: string
  /** -1 in a prediction that cannot know it. */
  readonly gid: number
  readonly members: readonly string[]
}
