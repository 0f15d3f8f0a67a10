/**
 * A value that cannot be known before something runs. It travels through templates and conditions like any other
 * value and carries why it is not known. Modules never see one: a task whose parameters hang on an unknown is
 * itself shown as known after apply.
 */
export class Unknown {
  /** Why it is not known, as a clause: `'apt update' has not run yet`. */
  readonly why: string

  constructor(why: string) {
    this.why = why
  }

  toString(): string {
    return '(known after apply)'
  }

  toJSON(): string {
    return '(known after apply)'
  }
}

export const isUnknown = (value: unknown): value is Unknown => value instanceof Unknown

/** Thrown to leave a computation that has met an unknown; caught by whoever asked for the computation. */
export class UnknownReached extends Error {
  readonly unknown: Unknown

  constructor(unknown: Unknown) {
    super(unknown.why)
    this.unknown = unknown
  }
}
