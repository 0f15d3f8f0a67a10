import { OMIT, TemplateText, toPlain, toValue, type Dict, type Raw, type Value } from '../../core/value.ts'
import { ProvisionError } from '../../core/error.ts'
import { pythonText } from '../../core/python-text.ts'
import { isUnknown, UnknownReached } from '../../core/unknown.ts'
import type { Action } from '../../language/playbook.ts'
import type { Evaluation } from '../../language/template/evaluation.ts'
import { factName } from '../../language/variables/facts.ts'
import type { ModuleResult } from '../../modules/module.ts'
import type { HostState } from '../host-state.ts'
import { asBoolean } from '../keyword.ts'
import { spreadInto } from '../action.ts'
import type { TaskRun } from '../outcome.ts'
import { includeVars } from './include-vars.ts'
import { validateArgumentSpec } from './validate-argument-spec.ts'

type VerbAction = Extract<Action, { kind: 'verb' }>

/**
 * What changes the run itself rather than a host: the engine does it. `meta` is the play's business.
 *
 * @param owner whose variables are set
 */
export async function runVerb(action: VerbAction, run: TaskRun, evaluation: Evaluation, owner: HostState): Promise<ModuleResult> {
  const parameters = evaluation.evaluate(action.parameters)
  if (isUnknown(parameters)) throw new UnknownReached(parameters)
  const given: Dict = new Map()
  spreadInto(given, action.spread, evaluation)
  if (parameters instanceof Map) for (const [name, value] of evaluation.dropOmitted(parameters) as Dict) given.set(renderedName(name, action, evaluation), value)
  switch (action.verb) {
    case 'set_fact':
      return setFact(owner, given)
    case 'add_host':
      return addHost(run, given)
    case 'group_by':
      return groupBy(run, given)
    case 'include_vars':
      return includeVars(run, owner, given, action.freeForm === undefined ? undefined : evaluation.evaluate(action.freeForm), evaluation)
    case 'validate_argument_spec':
      return validateArgumentSpec(given, evaluation)
    case 'meta':
      throw new ProvisionError('internal', 'meta is not run on a host')
  }
}

/** Names may be templates too: `set_fact: "{{ item }}=x"`. They are the user's own text, never a host's. */
const renderedName = (name: Value, { parametersAt }: VerbAction, evaluation: Evaluation): Value =>
  typeof name === 'string' && name.includes('{{') ? evaluation.evaluate(new TemplateText(name, parametersAt)) : name

function setFact(host: HostState, given: Dict): ModuleResult {
  const cacheable = asBoolean(given.get('cacheable') ?? false) === true
  const facts = new Map([...given].filter(([name]) => name !== 'cacheable'))
  if (facts.size === 0) return { failed: true, changed: false, msg: 'No key/value pairs provided, at least one is required for this action to succeed' }
  for (const [name, value] of facts) {
    if (typeof name !== 'string' || !/^[A-Za-z_]\w*$/.test(name)) return { failed: true, changed: false, msg: `The variable name '${pythonText(name)}' is not valid. Variables must start with a letter or underscore character, and contain only letters, numbers and underscores.` }
    // Texts that say true or false become so, as in Ansible.
    const meant: Value = typeof value === 'string' && /^(true|false|yes|no)$/i.test(value) ? /^(true|yes)$/i.test(value) : value
    host.made.set(name, meant)
    if (cacheable) host.facts.set(factName(name), meant)
  }
  return { changed: false, ansible_facts: Object.fromEntries([...facts].map(([name, value]) => [String(name), toPlain(value)])) }
}

function addHost({ world }: TaskRun, given: Dict): ModuleResult {
  const name = given.get('name') ?? given.get('hostname') ?? given.get('host')
  if (name === undefined || name === null) return { failed: true, changed: false, msg: 'name, host or hostname needs to be provided' }
  const groups = names(given.get('groups') ?? given.get('groupname') ?? given.get('group'))
  const own = new Set(['name', 'hostname', 'host', 'groups', 'groupname', 'group'])
  const variables = new Map<string, Raw>([...given].filter(([key]) => !own.has(String(key))).map(([key, value]) => [String(key), value]))
  const called = pythonText(name)
  const changed = world.addHost(called, groups, variables)
  return { changed, add_host: { host_name: called, groups, host_vars: toPlain(toValue(variables)) } }
}

function groupBy({ world, host }: TaskRun, given: Dict): ModuleResult {
  const key = given.get('key')
  if (key === undefined || key === null || key === OMIT) return { failed: true, changed: false, msg: "the 'key' param is required when using group_by" }
  const group = pythonText(key).replaceAll(' ', '-')
  const parents = names(given.get('parents') ?? 'all').map(parent => parent.replaceAll(' ', '-'))
  return { changed: world.addToGroup(host.name, group, parents), add_group: group, parent_groups: parents }
}

const names = (value: Value | undefined): string[] =>
  value === undefined || value === null ? [] : (Array.isArray(value) ? value.map(pythonText) : pythonText(value).split(',')).map(name => name.trim()).filter(Boolean)
