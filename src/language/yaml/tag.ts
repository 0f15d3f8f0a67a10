import { ProvisionError } from '../../core/error.ts'
import type { Position } from '../../core/position.ts'
import type { Value } from '../../core/value.ts'
import { plainScalar } from './scalar.ts'

/** A scalar with an explicit type, such as `!!str 5`. */
export function taggedScalar(tag: string, text: string, at: () => Position): Value {
  const type = tag.replace(/^tag:yaml\.org,2002:/, '')
  if (type === 'str' || type === 'python/unicode' || type === 'timestamp') return text
  if (type === 'binary') return Uint8Array.from(Buffer.from(text, 'base64'))
  const value = plainScalar(text)
  const fits =
    (type === 'null' && value === null) ||
    (type === 'bool' && typeof value === 'boolean') ||
    (type === 'int' && (typeof value === 'number' || typeof value === 'bigint')) ||
    (type === 'float' && value !== null && (typeof value === 'number' || typeof value === 'object'))
  if (fits) return value
  if (['null', 'bool', 'int', 'float'].includes(type)) throw new ProvisionError('yaml-syntax', `'${text}' is not of the type ${type} that its tag says`, { at: at() })
  throw new ProvisionError('yaml-syntax', `the tag ${tag.startsWith('tag:') ? `!!${type}` : tag} is not known`, {
    at: at(),
    hint: 'Known tags are !unsafe, !vault and the types of YAML such as !!str. Put quotes around a text that begins with !.',
  })
}
