import type { Position } from '../core/position.ts'
import type { Raw, RawDict, TemplateText } from '../core/value.ts'
import type { Module } from '../modules/module.ts'
import type { verbs } from '../modules/verbs.ts'

/**
 * A playbook as it was written, checked and with its static imports in place. Nothing in it is rendered: values that
 * the user may template are `Raw`. The engine reads it and never changes it.
 */
export interface Playbook {
  readonly file: string
  readonly plays: readonly Play[]
}

export interface Play {
  readonly at: Position
  readonly name: Raw | undefined
  /** A pattern, a list of patterns, or a template of either. */
  readonly hosts: Raw
  readonly hostsAt: Position
  /** Directory of the playbook that holds the play. */
  readonly directory: string
  /** `when` is that of `import_playbook`; it holds for gathering facts too, not for handlers. */
  readonly keywords: Keywords
  readonly gatherFacts: Raw | undefined
  readonly gatherSubset: Raw | undefined
  readonly serial: Raw | undefined
  readonly strategy: Raw | undefined
  readonly order: Raw | undefined
  readonly maxFailPercentage: Raw | undefined
  readonly forceHandlers: Raw | undefined
  readonly varsFiles: readonly VarsFile[]
  readonly varsPrompt: readonly VarsPrompt[]
  readonly preTasks: readonly Node[]
  /**
   * Roles of `roles:` in order, dependencies before the role that names them. A dependency's keywords hold those of the
   * roles that name it. Which of them are repeated is decided as the play runs (`RoleUse.identity`).
   */
  readonly roles: readonly RoleUse[]
  /** Roles that `import_role` brings in: the whole play sees their defaults and variables, unless `public` says no. */
  readonly importedRoles: readonly RoleUse[]
  readonly tasks: readonly Node[]
  readonly postTasks: readonly Node[]
  /** Handlers of the play, then those of imported roles (`Node.role` says which); those of `roles:` are with the role. */
  readonly handlers: readonly Node[]
}

/** The first file of several that exists, as `vars_files: [[a, b]]` says; usually one. */
export interface VarsFile {
  readonly at: Position
  readonly candidates: readonly Raw[]
}

export interface VarsPrompt {
  readonly at: Position
  readonly name: string
  readonly prompt: string
  readonly default: Raw | undefined
  readonly private: boolean
  readonly confirm: boolean
  /** Templates in what is typed are not rendered. */
  readonly unsafe: boolean
  /** What is typed is a password, and the variable its hash. */
  readonly encrypt?: { readonly type: string; readonly salt?: string; readonly saltSize?: number }
}

/** A role as one play or task uses it. */
export interface RoleUse {
  readonly at: Position
  readonly role: Role
  /** `role: {…}` parameters beside the keywords. */
  readonly parameters: RawDict
  readonly keywords: Keywords
  /** Roles that name this one as a dependency, or whose tasks import or include it, the outermost first. */
  readonly parents?: readonly RoleUse[]
  /** The role whose task imports or includes this one. */
  readonly within?: RoleUse
  /**
   * The same for uses that are the same to Ansible: once all tasks of one have been gone through on a host and at
   * least one was not skipped, the tasks of another are skipped there, unless the role allows duplicates.
   */
  readonly identity?: string
  /** Its defaults and variables are for itself alone. */
  readonly isPrivate?: boolean
}

/** A role read from its directory. */
export interface Role {
  readonly name: string
  readonly directory: string
  readonly tasks: readonly Node[]
  readonly handlers: readonly Node[]
  readonly defaults: RawDict
  readonly vars: RawDict
  readonly dependencies: readonly RoleUse[]
  readonly allowDuplicates: boolean
}

export type Node = Task | Block

export interface Block {
  readonly type: 'block'
  readonly at: Position
  readonly name: Raw | undefined
  readonly keywords: Keywords
  readonly block: readonly Node[]
  readonly rescue: readonly Node[]
  readonly always: readonly Node[]
  /**
   * The role that holds it. Where it is another one than that of the node around it, the role begins here (`import_role`,
   * and the dependencies of a role that is included).
   */
  readonly role: RoleUse | undefined
}

export interface Task {
  readonly type: 'task'
  readonly at: Position
  readonly name: Raw | undefined
  readonly keywords: Keywords
  readonly action: Action
  readonly loop: Loop | undefined
  readonly register: string | undefined
  /** A list of conditions, as `failedWhen` and `until`: `positionOf(changedWhen, index)` is where each stands. */
  readonly changedWhen: Raw | undefined
  readonly failedWhen: Raw | undefined
  readonly until: Raw | undefined
  readonly retries: Raw | undefined
  readonly delay: Raw | undefined
  readonly notify: Raw | undefined
  /** Topics that a handler listens to. */
  readonly listen: readonly string[]
  readonly delegateTo: Raw | undefined
  readonly delegateFacts: Raw | undefined
  readonly role: RoleUse | undefined
  /** Directory that relative names are looked up in first: that of the file that holds the task. */
  readonly directory: string
}

/** What a task does: a module, or one of the engine's own verbs. */
export type Action =
  | {
      readonly kind: 'module'
      readonly module: Module<never>
      readonly parameters: Raw
      readonly parametersAt: Position
      /** Text of `command: text`. */
      readonly freeForm: string | TemplateText | undefined
      /** Gives a dictionary of further parameters, beneath those that are written: `args: "{{ … }}"`. */
      readonly spread?: TemplateText
    }
  /** `set_fact`, `add_host`, `group_by`, `include_vars`, `meta`, `validate_argument_spec`. */
  | {
      readonly kind: 'verb'
      readonly verb: Verb
      readonly parameters: Raw
      readonly parametersAt: Position
      readonly freeForm: string | TemplateText | undefined
      readonly spread?: TemplateText
    }
  | { readonly kind: 'include-tasks'; readonly file: Raw; readonly apply: Keywords | undefined; readonly parametersAt: Position }
  | { readonly kind: 'include-role'; readonly parameters: RawDict; readonly apply: Keywords | undefined; readonly parametersAt: Position }

export type Verb = keyof typeof verbs

/** `loop:` or `with_PLUGIN:`. */
export interface Loop {
  readonly at: Position
  /** `loop` for the keyword, else the lookup's name. */
  readonly plugin: string
  readonly terms: Raw
  readonly control: LoopControl
}

export interface LoopControl {
  readonly loopVar: Raw | undefined
  readonly indexVar: Raw | undefined
  readonly label: Raw | undefined
  readonly pause: Raw | undefined
  readonly extended: Raw | undefined
  readonly extendedAllItems?: Raw
}

/**
 * Keywords that plays, blocks, roles and tasks share. Inheritance is the engine's: the nearest wins, but `when` is
 * collected from the outside in, `tags` are united, `vars` and `environment` are merged. Absent: not written.
 */
export interface Keywords {
  readonly vars?: RawDict
  /** Conditions of this level only, each true or the task is skipped. `positionOf(when, index)` is where each stands. */
  readonly when?: readonly Raw[]
  readonly whenAt?: Position
  readonly tags?: readonly Raw[]
  readonly become?: Raw
  readonly becomeUser?: Raw
  readonly becomeMethod?: Raw
  readonly becomeFlags?: Raw
  readonly becomeExe?: Raw
  readonly remoteUser?: Raw
  readonly connection?: Raw
  readonly port?: Raw
  readonly environment?: readonly Raw[]
  readonly checkMode?: Raw
  readonly diff?: Raw
  readonly noLog?: Raw
  readonly ignoreErrors?: Raw
  readonly ignoreUnreachable?: Raw
  readonly anyErrorsFatal?: Raw
  readonly runOnce?: Raw
  readonly throttle?: Raw
  readonly timeout?: Raw
  /** By the modules' full names. */
  readonly moduleDefaults?: RawDict
  // Of blocks, roles and `apply`. The tasks in them carry these already, unless they have their own.
  readonly delegateTo?: Raw
  readonly delegateFacts?: Raw
  readonly notify?: Raw
}
