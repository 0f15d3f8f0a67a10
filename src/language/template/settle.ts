import { isUnknown } from '../../core/unknown.ts'
import { Float, Omit, type Value } from '../../core/value.ts'
import { shallow } from './fuel.ts'
import { Opaque, present, type Thing, Undefined } from './thing.ts'

/**
 * A thing as a value that may leave the engine: tuples become lists, objects their text, lazy dictionaries plain
 * ones. Unknown members stay.
 *
 * @throws ProvisionError undefined-variable when it holds something undefined
 */
export function settle(thing: Thing, level = 0): Value {
  if (thing === null || typeof thing !== 'object') return thing
  shallow(level)
  if (thing instanceof Undefined) return present(thing)
  if (Array.isArray(thing)) return Array.from(thing, item => settle(item, level + 1))
  if (thing instanceof Map) return new Map(Array.from(thing, ([key, value]) => [settle(key, level + 1), settle(value, level + 1)] as const))
  if (thing instanceof Opaque) return thing.text()
  if (isUnknown(thing) || thing instanceof Float || thing instanceof Omit || thing instanceof Uint8Array) return thing
  return thing
}

/** Parameters without those whose value is `omit`, in nested lists and dictionaries too. */
export function dropOmitted(value: Value): Value {
  if (Array.isArray(value)) return value.filter(item => !(item instanceof Omit)).map(dropOmitted)
  if (value instanceof Map) return new Map(Array.from(value).filter(([, member]) => !(member instanceof Omit)).map(([key, member]) => [key, dropOmitted(member)] as const))
  return value
}
