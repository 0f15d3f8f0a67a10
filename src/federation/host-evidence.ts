/** What a host of the own inventory shows from inside, as data: gathered by whoever can read files there. */
export interface HostEvidence {
  /** Its name in the inventory. */
  readonly name: string
  /** Null where there is no Apache. */
  readonly apache: ApacheEvidence | null
  /** Apache as a service, asked where nothing listens at a port of its virtual hosts; null elsewhere. */
  readonly service: ApacheService | null
  /** TCP addresses that something listens on: `0.0.0.0`, `::`, `127.0.0.1`, with ports. */
  readonly listening: readonly { readonly address: string; readonly port: number }[]
  /** Synapse's configuration files, in the order in which Synapse reads them; null where none was found. */
  readonly synapse: { readonly files: readonly ConfigurationFile[] } | null
  /** The answer of the backend itself to `GET /health`, asked on the host: status, or why none came. */
  readonly health: { readonly url: string; readonly status: number } | { readonly url: string; readonly error: string } | null
  /** What is there and could not be read, as sentences' rests: `/etc/matrix-synapse/homeserver.yaml: permission denied`. */
  readonly unread: readonly string[]
}

/** Apache as it was started. */
export interface ApacheEvidence {
  /** `2.4.67`; null where it does not say. */
  readonly version: string | null
  /** Identifiers of all modules that are in use: `proxy_module`. Empty where it does not say. */
  readonly modules: readonly string[]
  /** Names that were defined when it was started (`-D NAME`). */
  readonly defines: readonly string[]
  /** What `${NAME}` stands for in its files. */
  readonly environment: { readonly [name: string]: string }
  /** Where relative paths begin, unless ServerRoot says so: `/etc/apache2`. */
  readonly root: string
  /** The main file, then all others that may be included by it, under the names by which they are included. */
  readonly files: readonly ConfigurationFile[]
}

/** Why Apache may not listen. */
export interface ApacheService {
  /** `apache2.service` */
  readonly unit: string
  /** As the service manager has it: `active`, `inactive`, `failed`; null where it knows no such unit. */
  readonly state: string | null
  /** What Apache itself objects to in its files; null where it is content, or could not read all of them. */
  readonly complaint: { readonly said: string; readonly at?: { readonly file: string; readonly line: number } } | null
}

export interface ConfigurationFile {
  readonly path: string
  readonly text: string
}
