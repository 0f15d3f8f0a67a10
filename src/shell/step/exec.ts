import { quote, quoteAll } from '../quote.ts'
import type { StepCompiler } from './compiler.ts'
import { expandable, expandPrelude } from './expand.ts'

/**
 * Runs something whose output is an answer. What it prints goes to files, not to our own streams: a service that it
 * leaves behind may keep them open for ever without holding anything up or mixing into later answers. The files stand
 * in memory where the host has such a place, and have no name any more when the command begins, so that nothing is left
 * however it ends; where none can be made (a full or read-only disk) the streams are used.
 */
export const capturePrelude = `mp_capture() {
mp_c=
for mp_f in /run /dev/shm "\${TMPDIR:-/tmp}"; do [ -d "$mp_f" ] && [ -w "$mp_f" ] && mp_c=$(mktemp -d "$mp_f/.matrix-provision-XXXXXXXX" 2>/dev/null) && break; mp_c=; done
if [ -n "$mp_c" ]; then
exec 5>"$mp_c/out" 6<"$mp_c/out" 7>"$mp_c/err" 8<"$mp_c/err"; rm -rf "$mp_c"
( "$2" ) >&5 2>&7 5>&- 6<&- 7>&- 8<&-; mp_s=$?
mp_section "$1 out"; cat <&6
mp_section "$1 err"; cat <&8
exec 5>&- 6<&- 7>&- 8<&-
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
