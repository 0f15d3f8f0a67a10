/**
 * What the comments at the top of a file of Apache's configuration name: `# Depends: proxy alias`. The first such line counts,
 * before anything that is no comment, in this spelling only. (Debian's a2enmod, `get_deps`.)
 */
export function namedInHeader(lines: Iterable<string>, word: 'Depends' | 'Conflicts'): readonly string[] {
  const line = new RegExp(`^# ${word}:\\s+(.*?)\\s*$`)
  for (const text of lines) {
    const names = line.exec(text)?.[1]
    if (names !== undefined) return names.split(/\s+/).filter(Boolean)
    if (!/^\s*(#.*)?$/.test(text)) return []
  }
  return []
}
