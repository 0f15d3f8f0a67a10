import { Unknown } from '../core/unknown.ts'
import type { Change, PackagesAnswer, Prediction, Provision } from '../host/change.ts'
import type { FactKind, FactKinds } from '../host/fact.ts'
import type { PackagesStep } from '../host/step.ts'
import type { Selected } from './apt-selection.ts'
import { didNothing, readSimulation, type Simulation } from './apt-simulation.ts'
import { decode } from './printed.ts'

/** A change, and whether it changed anything once apt-get has spoken. Without an answer: whether it would. */
export interface Work {
  readonly change: Change
  readonly changed: (answer: PackagesAnswer | undefined) => boolean
}

/**
 * What a simulation lets us foresee: it names every package that comes or goes. Simulations themselves are taken to stay
 * as they are, since what two installs bring together is what each brings.
 */
const known: readonly FactKind[] = ['package', 'available', 'packageNames', 'aptSimulation', 'debFile']

/** A simulation that ended badly: what would be done cannot be done. */
export class Impossible extends Error {
  readonly output: FactKinds['aptSimulation']

  constructor(what: string, output: FactKinds['aptSimulation']) {
    const errors = output.stderr.split('\n').filter(line => line.startsWith('E: '))
    super(`'apt-get ${what}' failed: ${errors.length > 0 ? errors.join('\n') : output.stderr.trim()}`)
    this.output = output
  }
}

export function readOutput(what: string, output: FactKinds['aptSimulation']): Simulation {
  if (output.status !== 0) throw new Impossible(what, output)
  return readSimulation(output.stdout)
}

/** @param simulation what else apt-get would do; undefined where that is not known */
export function installation(
  selected: readonly Selected[],
  simulation: Simulation | undefined,
  step: PackagesStep,
  provides: Provision | undefined,
): Work {
  const versions = new Map((simulation?.installs ?? []).map(({ name, version }) => [name, version]))
  const named = new Set(selected.map(({ name }) => name))
  const will = (one: Selected) => one.to ?? versions.get(one.name) ?? null
  const others = (simulation?.installs ?? []).filter(({ name }) => !named.has(name))
  // With lists that are out of date nobody knows whether a package that is installed will be changed at all.
  const sure = selected.some(({ from, to }) => from === null || to !== undefined)
  const notes = [
    ...(provides ? [describe(provides)] : []),
    ...(others.length > 0 ? [`along with ${count(others.map(({ name }) => name))}`] : []),
    ...(simulation && simulation.removes.length > 0 ? [`removes ${count(simulation.removes.map(({ name }) => name))}`] : []),
    ...(sure ? [] : ['only where the updated lists have something newer']),
  ]
  return {
    change: {
      subject: { kind: 'package', name: selected.map(({ name }) => name).join(', ') },
      kind: !sure ? 'run' : selected.every(({ from }) => from === null) ? 'create' : 'update',
      observed: Object.fromEntries(selected.map(one => [one.name, one.from])),
      desired: Object.fromEntries(selected.map(one => [one.name, will(one) ?? 'installed'])),
      steps: [step],
      undo: null,
      touches: 'everything',
      predicts: [
        ...selected.filter(({ virtual }) => !virtual).map(one => installed(one.name, will(one) ?? '')),
        ...others.map(({ name, version }) => installed(name, version)),
        ...(simulation?.removes ?? []).map(({ name, purge }) => removed(name, purge)),
      ],
      ...(provides && { provides }),
      ...(simulation && { spares: known }),
      ...(notes.length > 0 && { note: notes.join('; ') }),
    },
    changed: answer => sure || answer === undefined || !didNothing(decode(answer.stdout)),
  }
}

export function removal(
  selected: readonly Selected[],
  simulation: Simulation | undefined,
  step: PackagesStep,
  purge: boolean,
): Work {
  const named = new Set(selected.map(({ name }) => name))
  const others = (simulation?.removes ?? []).filter(({ name }) => !named.has(name))
  return {
    change: {
      subject: { kind: 'package', name: selected.map(({ name }) => name).join(', ') },
      kind: 'delete',
      observed: Object.fromEntries(selected.map(({ name, from }) => [name, from ?? 'configuration files'])),
      desired: Object.fromEntries(selected.map(({ name }) => [name, null])),
      steps: [step],
      undo: null,
      touches: 'everything',
      predicts: [...selected.map(({ name }) => removed(name, purge)), ...others.map(({ name }) => removed(name, purge))],
      ...(simulation && { spares: known }),
      ...(others.length > 0 && { note: `also removes ${count(others.map(({ name }) => name))}` }),
    },
    changed: () => true,
  }
}

/** Everything that a simulation names: `upgrade`, `autoremove`, `autoclean`, `build-dep`, `install --fix-broken`. */
export function simulated(name: string, simulation: Simulation, step: PackagesStep): Work | undefined {
  const { installs, removes, deletes } = simulation
  if (installs.length + removes.length + deletes.length === 0) return undefined
  return {
    change: {
      subject: { kind: 'packages', name },
      kind: installs.length > 0 ? 'update' : 'delete',
      observed: Object.fromEntries([
        ...installs.map(one => [one.name, one.from]),
        ...removes.map(one => [one.name, one.version]),
        ...deletes.map(archive => [archive, 'kept']),
      ]),
      desired: Object.fromEntries([
        ...installs.map(one => [one.name, one.version]),
        ...removes.map(one => [one.name, null]),
        ...deletes.map(archive => [archive, null]),
      ]),
      steps: [step],
      undo: null,
      touches:
        deletes.length > 0 && installs.length + removes.length === 0
          ? [{ kind: 'file', key: '/var/cache/apt/archives' }]
          : 'everything',
      predicts: [...installs.map(one => installed(one.name, one.version)), ...removes.map(one => removed(one.name, one.purge))],
      spares: known,
    },
    changed: () => true,
  }
}

/** Something whose extent only apt-get's own words will tell. */
export const unforeseen = (name: string, step: PackagesStep, note: string): Work => ({
  change: {
    subject: { kind: 'packages', name },
    kind: 'run',
    observed: {},
    desired: {},
    steps: [step],
    undo: null,
    touches: 'everything',
    predicts: [],
    note,
  },
  changed: answer => answer === undefined || !didNothing(decode(answer.stdout)),
})

/** Packages that apt would remove as soon as nothing else needs them are kept from now on. */
export const keeping = (names: readonly string[], states: readonly FactKinds['package'][]): Work => ({
  change: {
    subject: { kind: 'package', name: names.join(', ') },
    kind: 'update',
    observed: { marked: 'automatic' },
    desired: { marked: 'manual' },
    steps: [{ step: 'packages', manager: 'apt', verb: 'mark-manual', names, options: [] }],
    undo: [{ step: 'packages', manager: 'apt', verb: 'mark-automatic', names, options: [] }],
    touches: names.map(key => ({ kind: 'package', key })),
    predicts: names.map((key, index) => ({ kind: 'package', key, value: { ...states[index]!, automatic: false } })),
  },
  changed: () => true,
})

const installed = (key: string, version: string): Prediction => ({ kind: 'package', key, value: { version, residual: false } })

const removed = (key: string, purge: boolean): Prediction => ({
  kind: 'package',
  key,
  value: { version: null, residual: !purge },
})

const count = (names: readonly string[]): string =>
  names.length <= 3 ? names.join(', ') : `${names.slice(0, 2).join(', ')} and ${names.length - 2} more`

/** `brings account www-data, apache2.service`. */
function describe({ facts, trees }: Provision): string {
  const things = facts.flatMap(({ kind, key, value }) => {
    if (value instanceof Unknown) return []
    return kind === 'account' ? [`account ${key}`] : kind === 'unit' ? [key] : []
  })
  return `brings ${[...things, ...trees].join(', ')}`
}
