import { ProvisionError, renderError } from '../core/error.ts'
import { troubleWithFile } from '../core/file-trouble.ts'
import { nearbyText } from '../report/nearby.ts'
import { programVersion } from '../core/version.ts'

/**
 * An error as the user reads it. A mistake of the user's in full with its place; anything else is one of the
 * program's, in a line that says what to report. Its stack is shown only under MATRIX_PROVISION_DEBUG=1.
 */
export function mistakeText(error: unknown): string {
  const debug = process.env.MATRIX_PROVISION_DEBUG === '1'
  const stack = debug && error instanceof Error ? `\n${error.stack}` : ''
  const mistake = error instanceof ProvisionError ? error : troubleWithFile(error)
  if (mistake) return `${nearbyText(renderError(mistake), here())}${stack}`
  const said = error instanceof Error ? `${error.name}: ${error.message}` : String(error)
  const [first = ''] = said.split('\n')
  return `error[internal]: ${first}\n`
    + `  This is a mistake of matrix-provision ${programVersion()} (Node ${process.versions.node}, ${process.platform}), not yours.`
    + (debug ? stack : '\n  Please report it with the command line and what it prints with MATRIX_PROVISION_DEBUG=1 set.')
}

/** The current directory, which may be gone. */
function here(): string {
  try {
    return process.cwd()
  } catch {
    return '/'
  }
}
