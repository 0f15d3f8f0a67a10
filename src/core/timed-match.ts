import { ProvisionError } from './error.ts'

/** Milliseconds that one match may take. Honest expressions need a thousandth of it. */
const patience = 5000

/** Whether an expression repeats a group that repeats: the form whose matches can take longer than the world lasts. */
export const mayRunAway = (source: string): boolean => /\)(?:[*+]|\{\d+,)/.test(source)

let script: import('node:vm').Script | undefined

/**
 * `expression.exec(text)`, stopped when it does not come to an end.
 *
 * @throws ProvisionError template-fuel
 */
export function timedExec(expression: RegExp, text: string): RegExpExecArray | null {
  const { Script } = process.getBuiltinModule('node:vm')
  // Only what runs as a script of its own can be stopped from outside.
  const call = '__matrixProvisionMatch'
  script ??= new Script(`globalThis.${call}()`)
  Object.defineProperty(globalThis, call, { value: () => expression.exec(text), configurable: true })
  try {
    return script.runInThisContext({ timeout: patience }) as RegExpExecArray | null
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ERR_SCRIPT_EXECUTION_TIMEOUT') throw error
    throw new ProvisionError('template-fuel', `the regular expression does not come to an end within ${patience / 1000} s`, { hint: 'A group that is repeated and repeats something itself, such as (a+)+, can be matched in more ways than anyone can try.' })
  } finally {
    delete (globalThis as { [name: string]: unknown })[call]
  }
}
