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
