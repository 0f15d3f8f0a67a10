/** What the program ends with. Stable: scripts read them. */
export const exitCodes = {
  ok: 0,
  wrongUse: 1,
  failed: 2,
  changesPending: 3,
  unreachable: 4,
  rolledBack: 5,
  lockedOrStale: 6,
  interrupted: 130,
} as const

/** The same in words, for `--help` and the README. */
export const exitMeanings: { readonly [Name in keyof typeof exitCodes]: string } = {
  ok: 'done, or nothing to do',
  wrongUse: 'wrong use, or a mistake in the files',
  failed: 'a host failed, and all could be reached',
  changesPending: 'changes are pending (`--detailed-exitcode`)',
  unreachable: 'a host could not be reached, whatever came of the others',
  rolledBack: 'changes were made and taken back (not used yet)',
  lockedOrStale: 'another run holds a host, or a saved plan no longer fits (not used yet)',
  interrupted: 'interrupted (Ctrl-C)',
}
