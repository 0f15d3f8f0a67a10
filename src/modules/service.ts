import { failure, type Module } from './module.ts'
import { planUnit } from './unit-plan.ts'

interface Parameters {
  readonly name: string
  readonly state?: 'started' | 'stopped' | 'restarted' | 'reloaded'
  readonly enabled?: boolean
  readonly use: string
  readonly sleep?: number
  readonly pattern?: string
  readonly runlevel?: string
  readonly arguments?: string
}

/** What other service managers take and systemd has no use for. */
const unused = ['pattern', 'runlevel', 'sleep', 'arguments'] as const

const module: Module<Parameters> = {
  name: 'service',
  collection: 'ansible.builtin',
  summary: 'Manage services',
  description: [
    "Manages a service through the host's service manager. This release knows systemd.",
    'Before Apache is started, restarted or reloaded, its whole configuration is checked, as with `systemd`.',
  ],
  parameters: {
    name: { type: 'str', required: true, description: 'The service.' },
    state: {
      type: 'str',
      choices: ['started', 'stopped', 'restarted', 'reloaded'],
      description: 'Whether it runs. `restarted` and `reloaded` act on every run, and start a service that does not run.',
    },
    enabled: { type: 'bool', description: 'Whether it starts at boot.' },
    use: { type: 'str', default: 'auto', description: 'The service manager; `auto` and `systemd` are known.' },
    sleep: { type: 'int', description: 'Has no meaning with systemd; a warning says so.' },
    pattern: { type: 'str', description: 'Has no meaning with systemd; a warning says so.' },
    runlevel: { type: 'str', description: 'Has no meaning with systemd; a warning says so.' },
    arguments: { type: 'str', aliases: ['args'], description: 'Has no meaning with systemd; a warning says so.' },
  },
  returns: {
    name: 'The service as it was asked for.',
    state: '`started` or `stopped`.',
    enabled: 'Whether it starts at boot now.',
    status: 'Properties that systemd gave before anything was changed.',
  },
  examples: `
- name: Reload Apache
  ansible.builtin.service:
    name: apache2
    state: reloaded
`,
  async plan(parameters, context) {
    const { name, state, enabled, use } = parameters
    if (!['auto', 'systemd', 'ansible.builtin.systemd'].includes(use))
      return failure(`The service manager ${use} is not supported, only systemd is`)
    const plan = await planUnit({ name, state, enabled }, context)
    const warnings = unused
      .filter(parameter => parameters[parameter] !== undefined)
      .map(parameter => `Ignoring "${parameter}" as it is not used in "systemd"`)
    if (warnings.length === 0) return plan
    return {
      ...plan,
      result: outcomes => {
        const result = plan.result(outcomes)
        return { ...result, warnings: [...warnings, ...(result.warnings ?? [])] }
      },
    }
  },
}

export default module
