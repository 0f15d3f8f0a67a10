/** One directive of Apache's configuration, or a container with all that is in it. */
export interface Directive {
  /** In lower case: `proxypass`, and for `<VirtualHost *:443>` `virtualhost`. */
  readonly name: string
  /** The same as it is written: `ProxyPass`. */
  readonly spelled: string
  /** The arguments as they stand there, variables replaced. */
  readonly text: string
  /** The arguments, without quotes. */
  readonly words: readonly string[]
  readonly file: string
  /** Of its first line, from 1. */
  readonly line: number
  /** What a container holds, in order; absent for a plain directive. */
  readonly children?: readonly Directive[]
}

/** A line as Apache reads it, continued ones joined. */
export interface Line {
  readonly text: string
  readonly file: string
  readonly line: number
}

/** The lines of a file that say something: comments, which a backslash continues too, and empty ones are left out. */
export function linesOf({ path, text }: { readonly path: string; readonly text: string }): readonly Line[] {
  const lines: Line[] = []
  let begun: { text: string; line: number } | undefined
  const physical = text.split('\n')
  for (const [index, whole] of physical.entries()) {
    const part = index < physical.length - 1 ? whole.replace(/\r$/, '') : whole
    begun ??= { text: '', line: index + 1 }
    if (part.endsWith('\\') && index < physical.length - 1) begun.text += part.slice(0, -1)
    else {
      const joined = (begun.text + part).trim()
      if (joined && !joined.startsWith('#')) lines.push({ text: joined, file: path, line: begun.line })
      begun = undefined
    }
  }
  return lines
}

/**
 * Takes the first word of a text as Apache does: quoted by `"` or `'` where it begins with one, backslashes before the quote
 * and before backslashes removed.
 *
 * @returns the word, and what follows it without leading blanks
 */
export function takeWord(text: string): readonly [word: string, rest: string] {
  const start = text.trimStart()
  const quote = /^["']/.exec(start)?.[0]
  const body = quote ? start.slice(1) : start
  const [raw] = (quote === '"' ? /^(?:\\["\\]|[^"])*/ : quote === "'" ? /^(?:\\['\\]|[^'])*/ : /^\S*/).exec(body)!
  const word = raw.replaceAll(quote ? new RegExp(`\\\\([\\\\${quote}])`, 'g') : /\\(\\)/g, '$1')
  return [word, body.slice(raw.length + (quote ? 1 : 0)).trimStart()]
}

export function wordsOf(text: string): readonly string[] {
  const words: string[] = []
  for (let rest = text.trim(); rest;) {
    const [word, next] = takeWord(rest)
    words.push(word)
    rest = next
  }
  return words
}
