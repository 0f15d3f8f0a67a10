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
