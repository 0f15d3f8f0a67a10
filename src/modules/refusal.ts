import { failure, type ModuleResult, type Plan } from './module.ts'

/** Ends a plan as failed, from wherever in it the reason is found. Nothing is changed then. */
class Refusal extends Error {
  readonly result: ModuleResult

  constructor(message: string, result: ModuleResult) {
    super(message)
    this.result = result
  }
}

/** @param result members of the task's result beside `failed` and `msg`; `hint` says what to do about it */
export function refuse(msg: string, result: ModuleResult = {}): never {
  throw new Refusal(msg, result)
}

/** A plan, or the failure that it was refused with. */
export async function orRefusal(plan: Promise<Plan>): Promise<Plan> {
  try {
    return await plan
  } catch (error) {
    if (error instanceof Refusal) return failure(error.message, error.result)
    throw error
  }
}
