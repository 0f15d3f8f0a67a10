import { type Module, unchanged } from './module.ts'

const module: Module<{ readonly data: string }> = {
  name: 'ping',
  collection: 'ansible.builtin',
  summary: 'See whether a host can be worked on',
  description: ['Logs in, becomes the user that the task names, and finds a shell that answers. No ICMP is sent.'],
  parameters: { data: { type: 'str', default: 'pong', description: 'What to answer; `crash` ends the task as failed.' } },
  readOnly: true,
  returns: { ping: 'The value of `data`.' },
  examples: `
- name: The hosts can be reached
  ansible.builtin.ping:
`,
  async plan({ data }, { facts }) {
    await facts.platform('')
    return data === 'crash' ? { changes: [], result: () => ({ failed: true, changed: false, msg: 'boom' }) } : unchanged({ ping: data })
  },
}

export default module
