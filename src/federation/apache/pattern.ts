/**
 * A regular expression of Apache's (PCRE) as JavaScript has it; undefined where it cannot be said so. Possessive quantifiers and
 * atomic groups change what is matched in rare cases only, and are read as ordinary ones.
 *
 * @param insensitive as the flag NC, or `(?i)` at its beginning
 */
export function patternOf(text: string, insensitive = false): RegExp | undefined {
  const [, flags = ''] = /^\(\?([ims]+)\)/.exec(text) ?? []
  const source = text.replace(/^\(\?[ims]+\)/, '').replaceAll(/(\\[^])|(\[(?:\\[^]|[^\]\\])*\])|([*+?}])\+|\(\?>|\(\?P</g, (token, escape?: string, set?: string, quantifier?: string) =>
    escape ? escape.replace(/^\\A$/, '^').replace(/^\\[zZ]$/, '$').replace(/^\\h$/, '[ \\t]') : set ? set : quantifier ?? (token === '(?>' ? '(?:' : '(?<'))
  try {
    return new RegExp(source, `${flags}${insensitive && !flags.includes('i') ? 'i' : ''}`)
  } catch {
    return undefined
  }
}
