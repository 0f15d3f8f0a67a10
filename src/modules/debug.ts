import { type Module, type ModuleResult, unchanged } from './module.ts'

interface Parameters {
  readonly msg?: unknown
  readonly var?: string
  readonly verbosity: number
}

const module: Module<Parameters> = {
  name: 'debug',
  collection: 'ansible.builtin',
  summary: 'Show a text or a variable',
  parameters: {
    msg: { type: 'raw', nullable: true, description: 'What to show. Without it and `var`: `Hello world!`.' },
    var: {
      type: 'str',
      expression: true,
      description: 'A variable or expression, without braces, whose value is shown under its own text.',
    },
    verbosity: { type: 'int', default: 0, description: 'Say it only when the run has at least this many `-v`.' },
  },
  rules: { mutuallyExclusive: [['msg', 'var']] },
  readOnly: true,
  returns: { msg: 'The text.' },
  examples: `
- name: What the check said
  ansible.builtin.debug:
    var: configtest.stderr_lines
`,
  async plan(parameters, context) {
    if (parameters.verbosity > context.verbosity)
      return unchanged({ skipped: true, skipped_reason: 'Verbosity threshold not met.' })
    if (parameters.var === undefined) return said({ msg: parameters.msg === undefined ? 'Hello world!' : parameters.msg })
    const value = context.variable(parameters.var)
    return said({ [parameters.var]: value === undefined ? 'VARIABLE IS NOT DEFINED!' : value })
  },
}

const said = (result: ModuleResult) => unchanged({ ...result, _ansible_verbose_always: true })

export default module
