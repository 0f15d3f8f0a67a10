import { ProvisionError } from '../../core/error.ts'
import type { Position } from '../../core/position.ts'
import { TemplateText, type Raw, type RawDict } from '../../core/value.ts'
import { copyPlaceAs, positionOf, valuePositionOf } from '../positions.ts'

/** Where a value of a dictionary stands, as exactly as is known. */
export const placeOf = (written: RawDict, key: string): Position | undefined => {
  const value = written.get(key)
  return (value instanceof TemplateText ? value.at : undefined) ?? valuePositionOf(written, key) ?? positionOf(written, key)
}

/**
 * A value as a list: itself if it is one, else alone in one; nothing for what is not there. The items know where they
 * stand.
 */
export function listOf(written: RawDict, key: string): Raw[] | undefined {
  const value = written.get(key)
  if (value === undefined || value === null) return undefined
  if (Array.isArray(value)) return value as Raw[]
  const list: Raw[] = [value]
  copyPlaceAs(written, key, list, 0)
  return list
}

/** @throws ProvisionError `playbook-syntax` where something is no dictionary */
export function dictionary(value: Raw | undefined, what: string, at: Position | undefined): RawDict {
  if (value instanceof Map) return value as RawDict
  throw new ProvisionError('playbook-syntax', `${what} must be a dictionary, not ${describe(value)}`, { at: (value instanceof TemplateText ? value.at : undefined) ?? positionOf(value) ?? at })
}

/** A text that is no template, or undefined where there is nothing. @throws ProvisionError `playbook-syntax` */
export function plainText(written: RawDict, key: string, what = key): string | undefined {
  const value = written.get(key)
  if (value === undefined || value === null) return undefined
  if (typeof value === 'string') return value
  if (typeof value === 'number' || typeof value === 'boolean') return String(value)
  throw new ProvisionError('playbook-syntax', value instanceof TemplateText ? `${what} cannot be a template: it is read before anything runs` : `${what} must be a text`, { at: placeOf(written, key) })
}

export function describe(value: Raw | undefined): string {
  if (value === null || value === undefined) return 'nothing'
  if (value instanceof Map) return 'a dictionary'
  if (Array.isArray(value)) return 'a list'
  if (value instanceof TemplateText || typeof value === 'string') return 'a text'
  return typeof value === 'boolean' ? 'true or false' : 'a number'
}

const reserved = new Set('False None True and as assert async await break class continue def del elif else except finally for from global if import in is lambda nonlocal not or pass raise return try while with yield'.split(' '))

/** Whether templates could refer to a variable of this name. */
export const isVariableName = (name: unknown): name is string => typeof name === 'string' && /^[A-Za-z_][A-Za-z0-9_]*$/.test(name) && !reserved.has(name)

/** Whether a value is one of Ansible's words for true. */
export const saysYes = (value: Raw): boolean => /^(y|yes|on|1|true|t)$/i.test(String(value))
