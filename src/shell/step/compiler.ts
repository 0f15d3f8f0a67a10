import type { Step, StepKind } from '../../host/step.ts'

/**
 * How steps of one kind become sh: text that ends with status 0 when the step is done, and otherwise says on stderr
 * what went wrong. It runs in a function, must not `exit`, and may use the functions of `stepPrelude`.
 */
export type StepCompiler<K extends StepKind> = (step: Extract<Step, { step: K }>, place: StepPlace) => string

/** Where in the work a step stands; parts of its answer carry the label. */
export interface StepPlace {
  readonly label: string
}

/**
 * `mp_settle TEMPORARY PATH` puts a finished temporary file in place; a plain `mv` would put it into a directory that a link
 * at the path leads to. `mp_keep_attributes` takes over what a plain rewrite would lose of the file that is replaced: access
 * control lists, extended attributes, security labels.
 */
export const stepPrelude = `mp_say() { printf '%s\\n' "$*" >&2; return 1; }
mp_settle() {
if [ -d "$2" ] && [ ! -L "$2" ]; then rm -f "$1"; mp_say "$2 is a directory"; return 1; fi
if [ -L "$2" ] && [ -d "$2" ]; then
{ mv -fT "$1" "$2" || mv -fh "$1" "$2" || { rm -f "$2" && mv -f "$1" "$2"; }; } 2>/dev/null && return 0
else mv -f "$1" "$2" && return 0; fi
rm -f "$1"; return 1
}
mp_keep_attributes() { [ -f "$2" ] && [ ! -L "$2" ] && cp --attributes-only --preserve=xattr,context "$2" "$1" 2>/dev/null; return 0; }
`
