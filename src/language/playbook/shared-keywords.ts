import { ProvisionError } from '../../core/error.ts'
import { TemplateText, type Raw, type RawDict } from '../../core/value.ts'
import { fullNameOf, isMissingHere, loadModule, nearestModules } from '../../modules/registry.ts'
import type { Keywords } from '../playbook.ts'
import { copyPlace, positionOf } from '../positions.ts'
import { describe, isVariableName, listOf, placeOf } from './shape.ts'

/** Keywords that are taken as they are. */
const plain = {
  become: 'become', become_user: 'becomeUser', become_method: 'becomeMethod', become_flags: 'becomeFlags', become_exe: 'becomeExe',
  remote_user: 'remoteUser', connection: 'connection', port: 'port', check_mode: 'checkMode', diff: 'diff', no_log: 'noLog',
  ignore_errors: 'ignoreErrors', ignore_unreachable: 'ignoreUnreachable', any_errors_fatal: 'anyErrorsFatal', run_once: 'runOnce',
  throttle: 'throttle', timeout: 'timeout', delegate_to: 'delegateTo', delegate_facts: 'delegateFacts',
} as const satisfies { readonly [written: string]: keyof Keywords }

type Writable = { -readonly [K in keyof Keywords]: Keywords[K] }

/**
 * The keywords that plays, roles, blocks and tasks share. The keys have been checked.
 *
 * @throws ProvisionError `playbook-syntax`, `unknown-module`
 */
export async function readKeywords(written: RawDict): Promise<Keywords> {
  const keywords: Writable = {}
  for (const [key, field] of Object.entries(plain)) {
    const value = written.get(key)
    if (value !== undefined && value !== null) (keywords as { [field: string]: Raw })[field] = value
  }
  const vars = readVars(written)
  if (vars.size > 0) keywords.vars = vars
  const when = listOf(written, 'when')
  if (when) {
    keywords.when = when
    keywords.whenAt = positionOf(when, 0) ?? placeOf(written, 'when')
  }
  const tags = readTags(written)
  if (tags) keywords.tags = tags
  const environment = listOf(written, 'environment')
  if (environment) keywords.environment = environment
  const notify = listOf(written, 'notify')
  if (notify) keywords.notify = notify
  const defaults = await readModuleDefaults(written)
  if (defaults) keywords.moduleDefaults = defaults
  return keywords
}

/** `vars`: a dictionary, or a list of them of which later ones win. */
export function readVars(written: RawDict): RawDict {
  const vars: RawDict = new Map()
  for (const part of listOf(written, 'vars') ?? []) {
    if (!(part instanceof Map))
      throw new ProvisionError('playbook-syntax', `vars must be a dictionary of variables, not ${describe(part)}`, { at: positionOf(part) ?? placeOf(written, 'vars') })
    for (const [name, value] of part as RawDict) {
      if (!isVariableName(name))
        throw new ProvisionError('playbook-syntax', `'${String(name)}' is not a valid variable name`, { at: positionOf(part, name), hint: 'A name begins with a letter or _ and has letters, digits and _ only.' })
      vars.set(name, value)
      copyPlace(part, vars, name)
    }
  }
  return vars
}

function readTags(written: RawDict): readonly Raw[] | undefined {
  const tags = listOf(written, 'tags')?.flatMap(tag => (typeof tag === 'string' ? tag.split(',').map(one => one.trim()) : [tag]))
  const wrong = tags?.find(tag => tag !== null && typeof tag === 'object' && !(tag instanceof TemplateText))
  if (wrong !== undefined) throw new ProvisionError('playbook-syntax', `tags must be texts, not ${describe(wrong)}`, { at: positionOf(wrong) ?? placeOf(written, 'tags') })
  return tags
}

/** Defaults for modules' parameters, by the modules' full names whatever they are called here. */
async function readModuleDefaults(written: RawDict): Promise<RawDict | undefined> {
  const parts = listOf(written, 'module_defaults')
  if (!parts) return undefined
  const defaults: RawDict = new Map()
  for (const part of parts) {
    if (!(part instanceof Map)) throw new ProvisionError('playbook-syntax', `module_defaults must be a dictionary of modules, not ${describe(part)}`, { at: positionOf(part) ?? placeOf(written, 'module_defaults') })
    for (const [name, values] of part as RawDict) {
      const at = positionOf(part, name)
      const fullName = fullNameOf(String(name))
      if (String(name).startsWith('group/')) throw new ProvisionError('unsupported', `groups of modules in module_defaults are not supported`, { at, hint: 'Name the modules one by one.' })
      if (fullName === undefined) throw unknownModule(String(name), at)
      const { collection, name: own } = await loadModule(fullName)
      const merged: Raw = values instanceof Map ? new Map([...((defaults.get(`${collection}.${own}`) ?? []) as RawDict), ...(values as RawDict)]) : values
      if (merged instanceof Map && values instanceof Map) for (const key of values.keys()) copyPlace(values, merged, key)
      defaults.set(`${collection}.${own}`, merged)
    }
  }
  return defaults
}

/** A name that no module has. @param others what else could have been meant: keywords, the engine's own verbs */
export function unknownModule(name: string, at: ReturnType<typeof positionOf>, others: Iterable<string> = []): ProvisionError {
  if (isMissingHere(name)) return new ProvisionError('unsupported', `the module '${name}' is not supported`, { at, hint: 'Remove the task, or do the same with another module.' })
  return new ProvisionError('unknown-module', `couldn't resolve module/action '${name}'`, { at, hint: nearestModules(name, others) ?? (name.includes('.') ? 'No collections can be installed: the modules that exist are all built in.' : undefined) })
}

/**
 * Keywords of something that holds something else, as seen from within: conditions and environments of both, united
 * tags and variables, of all else what is nearer.
 */
export function combineKeywords(outer: Keywords, inner: Keywords): Keywords {
  const when = [...(outer.when ?? []), ...(inner.when ?? [])]
  const tags = [...new Set([...(outer.tags ?? []), ...(inner.tags ?? [])])]
  const environment = [...(outer.environment ?? []), ...(inner.environment ?? [])]
  const united = (key: 'vars' | 'moduleDefaults') => (outer[key] && inner[key] ? new Map([...outer[key], ...inner[key]]) : (inner[key] ?? outer[key]))
  const combined: Writable = { ...outer, ...inner, vars: united('vars'), moduleDefaults: united('moduleDefaults') }
  Object.assign(combined, { when: when.length > 0 ? when : undefined, whenAt: outer.whenAt ?? inner.whenAt, tags: tags.length > 0 ? tags : undefined, environment: environment.length > 0 ? environment : undefined })
  return Object.fromEntries(Object.entries(combined).filter(([, value]) => value !== undefined))
}
