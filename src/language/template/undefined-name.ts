import { ProvisionError } from '../../core/error.ts'
import { didYouMean } from '../../core/nearest.ts'
import { isFilter } from './filters/index.ts'
import type { Frame } from './frame.ts'

/** The error for a name that nothing defines, with the names that were perhaps meant and where those are defined. */
export function undefinedName(name: string, frame: Frame): ProvisionError {
  const { services, seesVariables } = frame.rendering
  const candidates = [...frame.localNames(), ...(seesVariables ? services.variableNames() : []), ...services.globalNames()]
  const describe = (candidate: string): string => {
    const at = frame.find(candidate) === undefined ? services.positionOf(candidate) : undefined
    return at ? `${candidate} (${at.file}:${at.line})` : candidate
  }
  const hint = didYouMean(name, candidates, describe) ??
    (isFilter(name) ? `${name} is a filter: write value | ${name}.` : seesVariables ? undefined : 'A template that is imported or included without context sees no variables: add with context.')
  return new ProvisionError('undefined-variable', `'${name}' is undefined`, { hint })
}
