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
 * `mp_settle TEMPORARY PATH` puts a finished temporary file in place. `mp_own` takes over what a plain rewrite would
 * lose of the file that is replaced: access control lists, extended attributes, security labels.
 */
export const stepPrelude = `mp_say() { printf '%s\\n' "$*" >&2; return 1; }
mp_settle() {
if [ -d "$2" ] && [ ! -L "$2" ]; then rm -f "$1"; mp_say "$2 is a directory"; return 1; fi
mv -f "$1" "$2" && return 0
rm -f "$1"; return 1
}
mp_keep_attributes() { [ -f "$2" ] && [ ! -L "$2" ] && cp --attributes-only --preserve=xattr,context "$2" "$1" 2>/dev/null; return 0; }
`
