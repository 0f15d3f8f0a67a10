/** What a host of the own inventory shows from inside, as data: gathered by whoever can read files there. */
export interface HostEvidence {
  /** Its name in the inventory. */
  readonly name: string
  /** Apache's configuration as it is loaded, in the order of loading, includes resolved; null where there is no Apache. */
  readonly apache: ApacheEvidence | null
  /** TCP addresses that something listens on: `0.0.0.0`, `::`, `127.0.0.1`, with ports. */
  readonly listening: readonly { readonly address: string; readonly port: number }[]
  /** Synapse's configuration files, merged as Synapse merges them; null where none was found or readable. */
  readonly synapse: { readonly files: readonly ConfigurationFile[] } | null
  /** The answer of the backend itself to `GET /health`, asked on the host: status, or why none came. */
  readonly health: { readonly status: number } | { readonly error: string } | null
  /** Milliseconds since 1970 by the host's clock, and by ours at the same time. */
  readonly clock: { readonly host: number; readonly controller: number } | null
}

export interface ApacheEvidence {
  /** `2.4.67`; null where it does not say. */
  readonly version: string | null
  readonly modules: readonly string[]
  readonly files: readonly ConfigurationFile[]
}

export interface ConfigurationFile {
  readonly path: string
  readonly text: string
}
