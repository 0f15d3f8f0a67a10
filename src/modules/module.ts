import type { Json } from '../core/value.ts'
import type { Unknown } from '../core/unknown.ts'
import type { Change, Outcome } from '../host/change.ts'
import type { Facts } from '../host/fact.ts'

/** What is known of a thing that a task can do: what its parameters are checked by, and its page in the reference. */
export interface ModuleDocument {
  /** Ansible's short name: `copy`. */
  readonly name: string
  /** Where Ansible keeps it: `ansible.builtin`, `community.general`; ours: `matrix.provision`. */
  readonly collection: string
  /** Other short names for the same module (`systemd_service`). */
  readonly aliases?: readonly string[]
  readonly summary: string
  readonly description?: readonly string[]
  readonly parameters: ParameterSpecs
  /** Rules between parameters. */
  readonly rules?: ParameterRules
  /** The parameter that takes the text of `module: text`, as in `command: ls`. */
  readonly freeForm?: string
  /** Any other parameter is taken too, as in `set_fact`. */
  readonly anyParameter?: boolean
  /** Its reads take long, or trouble others: they are made when its turn has come, and never ahead of it. */
  readonly unscouted?: boolean
  /** What its result carries beside `changed`, `failed` and `msg`. */
  readonly returns?: { readonly [name: string]: string }
  /** Tasks in YAML for the reference. */
  readonly examples: string
}

/** What a task can do. An object literal; its registration, editor schema and reference page follow from it. */
export interface Module<Parameters = never> extends ModuleDocument {
  /** It only looks: running it can change nothing, so a dry run runs it too. A function where the parameters decide (`uri`). */
  readonly readOnly?: boolean | ((parameters: Parameters) => boolean)
  plan(parameters: Parameters, context: PlanContext): Promise<Plan>
}

/** Changes, and what the task's result is once they are made. */
export interface Plan {
  readonly changes: readonly Change[]
  /** From the outcomes of the changes, in order; not called when one failed. Called with no outcome in a dry run. */
  readonly result: (outcomes: readonly Outcome[] | undefined) => ModuleResult
}

/** Ansible's return values. In a dry run what a command would print is unknown. */
export interface ModuleResult {
  readonly changed?: boolean
  readonly failed?: boolean
  readonly skipped?: boolean
  readonly msg?: unknown
  readonly warnings?: readonly string[]
  readonly ansible_facts?: { readonly [name: string]: unknown }
  /** Shown without `-v` too, as what `debug` says. Taken out before the result is registered. */
  readonly _ansible_verbose_always?: boolean
  readonly [name: string]: unknown
}

/** All that a module can know. It has no way to act. */
export interface PlanContext {
  readonly facts: Facts
  readonly controller: Controller
  /**
   * The task has `check_mode: true`, or the run is to answer as `ansible-playbook --check` does: for results that Ansible words
   * differently, such as a command that it skips. False in an ordinary dry run, whose results are unknown instead.
   */
  readonly checkMode: boolean
  /** `environment:` of the task, rendered. */
  readonly environment: { readonly [name: string]: string }
  /** The host's name in the inventory. */
  readonly inventoryName: string
  /** Seconds since 1970 at the start of the task. The only clock a plan may look at. */
  readonly now: number
  /** How many `-v` the run has, for `debug: verbosity=`. */
  readonly verbosity: number
  /**
   * Whether a condition holds, evaluated as `when:` does: a bare expression, or text with `{{ }}` that gives one. For
   * parameters marked `expression`, which arrive as they were written.
   *
   * @throws ProvisionError when it cannot be evaluated
   */
  condition(expression: string | boolean): boolean | Unknown
  /**
   * The value of a bare expression (`item.name`), or of a text with `{{ }}`, as plain data. `undefined` where a name in it
   * is not defined; unknown where something has to run first.
   *
   * @throws ProvisionError when it cannot be parsed, or fails for another reason than an undefined name
   */
  variable(expression: string): unknown
}

/** The controller's files, and what only the engine can render. */
export interface Controller {
  /**
   * The bytes of a file found as Ansible does (role's files/, playbook's files/, playbook's directory), or null.
   *
   * @param decrypt what `ansible-vault` has encrypted is decrypted; absent: it is
   * @throws ProvisionError `vault` where that cannot be done
   */
  readFile(name: string, kind: 'files' | 'templates' | 'vars', decrypt?: boolean): { readonly path: string; readonly content: Uint8Array; readonly mode: number } | null
  /** A directory and what is beneath it, relative to it, directories first. Null where there is no such directory. */
  readTree(name: string, decrypt?: boolean): { readonly path: string; readonly entries: readonly TreeEntry[] } | null
  /**
   * A template file rendered with the task's variables.
   *
   * @param destination path on the host, for what the template says of itself
   * @throws UnknownReached
   */
  renderTemplate(name: string, options: TemplateOptions, destination: string): string
}

export interface TreeEntry {
  readonly path: string
  readonly type: 'file' | 'directory' | 'link'
  readonly mode: number
  readonly content?: Uint8Array
  readonly target?: string
}

export interface TemplateOptions {
  readonly trimBlocks?: boolean
  readonly lstripBlocks?: boolean
  readonly newlineSequence?: string
  readonly blockStart?: string
  readonly blockEnd?: string
  readonly variableStart?: string
  readonly variableEnd?: string
  readonly commentStart?: string
  readonly commentEnd?: string
}

export interface ParameterSpec {
  readonly type: 'str' | 'bool' | 'int' | 'float' | 'list' | 'dict' | 'path' | 'raw' | 'mode' | 'bytes'
  readonly description: string
  readonly required?: boolean
  readonly default?: Json
  readonly aliases?: readonly string[]
  readonly choices?: readonly (string | number | boolean)[]
  /** Type of a list's elements. */
  readonly elements?: ParameterSpec['type']
  /** Members of a dictionary, or of a list of dictionaries. */
  readonly options?: ParameterSpecs
  /** Which of these options need or exclude each other. */
  readonly rules?: ParameterRules
  /** null is a value like others; elsewhere it says that the parameter is not given. */
  readonly nullable?: boolean
  /** Never shown. */
  readonly noLog?: boolean
  /** What in a text is never shown. */
  readonly secretsIn?: (text: string) => readonly string[]
  /**
   * Holds expressions, which the engine must not render: the text arrives as it was written, templates in it included,
   * alone or as members of a list. Other values arrive as they are.
   */
  readonly expression?: boolean
}

export type ParameterSpecs = { readonly [name: string]: ParameterSpec }

export interface ParameterRules {
  readonly mutuallyExclusive?: readonly (readonly string[])[]
  readonly requiredOneOf?: readonly (readonly string[])[]
  readonly requiredTogether?: readonly (readonly string[])[]
  /** `[parameter, value, [needed, …]]` as Ansible's required_if. */
  readonly requiredIf?: readonly (readonly [string, Json, readonly string[]])[]
  /** `[parameter, [needed, …]]`: where the one is given, so must be the others. */
  readonly requiredBy?: readonly (readonly [string, readonly string[]])[]
}

/** A plan that changes nothing. */
export const unchanged = (result: ModuleResult = {}): Plan => ({ changes: [], result: () => ({ changed: false, ...result }) })

/** A plan that ends the task as failed, with nothing changed. */
export const failure = (msg: string, result: ModuleResult = {}): Plan => ({ changes: [], result: () => ({ failed: true, changed: false, msg, ...result }) })

/** A plan of changes with a result that does not depend on what they give back. */
export const changed = (changes: readonly Change[], result: ModuleResult = {}): Plan => ({
  changes,
  result: () => ({ changed: changes.length > 0, ...result }),
})

/** Marks a result's member that only the run can tell. */
export type Foreseen<T> = T | Unknown
