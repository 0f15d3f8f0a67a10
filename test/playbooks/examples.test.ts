import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, describe, expect, test } from 'vitest'
import { allDocuments } from '../../src/modules/registry.ts'
import { Scene, type Ran } from '../engine/stage.ts'
import { labHosts, noLab, onLab } from '../lab/hosts.ts'

const directory = join(import.meta.dirname, '..', '..', 'playbooks', 'examples')
const examples = readdirSync(directory).filter(name => name.endsWith('.yml')).map(name => name.slice(0, -'.yml'.length))

test('every module has an example that uses it and says what it shows', async () => {
  expect(examples).toEqual((await allDocuments()).map(({ name }) => name).sort())
  for (const name of examples) {
    const text = readFileSync(join(directory, `${name}.yml`), 'utf8')
    expect(text, name).toMatch(new RegExp(`^ +(\\w+\\.\\w+\\.)?${name}:`, 'm'))
    expect(text, name).toMatch(/^# .+\.\n/)
  }
})

const resultsOf = (ran: Ran) => ran.events.filter(event => event.type === 'host-result' || event.type === 'item-result')

/** What is changed on each host, in the order of its tasks (hosts finish a task in any order); not what nobody can foresee. */
const changesOf = (ran: Ran) =>
  resultsOf(ran)
    .toSorted((one, other) => one.host.localeCompare(other.host))
    .flatMap(event => event.changes.filter(({ kind }) => kind !== 'unknown').map(({ kind, subject }) => `${event.host} ${event.task} ${kind} ${subject.kind} ${subject.name}`))

const recaps = (ran: Ran) => {
  const end = ran.events.find(event => event.type === 'run-end')
  return end?.type === 'run-end' ? Object.values(end.recap) : []
}

const failures = (ran: Ran) => resultsOf(ran).filter(({ status }) => status === 'failed' || status === 'unreachable').map(({ result }) => result)

describe.skipIf(noLab)(onLab('examples'), () => {
  const lab = labHosts(1)
  const scene = new Scene({})
  const run = (name: string, checkMode = false) => scene.run({ playbooks: [join(directory, `${name}.yml`)], inventory: [lab.lab.inventory], connection: 'ssh', checkMode })
  afterAll(() => scene[Symbol.dispose]())

  test.each(examples)('%s: foreseen as it comes, and done once it is done', async name => {
    const plan = await run(name, true)
    expect(plan.exit, JSON.stringify(failures(plan))).toBe(0)
    const applied = await run(name)
    expect(applied.exit, JSON.stringify(failures(applied))).toBe(0)
    expect(changesOf(applied)).toEqual(changesOf(plan))
    const again = await run(name)
    expect(again.exit).toBe(0)
    for (const recap of recaps(again)) expect(recap).toMatchObject({ changed: 0, failed: 0, unreachable: 0 })
    expect(changesOf(again).filter(change => !/ run command /.test(change))).toEqual([])
  }, 60_000)
})
