import { ProvisionError } from '../core/error.ts'
import { isUnknown } from '../core/unknown.ts'
import { type Dict, type Raw, type Value } from '../core/value.ts'
import type { Evaluation } from '../language/template/evaluation.ts'
import type { Failure } from './host-state.ts'
import { actionName } from './stage.ts'

/** `ansible_failed_task`: what a `rescue` may want to know of the task. */
export const failedTask = ({ task, name }: Failure, evaluation: Evaluation): Value =>
  new Map<Value, Value>([['name', name], ['action', actionName(task)], ['args', argumentsOf(task.action, evaluation)]])

/** Parameters as they were rendered; none where they cannot be, which may be why the task failed. */
function argumentsOf(action: Failure['task']['action'], evaluation: Evaluation): Dict {
  if (action.kind !== 'module' && action.kind !== 'verb') return new Map()
  const written: Raw = new Map<Value, Raw>([...(action.freeForm === undefined ? [] : [['_raw_params', action.freeForm] as const]), ...(action.parameters instanceof Map ? action.parameters : [])])
  try {
    const rendered = evaluation.evaluate(written)
    return rendered instanceof Map && !isUnknown(rendered) ? (evaluation.dropOmitted(rendered) as Dict) : new Map()
  } catch (error) {
    if (error instanceof ProvisionError) return new Map()
    throw error
  }
}
