/** What matches nothing: a pattern that Apache would refuse. */
const nothing = /(?!)/

/**
 * A regular expression of Apache's (PCRE) as JavaScript has it. Possessive quantifiers and atomic groups, which change what is
 * matched in rare cases only, are read as ordinary ones.
 *
 * @param insensitive as the flag NC
 */
export function patternOf(text: string, insensitive = false): RegExp {
  const [opening = '', flags = ''] = /^\(\?([ims]+)\)/.exec(text) ?? []
  const source = text.slice(opening.length).replaceAll(/\\[^]|\[(?:\\[^]|[^\]\\])*\]|[*+?}]\+|\(\?>|\(\?P</g, token => {
    if (token.startsWith('\\')) return escapes[token] ?? token
    if (token.startsWith('[')) return token
    return token === '(?>' ? '(?:' : token === '(?P<' ? '(?<' : token.slice(0, 1)
  })
  return compiled(source, insensitive && !flags.includes('i') ? `${flags}i` : flags)
}

/** Those that JavaScript has not. */
const escapes: { readonly [escape: string]: string } = { '\\A': '^', '\\z': '$', '\\Z': '$', '\\h': '[ \\t]' }

/**
 * A pattern of file names or host names: `*`, `?`, `[a-z]`.
 *
 * @param one what `?` stands for, as a regular expression: anything but a slash, say
 */
export function wildcardOf(text: string, one = '[^]'): RegExp {
  const source = text.replaceAll(/\[(!?)([^\]]+)\]|[^]/g, (token, not: string | undefined, set: string | undefined) => {
    if (set !== undefined) return `[${not ? '^' : ''}${set.replaceAll(/[\\^[]/g, '\\$&')}]`
    return token === '*' ? `${one}*` : token === '?' ? one : token.replace(/[\\^$.|+()[\]{}]/, '\\$&')
  })
  return compiled(`^${source}$`, '')
}

function compiled(source: string, flags: string): RegExp {
  try {
    return new RegExp(source, flags)
  } catch {
    return nothing
  }
}
