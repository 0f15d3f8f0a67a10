import { expect } from 'vitest'
import { isUnknown, UnknownReached } from '../../src/core/unknown.ts'
import { agrees } from '../../src/host/agreement.ts'
import type { Change, Prediction } from '../../src/host/change.ts'
import type { FactKinds, Facts } from '../../src/host/fact.ts'
import { HostFacts, Reading } from '../../src/host/store.ts'
import type { Controller, Module, ModuleResult, Plan, PlanContext, TreeEntry } from '../../src/modules/module.ts'
import type { FakeHost } from '../host/fake-host.ts'
import { contextOn, given } from './observed-host.ts'

/** Files of the controller as a table: a text, or a list of a directory's entries. */
export function controllerWith(files: { readonly [name: string]: string | readonly TreeEntry[] }): Controller {
  return {
    readFile: name => {
      const content = files[name]
      return typeof content === 'string' ? { path: `/controller/${name}`, content: Buffer.from(content), mode: 0o640 } : null
    },
    readTree: name => {
      const tree = files[name]
      return typeof tree === 'object' ? { path: `/controller/${name}`, entries: tree } : null
    },
    renderTemplate: name => String(files[name]),
  }
}

/** A plan for the host as it is now. */
export const planFor = <P>(module: Module<P>, parameters: object, host: FakeHost, more: Partial<PlanContext> = {}): Promise<Plan> =>
  planWith(module, parameters, new Reading(new HostFacts(host), undefined).facts, host, more)

const planWith = <P>(module: Module<P>, parameters: object, facts: Facts, host: FakeHost, more: Partial<PlanContext>): Promise<Plan> =>
  module.plan(given(module, parameters), contextOn({}, { facts, now: host.files.now, ...more }))

/** Does it, as a run would. */
export async function apply<P>(module: Module<P>, parameters: object, host: FakeHost, more: Partial<PlanContext> = {}): Promise<ModuleResult> {
  const plan = await planFor(module, parameters, host, more)
  return plan.result(await host.make(plan.changes))
}

/** What all modules promise; returns the changes that were made and taken back. */
export async function expectLaws<P>(
  module: Module<P>, parameters: object, host: FakeHost, more: Partial<PlanContext> = {}, { repeats = false } = {},
): Promise<{ readonly result: ModuleResult; readonly changes: readonly Change[] }> {
  const plan = await planFor(module, parameters, host, more)
  const before = host.snapshot()
  const foreseen = new HostFacts(host)
  for (const change of plan.changes) foreseen.forecast.add(change, 'task')
  // What a server answers may be another after any change.
  const foreseenPlan = await planWith(module, parameters, new Reading(foreseen, undefined).facts, host, more).catch((error: unknown) => {
    if (error instanceof UnknownReached && host.options.http) return undefined
    throw error
  })
  if (!repeats && foreseenPlan) expect(foreseenPlan.changes.flatMap(stepsOf), 'planned again in a dry run').toEqual([])
  const result = plan.result(await host.make(plan.changes))
  expect(result.changed ?? false, 'changed').toBe(plan.changes.length > 0)

  await expectForeseen(plan.changes, host)
  const again = await planFor(module, parameters, host, more)
  if (!repeats) expect(again.changes.flatMap(stepsOf), 'planned again').toEqual([])
  const undoable = plan.changes.every(change => change.undo !== null)
  if (undoable) {
    const after = host.snapshot()
    for (const change of plan.changes.toReversed()) await host.make([{ ...change, steps: change.undo! }])
    expect(host.snapshot(), 'undone').toEqual(before)
    await host.make(plan.changes)
    expect(host.snapshot(), 'done again').toEqual(after)
  }
  return { result, changes: plan.changes }
}

const stepsOf = (change: Change) => change.steps

/** Facts are what the last change that foresees them says, and a dry run says the same of all that may differ. */
async function expectForeseen(changes: readonly Change[], host: FakeHost): Promise<void> {
  const last = new Map<string, Prediction>()
  for (const change of changes) for (const prediction of change.predicts) last.set(`${prediction.kind}:${prediction.key}`, prediction)
  for (const prediction of last.values()) {
    const [observation] = await host.read([prediction])
    const value = observation!.value as FactKinds[typeof prediction.kind]
    const matches = agrees(prediction.kind, prediction.value as typeof value, value)
    expect(matches, `${prediction.kind} ${prediction.key}: ${isUnknown(prediction.value) ? '?' : JSON.stringify(prediction.value)} but ${JSON.stringify(value)}`).toBe(true)
  }
}
