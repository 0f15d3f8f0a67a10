/** What a run is asked to do, as plain data. Made by the command line, taken by `runPlaybooks`. */
export interface RunOptions {
  /** The command's name, for the `run-start` event. */
  readonly command: 'plan' | 'apply'
  /** Paths of playbooks, run in order. At least one. */
  readonly playbooks: readonly string[]
  /** Inventory files, directories or `host,` lists, as given to `-i`. Empty: none was given. */
  readonly inventory: readonly string[]
  /** A host pattern that narrows every play's hosts, as given to `-l`. `@file`: patterns from a file. */
  readonly limit?: string
  /** Tags to run; empty: all. Comma-separated texts are split already. */
  readonly tags: readonly string[]
  readonly skipTags: readonly string[]
  /** A dry run: nothing is changed. */
  readonly checkMode: boolean
  /** Changes carry their texts before and after. */
  readonly diff: boolean
  /** How many hosts are worked on at once. At least 1. */
  readonly forks: number
  /** `-e` as written: `key=value …`, YAML or JSON in braces, or `@file`; later ones win. */
  readonly extraVars: readonly string[]
  /** The user to log in as (`-u`). */
  readonly user?: string
  /** Present when any become flag was given. `enabled` is `-b`; the others only change what `become` means. */
  readonly become?: BecomeOptions
  /** What was asked for on the terminal. Never shown. */
  readonly passwords: Passwords
  /** Path of a private key to log in with. */
  readonly privateKeyFile?: string
  /** The kind of connection (`-c`): `ssh` or `local`. Absent: what the inventory says. */
  readonly connection?: string
  /** Seconds to wait for a connection. Absent: the engine's default. */
  readonly timeout?: number
  /** Seconds after which a task is stopped and failed. Absent or 0: no limit beyond the task's own. */
  readonly taskTimeout?: number
  /** Absent: what OpenSSH's configuration says, or `strict`. */
  readonly hostKeys?: HostKeyPolicy
  /** Notified handlers run even on a host that failed. */
  readonly forceHandlers: boolean
  /** Name of the task to begin with. */
  readonly startAtTask?: string
  /** Facts are loaded ahead in batches; false gives the same events, slower. */
  readonly scout: boolean
  /** 0 to 4. Decides only whether `trace` events are made. */
  readonly verbosity: number
  /** A dry run that finds changes ends with 3 instead of 0. */
  readonly detailedExitcode: boolean
  /** Aborted when the user asks to stop: what runs is finished, nothing new begins, the exit status is 130. */
  readonly signal: AbortSignal
  /** Any of these: send `listing` events and run nothing. */
  readonly listTasks: boolean
  readonly listHosts: boolean
  readonly listTags: boolean
  /** Read and check everything, run nothing. */
  readonly syntaxCheck: boolean
}

export interface BecomeOptions {
  readonly enabled: boolean
  /** The user to become (`--become-user`). */
  readonly user?: string
  /** `sudo`, `su` or `doas` (`--become-method`). */
  readonly method?: string
}

export interface Passwords {
  /** For the login (`-k`). */
  readonly connection?: string
  /** For becoming another user (`-K`). */
  readonly become?: string
}

/**
 * What is done about a server's key: `strict` refuses unknown and changed keys; `accept-new` remembers unknown ones and
 * refuses changed ones; `off` takes any.
 */
export type HostKeyPolicy = 'strict' | 'accept-new' | 'off'
