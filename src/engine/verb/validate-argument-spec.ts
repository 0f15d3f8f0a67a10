import { isUnknown, type Unknown } from '../../core/unknown.ts'
import { TemplateText, toPlain, type Dict, type Raw, type RawDict, type Value } from '../../core/value.ts'
import { parameterSpecs } from '../../language/playbook/argument-spec.ts'
import type { Evaluation } from '../../language/template/evaluation.ts'
import type { ModuleResult } from '../../modules/module.ts'
import { checkParameters } from '../../modules/parameters.ts'

/** Checks variables, and what a role was given, against what a specification says of them. It sets none of them. */
export function validateArgumentSpec(given: Dict, evaluation: Evaluation): ModuleResult {
  const options = given.get('argument_spec')
  const provided = given.get('provided_arguments') ?? new Map()
  if (!(options instanceof Map)) return failed(`Incorrect type for argument_spec, expected dict and got ${typeof options}`)
  if (!(provided instanceof Map)) return failed(`Incorrect type for provided_arguments, expected dict and got ${typeof provided}`)
  const values: RawDict = new Map()
  for (const name of options.keys()) if (evaluation.has(String(name))) values.set(name, knownOrOpen(evaluation.value(String(name))!))
  for (const [name, value] of provided) values.set(name, knownOrOpen(value))
  const problems = checkParameters({ parameters: parameterSpecs(options, undefined) }, values).map(problem => problem.message)
  const context = { validate_args_context: toPlain(given.get('validate_args_context') ?? new Map()) }
  if (problems.length === 0) return { changed: false, msg: 'The arg spec validation passed', ...context }
  return { ...failed(`Validation of arguments failed:\n${problems.join('\n')}`), argument_errors: problems, argument_spec_data: toPlain(options), ...context }
}

/** What a dry run cannot know yet may turn out to be anything, as a template may. */
const knownOrOpen = (value: Value | Unknown): Raw => (isUnknown(value) ? new TemplateText('') : value)

const failed = (msg: string): ModuleResult => ({ failed: true, changed: false, msg })
