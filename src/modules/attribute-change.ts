import type { Change } from '../host/change.ts'
import { type AskedAttributes, attributesOf, attributeSteps, withAsked } from './file-attributes.ts'
import { pathChange, type Seen } from './file-change.ts'

/** The change of a path's owner, group and permissions; undefined where they are right. */
export function attributeChange(former: Seen, asked: AskedAttributes): Change | undefined {
  const { path, state } = former
  const observed = attributesOf(state)
  const desired = withAsked(observed, state.type === 'link' ? { ...asked, mode: undefined } : asked, state.type === 'directory')
  const steps = attributeSteps(path, observed, desired, state.type === 'link')
  return steps.length === 0 ? undefined : pathChange(former, { ...former, state: { ...state, ...desired } }, steps)
}
