import { isUnknown, UnknownReached } from '../core/unknown.ts'
import { type Module, type PlanContext, unchanged } from './module.ts'

interface Parameters {
  readonly that: readonly (string | boolean)[]
  readonly fail_msg?: unknown
  readonly success_msg?: unknown
  readonly quiet: boolean
}

const module: Module<Parameters> = {
  name: 'assert',
  collection: 'ansible.builtin',
  summary: 'Fail unless conditions hold',
  parameters: {
    that: {
      type: 'list',
      elements: 'raw',
      required: true,
      expression: true,
      description: 'Conditions as in `when:`, without braces. Each must hold.',
    },
    fail_msg: { type: 'raw', aliases: ['msg'], description: 'What to say when one does not: a text or a list of texts.' },
    success_msg: { type: 'raw', description: 'What to say when all do: a text or a list of texts.' },
    quiet: { type: 'bool', default: false, description: 'Say nothing when all hold.' },
  },
  readOnly: true,
  returns: {
    assertion: 'The condition that did not hold.',
    evaluated_to: 'What it gave: false.',
    msg: 'The text of `fail_msg` or `success_msg`.',
  },
  examples: `
- name: The server name is a domain
  ansible.builtin.assert:
    that:
      - matrix_server_name is search('[.]')
      - matrix_server_name | length <= 230
    fail_msg: "{{ matrix_server_name }} cannot be a Matrix server name"
`,
  async plan(parameters, context) {
    const aloud = parameters.quiet ? {} : { _ansible_verbose_always: true }
    for (const assertion of conditions(parameters.that, context)) {
      const holds = context.condition(assertion)
      if (isUnknown(holds)) throw new UnknownReached(holds)
      if (!holds)
        return {
          changes: [],
          result: () => ({
            failed: true,
            changed: false,
            evaluated_to: false,
            assertion,
            msg: parameters.fail_msg ?? 'Assertion failed',
            ...aloud,
          }),
        }
    }
    return unchanged({ msg: parameters.success_msg ?? 'All assertions passed', ...aloud })
  },
}

/** A lone text with braces may stand for a list of conditions. */
function conditions(that: Parameters['that'], context: PlanContext): readonly (string | boolean)[] {
  const [first] = that
  if (that.length !== 1 || typeof first !== 'string' || !first.includes('{{')) return that
  const value = context.variable(first)
  if (isUnknown(value)) throw new UnknownReached(value)
  if (Array.isArray(value)) return value as (string | boolean)[]
  return typeof value === 'string' || typeof value === 'boolean' ? [value] : that
}

export default module
