import { type Raw, TemplateText } from '../../core/value.ts'
import { parseExpression, templateOf } from './template.ts'

/**
 * Names that rendering a value may need: variables, and functions of the language such as `lookup`. What those
 * variables need in turn is not among them, nor what included files need.
 *
 * @throws ProvisionError template-syntax
 */
export function namesIn(raw: Raw): Set<string> {
  const names = new Set<string>()
  collect(raw, text => {
    for (const name of templateOf(text).names) names.add(name)
  })
  return names
}

/** Names that judging a condition, or a list of them, may need. @throws ProvisionError template-syntax */
export function namesInCondition(raw: Raw): Set<string> {
  if (typeof raw === 'string') return raw === '' ? new Set() : /\{[{%]/.test(raw) ? namesIn(new TemplateText(raw)) : new Set(parseExpression(raw).names)
  return Array.isArray(raw) ? new Set(raw.flatMap(each => [...namesInCondition(each)])) : namesIn(raw)
}

function collect(raw: Raw, found: (text: TemplateText) => void): void {
  if (raw instanceof TemplateText) found(raw)
  else if (Array.isArray(raw)) for (const item of raw) collect(item, found)
  else if (raw instanceof Map) for (const member of (raw as ReadonlyMap<unknown, Raw>).values()) collect(member, found)
}
