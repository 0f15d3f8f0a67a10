import { splitWords, UnclosedText } from '../core/shlex.ts'
import { planCommand, runParameters, runReturns, type RunParameters } from './command-run.ts'
import { failure, type Module, type Plan } from './module.ts'

interface Parameters extends RunParameters {
  readonly cmd?: string
  readonly argv?: readonly string[]
  readonly expand_argument_vars: boolean
  readonly executable?: string
}

const module: Module<Parameters> = {
  name: 'command',
  collection: 'ansible.builtin',
  summary: 'Run a program',
  description: [
    'Runs a program with arguments. No shell takes part: pipes, redirections and several commands need `shell`.',
    'It runs every time, so the task is always changed; say what it makes with `creates`, or when it changed something with `changed_when`.',
    'A dry run lists the command and does not run it: what it would print is known after apply.',
  ],
  freeForm: 'cmd',
  parameters: {
    cmd: { type: 'str', description: 'The program and its arguments as one text, split into words as a shell would.' },
    argv: { type: 'list', elements: 'str', description: 'The program and its arguments as a list.' },
    ...runParameters,
    expand_argument_vars: {
      type: 'bool',
      default: true,
      description: 'Whether `$NAME` and a leading `~` in the arguments stand for variables and home directories of the host.',
    },
    executable: { type: 'str', description: 'Not used; a warning says so.' },
  },
  returns: runReturns,
  examples: `
- name: Make the server's signing key
  ansible.builtin.command:
    argv: [generate_signing_key, -o, /etc/matrix-synapse/homeserver.signing.key]
    creates: /etc/matrix-synapse/homeserver.signing.key

- name: Which version of Apache runs
  ansible.builtin.command: apache2ctl -v
  register: apache
  changed_when: false
`,
  async plan(parameters, context) {
    const { cmd, argv } = parameters
    if (!cmd?.trim() && !argv?.length) return failure('no command given', { rc: 256 })
    if (cmd?.trim() && argv?.length) return failure('only command or argv can be given, not both', { rc: 256 })
    let words: readonly string[]
    try {
      words = argv?.length ? argv : splitWords(cmd!)
    } catch (error) {
      if (error instanceof UnclosedText) return failure(`${error.message} in: ${cmd}`, { rc: 256 })
      throw error
    }
    const plan = await planCommand(
      { cmd: words, argv: words, expand: parameters.expand_argument_vars && words.some(hasVariable) },
      parameters,
      context,
    )
    return parameters.executable === undefined
      ? plan
      : warned(plan, `command does not use 'executable': ${parameters.executable} is ignored`)
  },
}

const hasVariable = (word: string): boolean => word.startsWith('~') || /\$(\w|\{)/.test(word)

const warned = (plan: Plan, warning: string): Plan => ({
  ...plan,
  result: outcomes => ({ ...plan.result(outcomes), warnings: [warning] }),
})

export default module
