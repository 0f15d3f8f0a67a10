import { Unknown } from '../core/unknown.ts'
import type { Change } from '../host/change.ts'
import type { Group } from '../host/fact.ts'
import { type Module, unchanged } from './module.ts'
import { decode } from './printed.ts'

interface Parameters {
  readonly name: string
  readonly state: 'present' | 'absent'
  readonly gid?: number
  readonly non_unique: boolean
  readonly system: boolean
  readonly force: boolean
  readonly gid_min?: number
  readonly gid_max?: number
}

const module: Module<Parameters> = {
  name: 'group',
  collection: 'ansible.builtin',
  summary: 'Manage groups',
  description: ['Works through groupadd, groupmod and groupdel. What it does cannot be undone.'],
  parameters: {
    name: { type: 'str', required: true, description: 'Name of the group.' },
    state: { type: 'str', choices: ['present', 'absent'], default: 'present', description: 'Whether it exists.' },
    gid: { type: 'int', description: 'Its number.' },
    non_unique: { type: 'bool', default: false, description: 'Take the number even if another group has it. Needs `gid`.' },
    system: { type: 'bool', default: false, description: 'Make a system group. Changes nothing for a group that exists.' },
    gid_min: { type: 'int', description: 'For a group that is made without `gid`: the lowest number that it may get.' },
    gid_max: { type: 'int', description: 'The highest.' },
    force: {
      type: 'bool',
      default: false,
      description: 'With `absent`: delete it even if it is the primary group of an account.',
    },
  },
  rules: { requiredIf: [['non_unique', true, ['gid']]] },
  returns: {
    name: 'Name of the group.',
    state: 'As asked for.',
    gid: 'Its number.',
    system: 'As asked for.',
  },
  examples: `
- name: Those who may read the server's logs
  ansible.builtin.group:
    name: matrix-logs
    system: true
`,
  async plan(parameters, { facts }) {
    const { name, state, gid, system } = parameters
    const group = await facts.group(name)
    if (state === 'absent') {
      if (!group) return unchanged({ name, state })
      const argv = ['groupdel', ...(parameters.force ? ['-f'] : []), name]
      return { changes: [changeOf(name, group, null, argv)], result: () => ({ changed: true, name, state }) }
    }
    if (group) {
      const result = { name, state, system }
      if (gid === undefined || gid === group.gid) return unchanged({ ...result, gid: group.gid })
      const argv = ['groupmod', '-g', String(gid), ...(parameters.non_unique ? ['-o'] : []), name]
      return { changes: [changeOf(name, group, { ...group, gid }, argv)], result: () => ({ changed: true, ...result, gid }) }
    }
    const argv = [
      'groupadd',
      ...(gid === undefined ? [] : ['-g', String(gid), ...(parameters.non_unique ? ['-o'] : [])]),
      ...(parameters.gid_min === undefined ? [] : ['-K', `GID_MIN=${parameters.gid_min}`]),
      ...(parameters.gid_max === undefined ? [] : ['-K', `GID_MAX=${parameters.gid_max}`]),
      ...(system ? ['-r'] : []),
      name,
    ]
    const change = changeOf(name, null, { name, gid: gid ?? -1, members: [] }, argv)
    return {
      changes: [{ ...change, steps: [...change.steps, { step: 'exec', argv: ['getent', 'group', name] }] }],
      result: outcomes => {
        const answer = outcomes?.[0]?.answers.find(answer => answer.step === 'exec')
        const number = answer
          ? Number(decode(answer.stdout).split(':')[2])
          : (gid ?? new Unknown(`group ${name} is not made yet`))
        return { changed: true, name, state, system, gid: number }
      },
    }
  },
}

const changeOf = (name: string, before: Group | null, after: Group | null, argv: readonly string[]): Change => ({
  subject: { kind: 'group', name },
  kind: before === null ? 'create' : after === null ? 'delete' : 'update',
  observed: before === null ? {} : { gid: before.gid },
  desired: after === null || after.gid === -1 ? {} : { gid: after.gid },
  steps: [{ step: 'account', argv }],
  undo: null,
  touches: [{ kind: 'group', key: name }],
  predicts: [{ kind: 'group', key: name, value: after }],
})

export default module
