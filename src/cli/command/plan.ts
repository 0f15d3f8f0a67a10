import type { RunCommand } from '../commands.ts'
import { runPlaybooksOf } from '../run-playbooks.ts'

/** Shows what `apply` would change. */
export const run: RunCommand = line => runPlaybooksOf(line)
