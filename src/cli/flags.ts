/** A flag as it is declared once: the parser, the help and the completion are made from this. */
export interface Flag {
  /** Without dashes: `inventory`. The key of its value. */
  readonly name: string
  /** One letter, as ansible-playbook has it. */
  readonly short?: string
  /** Another long name for the same. */
  readonly alias?: string
  /** What stands for its value in the help; absent for a switch. */
  readonly value?: string
  /** May be given several times; the value is then a list. */
  readonly repeat?: boolean
  readonly choices?: readonly string[]
  /** How a shell completes its value. */
  readonly completes?: 'file'
  /** What is told beside it. Begins with a capital letter, has no full stop. */
  readonly help: string
  readonly group: FlagGroup
}

export type FlagGroup = 'Which servers' | 'Which hosts' | 'Which tasks' | 'How' | 'Connection' | 'Privileges' | 'Probe' | 'Output' | 'Options'

const inventory: Flag = { name: 'inventory', short: 'i', value: 'PATH', repeat: true, completes: 'file', group: 'Which hosts', help: 'Inventory file or directory, or a list of hosts that ends in a comma; may be repeated ($ANSIBLE_INVENTORY)' }
const check: Flag = { name: 'check', short: 'C', group: 'How', help: 'Predict what would change and touch nothing' }
const detailed: Flag = { name: 'detailed-exitcode', group: 'How', help: 'End with 3 when a dry run finds changes' }

const hosts: readonly Flag[] = [
  inventory,
  { name: 'limit', short: 'l', value: 'PATTERN', group: 'Which hosts', help: 'Only hosts that match, such as web:!web3, or @FILE' },
  { name: 'list-hosts', group: 'Which hosts', help: 'List the hosts of each play and run nothing' },
]

const tasks: readonly Flag[] = [
  { name: 'tags', short: 't', value: 'TAGS', repeat: true, group: 'Which tasks', help: 'Only tasks with one of these tags, separated by commas' },
  { name: 'skip-tags', value: 'TAGS', repeat: true, group: 'Which tasks', help: 'All tasks but those with one of these tags' },
  { name: 'start-at-task', value: 'NAME', group: 'Which tasks', help: 'Begin with the task of this name' },
  { name: 'list-tasks', group: 'Which tasks', help: 'List the tasks of each play and run nothing' },
  { name: 'list-tags', group: 'Which tasks', help: 'List all tags and run nothing' },
  { name: 'syntax-check', group: 'Which tasks', help: 'Read and check all files and run nothing' },
]

const how: readonly Flag[] = [
  { name: 'extra-vars', short: 'e', value: 'VARS', repeat: true, group: 'How', help: 'Variables as key=value, as YAML or JSON, or from @FILE; they win over all others' },
  { name: 'forks', short: 'f', value: 'NUMBER', group: 'How', help: 'How many hosts are worked on at once (50)' },
  { name: 'task-timeout', value: 'SECONDS', group: 'How', help: 'Stop and fail a task that takes longer (0: no limit)' },
  { name: 'force-handlers', group: 'How', help: 'Run notified handlers on hosts that failed, too' },
  { name: 'no-scout', group: 'How', help: 'Load facts when a task asks for them, not ahead of it; slower, with the same result' },
]

const connection: readonly Flag[] = [
  { name: 'user', short: 'u', value: 'NAME', group: 'Connection', help: 'Log in as this user' },
  { name: 'ask-pass', short: 'k', group: 'Connection', help: 'Ask for the password of the login' },
  { name: 'private-key', alias: 'key-file', value: 'FILE', completes: 'file', group: 'Connection', help: 'Log in with this key' },
  { name: 'connection', short: 'c', value: 'KIND', choices: ['ssh', 'local'], group: 'Connection', help: 'How hosts are reached: ssh or local' },
  { name: 'timeout', short: 'T', value: 'SECONDS', group: 'Connection', help: 'How long a connection may take to stand (10)' },
  { name: 'host-keys', value: 'POLICY', choices: ['strict', 'accept-new', 'off'], group: 'Connection', help: 'What to do about unknown host keys: strict, accept-new or off ($ANSIBLE_HOST_KEY_CHECKING, or StrictHostKeyChecking of ~/.ssh/config)' },
]

const privileges: readonly Flag[] = [
  { name: 'become', short: 'b', group: 'Privileges', help: 'Become another user for every task' },
  { name: 'become-user', value: 'NAME', group: 'Privileges', help: 'The user to become (root)' },
  { name: 'become-method', value: 'METHOD', choices: ['sudo', 'su', 'doas'], group: 'Privileges', help: 'How: sudo, su or doas' },
  { name: 'ask-become-pass', short: 'K', group: 'Privileges', help: 'Ask for the password that becoming needs' },
]

const output: readonly Flag[] = [
  { name: 'output', value: 'FORM', choices: ['auto', 'plain', 'ndjson', 'junit'], group: 'Output', help: 'auto, plain, ndjson (docs/events.md) or junit' },
  { name: 'verbose', short: 'v', repeat: true, group: 'Output', help: 'Say why a task changed or was skipped; -vv says more, up to -vvvv' },
  { name: 'color', group: 'Output', help: 'Colours, also where there is no terminal ($FORCE_COLOR)' },
  { name: 'no-color', group: 'Output', help: 'No colours ($NO_COLOR)' },
]

const diff: Flag = { name: 'diff', short: 'D', group: 'Output', help: 'Show what changes in files as diffs' }
const noDiff: Flag = { name: 'no-diff', group: 'Output', help: 'Leave out the diffs' }

export const planFlags: readonly Flag[] = [...hosts, ...tasks, ...how, detailed, ...connection, ...privileges, diff, noDiff, ...output]
export const applyFlags: readonly Flag[] = [...hosts, ...tasks, check, ...how, detailed, ...connection, ...privileges, diff, noDiff, ...output]

const only = (flags: readonly Flag[], ...names: readonly string[]): readonly Flag[] => flags.filter(({ name }) => names.includes(name))

export const verifyFlags: readonly Flag[] = [
  ...only(hosts, 'inventory', 'limit'),
  { name: 'resolve', value: 'NAME:PORT:ADDRESS', repeat: true, group: 'How', help: 'Connect there for this name and port, whatever DNS says; may be repeated' },
  { name: 'ca', value: 'FILE', completes: 'file', group: 'How', help: 'Trust the certificates in this PEM file, too' },
  { name: 'active', group: 'How', help: 'Send also what could change something or looks like an attack: PUT, POST, CONNECT. Servers of the inventory get it always' },
  { name: 'allow-private', group: 'How', help: 'Look also at addresses that only a private network reaches. Servers of the inventory may have them always' },
  { name: 'strict', group: 'How', help: 'End with 2 for warnings, too' },
  { name: 'timeout', short: 'T', value: 'SECONDS', group: 'How', help: 'How long one server may take (60)' },
  { name: 'forks', short: 'f', value: 'NUMBER', group: 'How', help: 'How many servers are looked at at once (20)' },
  ...only(how, 'extra-vars'),
  { name: 'probe', value: 'NAME', group: 'Probe', help: 'Be a homeserver of this name for the time of the run, which the servers can reach: shows what goes out, and that signed requests come in unchanged' },
  { name: 'probe-certificate', value: 'FILE', completes: 'file', group: 'Probe', help: 'Its certificate with the intermediates, PEM' },
  { name: 'probe-key', value: 'FILE', completes: 'file', group: 'Probe', help: 'Its key, PEM' },
  { name: 'probe-listen', value: 'ADDRESS:PORT', group: 'Probe', help: 'Where it listens (all addresses, the port of its name)' },
  ...only(connection, 'user', 'ask-pass', 'private-key', 'connection', 'host-keys'),
  ...privileges,
  { name: 'output', value: 'FORM', choices: ['plain', 'json', 'tap', 'junit', 'federation-tester'], group: 'Output', help: 'plain, json (a line a server), tap, junit or federation-tester (docs/verify.md)' },
  { name: 'verbose', short: 'v', repeat: true, group: 'Output', help: 'Say also what passed and what is only worth knowing; of many servers, all that is wrong' },
  ...only(output, 'color', 'no-color'),
]

export const docFlags: readonly Flag[] = [
  { name: 'output', value: 'FORM', choices: ['plain', 'markdown', 'json-schema'], group: 'Options', help: 'plain, markdown (the reference of all modules) or json-schema (for editors)' },
]

/** Every command has these. */
export const helpFlag: Flag = { name: 'help', short: 'h', group: 'Options', help: 'Show this text' }
export const versionFlag: Flag = { name: 'version', group: 'Options', help: 'Show the version' }

/** ansible-playbook has these and this program does not: the answer should say so instead of guessing. */
export const foreignFlags: readonly string[] = [
  'step', 'vault-id', 'vault-password-file', 'vault-pass-file', 'ask-vault-pass', 'ask-vault-password', 'J', 'flush-cache', 'module-path', 'M',
  'become-password-file', 'become-pass-file', 'connection-password-file', 'conn-pass-file', 'ssh-common-args', 'ssh-extra-args', 'sftp-extra-args', 'scp-extra-args',
]
