import { createHash } from 'node:crypto'
import { posix } from 'node:path'
import { pythonText } from '../core/python-text.ts'
import { Float, type Value } from '../core/value.ts'
import { askAttributes, attributeParameters, type AttributeParameters, unsafeWrites } from './file-attributes.ts'
import { shownBytes } from './file-change.ts'
import { diffReturns, fileResult, fileReturns, stateAfter } from './file-result.ts'
import { controllerTree } from './controller-tree.ts'
import { copiedTree } from './copied-tree.ts'
import { changed, type Module, type Plan, type PlanContext } from './module.ts'
import { normalPath } from './normal-path.ts'
import { lookEarly, placeFile, type Placement } from './place-file.ts'
import { placeTree, type TreePlacement } from './place-tree.ts'
import { jsonText } from './json-text.ts'
import { orRefusal, refuse } from './refusal.ts'
import { bytesFor, placingParameters } from './replace-file.ts'
import { formatMode } from './symbolic-mode.ts'

interface Parameters extends AttributeParameters {
  readonly src?: string
  readonly content?: unknown
  readonly dest: string
  readonly directory_mode?: string | number
  readonly remote_src: boolean
  readonly decrypt: boolean
  readonly force: boolean
  readonly follow: boolean
  readonly local_follow?: boolean
  readonly backup: boolean
  readonly validate?: string
  readonly checksum?: string
  readonly unsafe_writes: boolean
}

const module: Module<Parameters> = {
  name: 'copy',
  collection: 'ansible.builtin',
  summary: 'Puts a file, a directory or a text onto the host',
  description: [
    'Bytes that are there already are left alone. A file is replaced in one step: who reads it sees the former or the new one.',
    'A directory is copied with all that is in it; with a slash at the end of `src` only what is in it. What stands beside it at `dest` stays.',
    'With `remote_src` a directory keeps the permissions of its files and directories, and its links as links, unless `mode`, `directory_mode` and `local_follow` say otherwise.',
  ],
  parameters: {
    src: { type: 'path', description: 'File or directory on the controller, looked for in the role\'s `files`, the playbook\'s `files` and beside the playbook. With `remote_src` a path of the host.' },
    content: { type: 'raw', description: 'The text of the file. A list or dictionary is written as JSON.' },
    dest: { type: 'path', required: true, description: 'Where it goes. A directory, or a path with a slash at the end, gets a file of the same name; a missing directory with a slash is made.' },
    ...attributeParameters,
    mode: { ...attributeParameters.mode, description: `${attributeParameters.mode.description} \`preserve\`: those of \`src\`.` },
    directory_mode: { type: 'mode', description: 'Permissions of directories: of all that are made, and of those that a copied tree names.' },
    remote_src: { type: 'bool', default: false, description: 'Whether `src` is a path of the host.' },
    force: { type: 'bool', default: true, description: 'Whether a file that is there is replaced when its bytes differ.' },
    follow: { type: 'bool', default: false, description: 'Where `dest` is a link to a file: write to that file, and do not replace the link.' },
    local_follow: { type: 'bool', description: 'Whether links in a directory are replaced by what they lead to. Default: yes from the controller, no with `remote_src`.' },
    decrypt: { type: 'bool', default: true, description: 'Whether files of the controller that `ansible-vault` has encrypted are decrypted. Where no password is known, that is a mistake.' },
    ...placingParameters,
    checksum: { type: 'str', description: 'SHA-1 that `src` must have; otherwise nothing is changed.' },
    ...unsafeWrites,
  },
  rules: { mutuallyExclusive: [['src', 'content']], requiredOneOf: [['src', 'content']] },
  returns: {
    dest: 'Path of the file or directory on the host.',
    src: 'Where it came from.',
    checksum: 'SHA-1 of the file; with `remote_src` for files of up to 1 MiB, and where it was asked for.',
    md5sum: 'MD5 of the file, in the same cases.',
    backup_file: 'Where the former file is kept.',
    ...fileReturns,
    ...diffReturns,
  },
  examples: `
- name: A file of the role
  copy:
    src: robots.txt
    dest: /var/www/html/robots.txt
    owner: root
    group: root
    mode: "0644"

- name: A text, checked before it is put in place
  copy:
    content: "www-data ALL=(root) NOPASSWD: /usr/bin/systemctl reload apache2\\n"
    dest: /etc/sudoers.d/www-data
    mode: "0440"
    validate: /usr/sbin/visudo -cf %s

- name: What is in a directory
  copy:
    src: site/
    dest: /var/www/matrix
    directory_mode: "0755"
`,
  plan: (parameters, context) => orRefusal(planCopy(parameters, context)),
}

export default module

async function planCopy(parameters: Parameters, context: PlanContext): Promise<Plan> {
  const { src, content, dest, remote_src, checksum } = parameters
  if (content !== undefined && content !== null) {
    const bytes = Buffer.from(contentText(content))
    return copyBytes(bytes, { dest }, undefined, parameters, context)
  }
  if (src === undefined || src === '') refuse('src (or content) is required')
  if (remote_src) return copyOnHost(src, parameters, context)

  const file = src.endsWith('/') ? null : context.controller.readFile(src, 'files', parameters.decrypt)
  if (file) {
    const mode = parameters.mode === 'preserve' ? formatMode(file.mode & 0o7777) : parameters.mode
    if (checksum !== undefined && hash('sha1', file.content) !== checksum) refuseChecksum(hash('sha1', file.content), checksum)
    return copyBytes(file.content, { dest, name: posix.basename(src) }, file.path, { ...parameters, mode }, context)
  }
  const tree = controllerTree(src, context.controller, { follow: parameters.local_follow ?? true, decrypt: parameters.decrypt })
  if (!tree) refuse(`could not find src=${src}`, { hint: 'It is looked for in the files directory of the role, in files beside the playbook, and beside the playbook.' })
  const items = parameters.mode === 'preserve' ? tree.items : tree.items.map(item => (item.type === 'file' ? { ...item, mode: undefined } : item))
  const { changes, warnings } = await placeTree(items, await normalPath(dest, context), await howTo(parameters, context), context)
  return changed(changes, { dest: dest.endsWith('/') ? dest : `${dest}/`, src: tree.path, ...(warnings.length > 0 && { warnings }) })
}

async function copyBytes(content: Uint8Array, where: Pick<Placement, 'dest' | 'name'>, src: string | undefined, parameters: Parameters, context: PlanContext): Promise<Plan> {
  lookEarly(where, context)
  const { changes, result } = await placeFile({ ...(await howTo(parameters, context)), ...where, source: { content } }, context)
  // A file that is left as it is may hold anything.
  const sums = result.state === undefined ? {} : { checksum: hash('sha1', content), md5sum: hash('md5', content) }
  return changed(changes, { ...result, ...(src !== undefined && { src }), ...sums })
}

async function copyOnHost(src: string, parameters: Parameters, context: PlanContext): Promise<Plan> {
  const { facts } = context
  const { dest, checksum } = parameters
  lookEarly({ dest, name: posix.basename(src) }, context)
  const from = await normalPath(src, context)
  const [state, digest, how] = await Promise.all([facts.followed(from), facts.digest(from), howTo(parameters, context)])
  if (state.type === 'absent') refuse(`Source ${src} not found`)
  if (state.type === 'directory') {
    const root = await normalPath(dest, context)
    const [items, parent, there] = await Promise.all([
      copiedTree(from, src.endsWith('/') ? '' : posix.basename(from), facts, { follow: parameters.local_follow ?? false, mode: parameters.mode, plainTop: src.endsWith('/') && dest.endsWith('/') }),
      facts.followed(posix.dirname(root)),
      facts.followed(root),
    ])
    if (!dest.endsWith('/') && parent.type !== 'directory') refuse(`Destination directory ${posix.dirname(root)} does not exist`)
    const { changes, warnings } = await placeTree(items, root, how, context)
    const told = { dest, src, checksum: null, md5sum: null, ...fileResult(stateAfter(changes, { path: root, state: there })) }
    return changed(changes, { ...told, ...(warnings.length > 0 && { warnings }) })
  }
  if (state.type !== 'file' || digest === null) refuse(`Cannot copy invalid source '${src}': not a file`)
  const content = checksum !== undefined ? ((await facts.content(from)) ?? undefined) : await bytesFor(from, state, facts)
  const sums = content && { checksum: hash('sha1', content), md5sum: hash('md5', content) }
  if (checksum !== undefined && sums?.checksum !== checksum) refuseChecksum(sums?.checksum, checksum)
  const asked = parameters.mode === 'preserve' ? { ...how.asked, mode: state.mode } : how.asked
  const source = { from: state.path, digest, size: state.size, content: state.size > shownBytes ? undefined : content }
  const { changes, result } = await placeFile({ ...how, asked, dest, name: posix.basename(from), source }, context)
  return changed(changes, { ...result, src, ...(result.state !== undefined && sums) })
}

async function howTo(parameters: Parameters, context: PlanContext): Promise<TreePlacement> {
  const { owner, group, mode, directory_mode, force, follow, backup, validate, unsafe_writes } = parameters
  const asked = await askAttributes({ owner, group, ...(mode !== 'preserve' && { mode }) }, context)
  const { mode: _, ...ownership } = asked
  const askedDirectory = directory_mode === undefined ? ownership : { ...ownership, mode: directory_mode }
  return { asked, askedDirectory, force, follow, backup, validate, unsafe: unsafe_writes }
}

const contentText = (content: unknown): string => (isCollection(content) ? jsonText(content) : pythonText(content as Value))

const isCollection = (content: unknown): boolean => typeof content === 'object' && !(content instanceof Float)

const hash = (algorithm: 'sha1' | 'md5', content: Uint8Array) => createHash(algorithm).update(content).digest('hex')

function refuseChecksum(found: string | undefined, expected: string): never {
  refuse('Copied file does not match the expected checksum. Transfer failed.', { checksum: found, expected_checksum: expected })
}
