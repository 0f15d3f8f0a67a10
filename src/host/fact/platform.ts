export interface Platform {
  /** `uname -s`: Linux, FreeBSD, … */
  readonly system: string
  /** `uname -r` and `uname -m`. */
  readonly kernel: string
  readonly architecture: string
  readonly hostname: string
  /** ID, VERSION_ID, VERSION_CODENAME and ID_LIKE of os-release; empty where the host does not say. */
  readonly distribution: string
  readonly version: string
  readonly codename: string
  readonly like: readonly string[]
  readonly packageManager: 'apt' | 'dnf' | 'zypper' | 'apk' | 'pkg' | null
  readonly serviceManager: 'systemd' | 'openrc' | 'other'
  readonly user: { readonly name: string; readonly uid: number; readonly home: string }
  /**
   * Where programs begin, and with them relative paths: the directory that the login leads to, after `become` too, or `/` where
   * the user may not go there; on this machine that of the playbook.
   */
  readonly directory: string
}
