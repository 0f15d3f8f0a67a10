import type { RunCommand } from '../commands.ts'

/** Looks at servers by their names from here, or at those of an inventory from both sides. */
export const run: RunCommand = async line =>
  line.arguments.length > 0 ? (await import('../verify-names.ts')).verifyNames(line) : (await import('../verify-hosts.ts')).verifyHosts(line)
