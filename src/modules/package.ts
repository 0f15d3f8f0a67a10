import type { AptParameters } from './apt-plan.ts'
import apt from './apt.ts'
import { early } from './early.ts'
import { failure, type Module } from './module.ts'

interface Parameters extends Omit<AptParameters, 'package' | 'state'> {
  readonly name: readonly string[]
  readonly state: string
  readonly use: string
}

const { package: _, state: __, ...aptParameters } = apt.parameters

const states = apt.parameters.state!.choices as readonly AptParameters['state'][]

const module: Module<Parameters> = {
  name: 'package',
  collection: 'ansible.builtin',
  summary: "Install and remove packages with the host's own package manager",
  description: [
    'Finds out which package manager a host has and works through it. This release knows apt; parameters of `apt` can be given too.',
  ],
  parameters: {
    name: { type: 'list', elements: 'str', required: true, description: 'Packages, each as the package manager takes it.' },
    state: { type: 'str', required: true, description: '`present`, `absent`, `latest`, or what else the package manager knows.' },
    use: { type: 'str', default: 'auto', description: 'The package manager; `auto` and `apt` are known.' },
    ...aptParameters,
  },
  returns: apt.returns,
  examples: `
- name: curl is installed
  ansible.builtin.package:
    name: curl
    state: present
`,
  async plan(parameters, context) {
    const { name, state, use, ...rest } = parameters
    if (!['auto', 'apt', 'ansible.builtin.apt'].includes(use))
      return failure(`The package manager ${use} is not supported; only apt is`)
    const known = states.find(known => known === state)
    // What apt asks is asked with it, in the same round trip.
    const planned = known === undefined ? undefined : Promise.resolve(apt.plan({ ...rest, package: name, state: known }, context))
    if (planned) early(planned)
    const { packageManager } = await context.facts.platform('')
    if (packageManager === null) return failure('No package manager was found on this host')
    if (packageManager !== 'apt')
      return failure(`Packages of this host are managed by ${packageManager}, which is not supported yet; only apt is`)
    return planned ?? failure(`value of state must be one of: ${[...states].sort().join(', ')}, got: ${state}`)
  },
}

export default module
