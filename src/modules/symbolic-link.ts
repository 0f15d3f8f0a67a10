import type { Change } from '../host/change.ts'
import type { FactKinds, FileState } from '../host/fact.ts'
import type { Step } from '../host/step.ts'
import { type Actor, type AskedAttributes, attributesOf, attributesOfNew, attributeSteps, withAsked } from './file-attributes.ts'
import { pathChange, type Seen, stateOf } from './file-change.ts'

/** Where a link is to lead. */
export interface LinkWish {
  /** As it is written into the link. */
  readonly target: string
  /** What is there; absent where that cannot be told. */
  readonly leadsTo?: FactKinds['followed']
  /** SHA-256 of what is there, where it was read. */
  readonly digest?: string | null
}

/**
 * Makes a path a symbolic link, owned as asked. A file in its place is replaced, a directory too where it is empty.
 *
 * @returns undefined where it is that link already
 */
export function linkChange(
  former: Seen, wish: LinkWish, asked: AskedAttributes, { by, parent, now }: { readonly by: Actor; readonly parent: FileState | undefined; readonly now: number },
): Change | undefined {
  const { path, state } = former
  const same = state.type === 'link' && state.target === wish.target
  const made = same ? attributesOf(state) : attributesOfNew('link', by, parent)
  const attributes = withAsked(made, { ...asked, mode: undefined }, false)
  const ownership = attributeSteps(path, made, attributes, true)
  if (same && ownership.length === 0) return undefined

  if (same) return pathChange(former, { ...former, state: { ...state, ...attributes } }, ownership)

  const { target, leadsTo, digest } = wish
  const later: Seen = { path, state: stateOf('link', attributes, now, { target, size: Buffer.byteLength(target) }), leadsTo, digest }
  const clear: Step[] = state.type === 'directory' ? [{ step: 'remove', path }] : []
  return pathChange(former, later, [...clear, { step: 'link', path, target }, ...ownership])
}
