/**
 * The program with a stand-in for the engine, which does what its first playbook is called: the name of a stream is
 * played back, `wait` runs until it is told to stop, `hang` does not even then.
 */
import { setTimeout as sleep } from 'node:timers/promises'
import { ProvisionError } from '../../src/core/error.ts'
import { mistakeText } from '../../src/cli/mistake.ts'
import { parse } from '../../src/cli/parse.ts'
import { program } from '../../src/cli/program.ts'
import { runPlaybooksOf } from '../../src/cli/run-playbooks.ts'
import type { Event, Listener } from '../../src/core/event.ts'
import type { RunOptions } from '../../src/rollout/options.ts'
import * as streams from '../report/streams.ts'

async function standIn(options: RunOptions, listener: Listener): Promise<number> {
  const [playbook = ''] = options.playbooks
  if (playbook === 'mistake') throw new ProvisionError('file-missing', 'There is no mistake', { hint: 'Make one.' })
  if (playbook === 'defect') throw new TypeError('undefined is not a function')
  if (playbook === 'late-defect') setTimeout(() => { throw new TypeError('too late') }, 20)
  if (playbook === 'options') {
    process.stdout.write(`${JSON.stringify({ ...options, signal: undefined })}\n`)
    return 0
  }
  if (['wait', 'hang', 'late-defect'].includes(playbook)) {
    listener(streams.play(['lab1']))
    listener(streams.task(1, 'A long task', 'command', 4, ['lab1']))
    options.signal.addEventListener('abort', () => listener({ type: 'interrupt' }))
    process.stdout.write('running\n')
    while (!options.signal.aborted || playbook !== 'wait') await sleep(20)
    listener(streams.result(1, 'lab1', 'changed'))
    listener(streams.end({ lab1: streams.counters({ ok: 1, changed: 1 }) }, { interrupted: true, exit: 130 }))
    return 130
  }
  const events = playbook === 'many' ? Array.from({ length: 200 }, () => streams.apply).flat() : (streams as { [name: string]: unknown })[playbook] as Event[]
  for (const event of events) {
    listener(event)
    await sleep(0)
  }
  return (events.at(-1) as { exit: number }).exit
}

await program(async () => {
  try {
    return await runPlaybooksOf(parse(process.argv.slice(2)), async () => standIn)
  } catch (error) {
    process.stderr.write(`${mistakeText(error)}\n`)
    return 1
  }
})
