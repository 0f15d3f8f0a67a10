import { isUnknown, UnknownReached, type Unknown } from '../../src/core/unknown.ts'
import { absentFile, type FactKind, type FactKinds, type Facts, type FileState, type Platform } from '../../src/host/fact.ts'
import type { ModuleResult, PlanContext } from '../../src/modules/module.ts'
import type { Module } from '../../src/modules/module.ts'
import type { Outcome, StepAnswer } from '../../src/host/change.ts'

/** Facts of a host as tables; what is not in them is not on the host. */
export type ObservedHost = { readonly [K in FactKind]?: { readonly [key: string]: FactKinds[K] | Unknown | Error } }

export const debian: Platform = {
  system: 'Linux', kernel: '6.1.0', architecture: 'x86_64', hostname: 'lab1', distribution: 'debian', version: '12', codename: 'bookworm', like: [],
  packageManager: 'apt', serviceManager: 'systemd', user: { name: 'root', uid: 0, home: '/root' }, directory: '/root',
}

export const aFile: FileState = { ...absentFile, type: 'file', mode: 0o644, owner: 'root', group: 'root', uid: 0, gid: 0, inode: 1 }
export const aDirectory: FileState = { ...aFile, type: 'directory', mode: 0o755 }

const nothing: { readonly [K in FactKind]: (key: string) => FactKinds[K] } = {
  platform: () => debian,
  file: () => absentFile,
  followed: path => ({ ...absentFile, path }),
  details: () => null,
  digest: () => null,
  content: () => null,
  listing: () => null,
  package: () => ({ version: null, residual: false }),
  available: () => null,
  packageNames: () => [],
  aptSimulation: () => ({ status: 0, stdout: '', stderr: '' }),
  debFile: () => null,
  unit: () => ({ exists: false, active: 'inactive', enabled: '', properties: { LoadState: 'not-found', ActiveState: 'inactive' } }),
  account: () => null,
  group: () => null,
  apacheModules: () => null,
  apacheModuleFiles: () => null,
  apacheCheck: () => ({ valid: true, output: 'Syntax OK' }),
  apacheConfiguration: () => null,
  synapseConfiguration: () => null,
  listening: () => [],
  http: () => ({ status: -1, url: '', error: 'Connection refused' }),
  federation: () => ({}),
  gathered: () => ({}),
  pending: () => [],
}

/** What was read, as `kind:key`, in rounds: reads in one round do not wait for each other. A fact is read once. */
export interface Looked {
  readonly facts: Facts
  readonly rounds: string[][]
}

export function look(host: ObservedHost): Looked {
  const rounds: string[][] = []
  let open: string[] | undefined
  const read = async (kind: FactKind, key: string) => {
    const fact = `${kind}:${key}`
    if (!rounds.flat().includes(fact)) {
      if (!open) {
        rounds.push((open = []))
        setImmediate(() => (open = undefined))
      }
      open.push(fact)
      await new Promise(resolve => setImmediate(resolve))
    }
    const value = host[kind]?.[key] ?? nothing[kind](key)
    if (value instanceof Error) throw value
    if (isUnknown(value)) throw new UnknownReached(value)
    return value
  }
  return { rounds, facts: new Proxy({} as Facts, { get: (_, kind) => (key: string) => read(kind as FactKind, key) }) }
}

export const contextOn = (host: ObservedHost, more: Partial<PlanContext> = {}): PlanContext => ({
  facts: look(host).facts,
  controller: { readFile: () => null, readTree: () => null, renderTemplate: () => '' },
  checkMode: false,
  environment: {},
  inventoryName: 'lab1',
  now: 1_700_000_000,
  verbosity: 0,
  condition: () => true,
  variable: () => undefined,
  ...more,
})

/** Parameters with the module's defaults filled in. */
export function given<P>(module: Module<P>, parameters: object): P {
  const defaults = Object.entries(module.parameters).filter(([, spec]) => spec.default !== undefined).map(([name, spec]) => [name, spec.default])
  return { ...Object.fromEntries(defaults), ...parameters } as P
}

export const planOn = <P>(module: Module<P>, parameters: object, host: ObservedHost = {}, more: Partial<PlanContext> = {}) =>
  module.plan(given(module, parameters), contextOn(host, more))

export async function resultOn<P>(
  module: Module<P>, parameters: object, host: ObservedHost = {}, answers?: readonly (readonly StepAnswer[])[], more: Partial<PlanContext> = {},
): Promise<ModuleResult> {
  const plan = await planOn(module, parameters, host, more)
  return plan.result(answers?.map((given): Outcome => ({ answers: given })))
}

export const bytes = (text: string): Uint8Array => Buffer.from(text)
