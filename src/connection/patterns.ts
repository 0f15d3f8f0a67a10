/**
 * OpenSSH's pattern lists (ssh_config(5) PATTERNS): `*` and `?`, and `!` before a pattern that excludes what it matches.
 *
 * @returns whether a name, in lower case, is matched
 */
export function patternList(patterns: readonly string[]): (name: string) => boolean {
  const [yes, no] = [[] as RegExp[], [] as RegExp[]]
  for (const pattern of patterns) {
    if (pattern.startsWith('!')) no.push(wildcard(pattern.slice(1)))
    else yes.push(wildcard(pattern))
  }
  return name => yes.some(pattern => pattern.test(name)) && !no.some(pattern => pattern.test(name))
}

export const wildcard = (pattern: string): RegExp =>
  new RegExp(`^${pattern.toLowerCase().replaceAll(/[.+^${}()|[\]\\]/g, '\\$&').replaceAll('*', '.*').replaceAll('?', '.')}$`)
