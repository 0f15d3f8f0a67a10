import { ProvisionError } from '../../core/error.ts'
import { didYouMean, nearest } from '../../core/nearest.ts'
import { memberNames } from './python/member.ts'
import { isInteger } from './python/number.ts'
import { str } from './python/text.ts'
import { typeName } from './python/type.ts'
import { Opaque, type Thing } from './thing.ts'

/** The error for a member that a defined value does not have. */
export function missingMember(written: string, of: Thing, key: Thing): ProvisionError {
  const what = written.length <= 60 && !written.includes('\n') ? `'${written}'` : 'the value'
  if (Array.isArray(of) && isInteger(key)) return missingMemberError(`${what} has no item ${str(key)}: it has ${of.length}`)
  if (Array.isArray(of)) return missingMemberError(`${what} is a ${typeName(of)} and has no '${str(key)}'`, 'Take one of its items, as in [0], or that member of all of them: | map(attribute=…).')
  if (!(of instanceof Map) && !(of instanceof Opaque)) return missingMemberError(`${what} is ${of === null ? 'None' : typeName(of)} and has no '${str(key)}'`)
  const names = memberNames(of)
  const wanted = str(key)
  if (names.length === 0) return missingMemberError(`${what} has no '${wanted}': it is empty`)
  const near = nearest(wanted, names)
  const shown = near.length > 0 ? '' : `It has: ${names.slice(0, 12).join(', ')}${names.length > 12 ? ` and ${names.length - 12} more` : ''}.`
  return missingMemberError(`${what} has no '${wanted}'`, near.length > 0 ? didYouMean(wanted, names) : shown)
}

const missingMemberError = (message: string, hint?: string): ProvisionError => new ProvisionError('undefined-variable', message, { hint })
