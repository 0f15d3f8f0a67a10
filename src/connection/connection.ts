import type { Duplex } from 'node:stream'

/**
 * A way onto a host: something that runs a program and returns bytes. What a host does wrong (a program that ends
 * badly, a refused login) is a value or a `ConnectionFailure`; a connection never retries a program by itself.
 *
 * A link that broke is made anew, once, by the next call; what was under way when it broke fails with `not-sent` or
 * `outcome-unknown`.
 */
export interface Connection {
  /**
   * Runs a program in the shell that is held open for `request.as`, opening it when first needed. Requests to the same
   * shell are sent at once and run in order, each with a deadline of its own.
   *
   * @throws ConnectionFailure when no answer can come
   */
  run(request: Request): Promise<Answer>
  /**
   * A byte stream to a port as the host sees it (SSH `direct-tcpip`; names are resolved by the host). The caller ends it.
   * It just closes when the connection breaks.
   *
   * @throws ConnectionFailure with kind `refused` when the port does not answer, `forbidden` when the server forwards nothing to it
   */
  forward(host: string, port: number): Promise<Duplex>
  /** Counted since the connection was made: requests, and the bytes of their frames and answers, before encryption. */
  readonly statistics: { readonly requests: number; readonly bytesSent: number; readonly bytesReceived: number }
  /**
   * Ends the shells and the link. A program that still runs is killed; its request fails with `outcome-unknown`. Where none
   * runs, the end is on its way when this resolves, and the host may be a moment behind.
   */
  close(): Promise<void>
}

export interface Request {
  /** Whose rights the program runs with; absent for the user that logged in. Nobody becomes who they are already. */
  readonly as?: Become
  /**
   * POSIX sh text without NUL, several megabytes if need be. It never stands in a process list.
   *
   * It is run by `eval` in a fresh sh with stdin from /dev/null, `LC_ALL=C`, `umask 077`, no controlling terminal, and a
   * process group of its own where the host has `setsid`. `$MP_NONCE` (not exported) holds text that nobody else can
   * foresee, to frame parts of the output. The working directory is the login directory (on this machine that of the
   * endpoint), or `/` where that is closed to the user.
   *
   * PATH ends with the directories of the administrator's tools, which `su` and users' own logins often lack.
   *
   * What a user wrote, and scripts of packages, must see the host's own locale, umask and PATH: the function
   * `mp_own_environment` restores them in the shell that calls it. `( mp_own_environment; exec apt-get … )`.
   *
   * A program can count on nothing else. Of stdout and stderr every byte arrives; under `su` and `doas` with a password
   * stderr passes through an unnamed file in the host's temporary directory, and is mixed into stdout where none can be made.
   */
  readonly program: string
  /** Milliseconds after which the program and its children are killed, counted from when it begins; Infinity for never. */
  readonly deadline: number
}

export interface Answer {
  /** Exit status of the program, 128 + the signal's number when one ended it. */
  readonly status: number
  readonly stdout: Uint8Array
  readonly stderr: Uint8Array
}

/** Escalation as in Ansible: `become_method`, `become_user`, and the password if one is known. */
export interface Become {
  readonly method: 'sudo' | 'su' | 'doas'
  readonly user: string
  readonly password?: string
  /** Program to call instead of the method's own name (`become_exe`). */
  readonly exe?: string
  /** Flags instead of the method's defaults (`become_flags`). */
  readonly flags?: string
}

export type FailureKind =
  /** No connection could be made: name, route, refused, timed out. */
  | 'unreachable'
  /** The server did not accept any of our keys or passwords. */
  | 'authentication'
  /** The host key is unknown, changed or revoked. */
  | 'host-key'
  /** sudo, su or doas did not let us through. */
  | 'become'
  /** The port that `forward` was asked for does not answer. */
  | 'refused'
  /** The server forwards nothing to that port. */
  | 'forbidden'
  /** The program passed its deadline and was killed. */
  | 'deadline'
  /** The connection broke before the program was sent: it has certainly not run. */
  | 'not-sent'
  /** The connection broke after the program was sent: nobody knows what it did. */
  | 'outcome-unknown'

/** Why a host gave no answer. A value in the run's events, so it carries no stack to be shown. */
export class ConnectionFailure extends Error {
  readonly kind: FailureKind
  /** What to do about it, as an imperative sentence. */
  readonly hint: string | undefined

  constructor(kind: FailureKind, message: string, details: { hint?: string; cause?: unknown } = {}) {
    super(message, { cause: details.cause })
    this.name = 'ConnectionFailure'
    this.kind = kind
    this.hint = details.hint
  }
}

/** What the playbook and the inventory say about reaching a host (`ansible_host`, `ansible_port`, …). */
export interface Endpoint {
  /** The host's name in the inventory. */
  readonly name: string
  readonly connection: 'ssh' | 'local'
  /** Absent: the inventory name, or what ~/.ssh/config says of it. */
  readonly address?: string
  readonly port?: number
  readonly user?: string
  readonly password?: string
  readonly privateKeyFile?: string
  readonly privateKeyPassphrase?: string
  /** Jump hosts in order, as OpenSSH's ProxyJump writes them: `user@host:port`. */
  readonly proxyJump?: readonly string[]
  /** Absent: StrictHostKeyChecking of ~/.ssh/config, else `strict`. */
  readonly hostKeys?: 'strict' | 'accept-new' | 'off'
  /** Files to read known keys from; absent: OpenSSH's own. */
  readonly knownHostsFiles?: readonly string[]
  /** Milliseconds to make the connection, login included. Absent: ConnectTimeout of ~/.ssh/config, else ten seconds. */
  readonly connectTimeout?: number
  /** On this machine: where programs begin. Absent: where this process runs. */
  readonly directory?: string
  /** The sh to hold open on the host: a path, or a command with arguments separated by blanks (`/bin/busybox sh`); absent: /bin/sh. */
  readonly shell?: string
}

/** Milliseconds, as in Ansible. */
export const defaultConnectTimeout = 10_000
