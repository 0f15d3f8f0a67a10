import { ProvisionError } from '../../core/error.ts'
import { didYouMean } from '../../core/nearest.ts'
import { Float, TemplateText, type Raw, type RawDict } from '../../core/value.ts'
import { positionOf, valuePositionOf } from '../positions.ts'
import { isLookup, lookupNames } from '../template/lookups/index.ts'

/** What a keyword can stand on. */
export type Owner = 'play' | 'role' | 'block' | 'task' | 'handler' | 'include' | 'playbook'

/** What is written for a keyword, as far as it is no template. */
type Kind = 'any' | 'truth' | 'number' | 'text'

interface Keyword {
  readonly on: readonly Owner[]
  readonly kind: Kind
  /** Ansible knows it and this program does not: what to do instead. */
  readonly refused?: string
}

const everywhere: readonly Owner[] = ['play', 'role', 'block', 'task', 'handler']
const aroundTasks: readonly Owner[] = ['role', 'block', 'task', 'handler']
const tasks: readonly Owner[] = ['task', 'handler']
const andInclude = (owners: readonly Owner[]): readonly Owner[] => [...owners, 'include']

const define = (on: readonly Owner[], kind: Kind, refused?: string): Keyword => ({ on, kind, refused })

/** Every keyword of the language and where it may stand (Ansible's `playbook/*.py`). */
const keywords = new Map<string, Keyword>(Object.entries({
  name: define([...andInclude(everywhere), 'playbook'], 'text'),
  vars: define([...andInclude(everywhere), 'playbook'], 'any'),
  tags: define([...andInclude(everywhere), 'playbook'], 'any'),
  when: define([...andInclude(aroundTasks), 'playbook'], 'any'),
  become: define(everywhere, 'truth'),
  become_user: define(everywhere, 'text'),
  become_method: define(everywhere, 'text'),
  become_flags: define(everywhere, 'text'),
  become_exe: define(everywhere, 'text'),
  remote_user: define(everywhere, 'text'),
  connection: define(everywhere, 'text'),
  port: define(everywhere, 'number'),
  environment: define(everywhere, 'any'),
  check_mode: define(everywhere, 'truth'),
  diff: define(everywhere, 'truth'),
  no_log: define(andInclude(everywhere), 'truth'),
  ignore_errors: define(andInclude(everywhere), 'truth'),
  ignore_unreachable: define(everywhere, 'truth'),
  any_errors_fatal: define(everywhere, 'truth'),
  run_once: define(andInclude(everywhere), 'truth'),
  throttle: define(everywhere, 'number'),
  timeout: define(andInclude(everywhere), 'number'),
  module_defaults: define(everywhere, 'any'),
  collections: define(andInclude(everywhere), 'any'),
  debugger: define(andInclude(everywhere), 'any', 'Remove it: there is no debugger.'),
  delegate_to: define(aroundTasks, 'text'),
  delegate_facts: define(aroundTasks, 'truth'),
  notify: define(['block', ...tasks], 'any'),

  hosts: define(['play'], 'any'),
  user: define(['play'], 'text'),
  gather_facts: define(['play'], 'truth'),
  gather_subset: define(['play'], 'any'),
  gather_timeout: define(['play'], 'number', 'Remove it: facts are read with everything else.'),
  fact_path: define(['play'], 'text', 'Remove it: local facts are not read.'),
  vars_files: define(['play'], 'any'),
  vars_prompt: define(['play'], 'any'),
  roles: define(['play'], 'any'),
  pre_tasks: define(['play'], 'any'),
  tasks: define(['play'], 'any'),
  post_tasks: define(['play'], 'any'),
  handlers: define(['play'], 'any'),
  serial: define(['play'], 'any'),
  strategy: define(['play'], 'text'),
  order: define(['play'], 'text'),
  max_fail_percentage: define(['play'], 'any'),
  force_handlers: define(['play'], 'truth'),

  block: define(['block'], 'any'),
  rescue: define(['block'], 'any'),
  always: define(['block'], 'any'),

  action: define(andInclude(tasks), 'any'),
  local_action: define(tasks, 'any'),
  args: define(andInclude(tasks), 'any'),
  async: define(tasks, 'number', 'Remove async and poll: a task may take as long as it needs, or as long as timeout: says.'),
  poll: define(tasks, 'number', 'Remove async and poll: a task may take as long as it needs, or as long as timeout: says.'),
  changed_when: define(tasks, 'any'),
  failed_when: define(tasks, 'any'),
  until: define(tasks, 'any'),
  retries: define(tasks, 'number'),
  delay: define(tasks, 'number'),
  loop: define(andInclude(tasks), 'any'),
  loop_control: define(andInclude(tasks), 'any'),
  register: define(andInclude(tasks), 'text'),
  listen: define(['handler'], 'any'),
}))

/** What Ansible calls an owner in its messages. */
const ansibleName: { readonly [O in Owner]: string } = {
  play: 'Play', role: 'RoleInclude', block: 'Block', task: 'Task', handler: 'Handler', include: 'TaskInclude', playbook: 'PlaybookInclude',
}

/** Whether a key of a task is a keyword and so not a module: `user` and `gather_facts` are keywords of plays only. */
export const isTaskKeyword = (name: string): boolean => /^with_./.test(name) || ['task', 'handler'].some(owner => keywords.get(name)?.on.includes(owner as Owner) ?? false)

/** All keywords that may stand on something. */
export const keywordsOf = (owner: Owner): string[] => [...keywords].filter(([, { on }]) => on.includes(owner)).map(([name]) => name)

/**
 * Checks that every key may stand where it does and that its value is of the right kind.
 *
 * @param others keys that are no keywords but are allowed: a module's name, a role's parameters
 * @throws ProvisionError `playbook-syntax`, `unsupported`
 */
export function checkKeywords(written: RawDict, owner: Owner, others: (name: string) => boolean = () => false): void {
  for (const [key, value] of written) {
    const at = positionOf(written, key)
    if (typeof key !== 'string') throw new ProvisionError('playbook-syntax', `a keyword is a text, not ${String(key)}`, { at, hint: 'Put quotes around it.' })
    if (others(key)) continue
    if (/^with_./.test(key) && (owner === 'task' || owner === 'handler' || owner === 'include')) {
      checkLoop(key, written)
      continue
    }
    const keyword = keywords.get(key)
    if (!keyword?.on.includes(owner)) throw misplaced(key, owner, keyword, written)
    if (keyword.refused !== undefined && value !== 0 && value !== null) throw new ProvisionError('unsupported', `${key} is not supported`, { at, hint: keyword.refused })
    if (value !== null && !fits(value, keyword.kind))
      throw new ProvisionError('playbook-syntax', `${key} must be ${kindText[keyword.kind]}`, { at: valuePositionOf(written, key) ?? at })
  }
}

function misplaced(key: string, owner: Owner, keyword: Keyword | undefined, written: RawDict): ProvisionError {
  const elsewhere = keyword && (owner === 'include' && keyword.on.includes('task') ? `Put ${key} under apply:, where it holds for the tasks that are included.` : `${key} stands on ${keyword.on.filter(on => on !== 'handler' || keyword.on.length === 1).map(on => `a ${on}`).join(', ')}.`)
  return new ProvisionError('playbook-syntax', `'${key}' is not a valid attribute for a ${ansibleName[owner]}`, {
    at: positionOf(written, key),
    hint: elsewhere ?? didYouMean(key, keywordsOf(owner)),
  })
}

function checkLoop(key: string, written: RawDict): void {
  const name = key.slice('with_'.length)
  if (!isLookup(name))
    throw new ProvisionError('playbook-syntax', `'${key}' is not a valid attribute for a Task`, { at: positionOf(written, key), hint: didYouMean(name, lookupNames(), near => `with_${near}`) ?? `There is no lookup '${name}'.` })
}

const kindText: { readonly [K in Kind]: string } = { any: 'there', truth: 'true or false', number: 'a number', text: 'a text' }

function fits(value: Raw, kind: Kind): boolean {
  if (kind === 'any' || value instanceof TemplateText) return true
  if (kind === 'truth') return typeof value === 'boolean' || value === 0 || value === 1 || (typeof value === 'string' && /^(y|yes|on|1|true|t|n|no|off|0|false|f)$/i.test(value.trim()))
  if (kind === 'number') return typeof value === 'number' || value instanceof Float || (typeof value === 'string' && /^\s*-?\d+(\.\d+)?\s*$/.test(value))
  return !Array.isArray(value) && !(value instanceof Map)
}
