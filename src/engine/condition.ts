import { ProvisionError } from '../core/error.ts'
import { Unknown } from '../core/unknown.ts'
import { TemplateText } from '../core/value.ts'
import type { Keywords } from '../language/playbook.ts'
import type { Evaluation } from '../language/template/evaluation.ts'
import { conditionsOf } from './keyword.ts'

/** Whether a task is to be done: every condition of every level holds. */
export function condition(evaluation: Evaluation, levels: readonly Keywords[]): true | Unknown | { readonly false: string } {
  let unknown: Unknown | undefined
  for (const { raw, at } of conditionsOf(levels)) {
    const text = raw instanceof TemplateText ? raw.text : String(raw)
    const holds = naming(text, () => evaluation.condition(raw, at))
    if (holds === false) return { false: text }
    if (holds instanceof Unknown) unknown ??= holds
  }
  return unknown ?? true
}

/** A mistake in a condition is told with the condition, as in Ansible. */
export function naming<T>(condition: string, judge: () => T): T {
  try {
    return judge()
  } catch (error) {
    if (!(error instanceof ProvisionError)) throw error
    throw error.saying(`The conditional check '${condition}' failed. The error was: error while evaluating conditional (${condition}): ${error.message}`)
  }
}
