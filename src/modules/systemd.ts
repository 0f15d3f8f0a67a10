import { failure, type Module } from './module.ts'
import { planUnit } from './unit-plan.ts'

interface Parameters {
  readonly name?: string
  readonly state?: 'started' | 'stopped' | 'restarted' | 'reloaded'
  readonly enabled?: boolean
  readonly masked?: boolean
  readonly force?: boolean
  readonly daemon_reload: boolean
  readonly daemon_reexec: boolean
  readonly scope: 'system'
  readonly no_block: boolean
}

const module: Module<Parameters> = {
  name: 'systemd',
  collection: 'ansible.builtin',
  aliases: ['systemd_service'],
  summary: 'Manage systemd units',
  description: [
    'Before Apache (apache2.service, httpd.service) is started, restarted or reloaded, its whole configuration is checked. When it is broken the task fails and Apache is left as it is.',
    'A dry run lists a restart or reload. It says "validated at apply" where changes that are not made yet decide whether the configuration is valid.',
  ],
  parameters: {
    name: { type: 'str', aliases: ['service', 'unit'], description: 'The unit. Without a suffix it is a service.' },
    state: {
      type: 'str',
      choices: ['started', 'stopped', 'restarted', 'reloaded'],
      description: 'Whether it runs. `restarted` and `reloaded` act on every run, and start a unit that does not run.',
    },
    enabled: { type: 'bool', description: 'Whether it starts at boot.' },
    masked: { type: 'bool', description: 'Whether it is masked, so that nothing can start it. Done before the rest.' },
    force: { type: 'bool', description: 'Replace links that are in the way when it is enabled or masked.' },
    daemon_reload: {
      type: 'bool',
      default: false,
      aliases: ['daemon-reload'],
      description: 'Let systemd read its unit files again first. It does not make the task changed.',
    },
    daemon_reexec: {
      type: 'bool',
      default: false,
      aliases: ['daemon-reexec'],
      description: 'Let systemd start itself anew first. It does not make the task changed.',
    },
    scope: { type: 'str', choices: ['system'], default: 'system', description: 'Whose units: those of the system.' },
    no_block: { type: 'bool', default: false, description: 'Do not wait until what was asked of systemd is done.' },
  },
  returns: {
    name: 'The unit as it was asked for.',
    state: '`started` or `stopped`.',
    enabled: 'Whether it starts at boot now.',
    status: 'Properties that systemd gave before anything was changed.',
  },
  examples: `
- name: Apache runs, also after a reboot
  ansible.builtin.systemd:
    name: apache2
    state: started
    enabled: true

- name: Synapse's unit file is read again
  ansible.builtin.systemd:
    name: matrix-synapse
    daemon_reload: true
    state: restarted
`,
  async plan(parameters, context) {
    const { name, state, enabled, masked, force } = parameters
    const needing = Object.entries({ state, enabled, masked }).find(([, value]) => value !== undefined)?.[0]
    if (name === undefined && needing !== undefined) return failure(`missing parameter(s) required by '${needing}': name`)
    const pattern = ['*', '?', '['].find(character => name?.includes(character))
    if (pattern !== undefined)
      return failure(`This module does not currently support using glob patterns, found '${pattern}' in service name: ${name}`)
    return planUnit(
      {
        name,
        state,
        enabled,
        masked,
        force,
        daemonReload: parameters.daemon_reload,
        daemonReexec: parameters.daemon_reexec,
        noBlock: parameters.no_block,
      },
      context,
    )
  },
}

export default module
