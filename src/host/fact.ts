import type { Become } from '../connection/connection.ts'
import type { Json } from '../core/value.ts'

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

export interface FileState {
  readonly type: 'absent' | 'file' | 'directory' | 'link' | 'block' | 'character' | 'fifo' | 'socket'
  /** Permission bits, set-id and sticky bits included: 0o644. */
  readonly mode: number
  readonly owner: string
  readonly group: string
  readonly uid: number
  readonly gid: number
  readonly size: number
  readonly inode: number
  readonly device: number
  readonly links: number
  /** Seconds since 1970, with fraction where the host gives it. */
  readonly modified: number
  readonly changed: number
  /** Last access, in seconds since 1970, where the host tells. No part of a fingerprint: looking changes it. */
  readonly accessed?: number
  /** Where a symbolic link points, as it is written. */
  readonly target?: string
}

export interface Followed extends FileState {
  /**
   * By names that are no links, where a link was followed; names that are missing are kept. The path that was asked about
   * where it is no link, leads in a circle, or through what is no directory.
   */
  readonly path: string
  /** The links on the way, first one first. */
  readonly through?: readonly string[]
}

export interface FileDetails {
  /** Best size of a read or write, in bytes. */
  readonly blockSize: number
  /** What it takes on the disk, in units of 512 bytes. */
  readonly blocks: number
  /** Number of the device that it stands for, 0 for what is none. */
  readonly device: number
  /** Flags of the file system as `lsattr` writes them (`ie`), and the file's version; absent where there are none. */
  readonly flags?: string
  readonly version?: string
}

export const absentFile: FileState = {
  type: 'absent', mode: 0, owner: '', group: '', uid: -1, gid: -1, size: 0, inode: 0, device: 0, links: 0, modified: 0, changed: 0,
}

export interface PackageState {
  /** Installed version; null where it is not installed. In a prediction empty: some version. */
  readonly version: string | null
  /** Configuration files were left behind by a removal. */
  readonly residual: boolean
  /** The package exists under another name that provides it and is installed. */
  readonly providedBy?: string
  /** It was installed only because another package needs it (apt's `Auto-Installed`). */
  readonly automatic?: boolean
}

export interface PackageOffer {
  /** The version that an install would take; null where there is none (a virtual package). */
  readonly candidate: string | null
  /** All versions that are offered or installed, newest first. */
  readonly versions: readonly string[]
  /** Packages that provide the name, sorted. */
  readonly providers: readonly string[]
}

export interface DebFile {
  readonly name: string
  readonly version: string
  readonly architecture: string
}

export interface UnitState {
  readonly exists: boolean
  /** `active`, `inactive`, `failed`, `activating`, … */
  readonly active: string
  /** `enabled`, `disabled`, `static`, `masked`, …; empty where systemd does not say. */
  readonly enabled: string
  /** Further properties that `systemctl show` gives. */
  readonly properties: { readonly [name: string]: string }
}

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

export interface ApacheModule {
  /** As `a2enmod` takes it: `proxy_http`. */
  readonly name: string
  readonly enabled: boolean
  /** It has a `.conf` beside its `.load`. */
  readonly configured: boolean
}

/** A module's `.load` file: which others it names, and what it loads. */
export interface ApacheModuleFile {
  readonly name: string
  readonly depends: readonly string[]
  readonly conflicts: readonly string[]
  /** The identifiers that its LoadModule lines give: `proxy_http_module`. */
  readonly identifiers: readonly string[]
}

/** The files of a service, as far as they can be read. */
export interface ConfigurationFiles {
  readonly files: readonly { readonly path: string; readonly text: string }[]
  /** What is there and could not be read, and why, as sentences' rests. */
  readonly unread: readonly string[]
}

export interface ApacheConfiguration extends ConfigurationFiles {
  /** `2.4.67`; null where it does not say. */
  readonly version: string | null
  /** Identifiers of the modules that are loaded: `proxy_module`. Empty where it does not say. */
  readonly modules: readonly string[]
  /** Names that were given to it with `-D`. */
  readonly defines: readonly string[]
  readonly environment: { readonly [name: string]: string }
  /** Where relative paths begin, unless ServerRoot says otherwise. */
  readonly root: string
}

export interface ListeningSocket {
  /** `0.0.0.0`, `::`, `127.0.0.1`. */
  readonly address: string
  readonly port: number
}

/** A read over HTTP, made from the host. */
export interface HttpRequest {
  readonly method: 'GET' | 'HEAD'
  readonly url: string
  readonly headers?: { readonly [name: string]: string }
  readonly followRedirects?: 'all' | 'safe' | 'none'
  /** Names of headers, in lower case, that go with the first request only and not with those of redirects. */
  readonly unredirected?: readonly string[]
  readonly validateCertificates?: boolean
  /** PEM: whom to trust instead of those whom the host trusts, and who we are. */
  readonly authorities?: string
  readonly certificate?: string
  readonly certificateKey?: string
  /** Sent with the first request and with those of redirects to the same host (HTTP Basic). Never shown. */
  readonly credentials?: { readonly user: string; readonly password: string }
  /** Address to connect to instead of what the URL's name resolves to on the host. */
  readonly address?: string
  /** Seconds. */
  readonly timeout?: number
  /** The most bytes of a body that are read. */
  readonly limit?: number
}

export const httpKey = (request: HttpRequest): string => JSON.stringify(request)

/** A look at a Matrix server from the controller. */
export interface FederationRequest {
  readonly serverName: string
  /** `NAME:PORT:ADDRESS`, in place of what DNS says. */
  readonly resolve: readonly string[]
  /** Certificates that are trusted too, PEM. */
  readonly authorities?: string
  readonly allowPrivate: boolean
  /** Send also what could change something or looks like an attack. */
  readonly active: boolean
  /** Server names of the same fleet. */
  readonly fleet: readonly string[]
  /** Milliseconds. */
  readonly deadline: number
  readonly probe?: ProbeRequest
  /** What is known of hosts from inside (federation/host-evidence.ts). */
  readonly hosts: readonly object[]
  /** Only that is judged. */
  readonly inside?: boolean
}

/** The homeserver that the controller is for the time of the run. Files are on the controller. */
export interface ProbeRequest {
  readonly name: string
  readonly certificateFile: string
  readonly keyFile: string
  /** `ADDRESS:PORT`, either alone; absent: all addresses, the port of the name. */
  readonly listen?: string
}

export const federationKey = (request: FederationRequest): string => JSON.stringify(request)

export type HttpAnswer =
  | HttpResponse
  /** No answer came. */
  | { readonly status: -1; readonly url: string; readonly error: string; readonly elapsed?: number }

export interface HttpResponse {
  readonly status: number
  readonly reason: string
  /** Where the last redirect led. */
  readonly url: string
  /** Names in lower case; several of one name are joined with `, `. */
  readonly headers: { readonly [name: string]: string }
  readonly body: Uint8Array
  /** Seconds. */
  readonly elapsed?: number
}

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
