import { splitWords } from '../../core/shlex.ts'
import type { CopyStep, WriteStep } from '../../host/step.ts'
import { octal, printBytes, quote } from '../quote.ts'
import { temporaryBeside, type StepCompiler, type StepPlace } from './compiler.ts'
import { expandable, expandPrelude } from './expand.ts'

export const write: StepCompiler<'write'> = (step, place) => putInPlace(step, place, printBytes(step.content))

export const copy: StepCompiler<'copy'> = (step, place) => putInPlace(step, place, `cat ${quote(step.from)}`)

/**
 * The file is made whole under a name that no include pattern takes, in the directory where it is to stand, and then
 * renamed. It is created empty and private; its owner and mode are set before its bytes are there. The name cannot be
 * foreseen and is created exclusively (`set -C`), so nobody can put a link in the way; where it is there already, we were
 * killed before we could remove it.
 *
 * A shell that runs out of disk only says "I/O error": the reason is what `cat` says when it tries the same again.
 */
function putInPlace(step: WriteStep | CopyStep, place: StepPlace, produce: string): string {
  const path = quote(step.path)
  const owner = step.owner === undefined ? step.group && `:${step.group}` : step.group === undefined ? step.owner : `${step.owner}:${step.group}`
  const lines = [
    `mp_t=${temporaryBeside(step.path, place)}`,
    `( set -C; : >"$mp_t" ) 2>/dev/null || { rm -f "$mp_t"; ( set -C; : >"$mp_t" ); } || return 1`,
    `exec 9>>"$mp_t" || { rm -f "$mp_t"; return 1; }`,
    `mp_keep_attributes "$mp_t" ${path}`,
    owner && `{ chown ${quote(owner)} "$mp_t" || { mp_drop; return 1; }; }`,
    `{ chmod ${octal(step.mode)} "$mp_t" || { mp_drop; return 1; }; }`,
    `mp_bytes() { ${produce}; }`,
    `mp_bytes >&9 2>/dev/null || { mp_w=$( { mp_bytes | cat >"$mp_t"; } 2>&1 ); mp_drop; mp_say ${path}" cannot be written: \${mp_w##*: }"; return 1; }`,
    `exec 9>&-`,
    step.validate && validation(step.validate, path),
    step.backup && backup(path, quote(step.backup)),
    step.unsafe ? `mv -f "$mp_t" ${path} 2>/dev/null || { mp_overwrite ${path}${owner ? ` && chown ${quote(owner)} ${path}` : ''} && chmod ${octal(step.mode)} ${path}; } || return 1` : settle(step, path),
  ]
  return lines.filter(Boolean).join('\n')
}

/** The user's own command, in the host's environment, with `%s` for the file that is to be judged. Ansible gives it to no shell. */
function validation(command: string, path: string): string {
  const words = splitWords(command).map(word => word.split('%s').map(part => (part === '' ? '' : expandable(part.replaceAll('%%', '%')))).join('"$mp_t"') || "''")
  return `${expandPrelude}
mp_w=$( { mp_own_environment; ${words.join(' ')}; } 2>&1 ) || { mp_drop; mp_say 'failed to validate: '${path}' was left as it is.'; mp_say "$mp_w"; return 1; }`
}

/** A whole copy or none: what is only half there would pass for the former file. */
const backup = (path: string, to: string): string =>
  `if [ -f ${path} ]; then
mp_w=$( { cp -p ${path} "$mp_t-b" && mv -f "$mp_t-b" ${to}; } 2>&1 ) || { mp_drop; mp_say 'the backup '${to}" cannot be written: \${mp_w##*: }"; return 1; }
fi`

function settle(step: WriteStep | CopyStep, path: string): string {
  const back = step.backup ? `rm -f ${quote(step.backup)}; ` : ''
  return `mp_settle "$mp_t" ${path} || { ${back}case $mp_w in *busy*) mp_say 'Something is mounted on it: with unsafe_writes: true it is written into as it is.' ;; esac; return 1; }`
}
