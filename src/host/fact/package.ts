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
