/** Whether a name holds anything that makes it a shell pattern. */
export const isPattern = (text: string): boolean => /[*?[]/.test(text)

/** A shell pattern as Python's `fnmatch` reads it: `*`, `?`, `[abc]`, `[!a-z]`; a bracket that is not closed stands for itself. */
export function fnmatch(pattern: string): RegExp {
  let source = ''
  for (let at = 0; at < pattern.length; at++) {
    const character = pattern[at]!
    if (character === '*') source += '.*'
    else if (character === '?') source += '.'
    else if (character === '[') {
      const end = closingBracket(pattern, at)
      source += end < 0 ? '\\[' : characterClass(pattern.slice(at + 1, end))
      if (end >= 0) at = end
    } else source += literal(character)
  }
  return new RegExp(`^(?:${source})$`, 'su')
}

/** A bracket just behind the opening one, or behind its `!`, is a member. */
function closingBracket(pattern: string, open: number): number {
  const first = pattern[open + 1] === '!' ? open + 2 : open + 1
  return pattern.indexOf(']', first + 1)
}

function characterClass(members: string): string {
  const negated = members.startsWith('!')
  const parts: string[] = []
  const characters = [...(negated ? members.slice(1) : members)]
  while (characters.length > 0) {
    const from = characters.shift()!
    if (characters[0] === '-' && characters.length > 1) {
      const to = characters[1]!
      characters.splice(0, 2)
      // A range that runs backwards holds nothing.
      if (from <= to) parts.push(`${member(from)}-${member(to)}`)
    } else parts.push(member(from))
  }
  if (parts.length === 0) return negated ? '.' : '(?!)'
  return `[${negated ? '^' : ''}${parts.join('')}]`
}

const literal = (character: string): string => (/[\^$\\.*+?()[\]{}|/]/.test(character) ? `\\${character}` : character)

const member = (character: string): string => (/[\^\\\]-]/.test(character) ? `\\${character}` : character)
