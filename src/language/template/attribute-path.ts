import { Unknown } from '../../core/unknown.ts'
import { missingMember } from './missing-member.ts'
import { itemOf } from './python/member.ts'
import { isInteger } from './python/number.ts'
import { fail } from './fail.ts'
import { orElse, present, type Thing, Undefined } from './thing.ts'
import { typeName } from './python/type.ts'

/** Reads a thing's member by a path such as `address.ports.0`. */
export type Getter = (thing: Thing) => Thing

/**
 * @param attribute a path, a number, or None for the thing itself
 * @param otherwise instead of a member that is missing
 */
export function getter(attribute: Thing | undefined, otherwise?: Thing): Getter {
  const parts = partsOf(attribute)
  return thing => parts.reduce((of, part) => step(of, part, otherwise), thing)
}

/** Several paths with commas between them. */
export function getters(attribute: Thing | undefined): readonly Getter[] {
  return typeof attribute === 'string' ? attribute.split(',').map(path => getter(path)) : [getter(attribute)]
}

function step(of: Thing, part: Thing, otherwise: Thing | undefined): Thing {
  if (of instanceof Undefined || of instanceof Unknown) return of
  const found = itemOf(of, part)
  if (found !== undefined && !(found instanceof Undefined)) return found
  if (otherwise !== undefined && otherwise !== null) return otherwise
  return orElse(found, () => new Undefined(() => missingMember('the item', of, part)))
}

function partsOf(attribute: Thing | undefined): readonly Thing[] {
  if (attribute === undefined || attribute === null) return []
  const it = present(attribute)
  if (isInteger(it)) return [it]
  if (typeof it !== 'string') return fail(`an attribute is named by text or a number, and this is ${typeName(it)}`)
  return it.split('.').map(part => (/^\d+$/.test(part) ? Number(part) : part))
}

/** Text in small letters, everything else as it is: how Jinja2 compares unless it is told to mind case. */
export const ignoringCase = (thing: Thing): Thing => (typeof thing === 'string' ? thing.toLowerCase() : thing)
