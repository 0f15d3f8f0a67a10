import type { Become } from '../connection/connection.ts'
import type { Json } from '../core/value.ts'
import type { Account, Group } from './fact/account.ts'
import type { ApacheConfiguration, ApacheModule, ApacheModuleFile, ConfigurationFiles } from './fact/configuration.ts'
import type { FileDetails, FileState, Followed } from './fact/file.ts'
import type { HttpAnswer, ListeningSocket } from './fact/http.ts'
import type { DebFile, PackageOffer, PackageState } from './fact/package.ts'
import type { Platform } from './fact/platform.ts'
import type { UnitState } from './fact/unit.ts'

export type * from './fact/account.ts'
export type * from './fact/configuration.ts'
export { federationKey, type FederationRequest, type ProbeRequest } from './fact/federation.ts'
export { absentFile, type FileDetails, type FileState, type Followed } from './fact/file.ts'
export { httpKey, type HttpAnswer, type HttpRequest, type HttpResponse, type ListeningSocket } from './fact/http.ts'
export type * from './fact/package.ts'
export type * from './fact/platform.ts'
export type * from './fact/unit.ts'

/**
 * One thing that can be observed on a host. Each kind has a value that says "not there" rather than an error; what
 * cannot be read at all (a permission is missing) is a `FactFailure`.
 */
export interface FactKinds {
  /** The machine and what its shell can do. Key: empty. */
  platform: Platform
  /** The state of a path itself (not followed). Key: absolute path. */
  file: FileState
  /** The state of what a path leads to, and where that is. Key: absolute path. */
  followed: Followed
  /** What of a path itself is seldom asked for; null where there is nothing. Key: absolute path. */
  details: FileDetails | null
  /** SHA-256 of what a path leads to, in hexadecimal; null where that is no regular file. Key: absolute path. */
  digest: string | null
  /** The bytes of a regular file; null where there is none. Key: absolute path. */
  content: Uint8Array | null
  /** The names in a directory, sorted; null where there is none. Key: absolute path. */
  listing: readonly string[] | null
  /** A package by its distribution name. Key: name. */
  package: PackageState
  /** What the package lists offer under a name; null: they do not know it. Key: name, or `name release` for `apt-get -t release`. */
  available: PackageOffer | null
  /** Names in the package lists that match a shell pattern, sorted. Key: pattern. */
  packageNames: readonly string[]
  /** What apt-get would do. Key: its arguments, as a JSON list, without `-s`: `["autoremove"]`. */
  aptSimulation: { readonly status: number; readonly stdout: string; readonly stderr: string }
  /** What a .deb file says of itself; null where the path is no such file. Key: absolute path. */
  debFile: DebFile | null
  /** A systemd unit. Key: full name with suffix. */
  unit: UnitState
  /** A user of the system. Key: name. */
  account: Account | null
  /** A group of the system. Key: name, or number as text. */
  group: Group | null
  /** Apache's modules on Debian's layout: what is available and what is enabled. Key: empty. */
  apacheModules: readonly ApacheModule[] | null
  /** What the `.load` files of the available ones say. Key: empty. */
  apacheModuleFiles: readonly ApacheModuleFile[] | null
  /** The result of `apachectl configtest`. Key: `now`, or `start` for the first look, which is never forgotten. */
  apacheCheck: { readonly valid: boolean; readonly output: string }
  /** Apache's configuration files, and what it was started with; null where there is no Apache. Key: empty. */
  apacheConfiguration: ApacheConfiguration | null
  /**
   * Synapse's configuration files, in the order in which it reads them; null where none is there. Key: files and directories, one a
   * line; empty for those that the running Synapse was given, or Debian's.
   */
  synapseConfiguration: ConfigurationFiles | null
  /** TCP addresses that something listens on. Key: empty. */
  listening: readonly ListeningSocket[]
  /** The answer to a GET or HEAD request, made from the host. Key: `httpKey(request)`. */
  http: HttpAnswer
  /** What a look at a Matrix server says, made by the controller (federation/report.ts). Key: the request as JSON (`federationKey`). */
  federation: object
  /** What Ansible's `setup` gathers. Key: directory of the host's own facts, or empty for /etc/ansible/facts.d. */
  gathered: { readonly [fact: string]: Json }
  /** Handlers that earlier runs notified and never ran, by the journals that they stand in. Key: empty. */
  pending: readonly { readonly journal: string; readonly handler: string }[]
}

export type FactKind = keyof FactKinds

export interface FactKey<K extends FactKind = FactKind> {
  readonly kind: K
  readonly key: string
}

/** A fact as it is asked for: with the rights of which user. */
export interface FactRequest<K extends FactKind = FactKind> extends FactKey<K> {
  readonly become?: Become
}

/** Facts as a module sees them: `await facts.file('/etc/hosts')`, as often as it likes. */
export type Facts = { readonly [K in FactKind]: (key: string) => Promise<FactKinds[K]> }

/** Why a fact cannot be read on this host. */
export class FactFailure extends Error {
  readonly fact: FactKey

  constructor(fact: FactKey, message: string) {
    super(message)
    this.fact = fact
  }
}

/** Whether a value says "not there". After something opaque, what was not there is unknown. */
export const isAbsent: { readonly [K in FactKind]: (value: FactKinds[K]) => boolean } = {
  platform: () => false,
  file: value => value.type === 'absent',
  followed: value => value.type === 'absent',
  details: value => value === null,
  digest: value => value === null,
  content: value => value === null,
  listing: value => value === null,
  package: value => value.version === null,
  available: value => value === null,
  packageNames: value => value.length === 0,
  aptSimulation: () => true,
  debFile: value => value === null,
  unit: value => !value.exists,
  account: value => value === null,
  group: value => value === null,
  apacheModules: value => value === null,
  apacheModuleFiles: value => value === null,
  apacheCheck: () => true,
  apacheConfiguration: value => value === null,
  synapseConfiguration: value => value === null,
  listening: () => true,
  http: () => true,
  federation: () => true,
  gathered: () => false,
  pending: () => false,
}
