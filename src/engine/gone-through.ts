import type { RoleUse } from '../language/playbook.ts'
import type { HostState } from './host-state.ts'

/**
 * Which roles the hosts of a play have gone through. A role that repeats with the same parameters is passed over,
 * unless it allows duplicates (`playbook/role/__init__.py`, `has_run`).
 */
export class GoneThrough {
  readonly #begun = new Map<string, Set<HostState>>()
  readonly #done = new Map<string, Set<HostState>>()

  /** A task of the role was not skipped. */
  begin({ identity }: RoleUse, host: HostState): void {
    if (identity !== undefined) setOf(this.#begun, identity).add(host)
  }

  /** Hosts have come to the role's end. */
  end({ identity }: RoleUse, hosts: readonly HostState[]): void {
    if (identity === undefined) return
    const begun = setOf(this.#begun, identity)
    for (const host of hosts) if (begun.has(host)) setOf(this.#done, identity).add(host)
  }

  /** Whether the host has been through an equal role, and need not again. */
  isRepeated(use: RoleUse | undefined, host: HostState): boolean {
    return use?.identity !== undefined && !use.role.allowDuplicates && this.#done.get(use.identity)?.has(host) === true
  }
}

function setOf(sets: Map<string, Set<HostState>>, identity: string): Set<HostState> {
  let set = sets.get(identity)
  if (!set) sets.set(identity, (set = new Set()))
  return set
}
