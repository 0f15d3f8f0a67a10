import { ProvisionError } from '../../core/error.ts'
import type { Position } from '../../core/position.ts'
import { TemplateText, type Raw, type RawDict } from '../../core/value.ts'
import { EncryptedText } from '../encrypted.ts'
import { textPositionOf } from '../positions.ts'
import { parseExpression, templateOf } from '../template/template.ts'
import { placeOf } from './shape.ts'

/**
 * Parses the templates and conditions of a task. One that cannot be parsed will fail whenever the task runs, and that is
 * known before anything runs. Names are shown as they are where they cannot be rendered, and variables may never be used.
 *
 * @throws ProvisionError template-syntax
 */
export function checkTemplateSyntax(task: RawDict): void {
  for (const [key, value] of task) {
    if (key === 'name' || key === 'vars') continue
    checkTexts(value)
    if (conditions.has(String(key))) checkConditions(value, placeOf(task, String(key)))
  }
}

const conditions: ReadonlySet<string> = new Set(['when', 'changed_when', 'failed_when', 'until'])

function checkTexts(value: Raw): void {
  // What is encrypted is looked into when it is used.
  if (value instanceof EncryptedText) return
  if (value instanceof TemplateText) parses(() => templateOf(value))
  else if (Array.isArray(value)) value.forEach(checkTexts)
  else if (value instanceof Map) for (const member of value.values()) checkTexts(member as Raw)
}

function checkConditions(value: Raw, at: Position | undefined): void {
  for (const [index, condition] of (Array.isArray(value) ? value : [value]).entries())
    if (typeof condition === 'string' && condition !== '') parses(() => parseExpression(condition, { at: (Array.isArray(value) ? textPositionOf(value, index) : undefined) ?? at }))
}

/** A filter that there is not is no mistake before the task runs: it may be for other hosts than those of today. */
function parses(parse: () => unknown): void {
  try {
    parse()
  } catch (error) {
    if (!(error instanceof ProvisionError) || error.code !== 'unknown-filter') throw error
  }
}
