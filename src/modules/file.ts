import { posix } from 'node:path'
import type { Change } from '../host/change.ts'
import type { Facts } from '../host/fact.ts'
import { attributeChange } from './attribute-change.ts'
import { early } from './early.ts'
import { actor, askAttributes, attributeParameters, type AttributeParameters } from './file-attributes.ts'
import { type Seen, seenThrough } from './file-change.ts'
import { fileResult, fileReturns, stateAfter, stateName } from './file-result.ts'
import type { FileTask, FileWork } from './file-task.ts'
import { askTimes, timeChange, timeParameters, type TimeParameters } from './file-times.ts'
import { hardLink } from './hard-link.ts'
import { makeDirectory } from './make-directory.ts'
import { makeLink } from './make-link.ts'
import { changed, type Module, type Plan, type PlanContext } from './module.ts'
import { inside, linkTarget, normalPath } from './normal-path.ts'
import { orRefusal, refuse } from './refusal.ts'
import { removal } from './remove-path.ts'
import { touchFile } from './touch-file.ts'

type State = 'absent' | 'directory' | 'file' | 'hard' | 'link' | 'touch'

interface Parameters extends AttributeParameters, TimeParameters {
  readonly path: string
  readonly state?: State
  readonly src?: string
  readonly recurse: boolean
  readonly force: boolean
  readonly follow: boolean
}

const module: Module<Parameters> = {
  name: 'file',
  collection: 'ansible.builtin',
  summary: 'What is at a path: a directory, a link, a file, or nothing; and who owns it',
  parameters: {
    path: { type: 'path', required: true, aliases: ['dest', 'name'], description: 'The path.' },
    state: {
      type: 'str', choices: ['absent', 'directory', 'file', 'hard', 'link', 'touch'],
      description: '`directory`: it is made, with all above it. `link`, `hard`: it leads to `src`. `touch`: an empty file is made, and its times are set. `absent`: it is removed, a directory with all that is in it. `file`: it must be there. Default: what it is, or `file`; with `recurse`, `directory`.',
    },
    src: { type: 'path', description: 'Where a link leads. For `link` it is written as it is given.' },
    ...attributeParameters,
    unsafe_writes: { type: 'bool', default: false, description: 'As for other modules that make files; here nothing is written into one.' },
    recurse: { type: 'bool', default: false, description: 'Give everything in a directory the same owner, group and permissions.' },
    force: { type: 'bool', default: false, description: 'Make a link to what does not exist, or in the place of a file or of an empty directory.' },
    follow: { type: 'bool', default: true, description: 'Where the path is a link, owner, group and permissions are for what it leads to.' },
    ...timeParameters,
  },
  returns: { path: 'The path, for `file`, `directory` and `absent`.', dest: 'The path, for `link`, `hard` and `touch`.', src: 'Where a link leads.', diff: 'What is different: `before` and `after`.', ...fileReturns },
  examples: `
- name: Document root
  file:
    path: /var/www/matrix
    state: directory
    owner: root
    group: root
    mode: "0755"

- name: The private key is for root alone
  file:
    path: /etc/ssl/matrix/privkey.pem
    mode: u=rw,go=

- name: Default site is gone
  file:
    path: /var/www/html
    state: absent
`,
  plan: (parameters, context) => orRefusal(planFile(parameters, context)),
}

export default module

async function planFile(parameters: Parameters, context: PlanContext): Promise<Plan> {
  const { facts } = context
  const { src, recurse, force, follow } = parameters
  const named = await normalPath(parameters.path, context)
  if (parameters.state === 'link' && src !== undefined) early(facts.followed(linkTarget(named, src)), facts.followed(posix.dirname(named)), actor(facts))
  const [there, asked] = await Promise.all([see(named, facts), askAttributes(parameters, context)])
  // With a source, a directory is where the link goes.
  const within = src !== undefined && parameters.state !== 'link' && parameters.state !== 'absent' && there.leadsTo.type === 'directory'
  const observed = within ? await see(inside(named, posix.basename(src)), facts) : there
  const { path } = observed

  const state = parameters.state ?? (observed.state.type === 'absent' ? (recurse ? 'directory' : 'file') : (stateName(observed.state) as State))
  if (recurse && state !== 'directory') refuse("recurse option requires state to be 'directory'", { path })
  if (src !== undefined && state !== 'link' && state !== 'hard') refuse("src option requires state to be 'link' or 'hard'", { path })

  const times = await askTimes(parameters, state === 'touch', facts)
  const { changes, result, at } = await work[state]({ observed, src, force, follow, recurse, asked, times, context })
  const warnings = [...asked.warnings, ...(result.warnings ?? [])]
  return changed(changes, {
    ...result,
    ...fileResult(stateAfter(changes, at)),
    ...(state === 'absent' && { state: 'absent' }),
    ...(warnings.length > 0 && { warnings }),
    diff: diffOf(at.path, changes),
  })
}

async function see(path: string, facts: Facts): Promise<FileTask['observed']> {
  const [state, leadsTo] = await Promise.all([facts.file(path), facts.followed(path)])
  return { path, state, leadsTo }
}

const work: { readonly [S in State]: (task: FileTask) => Promise<FileWork> } = {
  absent: async ({ observed, context }) => ({
    changes: observed.state.type === 'absent' ? [] : [await removal(observed, context.facts)],
    result: { path: observed.path },
    at: observed,
  }),
  directory: makeDirectory,
  file: ensureFile,
  hard: hardLink,
  link: makeLink,
  touch: touchFile,
}

/** It must be there; what is asked for is changed. */
async function ensureFile({ observed, follow, asked, times, context }: FileTask): Promise<FileWork> {
  const { state, leadsTo } = observed
  const real: Seen = state.type === 'link' && follow ? { path: leadsTo.path, state: leadsTo } : observed
  const name = stateName(real.state)
  if (name !== 'file' && name !== 'hard') refuse(`file (${real.path}) is ${name}, cannot continue`, { path: real.path, ...fileResult(real.state), state: name })
  const attributes = attributeChange(real, asked)
  const dated = timeChange({ ...real, state: stateAfter(attributes ? [attributes] : [], real) }, times, context.now)
  return { changes: [attributes, dated].filter(change => change !== undefined).map(change => seenThrough(observed.path, change)), result: { path: real.path }, at: real }
}

/** As Ansible's results carry it: of the path itself. */
function diffOf(path: string, changes: readonly Change[]) {
  const own = changes.filter(change => change.subject.name === path)
  const side = (name: 'observed' | 'desired') => Object.assign({ path }, ...own.map(change => change[name])) as { readonly path: string }
  return { before: side('observed'), after: side('desired') }
}
