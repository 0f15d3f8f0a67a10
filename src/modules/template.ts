import { createHash } from 'node:crypto'
import { posix } from 'node:path'
import { askAttributes, attributeParameters, type AttributeParameters, unsafeWrites } from './file-attributes.ts'
import { diffReturns, fileReturns } from './file-result.ts'
import { changed, type Module, type Plan, type PlanContext, type TemplateOptions } from './module.ts'
import { lookEarly, placeFile } from './place-file.ts'
import { orRefusal, refuse } from './refusal.ts'
import { placingParameters } from './replace-file.ts'
import { formatMode } from './symbolic-mode.ts'

interface Parameters extends AttributeParameters {
  readonly src: string
  readonly dest: string
  readonly force: boolean
  readonly follow: boolean
  readonly backup: boolean
  readonly validate?: string
  readonly unsafe_writes: boolean
  readonly newline_sequence: string
  readonly trim_blocks: boolean
  readonly lstrip_blocks: boolean
  readonly block_start_string?: string
  readonly block_end_string?: string
  readonly variable_start_string?: string
  readonly variable_end_string?: string
  readonly comment_start_string?: string
  readonly comment_end_string?: string
}

const module: Module<Parameters> = {
  name: 'template',
  collection: 'ansible.builtin',
  summary: 'Renders a template on the controller and puts the text onto the host',
  description: ['The text is UTF-8. What is written already is left alone; a file is replaced in one step.'],
  parameters: {
    src: { type: 'path', required: true, description: 'The template, looked for in the role\'s `templates`, the playbook\'s `templates` and beside the playbook.' },
    dest: { type: 'path', required: true, description: 'Where the text goes. A directory, or a path with a slash at the end, gets a file of the template\'s name.' },
    ...attributeParameters,
    mode: { ...attributeParameters.mode, description: `${attributeParameters.mode.description} \`preserve\`: those of the template.` },
    force: { type: 'bool', default: true, description: 'Whether a file that is there is replaced when its bytes differ.' },
    follow: { type: 'bool', default: false, description: 'Where `dest` is a link to a file: write to that file, and do not replace the link.' },
    ...placingParameters,
    ...unsafeWrites,
    newline_sequence: { type: 'str', default: '\n', choices: ['\n', '\r', '\r\n', '\\n', '\\r', '\\r\\n'], description: 'What ends a line in the text.' },
    trim_blocks: { type: 'bool', default: true, description: 'Take away the newline behind a block.' },
    lstrip_blocks: { type: 'bool', default: false, description: 'Take away blanks in front of a block that begins a line.' },
    block_start_string: { type: 'str', description: 'What begins a block, instead of `{%`.' },
    block_end_string: { type: 'str', description: 'What ends a block, instead of `%}`.' },
    variable_start_string: { type: 'str', description: 'What begins an expression, instead of `{{`.' },
    variable_end_string: { type: 'str', description: 'What ends an expression, instead of `}}`.' },
    comment_start_string: { type: 'str', description: 'What begins a comment, instead of `{#`.' },
    comment_end_string: { type: 'str', description: 'What ends a comment, instead of `#}`.' },
    output_encoding: { type: 'str', default: 'utf-8', choices: ['utf-8'], description: 'Encoding of the text on the host.' },
  },
  returns: {
    dest: 'Path of the file on the host.',
    src: 'Path of the template.',
    checksum: 'SHA-1 of the text.',
    md5sum: 'MD5 of the text.',
    backup_file: 'Where the former file is kept.',
    ...fileReturns,
    ...diffReturns,
  },
  examples: `
- name: Virtual host
  template:
    src: homeserver.conf.j2
    dest: /etc/apache2/sites-available/matrix.conf
    mode: "0644"
  notify: Reload Apache
`,
  plan: (parameters, context) => orRefusal(planTemplate(parameters, context)),
}

export default module

async function planTemplate(parameters: Parameters, context: PlanContext): Promise<Plan> {
  const { src, dest, force, follow, backup, validate, unsafe_writes } = parameters
  const file = context.controller.readFile(src, 'templates')
  if (!file) refuse(`could not find src=${src}`, { hint: 'It is looked for in the templates directory of the role, in templates beside the playbook, and beside the playbook.' })

  lookEarly({ dest, name: posix.basename(src) }, context)
  const content = Buffer.from(context.controller.renderTemplate(src, optionsOf(parameters), dest))
  const mode = parameters.mode === 'preserve' ? formatMode(file.mode & 0o7777) : parameters.mode
  const asked = await askAttributes({ owner: parameters.owner, group: parameters.group, mode }, context)
  const { mode: _, ...askedDirectory } = asked
  const { changes, result } = await placeFile(
    { source: { content }, name: posix.basename(src), dest, asked, askedDirectory, force, follow, backup, validate, unsafe: unsafe_writes },
    context,
  )
  const hash = (algorithm: string) => createHash(algorithm).update(content).digest('hex')
  return changed(changes, { ...result, src: file.path, checksum: hash('sha1'), md5sum: hash('md5') })
}

const optionsOf = (parameters: Parameters): TemplateOptions => ({
  trimBlocks: parameters.trim_blocks,
  lstripBlocks: parameters.lstrip_blocks,
  newlineSequence: parameters.newline_sequence.replace('\\r', '\r').replace('\\n', '\n'),
  blockStart: parameters.block_start_string,
  blockEnd: parameters.block_end_string,
  variableStart: parameters.variable_start_string,
  variableEnd: parameters.variable_end_string,
  commentStart: parameters.comment_start_string,
  commentEnd: parameters.comment_end_string,
})
