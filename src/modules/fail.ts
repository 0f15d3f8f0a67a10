import { failure, type Module } from './module.ts'

const module: Module<{ readonly msg: unknown }> = {
  name: 'fail',
  collection: 'ansible.builtin',
  summary: 'End the host\'s run with a message',
  description: ['Fails the task. Usually with a `when:` that says what must not be.'],
  parameters: { msg: { type: 'raw', default: 'Failed as requested from task', description: 'What to say.' } },
  readOnly: true,
  examples: `
- name: A server name is needed
  ansible.builtin.fail:
    msg: Say matrix_server_name in the inventory
  when: matrix_server_name is not defined
`,
  async plan({ msg }) {
    return typeof msg === 'string' ? failure(msg) : { changes: [], result: () => ({ failed: true, changed: false, msg }) }
  },
}

export default module
