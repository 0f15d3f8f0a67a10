import type { Position } from '../../core/position.ts'
import type { Raw, Value } from '../../core/value.ts'

/** Where templates find variables: as they were written, rendered only when one is used. */
export interface Variables {
  get(name: string): Raw | undefined
  names(): Iterable<string>
  /** Where a variable is defined, for hints. */
  positionOf?(name: string): Position | undefined
}

/** The environment variables of the controller's shell. */
export interface ShellVariables {
  readonly [name: string]: string | undefined
}

/** What the world outside offers to templates. Paths are of the controller. */
export interface Environment {
  /** Where relative names of commands and of files that are written begin: the playbook's directory. */
  readonly directory: string
  /** Directories that lookups and includes search, nearest first (`ansible_search_path`); each with its `files/` or `templates/`. */
  readonly searchPath?: readonly string[]
  readonly shellVariables?: ShellVariables
  now?(): Date
  /** The render is for scouting: what would act, cost or come out different each time throws `NotPure`. */
  readonly pure?: boolean
  /** Nothing on the controller may change: a lookup that would write a file gives an unknown instead. */
  readonly dryRun?: boolean
  /** Plain bytes of a file whose content is encrypted with Ansible Vault. Absent: such files are an error. */
  decrypt?(content: Uint8Array, path: string): Uint8Array
  /** Names of the hosts that an inventory pattern matches. */
  hostsMatching?(pattern: Value): readonly string[]
  warn?(message: string, at?: Position): void
}

/** Thrown while scouting when a template would act or would not give the same again; whoever scouts leaves the task alone. */
export class NotPure extends Error {
  /** What is not pure, as in `the lookup 'pipe'`. */
  readonly what: string

  constructor(what: string) {
    super(`${what} cannot be used ahead of time`)
    this.name = 'NotPure'
    this.what = what
  }
}

/** Variables with others in front of them. */
export const overlaid = (front: ReadonlyMap<string, Raw>, behind: Variables): Variables => ({
  get: name => (front.has(name) ? front.get(name) : behind.get(name)),
  names: () => new Set([...front.keys(), ...behind.names()]),
  positionOf: name => (front.has(name) ? undefined : behind.positionOf?.(name)),
})
