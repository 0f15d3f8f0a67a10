import type { ShellVariables } from '../language/template/scope.ts'
import type { BecomeOptions, HostKeyPolicy, Passwords, RunOptions } from '../rollout/options.ts'
import type { CommandLine, FlagValues } from './commands.ts'
import { given, list, positive, splitCommas, text } from './flag-values.ts'

/**
 * What a run is asked to do, from flags and the environment; flags win.
 *
 * @throws ProvisionError `wrong-use` for a value that is none
 */
export function runOptions(line: CommandLine, environment: ShellVariables, passwords: Passwords, signal: AbortSignal): RunOptions {
  const { flags } = line
  const command = line.command === 'plan' ? 'plan' : 'apply'
  const has = (flag: string) => flags[flag] === true
  const become = becomeOptions(flags)
  return {
    command,
    playbooks: line.arguments,
    inventory: list(flags.inventory) ?? splitCommas(environment.ANSIBLE_INVENTORY),
    tags: (list(flags.tags) ?? []).flatMap(splitCommas),
    skipTags: (list(flags['skip-tags']) ?? []).flatMap(splitCommas),
    checkMode: command === 'plan' || has('check'),
    diff: wantsDiff(line),
    forks: positive(flags, 'forks') ?? 50,
    extraVars: list(flags['extra-vars']) ?? [],
    passwords,
    forceHandlers: has('force-handlers'),
    scout: !has('no-scout'),
    verbosity: line.verbosity,
    detailedExitcode: has('detailed-exitcode'),
    signal,
    listTasks: has('list-tasks'),
    listHosts: has('list-hosts'),
    listTags: has('list-tags'),
    syntaxCheck: has('syntax-check'),
    ...given('hostKeys', hostKeys(flags, environment)),
    ...given('limit', text(flags.limit)),
    ...given('user', text(flags.user)),
    ...given('become', become),
    ...given('privateKeyFile', text(flags['private-key'])),
    ...given('connection', text(flags.connection)),
    ...given('timeout', positive(flags, 'timeout')),
    ...given('taskTimeout', positive(flags, 'task-timeout', 0)),
    ...given('startAtTask', text(flags['start-at-task'])),
  }
}

/** A plan is looked at for its diffs; an apply shows them when asked. */
export const wantsDiff = ({ command, flags }: CommandLine): boolean => flags['no-diff'] !== true && (command === 'plan' || flags.diff === true)

function becomeOptions(flags: FlagValues): BecomeOptions | undefined {
  const user = text(flags['become-user'])
  const method = text(flags['become-method'])
  if (flags.become !== true && user === undefined && method === undefined) return undefined
  return { enabled: flags.become === true, ...given('user', user), ...given('method', method) }
}

/** Ansible's switch knows two of the three policies. */
function hostKeys(flags: FlagValues, environment: ShellVariables): HostKeyPolicy | undefined {
  const asked = text(flags['host-keys'])
  if (asked !== undefined) return asked as HostKeyPolicy
  const checking = environment.ANSIBLE_HOST_KEY_CHECKING
  return checking ? (/^(0|false|no|off|n|f)$/i.test(checking) ? 'off' : 'strict') : undefined
}
