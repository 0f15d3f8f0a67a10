import { posix } from 'node:path'
import type { Step, StepKind } from '../../host/step.ts'
import { quote } from '../quote.ts'

/**
 * How steps of one kind become sh: text that ends with status 0 when the step is done, and otherwise says on stderr
 * what went wrong. It runs in a function, must not `exit`, and may use the functions of `stepPrelude`.
 */
export type StepCompiler<K extends StepKind> = (step: Extract<Step, { step: K }>, place: StepPlace) => string

/** Where in the work a step stands; parts of its answer carry the label. */
export interface StepPlace {
  readonly label: string
}

/** A word for sh: a name in the directory of `path` that nobody can foresee and that no include pattern takes. */
export const temporaryBeside = (path: string, { label }: StepPlace): string =>
  `${quote(posix.join(posix.dirname(path), '.matrix-provision-'))}"$MP_NONCE"${quote(`-${label.replaceAll(' ', '-')}`)}`

/** What that name is on the host: it stands in the messages of tools, and means the path to the user. */
export const temporaryName = /[^\s'"`‘]*\/\.matrix-provision-[0-9a-f]{32}-\d+-\d+(-b)?/g

/**
 * `mp_settle TEMPORARY PATH` puts a finished temporary file in place; a plain `mv` would put it into a directory that a link
 * at the path leads to. `mp_overwrite PATH` writes it into the file that is there, or what was there again. `mp_keep_attributes` takes over what a plain rewrite would lose of the file that is replaced: access
 * control lists, extended attributes, security labels.
 *
 * `$mp_t` is the temporary file of the step. It does not outlive the program, also when that passes its deadline.
 */
export const stepPrelude = `mp_t=
mp_say() { printf '%s\\n' "$*" >&2; return 1; }
mp_drop() { exec 9>&-; [ -z "$mp_t" ] || rm -f "$mp_t" "$mp_t-b"; }
trap 'mp_drop; exit 143' TERM
mp_settle() {
if [ -d "$2" ] && [ ! -L "$2" ]; then rm -f "$1"; mp_say "$2 is a directory"; return 1; fi
if [ -L "$2" ] && [ -d "$2" ]; then
{ mv -fT "$1" "$2" || mv -fh "$1" "$2" || { rm -f "$2" && mv -f "$1" "$2"; }; } 2>/dev/null && return 0; mp_w=
else mp_w=$(mv -f "$1" "$2" 2>&1) && return 0; fi
rm -f "$1"; mp_say "$2 cannot be replaced: \${mp_w##*: }"; return 1
}
mp_overwrite() {
mp_w=$( { cp "$1" "$mp_t-b" && { cat "$mp_t" >"$1" || { cat "$mp_t-b" >"$1"; false; }; }; } 2>&1 ) && { mp_drop; return 0; }
mp_drop; mp_say "$1 cannot be written: \${mp_w##*: }"; return 1
}
mp_keep_attributes() { [ -f "$2" ] && [ ! -L "$2" ] && cp --attributes-only --preserve=xattr,context "$2" "$1" 2>/dev/null; return 0; }
`
