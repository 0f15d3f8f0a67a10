import { ProvisionError } from '../../core/error.ts'
import type { Position } from '../../core/position.ts'
import { TemplateText, type Raw, type RawDict } from '../../core/value.ts'
import { fullNameOf } from '../../modules/registry.ts'
import { parseKeyValues, splitArguments } from '../key-value.ts'
import { copyPlace, positionOf, valuePositionOf } from '../positions.ts'
import { isTaskKeyword, keywordsOf, type Owner } from './keyword.ts'
import { unknownModule } from './shared-keywords.ts'
import { describe } from './shape.ts'

/** What a task is to do, as it is written in one of Ansible's many ways (`parsing/mod_args.py`). */
export interface WrittenAction {
  /** The key that it stands under: `copy`, `action`. */
  readonly key: string
  /** The name as written, without `ansible.builtin.` for what the engine itself does. */
  readonly name: string
  readonly at: Position
  readonly parameters: RawDict
  readonly parametersAt: Position
  readonly freeForm: string | TemplateText | undefined
  /** Gives further parameters, beneath the written ones. */
  readonly spread: TemplateText | undefined
  /** `local_action`. */
  readonly local: boolean
}

/** What the engine does itself, by its short name. */
export const verbs: readonly string[] = ['set_fact', 'add_host', 'group_by', 'include_vars', 'meta', 'validate_argument_spec', 'include_tasks', 'import_tasks', 'include_role', 'import_role']

/** Words that stay together as a command, with only some `key=value` taken out. */
const commands = new Set(['command', 'shell', 'raw', 'script'])

/** What takes words that are no parameters. */
const wordy = new Set([...commands, 'include_vars', 'include_tasks', 'import_tasks', 'meta'])

/** The short name of a verb, or undefined for what is none. */
export function verbOf(name: string): string | undefined {
  const short = name.replace(/^ansible\.(builtin|legacy)\./, '')
  return verbs.includes(short) ? short : undefined
}

const isAction = (name: string): boolean => verbOf(name) !== undefined || fullNameOf(name) !== undefined

/** The keys of a task that are no keywords, so that one of them must be its action. */
export const actionKeys = (task: RawDict): string[] => [...task.keys()].filter((key): key is string => typeof key === 'string' && !isTaskKeyword(key))

/**
 * Finds what a task is to do.
 *
 * @throws ProvisionError `unknown-module`, `unsupported`, `playbook-syntax` for none or several
 */
export function findAction(task: RawDict, owner: Owner, at: Position): WrittenAction {
  const named = ['action', 'local_action'].filter(key => task.has(key))
  const keys = [...named, ...actionKeys(task).filter(isAction)]
  if (keys.length > 1)
    throw new ProvisionError('playbook-syntax', `conflicting action statements: ${keys.join(', ')}`, { at: positionOf(task, keys[1]) ?? at, hint: 'Make two tasks of it: a task does one thing.' })
  const [key] = keys
  if (key === undefined) throw noAction(task, owner, at)
  return named.length > 0 ? oldStyle(task, key, at) : newStyle(task, key, at)
}

/** The keyword or module that was meant: whichever key is unknown. */
function noAction(task: RawDict, owner: Owner, at: Position): ProvisionError {
  const unknown = actionKeys(task)
  if (unknown.length === 0) return new ProvisionError('playbook-syntax', 'no module/action detected in task.', { at, hint: 'Add a module, such as: debug: msg=hello' })
  for (const name of unknown) {
    if (name === 'include') return new ProvisionError('unsupported', 'include is not supported', { at: positionOf(task, name), hint: 'Use include_tasks or import_tasks.' })
    if (name.endsWith('import_playbook')) return new ProvisionError('playbook-syntax', 'import_playbook cannot stand among tasks', { at: positionOf(task, name), hint: 'It stands where a play stands.' })
  }
  const errors = unknown.map(name => unknownModule(name, positionOf(task, name) ?? at, [...verbs, ...keywordsOf(owner)]))
  return errors.find(error => error.code === 'unsupported') ?? errors.find(error => error.hint) ?? errors[0]!
}

/** `copy: {…}`, `copy: src=a dest=b`, `command: ls -l`, `ping:`. */
function newStyle(task: RawDict, key: string, taskAt: Position): WrittenAction {
  const at = positionOf(task, key) ?? taskAt
  return assemble(task, { key, name: verbOf(key) ?? key, at, local: false }, task.get(key)!, valuePositionOf(task, key) ?? at)
}

/** `action: copy src=a dest=b`, `action: {module: copy, src: a}`, and the same as `local_action`. */
function oldStyle(task: RawDict, key: string, taskAt: Position): WrittenAction {
  const at = positionOf(task, key) ?? taskAt
  const valueAt = valuePositionOf(task, key) ?? at
  const written = task.get(key)!
  const head = (name: string, where: Position) => {
    if (!isAction(name)) throw unknownModule(name, where, verbs)
    return { key, name: verbOf(name) ?? name, at, local: key === 'local_action' }
  }
  if (written instanceof Map) {
    const { module, ...places } = { module: written.get('module'), at: valuePositionOf(written, 'module') ?? valueAt }
    if (typeof module !== 'string' && !(module instanceof TemplateText)) throw new ProvisionError('playbook-syntax', `${key} has no module`, { at, hint: 'Name it: action: {module: copy, …}' })
    const { name, rest } = splitName(module, places.at)
    const others: RawDict = new Map()
    for (const [parameter, value] of written as RawDict) {
      if (parameter === 'module') continue
      others.set(parameter, value)
      copyPlace(written, others, parameter)
    }
    const line = rest === '' ? undefined : parseKeyValues(rest, commands.has(name), places.at)
    for (const [parameter, value] of line?.named ?? []) others.set(parameter, value)
    const nested = others.get('args')
    if (nested instanceof Map) {
      others.delete('args')
      for (const [parameter, value] of nested as RawDict) others.set(parameter, value)
    }
    return assemble(task, head(name, places.at), others, valueAt, line?.free)
  }
  if (typeof written !== 'string' && !(written instanceof TemplateText)) throw new ProvisionError('playbook-syntax', `${key} must be a text or a dictionary, not ${describe(written)}`, { at: valueAt })
  const { name, rest } = splitName(written, valueAt)
  return assemble(task, head(name, valueAt), rest === '' ? null : written instanceof TemplateText ? new TemplateText(rest, written.at, true) : rest, valueAt)
}

function splitName(written: string | TemplateText, at: Position): { name: string; rest: string } {
  const words = splitArguments(written instanceof TemplateText ? written.text : written, at)
  const name = (words[0] ?? '').trim()
  if (/\{\{|\{%/.test(name)) throw new ProvisionError('unsupported', 'the name of a module cannot be a template', { at, hint: 'Write a task for each module, with conditions.' })
  return { name, rest: words.slice(1).join(' ') }
}

type Head = Pick<WrittenAction, 'key' | 'name' | 'at' | 'local'>

function assemble(task: RawDict, head: Head, written: Raw, parametersAt: Position, words?: string | TemplateText): WrittenAction {
  const beneath = argsOf(task)
  const parameters: RawDict = new Map(beneath.parameters)
  for (const key of beneath.parameters.keys()) copyPlace(beneath.parameters, parameters, key)
  let freeForm = words
  if (typeof written === 'string' || written instanceof TemplateText) {
    const line = parseKeyValues(written, commands.has(shortName(head.name)), parametersAt)
    freeForm = line.free
    take(line.named, parameters)
  } else if (written instanceof Map) take(written as RawDict, parameters)
  else if (written !== null) throw new ProvisionError('playbook-syntax', `unexpected parameter type in action: ${describe(written)}`, { at: parametersAt, hint: 'Parameters are a dictionary, or key=value in one line.' })
  if (freeForm === undefined || wordy.has(shortName(head.name))) return { ...head, parameters, parametersAt, freeForm, spread: beneath.spread }
  // `debug: "{{ parameters }}"`: the template gives the parameters.
  if (freeForm instanceof TemplateText) return { ...head, parameters, parametersAt, freeForm: undefined, spread: freeForm }
  throw new ProvisionError('playbook-syntax', `this task '${head.name}' has extra params, which is only allowed in the following modules: ${[...wordy].sort().join(', ')}`, {
    at: parametersAt,
    hint: `'${freeForm.trim()}' is no key=value.`,
  })
}

/** `args:`, which counts less than what is written with the module. */
function argsOf(task: RawDict): { parameters: RawDict; spread: TemplateText | undefined } {
  const written = task.get('args') ?? null
  if (written === null) return { parameters: new Map(), spread: undefined }
  if (written instanceof Map) return { parameters: written as RawDict, spread: undefined }
  if (written instanceof TemplateText) return { parameters: new Map(), spread: written }
  throw new ProvisionError('playbook-syntax', 'args must be a dictionary or a template that gives one', { at: valuePositionOf(task, 'args') })
}

function take(from: RawDict, into: RawDict): void {
  for (const [key, value] of from) {
    into.set(key, value)
    copyPlace(from, into, key)
  }
}

const shortName = (name: string): string => name.slice(name.lastIndexOf('.') + 1)
