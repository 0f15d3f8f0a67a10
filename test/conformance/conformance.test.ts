import { existsSync, readdirSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import { afterEach, expect, test } from 'vitest'
import { parse } from '../../src/cli/parse.ts'
import { runOptions } from '../../src/cli/run-options.ts'
import type { Event } from '../../src/core/event.ts'
import { runPlaybooks } from '../../src/rollout/run.ts'
import { argumentsOf, caseNames, directoryOf, runsOf, type RecordedRun } from './case.ts'
import { recapLine, storyOf, type Told } from './story.ts'

/** What our events tell of a run, in the same words as the recording. */
function told(events: readonly Event[]): Told[] {
  const tasks = new Map(events.flatMap(event => (event.type === 'task-start' ? [[event.task, event] as const] : [])))
  return events.flatMap(event => {
    if (event.type !== 'host-result' && event.type !== 'item-result') return []
    const { name, module } = tasks.get(event.task)!
    const { host, status, result } = event
    // Ansible says that an error is ignored of whole tasks that failed; not of an item, nor of a host that is gone.
    const ignored = event.type === 'host-result' && status === 'failed' && event.ignored
    return [{ task: name, module, host, status, result, ignored, ...(event.type === 'item-result' && { item: event.item }) }]
  })
}

async function play(name: string, run: RecordedRun): Promise<Omit<RecordedRun, 'ansible' | 'arguments'>> {
  const events: Event[] = []
  const options = runOptions(parse(['apply', ...argumentsOf(name, run)]), {}, {}, new AbortController().signal)
  const exit = await runPlaybooks(options, event => events.push(event), { shellVariables: process.env })
  const end = events.find(event => event.type === 'run-end')
  if (end?.type !== 'run-end' || end.error) throw new Error(end?.type === 'run-end' ? end.error!.rendered : 'the run has no end')
  // Of a host with nothing to do Ansible does not speak.
  const spokenOf = Object.entries(end.recap).filter(([, counts]) => Object.values(counts).some(count => count > 0))
  const recap = Object.fromEntries(spokenOf.map(([host, counts]) => [host, recapLine({ ...counts })]))
  return { exit, story: storyOf(told(events), directoryOf(name)), recap }
}

/** Handlers that a failed run owes this machine would run with the next case that has some of the same name. */
const journals = [`${process.env.HOME}/.local/state/matrix-provision/pending`, '/var/lib/matrix-provision/pending']
const owed = () => journals.flatMap(directory => (existsSync(directory) ? readdirSync(directory).map(name => join(directory, name)) : []))
const before = new Set(owed())
afterEach(() => owed().filter(path => !before.has(path)).forEach(path => rmSync(path, { recursive: true })))

const runs = caseNames().flatMap(name => runsOf(name).map(run => [[name, ...run.arguments].join(' '), name, run] as const))

test.each(runs)('as in Ansible: %s', async (_, name, run) => {
  const { exit, story, recap } = run
  expect(await play(name, run)).toEqual({ exit, story, recap })
})
