import { failure, type Module, type Plan, type PlanContext, unchanged } from './module.ts'
import { normalPath } from './normal-path.ts'

interface Parameters {
  readonly src: string
}

const module: Module<Parameters> = {
  name: 'slurp',
  collection: 'ansible.builtin',
  summary: 'Brings the bytes of a file to the controller',
  parameters: {
    src: { type: 'path', required: true, aliases: ['path'], description: 'The file.' },
  },
  readOnly: true,
  returns: { content: 'The bytes, in base64.', source: 'Path of the file.', encoding: '`base64`.' },
  examples: `
- name: What does the server say it is?
  slurp:
    src: /var/www/matrix/server.json
  register: document

- debug:
    msg: "{{ (document.content | b64decode | from_json)['m.server'] }}"
`,
  plan: planSlurp,
}

export default module

async function planSlurp({ src }: Parameters, context: PlanContext): Promise<Plan> {
  const path = await normalPath(src, context)
  const [state, content] = await Promise.all([context.facts.followed(path), context.facts.content(path)])
  if (content) return unchanged({ content: Buffer.from(content).toString('base64'), source: path, encoding: 'base64' })
  if (state.type === 'absent') return failure(`file not found: ${path}`)
  if (state.type === 'directory') return failure(`source is a directory and must be a file: ${path}`)
  return failure(`unable to slurp file: ${path} is a ${state.type}`)
}
