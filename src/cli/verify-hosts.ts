import { ProvisionError } from '../core/error.ts'
import type { RunCommand } from './commands.ts'

export const verifyHosts: RunCommand = async () => {
  throw new ProvisionError('wrong-use', 'verify needs a name', { hint: 'For example: matrix-provision verify example.org' })
}
