import { applyFlags, docFlags, planFlags, verifyFlags, type Flag } from './flags.ts'

/** A command as it is declared once: the parser, the help and the completion are made from this. */
export interface Command {
  readonly name: string
  readonly summary: string
  /** What it takes beside flags. */
  readonly arguments: readonly Argument[]
  readonly flags: readonly Flag[]
  /** Real ones, to be copied: each a command line and what it does. */
  readonly examples: readonly (readonly [line: string, what: string])[]
  /** Further sentences for the help, a paragraph each. */
  readonly about?: readonly string[]
  readonly run: () => Promise<{ readonly run: RunCommand }>
}

export interface Argument {
  readonly name: string
  readonly required: boolean
  readonly repeat: boolean
  readonly choices?: readonly string[]
  readonly completes?: 'file' | 'module'
}

/** Does what the command line asks for and gives back the exit code. */
export type RunCommand = (line: CommandLine) => Promise<number>

/** A command line that was understood. */
export interface CommandLine {
  readonly command: string
  readonly arguments: readonly string[]
  /** Flags that were given: a text, a list for a flag that may be repeated, true for a switch. */
  readonly flags: FlagValues
  readonly verbosity: number
}

export interface FlagValues {
  readonly [flag: string]: string | readonly string[] | true | undefined
}

const playbooks: Argument = { name: 'PLAYBOOK', required: true, repeat: true, completes: 'file' }

export const commands: readonly Command[] = [
  {
    name: 'plan',
    summary: 'Show what apply would change, as diffs; nothing is touched',
    arguments: [playbooks],
    flags: planFlags,
    examples: [
      ['matrix-provision plan playbooks/site.yml -i inventory.yml', 'what would change on every host'],
      ['matrix-provision plan site.yml -l canary --tags apache --detailed-exitcode', 'for a script: ends with 3 when something would'],
    ],
    about: ['+ is made, ~ is changed, - is removed, > is run, ? can only be known after apply. Hosts with the same plan are shown once.'],
    run: () => import('./command/plan.ts'),
  },
  {
    name: 'apply',
    summary: 'Make it so; a second run changes nothing',
    arguments: [playbooks],
    flags: applyFlags,
    examples: [
      ['matrix-provision apply playbooks/site.yml -i inventory.yml --diff', 'change what differs and show it'],
      ['matrix-provision apply site.yml -i hosts.ini -l web1 -K -e matrix_domain=example.org', 'one host, with a password for sudo'],
    ],
    about: ['The first Ctrl-C lets what runs come to its end and stops; the second stops at once.'],
    run: () => import('./command/apply.ts'),
  },
  {
    name: 'verify',
    summary: 'Does federation work, and if not: what breaks it',
    arguments: [{ name: 'NAME', required: false, repeat: true }],
    flags: verifyFlags,
    examples: [
      ['matrix-provision verify example.org', 'one server, as others see it'],
      ['matrix-provision verify -i inventory.yml -l canary', 'every host of the inventory at its own address, from outside and inside'],
    ],
    about: [
      'NAME is a server name: what stands behind the colon in @user:example.org. Without a name, hosts of the inventory are looked at, over SSH too.',
      'Ends with 0 when federation works, and with 2 when something is broken.',
    ],
    run: () => import('./command/verify.ts'),
  },
  {
    name: 'doc',
    summary: 'Show the modules, or the parameters, results and examples of one; or a check of verify',
    arguments: [{ name: 'MODULE', required: false, repeat: false, completes: 'module' }],
    flags: docFlags,
    examples: [
      ['matrix-provision doc', 'all modules, a line each'],
      ['matrix-provision doc apache2_module', 'all about one'],
      ['matrix-provision doc HTTP-06', 'a check of verify: what it finds, the usual causes, the cures; doc checks lists all'],
    ],
    run: () => import('./command/doc.ts'),
  },
  {
    name: 'lab',
    summary: 'Throw-away hosts on this machine to try playbooks on',
    arguments: [
      { name: 'ACTION', required: true, repeat: false, choices: ['up', 'list', 'ssh', 'reset', 'down'] },
      { name: 'ARGUMENT', required: false, repeat: true },
    ],
    flags: [
      { name: 'release', value: 'NAME', choices: ['bookworm', 'trixie'], group: 'Options', help: 'Debian release of hosts that are made' },
      { name: 'bare', group: 'Options', help: 'Hosts that are made have no Apache yet' },
      { name: 'synapse', group: 'Options', help: 'Hosts that are made run Synapse instead of a stub of a homeserver' },
    ],
    examples: [
      ['matrix-provision lab up 3', 'three hosts lab1 to lab3, and .lab/inventory.yml to reach them'],
      ['matrix-provision lab up 2 --bare --synapse', 'two real homeservers that wait for Apache'],
      ['matrix-provision lab ssh lab1 -- systemctl status apache2', 'a command on a host; without one, a shell'],
    ],
    about: [
      'up NUMBER sees to it that so many hosts run. list shows them. ssh HOST [-- COMMAND] logs in. reset HOST… makes hosts anew. down takes everything away.',
      'Needs root on Linux (systemd-nspawn), or else Docker or Podman.',
    ],
    run: () => import('./command/lab.ts'),
  },
  {
    name: 'completion',
    summary: 'Write completion for a shell to standard output',
    arguments: [{ name: 'SHELL', required: true, repeat: false, choices: ['bash', 'zsh', 'fish'] }],
    flags: [],
    examples: [
      ['source <(matrix-provision completion bash)', 'for this shell; put it into ~/.bashrc for all'],
      ['matrix-provision completion fish > ~/.config/fish/completions/matrix-provision.fish', 'for fish, for good'],
    ],
    run: () => import('./command/completion.ts'),
  },
]

export const commandNamed = (name: string): Command | undefined => commands.find(command => command.name === name)
