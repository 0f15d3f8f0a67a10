import { posix } from 'node:path'
import { asBytes, bytesAsText } from '../core/byte-pattern.ts'
import { attributeChange } from './attribute-change.ts'
import { planDirectories } from './directories.ts'
import {
  actor, askAttributes, type AskedAttributes, attributeParameters, type AttributeParameters, attributesOf, attributesOfNew, attributeSteps, unsafeWrites, withAsked,
} from './file-attributes.ts'
import { type Seen, seenThrough, sha256, shownBytes } from './file-change.ts'
import { diffReturns, hardLinkWarnings } from './file-result.ts'
import { timeZone } from './host-clock.ts'
import { ensureLine, type LineEdit, linesOf, removeLines } from './line-edit.ts'
import { changed, type Module, type Plan, type PlanContext, unchanged } from './module.ts'
import { normalPath } from './normal-path.ts'
import { orRefusal, refuse } from './refusal.ts'
import { backupName, placingParameters, replaceFile } from './replace-file.ts'

interface Parameters extends AttributeParameters {
  readonly path: string
  readonly state: 'present' | 'absent'
  readonly line?: string
  readonly regexp?: string
  readonly search_string?: string
  readonly insertafter?: string
  readonly insertbefore?: string
  readonly backrefs: boolean
  readonly firstmatch: boolean
  readonly create: boolean
  readonly backup: boolean
  readonly validate?: string
  readonly unsafe_writes: boolean
}

const module: Module<Parameters> = {
  name: 'lineinfile',
  collection: 'ansible.builtin',
  summary: 'Makes sure that a line is in a file, or is not',
  description: [
    'Regular expressions are Python\'s, and are applied to each line with its end. They see bytes: a file need not be UTF-8, and `\\w` knows ASCII only.',
    'A file that is a link is followed. Where the last line has no end, what is put in behind it still gets a line of its own.',
  ],
  parameters: {
    path: { type: 'path', required: true, aliases: ['dest', 'destfile', 'name'], description: 'The file.' },
    state: { type: 'str', default: 'present', choices: ['absent', 'present'], description: 'Whether the line is to be there.' },
    line: { type: 'str', aliases: ['value'], description: 'The line, without its end. Needed where it is to be there.' },
    regexp: { type: 'str', aliases: ['regex'], description: 'Finds the line that becomes `line`: the last that matches. With `absent`: all lines that go.' },
    search_string: { type: 'str', description: 'As `regexp`, but a text that the line contains.' },
    insertafter: { type: 'str', description: 'Where no line is found: behind the last line that matches this regular expression. `EOF`, the default, or none that matches: at the end. `BOF`: at the beginning.' },
    insertbefore: { type: 'str', description: 'The same, in front of the last line that matches. `BOF`: at the beginning.' },
    backrefs: { type: 'bool', default: false, description: 'Fill `\\1` and `\\g<name>` in `line` with what `regexp` found. Where it finds nothing, nothing is changed.' },
    firstmatch: { type: 'bool', default: false, description: 'Take the first line that matches instead of the last.' },
    create: { type: 'bool', default: false, description: 'Make the file, and directories above it, where it is missing.' },
    ...placingParameters,
    ...attributeParameters,
    ...unsafeWrites,
  },
  rules: { mutuallyExclusive: [['insertbefore', 'insertafter'], ['regexp', 'search_string'], ['backrefs', 'search_string']] },
  returns: { msg: '`line added`, `line replaced`, or how many were removed.', backup: 'Where the former file is kept; empty where it is not.', found: 'With `absent`: how many lines there were.', ...diffReturns },
  examples: `
- name: Apache listens on the federation port
  lineinfile:
    path: /etc/apache2/ports.conf
    line: Listen 8448
    insertafter: ^Listen 80

- name: Keep the level of the log, whatever it was
  lineinfile:
    path: /etc/apache2/apache2.conf
    regexp: ^LogLevel\\b
    line: LogLevel warn
    validate: /usr/sbin/apache2ctl -t -f %s
`,
  plan: (parameters, context) => orRefusal(planLine(parameters, context)),
}

export default module

async function planLine(parameters: Parameters, context: PlanContext): Promise<Plan> {
  refuseContradictions(parameters)
  const { facts } = context
  const path = await normalPath(parameters.path, context)
  const [file, followed, content, asked, by] = await Promise.all([
    facts.file(path), facts.followed(path), facts.content(path), askAttributes(parameters, context), actor(facts),
  ])
  if (followed.type === 'directory') refuse(`Path ${path} is a directory !`, { rc: 256 })
  if (followed.type === 'absent' && parameters.state === 'absent') return unchanged({ msg: 'file not present' })
  if (followed.type === 'absent' && !parameters.create) refuse(`Destination ${path} does not exist !`, { rc: 257 })
  if (followed.type === 'absent' && file.type === 'link' && followed.path === path) refuse(`${path} is a link that leads in a circle`)
  if (followed.type !== 'absent' && content === null) refuse(`${path} is a ${followed.type}, in which there are no lines`)

  const observed = linesOf(bytesAsText(content ?? new Uint8Array()))
  const edited = parameters.state === 'present' ? ensureLine(observed, editOf(parameters)) : removeLines(observed, editOf(parameters))
  const real: Seen = { path: followed.path, state: followed, ...(content && { content, digest: sha256(content) }) }
  // What is asked of a link is for the link itself, as Ansible does it.
  const link = file.type === 'link' ? attributeChange({ path, state: file, leadsTo: followed }, asked) : undefined
  const askedOfFile: AskedAttributes = file.type === 'link' ? { warnings: [] } : asked
  const base = followed.type === 'absent' ? attributesOfNew('file', by, undefined) : attributesOf(followed)
  const given = link !== undefined || attributeSteps(path, base, withAsked(base, askedOfFile, false)).length > 0

  const written = edited.msg === '' ? undefined : await rewrite(real, Buffer.from(edited.lines.join(''), 'latin1'), askedOfFile, parameters, context)
  const change = written ? written.change : followed.type === 'absent' ? undefined : attributeChange(real, askedOfFile)
  const changes = [...(written?.directories ?? []), change && seenThrough(path, change), link].filter(each => each !== undefined)
  const msg = [edited.msg, given && changes.length > 0 ? 'ownership, perms or SE linux context changed' : ''].filter(Boolean).join(' and ')
  const warnings = [...asked.warnings, ...emptyPatternWarnings(parameters), ...hardLinkWarnings(real, change)]
  return changed(changes, {
    msg,
    backup: written?.backup ?? '',
    ...('found' in edited && { found: edited.found }),
    ...(warnings.length > 0 && { warnings }),
  })
}

function refuseContradictions({ state, line, regexp, search_string, backrefs }: Parameters): void {
  if (state === 'present' && backrefs && regexp === undefined) refuse('regexp is required with backrefs=true')
  if (state === 'present' && line === undefined) refuse('line is required with state=present')
  if (state === 'absent' && regexp === undefined && search_string === undefined && line === undefined)
    refuse('one of line, search_string, or regexp is required with state=absent')
}

async function rewrite(real: Seen, content: Uint8Array, asked: AskedAttributes, parameters: Parameters, context: PlanContext) {
  const { facts, now } = context
  const { validate, unsafe_writes: unsafe } = parameters
  const absent = real.state.type === 'absent'
  const [by, directories, zone] = await Promise.all([
    actor(facts),
    absent ? planDirectories([{ path: posix.dirname(real.path), asked: { warnings: [] } }], context) : undefined,
    parameters.backup && !absent ? timeZone(facts) : 'UTC',
  ])
  const backup = parameters.backup && real.digest ? backupName(real.path, real.digest, now, zone) : undefined
  const former = (real.content?.length ?? 0) > shownBytes ? { ...real, content: undefined } : real
  const change = replaceFile(former, { content }, asked, { validate, backup, unsafe }, { by, now })
  return { change, backup, directories: directories?.changes ?? [] }
}

/** Texts as the bytes that they are in UTF-8, one character for each. */
const editOf = ({ line, regexp, search_string, insertafter, insertbefore, backrefs, firstmatch }: Parameters): LineEdit => ({
  line: asBytes(line ?? ''),
  ...(regexp !== undefined && { regexp: asBytes(regexp) }),
  ...(search_string !== undefined && { search: asBytes(search_string) }),
  ...(insertbefore !== undefined ? { before: asBytes(insertbefore) } : { after: asBytes(insertafter ?? 'EOF') }),
  backrefs,
  firstMatch: firstmatch,
})

const emptyPatternWarnings = ({ regexp, search_string }: Parameters): string[] =>
  regexp === '' || search_string === ''
    ? [`An empty ${regexp === '' ? 'regular expression' : 'search string'} is found in every line: the last line is what it means.${regexp === '' ? " Write '^' if that is wanted." : ''}`]
    : []
