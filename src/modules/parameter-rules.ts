import { pythonText } from '../core/python-text.ts'
import { toValue, type Raw } from '../core/value.ts'
import type { ParameterRules } from './module.ts'

/** Parameters that must not be given together, in Ansible's words. */
export function exclusions(rules: ParameterRules | undefined, given: (name: string) => boolean): string[] {
  const broken = (rules?.mutuallyExclusive ?? []).filter(names => names.filter(given).length > 1)
  return broken.length > 0 ? [`parameters are mutually exclusive: ${broken.map(names => names.join('|')).join(', ')}`] : []
}

/**
 * What the rules ask for and is not given, in Ansible's words (`module_utils/common/validation.py`). Of each rule only
 * the first that is broken is said.
 */
export function lacks(rules: ParameterRules | undefined, given: (name: string) => boolean, value: (name: string) => Raw | undefined): string[] {
  const found: string[] = []
  const together = rules?.requiredTogether?.find(names => names.some(given) && !names.every(given))
  if (together) found.push(`parameters are required together: ${together.join(', ')}`)
  const oneOf = rules?.requiredOneOf?.find(names => !names.some(given))
  if (oneOf) found.push(`one of the following is required: ${oneOf.join(', ')}`)
  for (const [parameter, when, needed] of rules?.requiredIf ?? []) {
    const missing = needed.filter(name => !given(name))
    if (missing.length === 0 || value(parameter) !== when) continue
    found.push(`${parameter} is ${pythonText(toValue(when))} but all of the following are missing: ${missing.join(', ')}`)
    break
  }
  for (const [parameter, needed] of rules?.requiredBy ?? []) {
    const missing = needed.filter(name => !given(name))
    if (missing.length === 0 || !given(parameter)) continue
    found.push(`missing parameter(s) required by '${parameter}': ${missing.join(', ')}`)
    break
  }
  return found
}
