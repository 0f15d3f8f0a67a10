import fc from 'fast-check'
import { expect, test } from 'vitest'
import { UnknownReached } from '../../src/core/unknown.ts'
import { agrees } from '../../src/host/agreement.ts'
import type { Change } from '../../src/host/change.ts'
import { HostFacts, Reading } from '../../src/host/store.ts'
import apt from '../../src/modules/apt.ts'
import command from '../../src/modules/command.ts'
import group from '../../src/modules/group.ts'
import type { Module } from '../../src/modules/module.ts'
import systemd from '../../src/modules/systemd.ts'
import { FakeHost, type FakeCommand } from '../host/fake-host.ts'
import { contextOn, given } from './observed-host.ts'

const modules = { apt, command, group, systemd } as unknown as Record<string, Module<never>>

interface Task {
  readonly module: string
  readonly parameters: { readonly state?: string; readonly [name: string]: unknown }
}

const getent: FakeCommand = ([program, database, name = ''], host) => {
  if (program !== 'getent' || database !== 'group') return program === 'true' ? { status: 0 } : undefined
  const found = host.accounts.group(name)
  return { status: found ? 0 : 2, stdout: found ? `${name}:x:${found.gid}:\n` : '' }
}

const newHost = () => {
  const host = new FakeHost({ commands: [getent], offers: { hello: { version: '2.10-3' }, jq: { version: '1.7' }, curl: { version: '8' } } })
  host.packages.set('jq', { version: '1.6', residual: false })
  for (const [name, active, enabled] of [['a.service', 'active', 'enabled'], ['b.service', 'inactive', 'disabled']] as const)
    host.units.set(name, { exists: true, active, enabled, properties: { Id: name, LoadState: 'loaded', ActiveState: active, UnitFileState: enabled } })
  return host
}

const task = (module: string, parameters: fc.Arbitrary<Task['parameters']>): fc.Arbitrary<Task> => parameters.map(parameters => ({ module, parameters }))
const tasks = fc.array(
  fc.oneof(
    task('group', fc.record({ name: fc.constantFrom('x', 'y'), state: fc.constantFrom('present', 'absent') })),
    task('systemd', fc.record({ name: fc.constantFrom('a', 'b'), state: fc.constantFrom('started', 'stopped', 'reloaded'), enabled: fc.boolean() })),
    task('apt', fc.record({ package: fc.subarray(['hello', 'jq', 'curl'], { minLength: 1 }), state: fc.constantFrom('present', 'latest', 'absent') })),
    task('command', fc.constant<Task['parameters']>({ cmd: 'true' })),
  ),
  { maxLength: 7 },
)

const subjects = (changes: readonly Change[]) => changes.filter(change => !change.incidental).map(({ kind, subject, desired }) => ({ kind, subject, desired }))

const plan = ({ module, parameters }: Task, facts: HostFacts) => {
  const reading = new Reading(facts, undefined)
  return modules[module]!.plan(given(modules[module]!, parameters), contextOn({}, { facts: reading.facts }))
}

test('an apply makes the changes that a dry run lists, until one that nobody can foresee, and each brings what it foresaw', async () => {
  await fc.assert(
    fc.asyncProperty(tasks, async list => {
      const [dry, real] = [new HostFacts(newHost()), newHost()]
      const foreseen: (object | undefined)[] = []
      for (const task of list) {
        try {
          const { changes } = await plan(task, dry)
          for (const change of changes) if (!change.incidental) dry.forecast.add(change, 'a task')
          foreseen.push(subjects(changes))
        } catch (error) {
          if (!(error instanceof UnknownReached)) throw error
          dry.forecast.addUnknown('a task')
          foreseen.push(undefined)
        }
      }
      const store = new HostFacts(real)
      for (const [index, task] of list.entries()) {
        const { changes } = await plan(task, store)
        if (!foreseen.slice(0, index + 1).includes(undefined)) expect(subjects(changes)).toEqual(foreseen[index])
        for (const change of changes) {
          const performed = await real.perform({ guards: [], changes: [change], reread: change.predicts.map(({ kind, key }) => ({ kind, key })), deadline: 1000 })
          store.forget(change.touches)
          if (performed.result !== 'done') throw new Error(JSON.stringify(performed))
          if (change.kind !== 'run') change.predicts.forEach(({ kind, key, value }, at) => expect(agrees(kind, value as never, performed.reread[at]!.value as never), `${kind} ${key}`).toBe(true))
        }
        const everyTime = task.parameters.state === 'reloaded' || task.module === 'command'
        if (!everyTime) expect((await plan(task, store)).changes).toEqual([])
      }
    }),
    { numRuns: 300 },
  )
})

test('what one install brings is known to the next in a dry run', async () => {
  const host = new HostFacts(newHost())
  const install = { module: 'apt', parameters: { package: ['hello'] } }
  for (const change of (await plan(install, host)).changes) host.forecast.add(change, 'first')
  expect((await plan(install, host)).changes).toEqual([])
  expect(subjects((await plan({ ...install, parameters: { package: ['curl'] } }, host)).changes)).toMatchObject([{ kind: 'create', subject: { name: 'curl' } }])
})
