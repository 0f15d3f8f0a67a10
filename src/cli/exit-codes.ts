/** What the program ends with. Stable: scripts read them. */
export const exitCodes = {
  ok: 0,
  /** Wrong use, or a mistake in a playbook or inventory. Nothing was touched. */
  wrongUse: 1,
  /** A host failed, and all could be reached. */
  failed: 2,
  /** A dry run found changes; only with `--detailed-exitcode`. */
  changesPending: 3,
  /** A host could not be reached, whatever came of the others. */
  unreachable: 4,
  /** Changes were made and taken back. */
  rolledBack: 5,
  /** Another run holds a host, or a saved plan no longer fits. */
  lockedOrStale: 6,
  /** Ctrl-C. */
  interrupted: 130,
} as const
