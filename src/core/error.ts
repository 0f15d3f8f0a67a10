import { readFileSync } from 'node:fs'
import { codeFrame, formatPosition, type Position } from './position.ts'

/**
 * Everything that a user can cause, by name. A code is stable: it appears in `error[code]`, in the event stream
 * and in the documentation.
 */
export const errorCodes = {
  'wrong-use': 'The command line is not understood',
  'file-missing': 'A file that is named does not exist or cannot be read',
  'yaml-syntax': 'A file is not valid YAML',
  'playbook-syntax': 'A playbook is valid YAML but not a playbook',
  'unsupported': 'Ansible knows it, this program does not',
  'unknown-module': 'A task names a module that does not exist',
  'module-parameters': 'A module is given a parameter that is unknown, missing, or of the wrong type',
  'template-syntax': 'A template cannot be parsed',
  'unknown-filter': 'A template uses a filter or a test that does not exist',
  'template-error': 'A template fails when it is rendered',
  'undefined-variable': 'A variable is used that nothing defines',
  'variable-cycle': 'Variables refer to each other in a circle',
  'template-fuel': 'A template does not come to an end',
  'pattern': 'A regular expression cannot be understood',
  'unknown-handler': 'A task notifies a handler that does not exist',
  'include-cycle': 'A file or role includes itself',
  'inventory-syntax': 'An inventory cannot be parsed',
  'no-hosts-matched': 'A pattern matches no host',
  'vault': 'An encrypted value cannot be read',
  'connection-setup': 'What is needed for a connection is missing on this machine',
  'lab': 'The lab cannot do what was asked',
  'internal': 'The program contradicts itself',
} as const

export type ErrorCode = keyof typeof errorCodes

export interface ErrorDetails {
  /** Where in the user's files the mistake is. */
  readonly at?: Position
  /** What to do about it, as an imperative sentence. */
  readonly hint?: string
  /** Lines that say how the program got there, such as `used by task 'Virtual host' (site.yml:38)`. */
  readonly context?: readonly string[]
  readonly cause?: unknown
  /** The text that `at` points into, when it is not the file on disk. */
  readonly source?: string
  /** The message in a task's result, where Ansible words it otherwise and playbooks look for that. */
  readonly said?: string
}

/** A mistake in what the user wrote or asked for. Shown with a code frame and without a stack. */
export class ProvisionError extends Error {
  readonly code: ErrorCode
  readonly at: Position | undefined
  readonly hint: string | undefined
  readonly context: readonly string[]
  readonly source: string | undefined
  readonly said: string | undefined

  constructor(code: ErrorCode, message: string, details: ErrorDetails = {}) {
    super(message, { cause: details.cause })
    this.name = 'ProvisionError'
    this.code = code
    this.at = details.at
    this.hint = details.hint
    this.context = details.context ?? []
    this.source = details.source
    this.said = details.said
  }

  /** The same error with one more line that says how the program got there. */
  within(line: string): ProvisionError {
    return this.#with({ context: [...this.context, line] })
  }

  /** The same error, at a position unless it has one already. */
  located(at: Position | undefined): ProvisionError {
    return this.at || !at ? this : this.#with({ at })
  }

  /** The same error, worded for results as Ansible does. */
  saying(said: string): ProvisionError {
    return this.#with({ said })
  }

  #with(details: ErrorDetails): ProvisionError {
    const { code, message, at, hint, cause, source, context, said } = this
    return new ProvisionError(code, message, { at, hint, cause, source, context, said, ...details })
  }
}

/** The error as a person should read it: what, where with the code around it, and what to do. */
export function renderError(error: ProvisionError): string {
  const lines = [`error[${error.code}]: ${error.message}`]
  if (error.at) {
    lines.push(`  ${formatPosition(error.at)}`)
    const text = error.source ?? readText(error.at.file)
    if (text !== undefined) lines.push(indent(codeFrame(text, error.at)))
  }
  for (const line of error.context) lines.push(`  ${line}`)
  if (error.hint) lines.push(indent(error.hint, '  '))
  return lines.join('\n')
}

const indent = (text: string, by = '  ') => text.replaceAll(/^/gm, by)

function readText(file: string): string | undefined {
  try {
    return readFileSync(file, 'utf8')
  } catch {
    return undefined
  }
}
