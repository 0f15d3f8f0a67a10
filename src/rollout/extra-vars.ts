import { ProvisionError } from '../core/error.ts'
import type { Raw, RawDict, Value } from '../core/value.ts'
import { parseKeyValues } from '../language/key-value.ts'
import { loadYaml } from '../language/text-file.ts'
import { parseYaml } from '../language/yaml.ts'

/** `-e`: `key=value …`, YAML or JSON in braces, or `@file`. Later ones win. @throws ProvisionError */
export function parseExtraVars(texts: readonly string[]): RawDict {
  const vars: RawDict = new Map<Value, Raw>()
  for (const text of texts) for (const [name, value] of one(text)) vars.set(name, value)
  return vars
}

function one(text: string): RawDict {
  const trimmed = text.trim()
  if (trimmed.startsWith('@')) return dictionary(loadYaml(trimmed.slice(1)), trimmed.slice(1))
  if (/^[{[]/.test(trimmed)) return dictionary(parseYaml(trimmed, '--extra-vars'), '--extra-vars')
  return parseKeyValues(trimmed).named
}

function dictionary(content: Raw, where: string): RawDict {
  if (content instanceof Map) return content
  if (content === null) return new Map()
  throw new ProvisionError('wrong-use', `${where} must hold a dictionary of variables`, { hint: 'Write -e name=value, -e \'{"name": "value"}\' or -e @file.yml.' })
}
