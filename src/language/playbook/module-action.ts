import { ProvisionError } from '../../core/error.ts'
import { didYouMean } from '../../core/nearest.ts'
import type { Position } from '../../core/position.ts'
import { TemplateText, type Raw, type RawDict } from '../../core/value.ts'
import { fullNameOf, loadModule } from '../../modules/registry.ts'
import { checkParameters, type Problem, type Signature } from '../../modules/parameters.ts'
import { verbs } from '../../modules/verbs.ts'
import type { Action, Verb } from '../playbook.ts'
import { positionOf, valuePositionOf } from '../positions.ts'
import type { WrittenAction } from './action.ts'
import type { Place } from './place.ts'

/**
 * A module with parameters that are right as far as can be seen before anything runs.
 *
 * @param defaults `module_defaults` around the task, undefined where they are not known yet
 * @throws ProvisionError `module-parameters`
 */
export async function moduleAction(action: WrittenAction, defaults: Place['moduleDefaults']): Promise<Action> {
  const module = await loadModule(fullNameOf(action.name)!)
  const { parameters, parametersAt, freeForm, spread } = action
  const given: RawDict = new Map(parameters)
  if (freeForm !== undefined && module.freeForm !== undefined) {
    if (parameters.has(module.freeForm))
      throw new ProvisionError('playbook-syntax', `the '${module.freeForm}' argument cannot be used when other raw parameters are specified`, { at: positionOf(parameters, module.freeForm) ?? parametersAt, hint: 'Write the command in one of the two places.' })
    given.set(module.freeForm, freeForm)
  }
  const further = defaults?.flatMap(level => level.get(`${module.collection}.${module.name}`) ?? [])
  for (const level of further ?? []) if (level instanceof Map) for (const [name, value] of level as RawDict) if (!given.has(name)) given.set(name, value)
  const more = spread !== undefined || further === undefined || further.some(level => !(level instanceof Map))
  check(module, given, parameters, action.at, parametersAt, more)
  return { kind: 'module', module, parameters, parametersAt, freeForm, ...(spread && { spread }) }
}

/** @throws ProvisionError `module-parameters`, `playbook-syntax` */
export function verbAction(action: WrittenAction, verb: Verb): Action {
  const { parameters, parametersAt, freeForm, spread } = action
  if (verb === 'meta') checkMeta(freeForm, parametersAt)
  check(verbs[verb], parameters, parameters, action.at, parametersAt, spread !== undefined)
  if (verb === 'set_fact' && parameters.size === 0 && !spread) throw new ProvisionError('module-parameters', 'No key/value pairs provided, at least one is required for this action to succeed', { at: action.at })
  if (verb === 'include_vars' && freeForm === undefined && !spread && !parameters.has('file') && !parameters.has('dir'))
    throw new ProvisionError('module-parameters', 'include_vars needs a file or a dir', { at: action.at })
  return { kind: 'verb', verb, parameters, parametersAt, freeForm, ...(spread && { spread }) }
}

const metas = ['flush_handlers', 'noop', 'clear_facts', 'clear_host_errors', 'end_play', 'end_host', 'end_batch', 'reset_connection']

function checkMeta(what: string | TemplateText | undefined, at: Position): void {
  if (what instanceof TemplateText) throw new ProvisionError('unsupported', 'what meta does cannot be a template', { at, hint: 'Write a task for each, with conditions.' })
  const name = what?.trim() ?? ''
  if (name === 'refresh_inventory' || name === 'end_role') throw new ProvisionError('unsupported', `meta: ${name} is not supported`, { at, hint: `It can be ${metas.join(', ')}.` })
  if (!metas.includes(name)) throw new ProvisionError('playbook-syntax', `invalid meta action requested: ${name || '(nothing)'}`, { at, hint: didYouMean(name, metas) ?? `It can be ${metas.join(', ')}.` })
}

function check(module: Signature, given: RawDict, written: RawDict, at: Position, parametersAt: Position, more: boolean): void {
  const problems = checkParameters(module, given, more)
  // A mistyped name first: it is often the reason why another one is missing.
  const problem = problems.find(({ message }) => message.startsWith('Unsupported')) ?? problems[0]
  if (!problem) return
  throw new ProvisionError('module-parameters', problem.message, { at: placeOfProblem(problem, written) ?? (problem.path.length > 0 ? parametersAt : at), hint: problem.hint })
}

/** The nearest thing to a problem that has a place in the file. */
function placeOfProblem({ path, message }: Problem, written: RawDict): Position | undefined {
  let at: Position | undefined
  let container: Raw | undefined = written
  for (const [index, step] of path.entries()) {
    const isLast = index === path.length - 1
    at = (isLast && !message.startsWith('Unsupported') ? valuePositionOf(container, step) : positionOf(container, step)) ?? at
    container = container instanceof Map ? (container as RawDict).get(step) : Array.isArray(container) ? (container as Raw[])[step as number] : undefined
    if (container instanceof TemplateText) break
  }
  return at
}
