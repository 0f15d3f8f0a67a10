import type { Step, StepKind } from '../../host/step.ts'
import type { StepCompiler, StepPlace } from './compiler.ts'
import { exec } from './exec.ts'
import { chmod, chown, directory, link, remove, touch } from './path.ts'
import { account, packages, unit } from './system.ts'
import { copy, write } from './write.ts'

/** Every kind of step that a shell can take. Requests over HTTP, and waiting, are the controller's, through the connection. */
const compilers: { readonly [K in Exclude<StepKind, 'http' | 'wait'>]: StepCompiler<K> } = {
  write, copy, link, remove, directory, chmod, chown, touch, packages, unit, account, exec,
}

export const compileStep = (step: Step, place: StepPlace): string =>
  step.step === 'http' || step.step === 'wait' ? `mp_say "${step.step} is not a matter for the shell"` : (compilers[step.step] as StepCompiler<StepKind>)(step as never, place)
