import { quote, quoteAll } from '../quote.ts'
import type { StepCompiler } from './compiler.ts'

/**
 * Runs something whose output is an answer. What it prints goes to files, not to our own streams: a service that it
 * leaves behind may keep them open for ever without holding anything up or mixing into later answers. The files stand
 * in memory where the host has such a place; where none can be made (a full or read-only disk) the streams are used.
 */
export const capturePrelude = `mp_capture() {
mp_c=
for mp_f in /run /dev/shm "\${TMPDIR:-/tmp}"; do [ -d "$mp_f" ] && [ -w "$mp_f" ] && mp_c=$(mktemp -d "$mp_f/.matrix-provision-XXXXXXXX" 2>/dev/null) && break; mp_c=; done
if [ -n "$mp_c" ]; then
( "$2" ) >"$mp_c/out" 2>"$mp_c/err"; mp_s=$?
mp_section "$1 out"; cat "$mp_c/out"
mp_section "$1 err"; cat "$mp_c/err"
rm -rf "$mp_c"
else
mp_section "$1 out"; ( "$2" ); mp_s=$?
fi
mp_section "$1 status"; printf %s "$mp_s"
return "$mp_s"
}
`

export const exec: StepCompiler<'exec'> = (step, place) => {
  const name = `mp_do_${place.label.replaceAll(/\W/g, '_')}`
  const environment = Object.entries(step.environment ?? {}).map(([key, value]) => `export ${key}=${quote(value)}`)
  const words = step.expand ? step.argv.map(expandable).join(' ') : quoteAll(step.argv)
  const [program = ''] = step.argv
  const body = [
    'mp_own_environment',
    step.chdir &&
      `cd ${quote(step.chdir)} 2>/dev/null || { [ -d ${quote(step.chdir)} ] && mp_say 'mp:directory-denied' || mp_say 'mp:directory-missing'; exit 127; }`,
    ...environment,
    ...(step.expand ? [expandPrelude] : []),
    `set -- ${words}`,
    program.includes('/')
      ? `[ -e "$1" ] || { mp_say mp:program-missing; exit 127; }\n[ -x "$1" ] && [ ! -d "$1" ] || { mp_say mp:program-denied; exit 126; }`
      : `mp_w=$(command -v "$1" 2>/dev/null); case $mp_w in /*) ;; *) mp_p=; IFS=:; for mp_d in $PATH; do [ -f "$mp_d/$1" ] && [ -x "$mp_d/$1" ] && { mp_p=$mp_d/$1; break; }; done; unset IFS; [ -n "$mp_p" ] || { mp_say mp:program-missing; exit 127; } ;; esac`,
    `unset mp_w mp_p mp_d MP_NONCE`,
    step.stdin === undefined ? 'exec "$@"' : `printf %s ${quote(step.stdin)} | ( exec "$@" )`,
  ]
  return `${name}() {
${body.filter(Boolean).join('\n')}
}
mp_capture ${quote(place.label)} ${name}${step.anyStatus ? '\nreturn 0' : ''}`
}

/** `$NAME`, `${NAME}` and a leading `~` stay as they are written where nothing is set, as in Python. */
const expandPrelude = `mp_var() { eval "[ -n \\"\\\${$1+x}\\" ]" && eval "printf %s \\"\\\${$1}\\"" || printf %s "$2"; }
mp_home() { mp_h=$(getent passwd "$1" | cut -d: -f6); [ -n "$mp_h" ] && printf %s "$mp_h" || printf '~%s' "$1"; }`

function expandable(word: string): string {
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
