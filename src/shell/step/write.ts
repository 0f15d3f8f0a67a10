import { posix } from 'node:path'
import type { CopyStep, WriteStep } from '../../host/step.ts'
import { octal, printBytes, quote } from '../quote.ts'
import type { StepCompiler, StepPlace } from './compiler.ts'

export const write: StepCompiler<'write'> = (step, place) => place_(step, place, printBytes(step.content))

export const copy: StepCompiler<'copy'> = (step, place) => place_(step, place, `cat ${quote(step.from)}`)

/**
 * The file is made whole under a name that no include pattern takes, in the directory where it is to stand, and then
 * renamed. It is created empty and private; its owner and mode are set before its bytes are there. The name cannot be
 * foreseen and is created exclusively (`set -C`), so nobody can put a link in the way.
 */
function place_(step: WriteStep | CopyStep, place: StepPlace, produce: string): string {
  const path = quote(step.path)
  const temporary = `${quote(posix.join(posix.dirname(step.path), '.matrix-provision-'))}"$MP_NONCE"${quote(`-${place.label.replaceAll(' ', '-')}`)}`
  const owner = step.owner === undefined ? step.group && `:${step.group}` : step.group === undefined ? step.owner : `${step.owner}:${step.group}`
  const lines = [
    `mp_t=${temporary}`,
    `( set -C; : >"$mp_t" ) || return 1`,
    `exec 9>>"$mp_t" || { rm -f "$mp_t"; return 1; }`,
    `mp_keep_attributes "$mp_t" ${path}`,
    owner && `{ chown ${quote(owner)} "$mp_t" || { exec 9>&-; rm -f "$mp_t"; return 1; }; }`,
    `{ chmod ${octal(step.mode)} "$mp_t" || { exec 9>&-; rm -f "$mp_t"; return 1; }; }`,
    `${produce} >&9 || { exec 9>&-; rm -f "$mp_t"; return 1; }`,
    `exec 9>&-`,
    step.validate && validation(step.validate, step.path),
    step.backup && `if [ -f ${path} ]; then cp -p ${path} ${quote(step.backup)} || { rm -f "$mp_t"; return 1; }; fi`,
    step.unsafe
      ? `mv -f "$mp_t" ${path} 2>/dev/null || { cat "$mp_t" >${path} && rm -f "$mp_t"; } || { rm -f "$mp_t"; return 1; }`
      : `mp_settle "$mp_t" ${path}`,
  ]
  return lines.filter(Boolean).join('\n')
}

/** The user's own command, in the host's environment, with `%s` for the file that is to be judged. */
const validation = (command: string, path: string) =>
  `mp_v=$( ( mp_own_environment; set -- "$mp_t"; ${command.replaceAll('%s', '"$1"')} ) 2>&1 ) || { rm -f "$mp_t"; mp_say ${quote(`failed to validate: ${path} was left as it is.`)} "$mp_v"; return 1; }`
