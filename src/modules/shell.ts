import { planCommand, runParameters, runReturns, type RunParameters } from './command-run.ts'
import { failure, type Module } from './module.ts'

interface Parameters extends RunParameters {
  readonly cmd?: string
  readonly executable?: string
}

const module: Module<Parameters> = {
  name: 'shell',
  collection: 'ansible.builtin',
  summary: 'Run a command line in a shell',
  description: [
    "Gives a text to the host's shell. Where no pipe, redirection or variable is needed, `command` is safer.",
    'It runs every time, so the task is always changed; say what it makes with `creates`, or when it changed something with `changed_when`.',
    'A dry run lists the command and does not run it: what it would print is known after apply.',
  ],
  freeForm: 'cmd',
  parameters: {
    cmd: { type: 'str', description: 'The command line.' },
    ...runParameters,
    executable: { type: 'path', description: 'Absolute path of the shell to use instead of /bin/sh.' },
  },
  returns: runReturns,
  examples: `
- name: How many requests failed
  ansible.builtin.shell: grep -c ' 502 ' /var/log/apache2/access.log || true
  register: failed_requests
  changed_when: false
`,
  async plan(parameters, context) {
    const { cmd, executable = '/bin/sh' } = parameters
    if (!cmd?.trim()) return failure('no command given', { rc: 256 })
    return planCommand({ cmd, argv: [executable, '-c', cmd] }, parameters, context)
  },
}

export default module
