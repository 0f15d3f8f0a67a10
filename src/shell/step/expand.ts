import { quote } from '../quote.ts'

/** `$NAME`, `${NAME}` and a leading `~` stay as they are written where nothing is set, as in Python. */
export const expandPrelude = `mp_var() { eval "[ -n \\"\\\${$1+x}\\" ]" && eval "printf %s \\"\\\${$1}\\"" || printf %s "$2"; }
mp_home() { mp_h=$(getent passwd "$1" | cut -d: -f6); [ -n "$mp_h" ] && printf %s "$mp_h" || printf '~%s' "$1"; }`

/** A word for sh in which the host's variables and home directories are put in. Needs `expandPrelude`. */
export function expandable(word: string): string {
  let text = ''
  let rest = word
  const home = /^~([A-Za-z0-9._-]*)(?=\/|$)/.exec(word)
  if (home) {
    text = home[1] ? `"$(mp_home ${quote(home[1])})"` : '"${HOME:-"~"}"'
    rest = word.slice(home[0].length)
  }
  let at = 0
  for (const match of rest.matchAll(/\$(?:(\w+)|\{(\w+)\})/g)) {
    const name = match[1] ?? match[2]!
    if (!/^[A-Za-z_]/.test(name)) continue
    text += quoteUnlessEmpty(rest.slice(at, match.index)) + `"$(mp_var ${name} ${quote(match[0])})"`
    at = match.index + match[0].length
  }
  return text + quoteUnlessEmpty(rest.slice(at)) || "''"
}

const quoteUnlessEmpty = (text: string) => (text === '' ? '' : quote(text))
