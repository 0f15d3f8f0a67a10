import type { RunCommand } from '../commands.ts'
import { runPlaybooksOf } from '../run-playbooks.ts'

/** Makes the hosts what the playbooks say; with `--check` only foretells it. */
export const run: RunCommand = line => runPlaybooksOf(line)
