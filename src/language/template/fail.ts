import { ProvisionError, type ErrorCode } from '../../core/error.ts'

/** Ends the rendering. The position is added by the node that was being evaluated. */
export function fail(message: string, hint?: string): never {
  throw new ProvisionError('template-error', message, { hint })
}

export function failWith(code: ErrorCode, message: string, hint?: string): never {
  throw new ProvisionError(code, message, { hint })
}
