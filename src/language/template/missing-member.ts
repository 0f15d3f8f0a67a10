import { ProvisionError } from '../../core/error.ts'
import { didYouMean, nearest } from '../../core/nearest.ts'
import { memberNames } from './python/member.ts'
import { isInteger } from './python/number.ts'
import { str } from './python/text.ts'
import { typeName } from './python/type.ts'
import { Opaque, type Thing } from './thing.ts'

/**
 * The error for a member that a defined value does not have.
 *
 * @param what names the value: as it is written in quotes, or `the item`
 */
export function missingMember(what: string, of: Thing, key: Thing): ProvisionError {
  const wanted = str(key)
  if (what === "'hostvars'") return missingMemberError(`"hostvars['${wanted}']" is undefined`, didYouMean(wanted, of instanceof Map ? memberNames(of) : []))
  // The words of Jinja2, which playbooks look for in results, behind the name.
  if (Array.isArray(of) && isInteger(key)) return missingMemberError(`${what}: ${typeName(of)} object has no element ${wanted}, it has ${of.length}`)
  const lacks = `${what}: '${of === null ? 'None' : `${typeName(of)} object`}' has no attribute '${wanted}'`
  if (Array.isArray(of)) return missingMemberError(lacks, 'Take one of its items, as in [0], or that member of all of them: | map(attribute=…).')
  if (!(of instanceof Map) && !(of instanceof Opaque)) return missingMemberError(lacks)
  const names = memberNames(of)
  if (names.length === 0) return missingMemberError(`${lacks}: it is empty`)
  const near = nearest(wanted, names)
  const shown = near.length > 0 ? '' : `It has: ${names.slice(0, 12).join(', ')}${names.length > 12 ? ` and ${names.length - 12} more` : ''}.`
  return missingMemberError(lacks, near.length > 0 ? didYouMean(wanted, names) : shown)
}

const missingMemberError = (message: string, hint?: string): ProvisionError => new ProvisionError('undefined-variable', message, { hint })
