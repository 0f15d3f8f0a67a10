/** What is done to a host, as data. One compiler turns steps into sh (`src/shell/step/`). */
export type Step =
  | WriteStep
  | CopyStep
  /** Takes the place of a file or link in one rename; never of a directory, and never makes the link inside of one. */
  | { readonly step: 'link'; readonly path: string; readonly target: string; readonly hard?: boolean }
  /** A directory only when it is empty, unless `recursive`. Links are not followed; what is not there is no mistake. */
  | { readonly step: 'remove'; readonly path: string; readonly recursive?: boolean }
  /** One directory that is not there yet; its parent is. */
  | { readonly step: 'directory'; readonly path: string }
  /** Exactly these bits: the set-id bits of a directory go too when they are not among them. */
  | { readonly step: 'chmod'; readonly path: string; readonly mode: number }
  /** Names, or numbers as text. Without `follow` a link's own owner. */
  | { readonly step: 'chown'; readonly path: string; readonly owner?: string; readonly group?: string; readonly follow?: boolean }
  /** Times in seconds since 1970; absent: left alone; `now`: the host's own clock. Creates the file where there is none. */
  | { readonly step: 'touch'; readonly path: string; readonly accessed?: number | 'now'; readonly modified?: number | 'now' }
  | PackagesStep
  /** `unit` is empty for the verbs that concern systemd itself. `force`: existing links are replaced. */
  | { readonly step: 'unit'; readonly unit: string; readonly verb: UnitVerb; readonly user?: boolean; readonly noBlock?: boolean; readonly force?: boolean }
  | { readonly step: 'account'; readonly argv: readonly string[]; /** Fed to the program, such as `name:hash` to chpasswd. */ readonly stdin?: string }
  | ExecStep
  | HttpStep
  | WaitStep

export type StepKind = Step['step']

/** A whole file, put in place by a rename: readers see the former file or this one. */
export interface WriteStep {
  readonly step: 'write'
  readonly path: string
  readonly content: Uint8Array
  /** Permission bits of the result. */
  readonly mode: number
  readonly owner?: string
  readonly group?: string
  /** A command with `%s` for the file, run before the rename; when it fails nothing is changed. */
  readonly validate?: string
  /** Keep a copy of the former file under this path first. */
  readonly backup?: string
  /** Write into the existing file where it cannot be replaced (a bind mount). */
  readonly unsafe?: boolean
}

/** The same, with the bytes taken from another file of the host. */
export interface CopyStep extends Omit<WriteStep, 'step' | 'content'> {
  readonly step: 'copy'
  readonly from: string
}

export interface PackagesStep {
  readonly step: 'packages'
  readonly manager: 'apt'
  readonly verb: 'install' | 'remove' | 'purge' | 'update' | 'upgrade' | 'dist-upgrade' | 'build-dep' | 'autoremove' | 'autoclean' | 'clean' | 'mark-manual' | 'mark-automatic'
  /** Names, each with `=version` where one is asked for, or paths of .deb files. */
  readonly names: readonly string[]
  /** Further options for apt-get, such as `--no-install-recommends`. */
  readonly options: readonly string[]
  /** `environment:` of the task, such as a proxy. */
  readonly environment?: { readonly [name: string]: string }
  /** Exit status of /usr/sbin/policy-rc.d while this runs; a file that is there is put back afterwards. */
  readonly policyRcD?: number
  /** How often `update` is tried before it has failed, with pauses of 1, 2, 4, … seconds up to `pause`. Absent: once. */
  readonly attempts?: number
  readonly pause?: number
}

export type UnitVerb =
  'start' | 'stop' | 'restart' | 'reload' | 'enable' | 'disable' | 'mask' | 'unmask' | 'preset' | 'daemon-reload' | 'daemon-reexec' | 'reset-failed'

/** A command of the user's. It runs in the host's own environment. */
export interface ExecStep {
  readonly step: 'exec'
  readonly argv: readonly string[]
  readonly chdir?: string
  readonly environment?: { readonly [name: string]: string }
  readonly stdin?: string
  /** Exit status other than 0 is a result, not a failure of the change. That it cannot be started is one too. */
  readonly anyStatus?: boolean
  /**
   * `$NAME` and `${NAME}` in the arguments stand for variables of the host's environment, and a leading `~` or `~user` for a
   * home directory, as in Python's `expandvars` and `expanduser`: what is not set stays as it is written.
   */
  readonly expand?: boolean
}

/** A request that changes something, made from the host. */
export interface HttpStep {
  readonly step: 'http'
  readonly request: Omit<import('./fact.ts').HttpRequest, 'method'> & { readonly method: string; readonly body?: string | Uint8Array }
}

/** As `/proc/net/tcp` numbers them. */
export const tcpStates = { ESTABLISHED: 1, SYN_SENT: 2, SYN_RECV: 3, FIN_WAIT1: 4, FIN_WAIT2: 5, TIME_WAIT: 6 } as const

export type TcpState = keyof typeof tcpStates

/** Waiting until something is so. Changes nothing. */
export interface WaitStep {
  readonly step: 'wait'
  readonly until:
    | { readonly kind: 'port'; readonly host: string; readonly port: number; readonly state: 'started' | 'stopped'; /** A regular expression in Python's syntax. */ readonly search?: string }
    /** No TCP connection to the port is in one of these states. `exclude`: peers that do not count, names or addresses. */
    | { readonly kind: 'drained'; readonly host: string; readonly port: number; readonly states: readonly TcpState[]; readonly exclude: readonly string[] }
    | { readonly kind: 'path'; readonly path: string; readonly state: 'present' | 'absent'; readonly search?: string }
    | { readonly kind: 'time' }
  /** Seconds. */
  readonly delay: number
  readonly timeout: number
  readonly sleep: number
  readonly connectTimeout: number
}
